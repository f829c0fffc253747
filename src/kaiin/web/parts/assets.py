"""One style sheet per brand and one script, bundled in memory, named by their content.

A page needs three requests: itself, the style sheet, the script. The names change with the
content, so that browsers may keep them for ever.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kaiin.web.parts import colours

_HERE = Path(__file__).resolve().parent
# tokens.css names the cascade layers, so it comes first; within a layer the order is free.
_FIRST, _LAST = ("tokens.css", "base.css", "layout.css"), ("print.css",)


@dataclass(frozen=True)
class Asset:
    """A bundle as it is sent. `packed` is the same, gzipped."""

    name: str
    suffix: str
    digest: str
    body: bytes
    packed: bytes

    @property
    def url(self) -> str:
        return f"/assets/{self.name}.{self.digest}.{self.suffix}"


@cache
def stylesheet(key: str, colour: str) -> Asset:
    """The style sheet with a brand's accent at its end."""
    css = _HERE / "css"
    files = [*_FIRST, *sorted(f"components/{f.name}" for f in css.glob("components/*.css")), *_LAST]
    rules = [(css / name).read_text("utf-8") for name in files]
    return _asset(key, "css", "\n".join([*rules, _accent_tokens(colour)]))


@cache
def script() -> Asset:
    """The one module of progressive enhancement."""
    return _asset("kaiin", "js", (_HERE / "js" / "kaiin.js").read_text("utf-8"))


def _accent_tokens(colour: str) -> str:
    light, dark = colours.light_accent(colour), colours.dark_accent(colour)
    # The deep shade is the same in both schemes: it is the ground of the card and the title.
    deep = f"--deep: {light.solid}; --on-deep: {light.on_solid};"
    return (
        f"@layer tokens {{ :root {{ {_properties(light)} {deep} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_properties(dark)} }} }}\n"
        f"@media print {{ :root {{ {_properties(light)} }} }} }}\n"
    )


def _properties(accent: colours.Accent) -> str:
    return (
        f"--accent: {accent.solid}; --on-accent: {accent.on_solid}; "
        f"--accent-strong: {accent.strong}; --accent-tint: {accent.tint}; "
        f"--accent-line: {accent.line};"
    )


def _asset(name: str, suffix: str, content: str) -> Asset:
    body = content.encode()
    return Asset(
        name=name,
        suffix=suffix,
        digest=hashlib.sha256(body).hexdigest()[:12],
        body=body,
        packed=gzip.compress(body, 9, mtime=0),
    )

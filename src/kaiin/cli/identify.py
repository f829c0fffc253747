"""`kaiin identify`: how would the login field read this? Needs no settings and no database."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kaiin.domain.identifiers.reading import Identified

_PREFIX = "identifier."
# Legal inside a JSON string, but many readers of lines would break there.
_LINE_BREAKS = str.maketrans({"\u0085": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def identify(
    texts: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]...", help="What a person typed.")
    ] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="Read standard input too, one text a line.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Identify a typed login ID, mail address or number.

    Prints its kind, its canonical form for look-ups, what was forgiven, what is worth saying
    and what may have been meant. docs/identifiers.md lists the kinds and codes. Put -- before
    a TEXT that begins with a hyphen.
    """
    if not texts and not lines:
        raise typer.BadParameter("give TEXT, or --lines and texts on standard input")
    from kaiin.domain.identifiers.reading import identify as read

    show = _as_json if json_ else _for_people
    for text in texts or ():
        _print(show(read(text)))
    for text in _typed_lines() if lines else ():
        _print(show(read(text)))


def _typed_lines() -> Iterator[str]:
    """Lines end at \\n or \\r\\n alone: every other separator can be part of what was typed."""
    for number, line in enumerate(sys.stdin.buffer):
        if number == 0:
            line = line.removeprefix(b"\xef\xbb\xbf")  # noqa: PLW2901 (a file's mark, not typed)
        yield line.removesuffix(b"\n").removesuffix(b"\r").decode(errors="replace")


def _print(line: str) -> None:
    # As bytes: the output is UTF-8 in any locale, and never fails on a stray surrogate.
    typer.echo(line.encode(errors="replace"))


def _as_json(identified: "Identified") -> str:
    return json.dumps(asdict(identified), ensure_ascii=False).translate(_LINE_BREAKS)


def _for_people(identified: "Identified") -> str:
    parts = [f"{identified.kind.value:<16} {identified.value or '-':<28}"]
    notes = {
        "forgiven": " ".join(identified.forgiven).replace(_PREFIX, ""),
        "hints": " ".join(identified.hints).replace(_PREFIX, ""),
        "meant": identified.suggestion or "",
    }
    parts.extend(f"{name}: {note}" for name, note in notes.items() if note)
    return "  ".join(parts).rstrip()

"""The two example files, and changed ones made of them."""

from pathlib import Path

from kaiin.sites.tenant_file.loading import parse_tenant_file
from kaiin.sites.tenant_file.models import TenantFile

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PLUSMEMBER = (EXAMPLES / "plusmember.yaml").read_text("utf-8")
FRIENDS = (EXAMPLES / "museum-friends.yaml").read_text("utf-8")


def changed(text: str, old: str, new: str) -> str:
    """The text with `old`, which is in it exactly once, replaced."""
    assert text.count(old) == 1, (old, text.count(old))
    return text.replace(old, new)


def parsed(text: str) -> TenantFile:
    """The values of a valid file's text."""
    return parse_tenant_file(name="tenant.yaml", data=text.encode())


def with_terms(version: int, starts: str = "2026-11-01", *, asks: bool = True) -> TenantFile:
    """plusmember.yaml with another version of the terms of use; the privacy policy stays."""
    asked = f"    ask_members: {str(asks).lower()}  "
    text = changed(PLUSMEMBER, 'terms:\n    version: 1\n    from: "2024-04-01"',
                   f'terms:\n    version: {version}\n    from: "{starts}"')  # fmt: skip
    text = changed(text, "    ask_members: false  ", asked)
    return parsed(changed(text, "第5条（禁止事項）", f"第5条（第{version}版の禁止事項）"))

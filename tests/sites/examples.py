"""The two example files, and changed ones made of them."""

from pathlib import Path

from kaiin.sites.tenant_file import TenantFile, parse

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PLUSMEMBER = (EXAMPLES / "plusmember.yaml").read_text("utf-8")
FRIENDS = (EXAMPLES / "museum-friends.yaml").read_text("utf-8")


def changed(text: str, old: str, new: str) -> str:
    """The text with what stands in it exactly once replaced."""
    assert text.count(old) == 1, (old, text.count(old))
    return text.replace(old, new)


def parsed(text: str) -> TenantFile:
    """The values of a valid file's text."""
    return parse(name="tenant.yaml", data=text.encode())

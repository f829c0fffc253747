"""Markdown of the tenant file as HTML: text, lists and links; no pictures, no HTML of its own."""

from functools import cache
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LOWEST = 6


@cache
def _markdown() -> "MarkdownIt":
    """Line breaks stay, so that plain text looks as it was written; an indented line is no code."""
    # Loaded for the first text: every template loads this module.
    from markdown_it import MarkdownIt  # noqa: PLC0415

    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
        ["html_block", "html_inline", "image", "code"]
    )


def to_html(text: str, *, top: int) -> SafeString:
    """The text as HTML. Its highest headings become `h<top>`, the next ones one level lower: the
    page has headings of its own, and leaves out none."""
    tokens = _markdown().parse(text)
    headings = [token for token in tokens if token.type.startswith("heading_")]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(top + levels.index(token.tag), _LOWEST)}"
    html = _markdown().renderer.render(tokens, _markdown().options, {})
    # The renderer escapes all text, and the parser lets neither HTML nor other schemes through.
    return mark_safe(html)  # noqa: S308

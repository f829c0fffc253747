"""Markdown of the tenant file as HTML: text, lists and links; no pictures, no HTML of its own."""

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Line breaks stay, so that plain text looks as it was written; an indented line is no code.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["html_block", "html_inline", "image", "code"]
)
_LOWEST = 6


def to_html(text: str, *, top: int) -> SafeString:
    """The text as HTML. Its highest headings become `h<top>`, the next ones one level lower: the
    page has headings of its own, and leaves out none."""
    tokens = _markdown.parse(text)
    headings = [token for token in tokens if token.type.startswith("heading_")]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(top + levels.index(token.tag), _LOWEST)}"
    return _safe(tokens)


def _safe(tokens: list[Token]) -> SafeString:
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    # The renderer escapes all text, and the parser lets neither HTML nor other schemes through.
    return mark_safe(html)  # noqa: S308

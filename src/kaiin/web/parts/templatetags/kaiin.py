"""Template tags of every page and mail (built in: no `load` needed)."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kaiin.billing.membership import wording
from kaiin.billing.views.changes import ResumePreview
from kaiin.billing.views.courses import JoinPreview
from kaiin.domain.documents import DocumentKind
from kaiin.domain.previews import ShortStart
from kaiin.infra import texts
from kaiin.payments import queries as payments
from kaiin.sites import queries as sites
from kaiin.web.parts import kept, markdown, words

register = template.Library()
register.tag("kept", kept.kept)
register.simple_tag(markdown.to_html, name="markdown")
register.simple_tag(sites.identity_url)
register.simple_tag(wording.refund_words, name="refund")

_FILTERS: dict[str, Callable[..., str]] = {
    "localized": texts.localized,
    "language_of": texts.language_of,
    "money": words.money_words,
    "way": words.way_words,
    "rate": words.rate_words,
    "reference": words.reference_words,
    "price": wording.price_words,
    "renewal": wording.renewal_words,
    "next_renewal": wording.next_renewal_words,
    "stop": wording.stop_words,
    "ending": wording.ending_words,
    "failure": wording.failure_words,
    "store_name": payments.store_name,
    "store_steps": payments.store_steps,
    "last_day": texts.format_end,
}
for _name, _filter in _FILTERS.items():
    register.filter(_name, _filter)

_LANGUAGES = dict(settings.LANGUAGES)


@register.simple_tag
def t(code: str, **params: object) -> str:
    """The words of a code in the page's language: `{% t "join.title" site=site.name %}`."""
    return texts.text(code, None, **params)


@register.simple_tag
def document_title(kind: DocumentKind, version: int = 0) -> str:
    """What the terms of use or the privacy policy are called; with a version: 利用規約（第2版）."""
    title = texts.text(f"documents.title.{kind.value}")
    return texts.text("documents.named", None, title=title, version=version) if version else title


# A particle belongs to the name before it: no line begins with one.
_PARTICLES = "(?:には|への|では|から|を|に|へ|は|の|が|で|と)?"


@register.filter
def whole_names(title: str) -> SafeString:
    """A title whose lines never break inside a site's name, while the name fits on one line."""
    names = sorted((texts.localized(site.name) for site in sites.sites()), key=len, reverse=True)
    pattern = "|".join(re.escape(name) for name in names)
    parts = re.split(f"((?:{pattern}){_PARTICLES})", title) if pattern else [title]
    whole = '<span class="whole site-name">{}</span>'
    shown = (format_html(whole, part) if at % 2 else part for at, part in enumerate(parts))
    return format_html_join("", "{}", ((part,) for part in shown))


# What is no text of the page is passed over: tags, and what may contain no tags.
_NO_TEXT = r"<(?:textarea|option|script|style)\b.*?</(?:textarea|option|script|style)>|<[^>]*>"
_DAYS = re.compile(f"({_NO_TEXT})|({texts.DATES})", re.DOTALL)


@register.simple_block_tag
def whole_days(content: SafeString) -> SafeString:
    """A page none of whose dates is broken in two, from wherever in it they come."""

    def kept(found: re.Match[str]) -> str:
        return found[1] or f'<span class="day">{found[2]}</span>'

    # Only markup of our own is put around digits and names of months.
    return SafeString(_DAYS.sub(kept, content))


@register.inclusion_tag("components/short_start.html")
def short_start(preview: JoinPreview | ResumePreview) -> dict[str, object]:
    """In the last days of a month: how many the money buys, and from when a whole month."""
    short = preview.short_start
    if short is None or not short.is_last_days:
        return {}
    said = wording.short_start_words(short, preview.total, preview.unit)
    return {"days": short.days, "words": said}


@register.filter
def days_left(short: ShortStart | None) -> str:
    """（今月分・残り4日） behind a period that begins within a month."""
    return wording.days_left_words(short) if short else ""


@register.filter
def jdate(value: date | None) -> str:
    """2026年11月22日(日) / 22 November 2026, in Japan."""
    return texts.format_date(value) if value else ""


@register.filter
def jdatetime(value: datetime | None) -> str:
    """2026年11月22日(日) 9:05 / 22 November 2026, 09:05 JST."""
    return texts.format_datetime(value) if value else ""


@register.filter
def iso(value: date) -> str:
    """For the `datetime` attribute of `<time>`."""
    return value.isoformat()


@register.filter
def times(count: int) -> Iterable[int]:
    """1 to count, for loops."""
    return range(1, count + 1)


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of the few icons: info, success, warning, error, check, back, next."""
    return render_to_string("components/icon.html", {"name": name})


@register.simple_tag
def button(
    label: str, *, kind: str = "", href: str = "", name: str = "", value: str = "", busy: str = ""
) -> SafeString:
    """A button that sends its form, or, with `href`, a link that looks like one.

    `kind`: nothing (primary), secondary, danger, on-deep, quiet.
    """
    context = {
        "label": label, "kind": kind, "href": href, "name": name, "value": value, "busy": busy,
    }  # fmt: skip
    return render_to_string("components/button.html", context)


@register.simple_block_tag
def notice(
    content: SafeString, kind: str = "info", title: str = "", code: str = "", *, live: bool = False
) -> SafeString:
    """`{% notice kind="error" title=… code="access.dormant" %}why, what to do{% endnotice %}`."""
    context = {"content": content, "kind": kind, "title": title, "code": code, "live": live}
    return render_to_string("components/notice.html", context)


@register.simple_block_tag
def card(content: SafeString, title: str = "", tag: str = "", tone: str = "") -> SafeString:
    """A box with a title and a tag; `tone` of the tag: good, waiting, bad or nothing."""
    context = {"content": content, "title": title, "tag": tag, "tone": tone}
    return render_to_string("components/card.html", context)


@register.simple_block_tag
def summary(content: SafeString) -> SafeString:
    """The list around `{% row %}`s."""
    return render_to_string("components/summary.html", {"content": content})


@register.simple_block_tag
def row(content: SafeString, label: str, change: str = "") -> SafeString:
    """One key and its value, with a link to change it where `change` is an address."""
    context = {"content": content, "label": label, "change": change}
    return render_to_string("components/summary_row.html", context)


@register.simple_tag(takes_context=True)
def language_links(context: template.Context) -> list[dict[str, str]]:
    """The other languages of this tenant, each with the address that switches to it."""
    request = context["request"]
    back = request.get_full_path() if request.method == "GET" else request.path
    return [
        {
            "code": language,
            "name": _LANGUAGES[language],
            "url": f"/language?{urlencode({'to': language, 'next': back})}",
        }
        for language in request.brand.languages
        if language != request.language
    ]

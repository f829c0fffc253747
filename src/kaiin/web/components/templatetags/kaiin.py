"""Template tags of every page and mail (built in: no `load` needed)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kaiin.domain import periods
from kaiin.domain.money import Money
from kaiin.infra import texts
from kaiin.sites import queries as sites

register = template.Library()

_LANGUAGES = dict(settings.LANGUAGES)


@register.simple_tag
def t(code: str, **params: object) -> str:
    """The words of a code in the page's language: `{% t "join.title" site=site.name %}`."""
    return texts.text(code, None, **params)


@register.filter
def localized(value: Mapping[str, str]) -> str:
    """A tenant's own text in the page's language."""
    return texts.localized(value)


@register.filter
def money(value: Money | Mapping[str, Any] | int) -> str:
    """550円 / ¥550, of Money, of `{"amount", "currency"}` in a mail's context, or of yen."""
    if isinstance(value, Mapping):
        return texts.format_money(int(value["amount"]), str(value.get("currency", "JPY")))
    if isinstance(value, int):
        return texts.format_money(value)
    return texts.format_money(value.amount, value.currency)


@register.filter
def jdate(value: date | str | None) -> str:
    """2026年11月22日(日) / 22 November 2026, in Japan; ISO strings come from mails' contexts."""
    if not value:
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return texts.format_date(value)


@register.filter
def last_day(ends_at: datetime) -> str:
    """The last day of a period that ends before `ends_at`: midnight belongs to the day before."""
    return texts.format_date(periods.last_day(ends_at))


@register.filter
def jdatetime(value: datetime | str | None) -> str:
    """2026年11月22日(日) 9:05 / 22 November 2026, 09:05 JST."""
    if not value:
        return ""
    return texts.format_datetime(datetime.fromisoformat(value) if isinstance(value, str) else value)


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


@register.simple_tag
def identity_url(path: str) -> str:
    """An address at the identity host, from whatever host the page is on."""
    return sites.identity_url(path)


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

"""Odd values in every parameter, filter, search, key and decision of the back office.

Views are called without the site's middleware, and pages are not drawn: what a value breaks, it
breaks in the reading of it and in the queries.
"""

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from kaiin.billing.models import Entitlement, Grant, Membership
from kaiin.domain.staff_rights import StaffRight
from kaiin.identity.flows.staff import create_staff
from kaiin.identity.models import Member
from tests.web.login.conftest import World

# As `urls_identity` does at its start.
admin.autodiscover()

pytestmark = pytest.mark.urls("kaiin.config.urls_identity")

KEYS = ("99999999999999999999999", "-9223372036854775809", "\x00", "1\x00", "٢٠٢٦", "a_5F", "1e999")
SEARCHED = (*KEYS, "9" * 199, "9" * 5000, "\ud800", "%", "a@\x00.jp", "²⁰²⁶", "'\"\\")


class Desk:
    """Staff who may do everything, at a table."""

    def __init__(self) -> None:
        pk, _ = create_staff(
            email="boss@mail.example",
            nickname="",
            password="a-password-of-staff",
            language="ja",
            rights=tuple(StaffRight),
            actor="system:test",
        )
        self._staff = Member.objects.get(pk=pk)
        self._requests = RequestFactory()

    def get(self, query: str = "") -> HttpRequest:
        return self._ready(self._requests.get(f"/admin/x/?{query}"))

    def post(self, **fields: str) -> HttpRequest:
        body = "&".join(f"{name}={_encoded(value)}" for name, value in fields.items())
        kind = "application/x-www-form-urlencoded"
        return self._ready(self._requests.post("/admin/x/", body, content_type=kind))

    def _ready(self, request: HttpRequest) -> HttpRequest:
        request.user = self._staff
        request._messages = CookieStorage(request)  # type: ignore[attr-defined]
        request.session = {}  # type: ignore[assignment]
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return request


@pytest.fixture
def desk(world: World) -> Desk:
    world.joined()
    return Desk()


def _encoded(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _filters(table: ModelAdmin) -> Iterator[str]:
    for each in table.list_filter:
        if isinstance(each, type) and issubclass(each, SimpleListFilter):
            yield each.parameter_name or ""
        else:
            path = each if isinstance(each, str) else each[0]
            yield from (f"{path}{end}" for end in ("", "__exact", "__isnull", "__id__exact"))


def _asked(table: ModelAdmin) -> Iterator[str]:
    if table.search_fields:
        yield from (f"q={_encoded(odd)}" for odd in SEARCHED)
    for name in ("p", "o", *_filters(table)):
        yield from (f"{name}={_encoded(odd)}" for odd in KEYS[::2])
    yield from ("o=1.-2.99.x", "p=-5", "p=999999999", "all=x", "%00=1", "%ED%A0%80=1", "payload=1")


def _tables() -> list[ModelAdmin]:
    found = [*admin.site._registry.values()]
    assert len(found) >= 20
    return found


def test_every_parameter_of_every_table(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a look leaves in the audit log is the same for all: the first look of each table.
    for table in _tables():
        table.changelist_view(desk.get("q=%00&o=%00"))
        with monkeypatch.context() as patched:
            patched.setattr(table, "_note", lambda *_: None)
            for query in _asked(table):
                answer = table.changelist_view(desk.get(query))
                assert answer.status_code in (200, 302), (table, query)
                shown = (getattr(answer, "context_data", None) or {}).get("cl")
                if isinstance(shown, ChangeList):
                    assert len(shown.result_list) <= 50


def test_every_key(desk: Desk) -> None:
    for table in _tables():
        for odd in KEYS:
            for view in (table.change_view, table.history_view, table.delete_view):
                assert _status(view, desk.get(), odd) in (302, 403, 404), (table, odd)


def _status(view: Callable[..., HttpResponse], request: HttpRequest, key: str) -> int:
    """Django leads back to the table, by a 302, where there is no such row."""
    try:
        return view(request, key).status_code
    except Http404:
        return 404
    except PermissionDenied:
        return 403


def test_every_decision(desk: Desk) -> None:
    tried = 0
    for table in _tables():
        for decision in getattr(table, "decisions", ()):
            for odd in KEYS:
                for extra in ({}, {"confirmed": "1"}, {"confirmed": "1", "select_across": odd}):
                    form = {"action": decision.name, "_selected_action": odd, **extra}
                    answer = table.changelist_view(desk.post(**form))
                    assert answer.status_code in (200, 302), (table, decision.name, odd)
                    tried += 1
        assert table.changelist_view(desk.post(action="\x00")).status_code in (200, 302)
    assert tried >= 100


@pytest.mark.parametrize(
    "until",
    ["9999-12-31", "9999-12-30", "99999-01-01", "0001-01-01", "2026-02-30", "\x00", "9" * 30],
)
def test_until_when_access_is_given(desk: Desk, until: str) -> None:
    table = admin.site._registry[Membership]
    row = Membership.objects.get()
    paid = [*Entitlement.objects.values_list("ends_at", flat=True)]
    form = {"action": "grant", "_selected_action": str(row.pk)}
    asked = table.changelist_view(desk.post(**form))
    form["confirmed"] = asked.context_data["confirmed"]  # type: ignore[attr-defined]
    for reason in ("x", "\x00", "x" * 5000):
        answer = table.changelist_view(desk.post(**form, until=until, reason=reason))
        assert answer.status_code in (200, 302)
        if answer.status_code == 200:
            answer.render()  # type: ignore[attr-defined]
    assert not Grant.objects.filter(reason="staff").exists()
    assert [*Entitlement.objects.values_list("ends_at", flat=True)] == paid

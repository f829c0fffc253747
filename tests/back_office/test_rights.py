"""Staff see what they have the right to, and can't ask tables for what these don't show."""

import re
from collections.abc import Collection

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from kaiin.domain.staff_rights import StaffRight
from kaiin.identity.flows.staff import create_staff, set_rights
from kaiin.identity.models import Member
from kaiin.infra.models import AuditRow

# As `urls_identity` does at its start.
admin.autodiscover()

HOST = "id.localhost"
URLS = "kaiin.config.urls_identity"
STAFF = ("boss@mail.example", "a-password-of-staff")

pytestmark = [
    pytest.mark.usefixtures("plusmember"),
    pytest.mark.urls(URLS),
    pytest.mark.few_on_postgres(0),
]


@pytest.fixture
def staff(client: Client) -> Client:
    create_staff(
        email=STAFF[0],
        nickname="",
        password=STAFF[1],
        language="ja",
        rights=tuple(StaffRight),
        actor="system:test",
    )
    form = {"username": STAFF[0], "password": STAFF[1]}
    assert client.post("/admin/login/?next=/admin/", form, HTTP_HOST=HOST).status_code == 302
    return client


def _tables() -> list[tuple[type[models.Model], str]]:
    found = [
        (model, reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", URLS))
        for model in admin.site._registry
    ]
    assert len(found) >= 20
    return found


_LOOKS = (StaffRight.MEMBERS, StaffRight.MONEY, StaffRight.QUEUES, StaffRight.AUDIT)


@pytest.mark.parametrize("rights", [*((right,) for right in _LOOKS), set(StaffRight) - {*_LOOKS}])
def test_each_table_asks_for_its_right(staff: Client, rights: Collection[StaffRight]) -> None:
    set_rights(email=STAFF[0], rights=rights, actor="system:test")
    index = staff.get("/admin/", HTTP_HOST=HOST).content.decode()
    for model, url in _tables():
        may = admin.site._registry[model].right in rights  # type: ignore[attr-defined]
        assert (f'href="{url}"' in index) == may, url
        assert staff.get(url, HTTP_HOST=HOST).status_code == (200 if may else 403), url


def test_no_column_is_read_by_asking_for_it(staff: Client) -> None:
    """The look-ups that Django's tables take: on each column, and on what hangs on it."""
    secret = Member.objects.get().password
    asked = [("/admin/identity/member/", f"password__startswith={secret[:9]}")]
    asked += [("/admin/identity/member/", f"identifiers__{x}") for x in ("value=a", "kind=b")]
    for model, url in _tables():
        columns = [field.name for field in model._meta.concrete_fields]
        column = f"{columns[-1]}__startswith=a"
        asked += [(url, column), (url, "member__password__regex=a"), (url, f"_to_field={column}")]
    for url, query in asked:
        answer = staff.get(f"{url}?{query}", HTTP_HOST=HOST)
        assert (answer.status_code, answer.headers["Location"]) == (302, url), query
    page = staff.get("/admin/identity/member/", HTTP_HOST=HOST).content.decode()
    assert "絞り込めません" in page
    looks = AuditRow.objects.filter(action__startswith="staff.")
    assert not [row.details for row in looks if "password" in str(row.details)]


@pytest.mark.few_on_postgres(1)
def test_the_filters_that_a_table_shows_work(staff: Client) -> None:
    tried = set()
    for _, url in _tables():
        page = staff.get(url, HTTP_HOST=HOST).content.decode()
        for query, name in re.findall(r'href="(\?(\w+)=[^"&]*)"', page):
            if name != "o" and (url, name) not in tried:
                assert staff.get(url + query, HTTP_HOST=HOST).status_code == 200, (url, query)
                tried.add((url, name))
    assert len(tried) >= 30


@pytest.mark.parametrize(
    "path",
    [
        "autocomplete/?app_label=billing&model_name=membership&field_name=member&term=E",
        "search/?s=a",
        "r/1/1/",
        "identity/member/{pk}/history/",
    ],
)
def test_there_is_no_look_without_a_trace(staff: Client, path: str) -> None:
    pk = Member.objects.get().pk
    assert staff.get(f"/admin/{path.format(pk=pk)}", HTTP_HOST=HOST).status_code == 404

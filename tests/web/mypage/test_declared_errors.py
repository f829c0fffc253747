"""What an operation says that it raises, the view that calls it answers with a page."""

import re
from collections.abc import Callable, Iterator

import pytest
from tests.billing.test_races import at_once
from tests.web.mypage.conftest import Fans, Visitor

from kaiin.billing.actions.leave import leave_site
from kaiin.billing.actions.pause import pause_membership
from kaiin.domain.errors import KaiinError
from kaiin.domain.payments import Method
from kaiin.web.join.views import confirming
from kaiin.web.mypage.views import changing, leaving, pausing

# Errors of no member of ours: the page is not found, which is said before the operation.
BEFORE = {"SiteUnknown"}
# Operation → the views' module that calls it, and their path.
VIEWS = {
    "leave_site": (leaving, "/my/official/leave"),
    "undo_leave": (leaving, "/my/official/stay"),
    "change_course": (changing, "/my/official/change/yearly/card"),
    "pause_membership": (pausing, "/my/official/pause"),
    "resume_membership": (pausing, "/my/official/resume"),
    "join_site": (confirming, "/join/official/confirm"),
}


def _kinds(of: type[KaiinError] = KaiinError) -> Iterator[type[KaiinError]]:
    for kind in of.__subclasses__():
        yield kind
        yield from _kinds(kind)


def declared(operation: Callable[..., object]) -> list[type[KaiinError]]:
    """The errors that an operation's docstring names after *Raises*, each with its own kinds."""
    says = re.split(r"\bRaises\b", operation.__doc__ or "", maxsplit=1)[1]
    named = set(re.findall(r"\b[A-Z][A-Za-z]+\b", says))
    named |= {sub.__name__ for kind in _kinds() if kind.__name__ in named for sub in _kinds(kind)}
    return sorted(
        {kind for kind in _kinds() if kind.__name__ in named - BEFORE}, key=lambda k: k.__name__
    )


def _raising(error: KaiinError) -> Callable[..., object]:
    def operation(**_: object) -> object:
        raise error

    return operation


def _params(fans: Fans) -> dict[str, object]:
    """All that the words of these errors name."""
    at = fans.clock.now()
    return {"until": at, "site": "official", "course": "yearly", "method": "card", "from_at": at,
            "day": at, "provider": "sandbox", "fixed_from": at, "charge_at": at,
            "free_from": at, "opens_on": at, "days": 7}  # fmt: skip


@pytest.mark.parametrize("name", VIEWS)
def test_every_declared_error_is_a_page(
    name: str, fans: Fans, visit: Callable[[int], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    views, path = VIEWS[name]
    errors = declared(getattr(views, name))
    assert errors, f"{name} declares nothing"
    member = fans.member() if name == "join_site" else fans.joined(method=Method.CARD)
    if name == "undo_leave":
        leave_site(member_pk=member, site_key="official")
    if name == "resume_membership":
        pause_membership(member_pk=member, site_key="official", periods=1)
    browser = visit(member)
    if name == "join_site":
        browser.post("/join/official/", choice="monthly")
        browser.post("/join/official/way", choice="card")
    form = {} if name == "undo_leave" else _form(browser, path)
    wrong = []
    for error in errors:
        monkeypatch.setattr(views, name, _raising(error(None, **_params(fans))))
        for language in ("ja", "en"):
            answer = browser.post(path, language, **form)
            if answer.status_code in (302, 303):
                answer = browser.get(answer.headers["Location"], language)
            if answer.status_code not in (200, 409):
                wrong.append(f"{error.__name__}: {answer.status_code}")
            assert "<h1" in answer.content.decode()
    assert not wrong, wrong


def _form(browser: Visitor, path: str) -> dict[str, str]:
    """A page's form as the browser would send it: the last choice, and what is hidden."""
    page = browser.get(path)
    assert page.status_code == 200, page
    text = page.content.decode()
    found = dict.fromkeys(re.findall(r'<input[^>]+name="(\w+)"', text), "")
    for tag in re.findall(r"<input[^>]+>", text):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            found[name.group(1)] = value.group(1)
    return found


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["leave_site", "pause_membership", "change_course"])
def test_two_tabs_at_once_are_two_pages(
    other: str, fans: Fans, visit: Callable[[int], Visitor]
) -> None:
    member = fans.joined(method=Method.CARD)
    first, second = visit(member), visit(member)
    path, others = VIEWS["change_course"][1], VIEWS[other][1]
    forms = _form(first, path), _form(second, others)
    answers = at_once(
        lambda: first.post(path, **forms[0]),
        lambda: second.post(others, **forms[1]),
    )
    for answer in answers:
        assert not isinstance(answer, Exception), answer
        assert answer.status_code in (200, 302, 409), answer
    fans.work()
    assert "official" in first.get("/my").content.decode()

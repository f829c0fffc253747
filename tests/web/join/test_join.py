"""Joining as a browser without JavaScript sees it, from the first choice to the provider's page."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from tests.fixtures.sandbox import Sandbox
from tests.sites.examples import with_terms
from tests.web.login.conftest import PASSWORD, Visitor, World, text_of, without_tokens

from kaiin.billing.courses.tenant import apply_tenant
from kaiin.billing.views.entry import check_entry
from kaiin.billing.views.memberships import list_memberships
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from kaiin.identity import queries as members
from kaiin.payments import queries as payments

DETAILS = {
    "email": "hanako@mail.example",
    "password": "nagai aikotoba 2026",
    "nickname": "はなこ🌸",
    "legal_name": "髙﨑 花子",
    "legal_name_kana": "たかさき はなこ",
    "birth_date_year": "１９９８",
    "birth_date_month": "4",
    "birth_date_day": "7",
    "prefecture": "JP-13",
    "phone": "０９０ー１２３４ー５６７８",
}


@pytest.fixture
def world(sandbox: Sandbox, clock, plusmember, deliver: Callable[[], int]) -> World:
    return World(sandbox, clock, deliver)


@pytest.fixture
def client_class():
    from django.test import Client

    return Client


@pytest.fixture
def visitor(client, world: World) -> Visitor:
    return Visitor(client)


def choose(visitor: Visitor, course: str = "monthly", way: str = "card") -> None:
    assert visitor.post("/join/official/", choice=course).status_code == 302
    assert visitor.post("/join/official/way", choice=way).status_code == 302


def fill_in(visitor: Visitor, **changed: str) -> Any:
    return visitor.post("/join/official/details", **{**DETAILS, **changed})


def mailed_code(deliver: Callable[[], int]) -> str:
    deliver()
    found = re.search(r"\b\d{6}\b", mail.outbox[-1].subject + mail.outbox[-1].body)
    assert found is not None
    return found.group()


def register(visitor: Visitor, deliver: Callable[[], int]) -> Any:
    choose(visitor)
    fill_in(visitor)
    return visitor.post("/join/official/code", code=mailed_code(deliver))


def confirmed(visitor: Visitor, site: str = "official") -> dict[str, str]:
    """The fields that the confirmation page would send, with its tick for the terms."""
    page = visitor.get(f"/join/{site}/confirm").content.decode()
    shown = dict(re.findall(r'name="(course|way|total|documents)" value="([^"]*)"', page))
    return {**shown, "agree": "on"} if 'name="agree"' in page else shown


@pytest.mark.django_db
def test_from_the_first_choice_to_the_providers_page(visitor: Visitor, world, deliver) -> None:
    assert register(visitor, deliver).headers["Location"] == "/join/official/confirm"
    page = text_of(visitor.get("/join/official/confirm"))
    for shown in ("550円", "2026年11月30日(月)", "2026年12月1日(火)", "退会", "クレジットカード"):
        assert shown in page
    assert visitor.get("/join/official/confirm").status_code == 200
    paying = visitor.post("/join/official/confirm", **confirmed(visitor))
    payment_id = paying.headers["Location"].rpartition("/")[2]
    provider = visitor.get(f"/pay/{payment_id}")
    assert provider.headers["Location"].startswith("http://pay.localhost/")
    payment = payments.payment(payment_id)
    assert payment is not None
    world.sandbox.pay(payment)
    done = text_of(visitor.get(f"/pay/return/{payment_id}"))
    assert "00000001" in done
    [view] = list_memberships(payment.member_ref, at=world.clock.now())
    assert view.member_number == 1
    assert check_entry(member_pk=view.member_pk, site_key="official", at=world.clock.now()).allowed


@pytest.mark.django_db
def test_sending_the_confirmation_twice_makes_one_payment(visitor, world, deliver) -> None:
    register(visitor, deliver)
    form = confirmed(visitor)
    first = visitor.post("/join/official/confirm", **form).headers["Location"]
    assert visitor.post("/join/official/confirm", **form).headers["Location"] == first


@pytest.mark.django_db
def test_what_another_tab_chose_is_shown_again_before_anything_is_charged(
    visitor, world, deliver
) -> None:
    register(visitor, deliver)
    form = confirmed(visitor)
    choose(visitor, "yearly", "konbini")
    answer = visitor.post("/join/official/confirm", **form)
    assert "お申し込み内容が変わりました" in text_of(answer)
    assert "6,820円" in text_of(answer)
    member = answer.wsgi_request.member
    assert payments.open_payments(member.pk) == ()
    assert visitor.post("/join/official/confirm", **confirmed(visitor)).status_code == 302
    [payment] = payments.open_payments(member.pk)
    assert payment.method is Method.KONBINI


@pytest.mark.django_db
def test_a_known_address_looks_like_a_new_one_and_its_owner_is_led_to_log_in(
    visitor: Visitor, world: World, client_class, deliver
) -> None:
    world.member("known@mail.example")
    other = Visitor(client_class())
    choose(visitor)
    choose(other)
    known = fill_in(visitor, email="known@mail.example")
    new = fill_in(other, email="fresh@mail.example")
    assert (known.status_code, known.headers["Location"]) == (
        new.status_code,
        new.headers["Location"],
    )
    screens = [
        without_tokens(each.get("/join/official/code")).replace("known@", "fresh@")
        for each in (visitor, other)
    ]
    assert screens[0] == screens[1]
    deliver()
    [sent] = [m for m in mail.outbox if m.to == ["known@mail.example"]]
    link = re.search(r"http://id\.localhost\S*(/login\S+)", sent.body)
    assert link is not None
    # The same browser logs in by the link: what was chosen is still there.
    visitor.get(link.group(1), follow=True)
    answer = visitor.post("/login", login="known@mail.example", password=PASSWORD)
    assert answer.headers["Location"] == "/join/official/confirm"
    assert "月会費コース" in text_of(visitor.get("/join/official/confirm"))


@pytest.mark.django_db
def test_a_guessed_code_is_refused_and_leads_no_further(visitor, world, deliver) -> None:
    choose(visitor)
    fill_in(visitor)
    code = mailed_code(deliver)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert visitor.post("/join/official/code", code=wrong).status_code == 200
    assert visitor.get("/join/official/confirm").headers["Location"] == "/join/official/details"


@pytest.mark.django_db
def test_a_code_typed_in_full_width_counts(visitor: Visitor, world, deliver) -> None:
    choose(visitor)
    fill_in(visitor)
    code = mailed_code(deliver).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert visitor.post("/join/official/code", code=f" {code}　").status_code == 302


@pytest.mark.django_db
def test_every_mistake_is_named_and_nothing_typed_is_lost(visitor, world) -> None:
    choose(visitor)
    answer = fill_in(visitor, email="hanako@", legal_name_kana="Hanako", birth_date_month="13")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count('aria-invalid="true"') >= 3
    for typed in ("hanako@", "Hanako", "髙﨑 花子", "はなこ🌸"):
        assert f'value="{typed}"' in page
    assert "nagai aikotoba" not in page


@pytest.mark.django_db
def test_who_lives_abroad_joins_with_a_latin_name(visitor, world, deliver) -> None:
    choose(visitor)
    abroad = {"prefecture": "abroad", "legal_name": "Zoë O’Brien", "legal_name_kana": ""}
    assert fill_in(visitor, **{**abroad, "prefecture": "JP-13"}).status_code == 200
    assert fill_in(visitor, **abroad).headers["Location"] == "/join/official/code"
    answer = visitor.post("/join/official/code", code=mailed_code(deliver))
    assert answer.headers["Location"] == "/join/official/confirm"


@pytest.mark.django_db
def test_a_mistyped_mail_domain_is_asked_about_once(visitor: Visitor, world) -> None:
    choose(visitor)
    first = fill_in(visitor, email="hanako@gmial.com")
    assert "hanako@gmail.com" in text_of(first)
    second = fill_in(visitor, email="hanako@gmial.com", email_meant="hanako@gmial.com")
    assert second.headers["Location"] == "/join/official/code"


@pytest.mark.django_db
def test_the_password_stays_chosen_when_something_else_is_corrected(visitor, world) -> None:
    choose(visitor)
    fill_in(visitor)
    again = fill_in(visitor, password="", nickname="べつの名前")
    assert again.headers["Location"] == "/join/official/code"


@pytest.mark.django_db
def test_minors_are_asked_for_their_guardians_consent(visitor, world, deliver) -> None:
    choose(visitor)
    fill_in(visitor, birth_date_year="2012")
    visitor.post("/join/official/code", code=mailed_code(deliver))
    form = confirmed(visitor)
    refused = visitor.post("/join/official/confirm", **form)
    assert refused.status_code == 200
    assert "保護者" in text_of(refused)
    assert visitor.post("/join/official/confirm", **form, guardian="on").status_code == 302


@pytest.mark.django_db
def test_another_members_payment_is_not_found(
    visitor: Visitor, world, deliver, client_class
) -> None:
    register(visitor, deliver)
    paying = visitor.post("/join/official/confirm", **confirmed(visitor))
    payment_id = paying.headers["Location"].rpartition("/")[2]
    stranger = Visitor(client_class())
    assert stranger.get(f"/pay/return/{payment_id}").headers["Location"].startswith("/login?next=")
    other = world.member("other@mail.example")
    stranger.log_in(world.member_id(other))
    for path in (f"/pay/return/{payment_id}", f"/pay/{payment_id}", f"/pay/return/{uuid4()}"):
        assert stranger.get(path).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["", "way", "details", "code", "confirm"])
def test_steps_need_few_queries(
    visitor: Visitor, world, deliver, django_assert_max_num_queries, step: str
) -> None:
    choose(visitor)
    if step in ("code", "confirm"):
        fill_in(visitor)
    if step == "confirm":
        visitor.post("/join/official/code", code=mailed_code(deliver))
    visitor.get("/join/official/")
    with django_assert_max_num_queries(12):
        assert visitor.get(f"/join/official/{step}").status_code == 200


@pytest.mark.django_db
def test_a_site_that_is_not_there_is_a_page_that_says_so(visitor: Visitor, world) -> None:
    assert visitor.get("/join/nowhere/").status_code == 404


@pytest.mark.django_db
def test_too_many_declines_are_refused_with_the_time_of_the_next_try(
    visitor: Visitor, world, deliver
) -> None:
    register(visitor, deliver)
    for _ in range(2):
        paying = visitor.post("/join/official/confirm", **confirmed(visitor))
        payment = payments.payment(paying.headers["Location"].rpartition("/")[2])
        assert payment is not None
        world.sandbox.decline(payment)
        visitor.get(f"/pay/return/{payment.id}")
    refused = visitor.post("/join/official/confirm", **confirmed(visitor))
    assert refused.status_code == 200
    assert "2026年11月23日(月) 12:00を過ぎてから" in text_of(refused)
    assert "payments.too_many_errors" in text_of(refused)
    assert not payments.open_payments(payment.member_ref)


def test_a_late_renewal_says_from_when_it_counts_and_why_there_is_no_slip(
    visitor: Visitor, world: World
) -> None:
    member = world.joined("yearly")
    world.go_to(datetime(2028, 1, 20, 12, tzinfo=JST))
    visitor.log_in(world.member_id(member))
    choose(visitor, "yearly", "konbini")
    shown = text_of(visitor.get("/join/official/confirm"))
    assert "前回の期限（2027年10月31日(日)）の翌日、2027年11月1日(月)から2028年10月31日" in shown
    assert "お支払い日からではありません" in shown
    # Five days later the slip would outlive the dormant time.
    world.go_to(datetime(2028, 1, 25, 12, tzinfo=JST))
    visitor.log_in(world.member_id(member))
    choose(visitor, "yearly", "card")
    assert visitor.get("/join/official/confirm").status_code == 200
    page = visitor.get("/join/official/way")
    assert "更新の受付期限（2028年1月31日" in text_of(page)
    assert 'value="konbini"' not in page.content.decode()


# Terms of use and privacy policy


def test_joining_asks_for_consent_and_records_it(visitor: Visitor, world, deliver) -> None:
    register(visitor, deliver)
    page = text_of(visitor.get("/join/official/confirm"))
    for shown in ("利用規約（第1版）", "第5条（禁止事項）", "プライバシーポリシー（第1版）"):
        assert shown in page
    form = confirmed(visitor)
    assert form.pop("agree") == "on"
    refused = visitor.post("/join/official/confirm", **form)
    assert refused.status_code == 200
    said = "「利用規約とプライバシーポリシーに同意します」にチェックを入れてください"
    assert said in text_of(refused)
    member = refused.wsgi_request.member.pk
    assert members.consents(member) == ()
    assert not payments.open_payments(member)
    visitor.post("/join/official/confirm", **confirmed(visitor))
    given = [(each.kind, each.version, each.site_key) for each in members.consents(member)]
    assert sorted(given) == [("privacy", 1, "official"), ("terms", 1, "official")]
    again = visitor.get("/join/mail/confirm", follow=True)
    assert 'name="agree"' not in again.content.decode()


def test_terms_that_come_into_force_meanwhile_are_shown_before_paying(
    visitor: Visitor, world, deliver
) -> None:
    register(visitor, deliver)
    form = confirmed(visitor)
    apply_tenant(with_terms(2))
    answer = visitor.post("/join/official/confirm", **form)
    assert answer.status_code == 200
    assert "お申し込み内容が変わりました" in text_of(answer)
    assert "第5条（第2版の禁止事項）" in text_of(answer)
    assert not payments.open_payments(answer.wsgi_request.member.pk)
    assert visitor.post("/join/official/confirm", **confirmed(visitor)).status_code == 302


def test_another_tab_that_agreed_first_is_no_change(visitor: Visitor, world, deliver) -> None:
    register(visitor, deliver)
    form = confirmed(visitor)
    first = visitor.post("/join/official/confirm", **form).headers["Location"]
    assert 'name="agree"' not in visitor.get("/join/official/confirm").content.decode()
    assert visitor.post("/join/official/confirm", **form).headers["Location"] == first


def test_details_say_how_they_are_handled(visitor: Visitor, world) -> None:
    choose(visitor)
    page = visitor.get("/join/official/details").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert 'href="/privacy"' in main

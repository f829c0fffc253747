"""After the right password the entry page names each cause, its dates and a cure."""

import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from tests.diagnosis import causes
from tests.diagnosis.causes import Cause
from tests.web.login.conftest import Visitor, World, text_of

from kaiin.domain.payments import Method

STATE = hashlib.sha256(b"the site's secret").hexdigest()

# What brought it about, what the page says in each language, where its first cure leads.
Story = tuple[Cause, list[str], list[str], str]
STORIES: list[Story] = [
    (
        causes.no_membership,
        [
            "まだ入会していません",
            "JO1 OFFICIAL SITEへの入会の記録が見つかりません",
            "no_membership",
        ],
        [
            "have not joined JO1 OFFICIAL SITE",
            "no membership of JO1 OFFICIAL SITE",
            "no_membership",
        ],
        'href="/join/official/"',
    ),
    (
        causes.never_paid,
        ["お支払いがまだ確認できていません", "カード会社の承認が得られませんでした", "never_paid"],
        ["not received a payment yet", "22 November 2026", "never_paid"],
        'href="/join/official/again"',
    ),
    (
        causes.pending_payment,
        ["手続きが終わっていません", "2026年11月22日(日) 12:00", "クレジットカード", "550円"],
        ["Your payment is not finished", "22 November 2026, 12:00 JST", "¥550"],
        'action="/entry/official/check"',
    ),
    (
        causes.pending_slip,
        [
            "コンビニでのお支払いをお待ちしています",
            "受付番号",
            "6,820円",
            "2026年11月29日(日) 23:59",
        ],
        ["waiting for your payment at the store", "Slip number", "29 November 2026, 23:59 JST"],
        'action="/entry/official/check"',
    ),
    (
        causes.lapsed_monthly,
        ["会費のお支払いが止まっています", "2026年11月30日(月)", "カード会社の承認が得られ"],
        ["Your payments have stopped", "30 November 2026", "lapsed_monthly"],
        'href="/join/official/again"',
    ),
    (
        causes.dormant,
        [
            "会費のお支払いが止まっています",
            "更新をお待ちしています",
            "2026年12月31日(木)までに更新",
        ],
        ["Your payments have stopped", "Renew by 31 December 2026", "access.dormant"],
        'href="/join/official/again"',
    ),
    (
        causes.mandate_ended,
        ["会費のお支払いが止まっています", "ドコモ払い", "終了しています"],
        ["Your payments have stopped", "was ended by the payment company"],
        'href="/join/official/again"',
    ),
    (
        causes.charged_back,
        ["2026年12月2日(水) 12:00までのご利用で終了しました", "を通じて取り消されました"],
        ["were open to you until 2 December 2026", "was taken back"],
        'href="/join/official/again"',
    ),
    (
        causes.expired_lump_sum,
        [
            "まとめて払いのご利用期間が終わりました",
            "2027年10月31日(日)",
            "2028年1月31日(月)までに更新",
        ],
        ["prepaid membership has run out", "31 October 2027", "Renew by 31 January 2028"],
        'href="/join/official/again"',
    ),
    (
        causes.withdrawn,
        ["退会済みです", "2026年11月30日(月)に退会", "2026年12月30日(水)までに再入会"],
        ["has ended", "30 November 2026", "Rejoin by 30 December 2026", "access.withdrawn"],
        'href="/join/official/again"',
    ),
    (
        causes.withdrawn_long_ago,
        ["退会済みです", "入会日と会員番号は新しくなります"],
        ["has ended", "the join date and member number will be new"],
        'href="/join/official/again"',
    ),
    (
        causes.other_site,
        [
            "「JO1 Mail」に入会中です",
            "「JO1 OFFICIAL SITE」とは別のサイト",
            "2026年11月30日(月)分まで",
        ],
        ["You have not joined JO1 OFFICIAL SITE yet", "is a different site", "30 November 2026"],
        'href="/entry/mail"',
    ),
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story[0].__name__)
def test_each_cause_is_shown_with_its_cure(
    visitor: Visitor,
    world: World,
    django_assert_max_num_queries: Any,
    story: Story,
) -> None:
    cause, japanese, english, cure = story
    member = cause(world)
    assert visitor.log_in_for(world.member_id(member)) == "/entry/official"
    response = visitor.get("/entry/official")
    page = text_of(response)
    for words in [*japanese, "お問い合わせ用コード", world.member_id(member)]:
        assert words in page
    assert cure in response.content.decode()
    visitor.get("/language?to=en")
    visitor.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = text_of(visitor.get("/entry/official"))
    for words in english:
        assert words in page
    # Just after "check now" the provider is not asked again: what is left is what the page costs.
    visitor.post("/entry/official/check")
    # One of them asks for the version of the tenant, once a second at most.
    with django_assert_max_num_queries(13):
        visitor.get("/entry/official")


def test_who_may_enter_is_carried_over_to_the_site(
    visitor: Visitor, world: World, django_assert_max_num_queries: Any
) -> None:
    member = causes.paid_and_noticed(world)
    visitor.client.get(f"/entry/official?state={STATE}", follow=True)
    assert visitor.log_in(world.member_id(member)).headers["Location"] == "/entry/official"
    # One of them asks for the version of the tenant, once a second at most.
    with django_assert_max_num_queries(13):
        target = urlsplit(visitor.get("/entry/official").headers["Location"])
    assert (target.netloc, target.path) == ("official.localhost:8000", "/auth/return")
    query = parse_qs(target.query)
    assert query["state"] == [STATE]
    from kaiin.identity.flows.handover import redeem_handover

    redeemed = redeem_handover(
        code=query["code"][0], site_key="official", state="the site's secret"
    )
    assert redeemed is not None


def test_without_the_sites_state_the_site_begins(visitor: Visitor, world: World) -> None:
    visitor.log_in(world.member_id(causes.paid_and_noticed(world)))
    target = visitor.get("/entry/official").headers["Location"]
    assert target == "http://official.localhost:8000/auth/start"


def test_the_whole_way_from_a_site_and_back(client: Client, world: World) -> None:
    """Two hosts, one browser: the members-only page is open in the end."""
    member = causes.paid_and_noticed(world)
    visitor = Visitor(client)
    start = client.get("/auth/start?next=/members/", HTTP_HOST="official.localhost")
    entry = urlsplit(start.headers["Location"])
    client.cookies.update(start.cookies)
    visitor.get(f"{entry.path}?{entry.query}", follow=True)
    visitor.log_in(world.member_id(member))
    back = urlsplit(visitor.get("/entry/official").headers["Location"])
    site = Client(HTTP_HOST="official.localhost")
    site.cookies.update(start.cookies)
    done = site.get(f"{back.path}?{back.query}")
    assert (done.status_code, done.headers["Location"]) == (302, "/members/")
    assert site.get("/members/").status_code == 200


def test_a_paid_member_whose_notice_is_lost_gets_in_by_logging_in(
    visitor: Visitor, world: World
) -> None:
    member = causes.paid_but_the_notice_is_lost(world)
    assert not world.entry(member).allowed
    visitor.log_in_for(world.member_id(member))
    assert "/auth/return?code=" in visitor.get("/entry/official").headers["Location"]
    assert world.entry(member).allowed


def test_check_now_lets_in_or_says_what_was_answered(visitor: Visitor, world: World) -> None:
    member = causes.pending_slip(world)
    payment = world.view(member).open_payment
    assert payment is not None
    visitor.log_in_for(world.member_id(member))
    world.clock.advance(hours=1)
    assert visitor.post("/entry/official/check").headers["Location"] == "/entry/official"
    page = text_of(visitor.get("/entry/official"))
    assert (
        "2026年11月22日(日) 13:00に決済会社へ確認しました。お支払いはまだ届いていません。" in page
    )
    world.sandbox.pay_at_store(payment)
    visitor.post("/entry/official/check")
    assert "/auth/return?code=" in visitor.get("/entry/official").headers["Location"]


def test_check_now_twice_is_harmless_and_a_reload_posts_nothing(
    visitor: Visitor, world: World
) -> None:
    member = causes.paid_but_the_notice_is_lost(world)
    visitor.log_in_for(world.member_id(member))
    for _ in range(2):
        visitor.post("/entry/official/check")
    assert world.entry(member).allowed
    assert len(world.sandbox.notices()) >= 1
    world.work()
    assert world.mails(member).count("welcome") == 1


def test_strangers_are_asked_to_log_in_first(visitor: Visitor, world: World) -> None:
    for answer in (visitor.get("/entry/official"), visitor.post("/entry/official/check")):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/login")
    assert visitor.get("/entry/nowhere").status_code == 404


def test_a_state_of_another_shape_is_not_kept(visitor: Visitor) -> None:
    for state in ("x", "A" * 64, "a" * 65, "../" * 10):
        visitor.get("/entry/official", data={"state": state})
    assert not visitor.client.session.get("states")


def test_a_rejoin_under_way_offers_no_second_payment(visitor: Visitor, world: World) -> None:
    member = causes.withdrawn(world)
    world.join(member, method=Method.DOCOMO)
    visitor.log_in_for(world.member_id(member))
    response = visitor.get("/entry/official")
    assert "再入会に進む" not in text_of(response)
    assert "お支払いを続ける" in text_of(response)

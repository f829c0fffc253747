"""My page in every standing, as it reads in both languages."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.mypage.conftest import Fans, Visitor

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST

Visit = Callable[[int | None], Visitor]

# Its first charge goes through, every later one is declined.
FADING_CARD = "4000 0000 0000 0341"


def test_a_stranger_is_led_to_the_login_and_comes_back(fans: Fans, visit: Visit) -> None:
    for path, named in [("/my", "%2Fmy"), ("/my/receipts", "%2Fmy%2Freceipts")]:
        response = visit(None).get(path)
        assert response.status_code == 302
        assert response.headers["Location"] == f"/login?next={named}"


def test_the_hosts_own_address_leads_to_my_page(fans: Fans, visit: Visit) -> None:
    assert visit(None).get("/").headers["Location"] == "/my"


def test_a_member_of_no_site_is_shown_what_to_join(fans: Fans, visit: Visit) -> None:
    page = visit(fans.member())
    japanese, english = page.text(language="ja"), page.text()
    assert "まだ入会しているサイトがありません" in japanese
    assert "You have not joined a site yet" in english
    assert "Sites you can join" in english
    body = page.get("/my").content.decode()
    assert 'href="/join/official/"' in body
    assert 'href="/join/mail/"' in body


def test_a_running_monthly_course(fans: Fans, visit: Visit) -> None:
    member = fans.joined("monthly", Method.DOCOMO)
    page = visit(member)
    english = page.text()
    assert "JO1 OFFICIAL SITE Member Member number 00000001" in english
    assert "Member since 22 November 2026" in english
    assert "Paid for 22 November 2026 – 30 November 2026" in english
    assert "Next renewal ¥550 a month, tax included, on 1 December 2026" in english
    assert "docomo (d Payment)" in english
    japanese = page.text(language="ja")
    assert "ご利用期間 2026年11月22日(日)〜 2026年11月30日(月)" in japanese
    assert "次回の更新日 2026年12月1日(火)に550円（月額・税込）" in japanese
    body = page.get("/my").content.decode()
    assert 'href="/entry/official"' in body
    assert 'href="/my/official/leave"' in body
    assert 'href="/join/official/"' not in body


def test_a_card_is_named_by_its_last_digits(fans: Fans, visit: Visit) -> None:
    assert "Visa ending in 4242" in visit(fans.joined()).text()


def test_a_lump_sum_says_that_nothing_more_is_charged(fans: Fans, visit: Visit) -> None:
    member = fans.joined("yearly", Method.KONBINI)
    page = visit(member)
    assert "Paid for 22 November 2026 – 31 October 2027" in page.text()
    assert "6,820円（12か月分・税込）、うちお支払い手数料220円" in page.text(language="ja")
    said = "¥6,820 for 12 months, tax included, of which ¥220 is the handling fee"
    assert said in page.text()
    assert "Nothing more will be charged Renewal opens on 1 July 2027" in page.text()
    assert "今後の請求はありません 更新は2027年7月1日(木)から受け付けます" in page.text(
        language="ja"
    )
    assert "?course=yearly" not in page.get("/my").content.decode()


def test_a_lump_sum_is_renewed_in_its_window(fans: Fans, visit: Visit) -> None:
    member = fans.joined("yearly")
    fans.clock.freeze(datetime(2027, 7, 1, 0, 0, tzinfo=JST))
    page = visit(member)
    assert "You can renew now Your membership runs out on 31 October 2027." in page.text()
    assert "更新の受付期間です ご利用期間は2027年10月31日(日)までです。" in page.text(language="ja")
    assert 'href="/join/official/again"' in page.get("/my").content.decode()


def test_a_slip_shows_number_deadline_and_how_to_check(fans: Fans, visit: Visit) -> None:
    member = fans.member()
    payment = fans.join(member, "yearly", Method.KONBINI).payment
    fans.sandbox.get_slip(payment)
    fans.work()
    page = visit(member)
    numbers = [reference.value for reference in fans.payment(payment.id).references]
    assert len(numbers) == 2
    for language, words in [
        (
            "ja",
            ("お支払い待ち", "受付番号", "確認番号", "6,820円", "お支払いを今すぐ確認する"),
        ),
        ("en", ("Waiting for payment", "(受付番号)", "¥6,820", "I have paid: check now")),
    ]:
        shown = page.text(language=language)
        assert all(word in shown for word in (*words, *numbers)), shown
    body = page.get("/my").content.decode()
    assert 'action="/entry/official/check"' in body
    assert f'href="/pay/{payment.id}"' in body
    assert 'href="/my/official/leave"' in body


def test_a_slip_past_its_deadline_says_so(fans: Fans, visit: Visit) -> None:
    member = fans.member()
    payment = fans.join(member, "yearly", Method.KONBINI).payment
    fans.sandbox.get_slip(payment)
    fans.work()
    expires_at = fans.payment(payment.id).expires_at
    assert expires_at is not None
    fans.clock.freeze(expires_at)
    assert "The deadline, 29 November 2026, 23:59 JST, has passed." in visit(member).text()


def test_a_slip_without_a_number_leads_on_to_get_one(fans: Fans, visit: Visit) -> None:
    member = fans.member()
    payment = fans.join(member, "yearly", Method.KONBINI).payment
    page = visit(member)
    assert "No number has been issued yet." in page.text()
    assert f'href="/pay/{payment.id}"' in page.get("/my").content.decode()


def test_a_payment_under_way_is_gone_on_with(fans: Fans, visit: Visit) -> None:
    member = fans.member()
    payment = fans.join(member, "monthly", Method.AU).payment
    page = visit(member)
    assert (
        "(au Easy Payment, ¥550) that you started on 22 November 2026, 12:00 JST is not complete."
        in page.text()
    )
    assert f'href="/pay/{payment.id}"' in page.get("/my").content.decode()


def test_a_first_payment_that_failed_says_why(fans: Fans, visit: Visit) -> None:
    member = fans.member()
    payment = fans.join(member).payment
    fans.sandbox.decline(payment)
    fans.work()
    page = visit(member)
    assert (
        "The payment company’s answer on 22 November 2026:"
        " “The card issuer did not approve the payment”" in page.text()
    )
    assert "Nothing was charged." in page.text()
    japanese = page.text(language="ja")
    assert "決済会社からの回答：「カード会社の承認が得られませんでした」" in japanese
    assert 'href="/join/official/again"' in page.get("/my").content.decode()


def test_a_failed_renewal_gives_grace_and_then_closes(fans: Fans, visit: Visit) -> None:
    member = fans.joined(number=FADING_CARD)
    fans.go_to(datetime(2026, 12, 1, 12, 0, tzinfo=JST))
    page = visit(member)
    english = page.text()
    assert "Payment needed" in english
    assert "We could not charge your fee" in english
    assert "“The card issuer did not approve the payment”" in english
    # Three days of grace end at the midnight after the third.
    assert "You have access until 3 December 2026." in english
    assert "Please pay by 3 December 2026. If you don’t, we will try to charge ¥550" in english
    assert "We will try to charge ¥550 again on 4 December 2026" in english
    assert "2026年12月3日(木)まではご利用いただけます" in page.text(language="ja")
    assert 'href="/entry/official"' in page.get("/my").content.decode()

    fans.go_to(datetime(2026, 12, 4, 12, 0, tzinfo=JST))
    assert "Your payments have stopped" in page.text()
    assert "Paid until 30 November 2026" in page.text()
    body = page.get("/my").content.decode()
    assert 'href="/entry/official"' not in body
    assert 'href="/join/official/again"' in body


def test_a_lump_sum_that_ran_out_is_shown_even_before_the_worker_acts(
    fans: Fans, visit: Visit
) -> None:
    member = fans.joined("yearly")
    fans.clock.freeze(datetime(2027, 11, 1, 0, 0, tzinfo=JST))
    page = visit(member)
    ran_out = "The time that you had paid for ended on 31 October 2027"
    english = page.text()
    assert "Waiting for renewal" in english
    assert "Your prepaid membership has run out" in english
    assert ran_out in english
    assert "Renew by 31 January 2028" in english
    assert "ご利用期間が終わりました" in page.text(language="ja")
    assert 'href="/join/official/again"' in page.get("/my").content.decode()
    fans.work()
    assert page.text() == english


def test_dormant_and_then_withdrawn(fans: Fans, visit: Visit) -> None:
    member = fans.joined(number=FADING_CARD)
    fans.go_to(datetime(2026, 12, 20, 12, 0, tzinfo=JST))
    page = visit(member)
    english = page.text()
    assert "Waiting for renewal" in english
    refused = "The automatic renewal (Credit or debit card) was not approved on 8 December 2026."
    assert refused in english
    assert "Renew by 31 December 2026, and you can enter at once." in english
    assert "2026年12月31日(木)までに更新すると" in page.text(language="ja")
    assert "Next renewal" not in english
    assert 'href="/my/official/leave"' not in page.get("/my").content.decode()

    fans.go_to(datetime(2027, 1, 1, 12, 0, tzinfo=JST))
    english = page.text()
    assert "Ended" in english
    assert "ended on 31 December 2026. You have not been charged since." in english
    assert refused in english
    assert "Rejoin by 30 January 2027 to keep your join date" in english
    assert "00000001" in english
    assert 'href="/join/official/again"' in page.get("/my").content.decode()

    fans.go_to(datetime(2027, 1, 31, 12, 0, tzinfo=JST))
    page = visit(member)
    assert "the join date and member number will be new." in page.text()
    assert "00000001" not in page.text()


def test_a_contract_ended_at_the_carrier_is_shown_while_one_is_still_in(
    fans: Fans, visit: Visit
) -> None:
    member = fans.joined("monthly", Method.SOFTBANK)
    mandate = fans.view(member).mandate
    assert mandate is not None
    fans.sandbox.end_contract(mandate)
    fans.work()
    page = visit(member)
    assert "Your next fee can’t be charged" in page.text()
    # By SoftBank a month runs to the day before the one of joining.
    assert "You have access until 21 December 2026." in page.text()
    assert "Next charge Nothing more will be charged" in page.text()
    assert 'href="/join/official/again"' in page.get("/my").content.decode()


def test_a_renewal_of_unknown_outcome_asks_nothing_of_the_member(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    fans.sandbox.switch("answer_lost", "0")
    fans.sandbox.switch("drop", "1")
    fans.clock.freeze(datetime(2026, 12, 1, 0, 0, tzinfo=JST))
    from kaiin.billing.actions.renew import renew_due

    renew_due(now=fans.clock.now(), limit=10)
    page = visit(member)
    assert "We are confirming your renewal" in page.text()
    assert "更新のお支払いを確認しています" in page.text(language="ja")
    assert 'href="/join/official/again"' not in page.get("/my").content.decode()


def test_two_sites_are_on_one_page(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    fans.pay(fans.join(member, "yearly", Method.CARD, "mail").payment)
    page = visit(member)
    english = page.text()
    assert english.index("JO1 OFFICIAL SITE") < english.index("JO1 Mail")
    assert "0000001" in english
    assert "Other sites" not in english
    body = page.get("/my").content.decode()
    # Each in its own colour, without any inline style.
    assert 'fill="#1e5b8c"' in body
    assert 'fill="#b3446c"' in body
    assert "style=" not in body


def test_ones_own_details_are_below(fans: Fans, visit: Visit) -> None:
    from kaiin.identity import queries

    member = fans.member()
    view = queries.member(member)
    assert view is not None
    page = visit(member)
    shown = page.text(language="ja")
    for value in (
        view.member_id, view.email, "はなこ", "山﨑 花子", "ヤマザキ ハナコ", "1998年4月7日",
        "東京都", "090-1234-5678",
    ):  # fmt: skip
        assert value in shown
    body = page.get("/my").content.decode()
    assert 'href="/my/password"' in body
    assert 'action="/logout"' in body


def test_a_member_without_an_address_sees_so(fans: Fans, visit: Visit) -> None:
    assert "Email address None on file" in visit(fans.member(email=None)).text()


def test_logging_out_takes_one_press(fans: Fans, visit: Visit) -> None:
    page = visit(fans.member())
    page.post("/logout")
    assert page.get("/my").status_code == 302


def test_no_page_of_a_member_is_kept_by_a_cache(fans: Fans, visit: Visit) -> None:
    assert "no-store" in visit(fans.member()).get("/my").headers["Cache-Control"]


def test_my_page_needs_thirteen_queries_at_most(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    payment = fans.join(member, "yearly", Method.KONBINI, "mail").payment
    fans.sandbox.get_slip(payment)
    fans.work()
    page = visit(member)
    page.get("/my")
    with CaptureQueriesContext(connection) as queries:
        assert page.get("/my").status_code == 200
    # Once a second the tenant's revision is read in any case.
    asked = [query["sql"][:150] for query in queries if 'FROM "sites_tenant"' not in query["sql"]]
    assert len(asked) <= 13, "\n".join(asked)


class TestAccessFromStaff:
    """My page shows it, its end and the way in, and a mail is sent."""

    def grant(self, fans: Fans, member: int, until: datetime) -> int:
        from kaiin.billing.actions.grants import grant_access

        found = grant_access(
            member_pk=member, site_key="official", until=until, reason_text="-", actor="staff:1"
        )
        fans.work()
        return found

    def test_to_a_member_who_has_not_joined(self, fans: Fans, visit: Visit) -> None:
        from kaiin.billing.actions.grants import revoke_grant

        member = fans.member()
        given = self.grant(fans, member, datetime(2026, 12, 1, tzinfo=JST))
        page = visit(member)
        japanese = page.text(language="ja")
        assert "JO1 OFFICIAL SITE ご利用いただけます 2026年11月30日(月)まで" in japanese
        assert "事務局が用意したご利用期間 2026年11月30日(月)まで" in japanese
        body = page.get("/my").content.decode()
        assert 'href="/entry/official"' in body
        assert body.count('href="/join/official/"') == 1
        assert fans.mails(member) == ["granted"]
        revoke_grant(grant_id=given, actor="staff:1")
        fans.work()
        assert fans.mails(member) == ["granted", "grant_revoked"]
        assert "Open to you" not in page.text()

    def test_after_the_end_the_old_steps_are_beside_the_way_in(
        self, fans: Fans, visit: Visit
    ) -> None:
        member = fans.joined("yearly")
        fans.clock.freeze(datetime(2027, 11, 2, 12, 0, tzinfo=JST))
        fans.work()
        self.grant(fans, member, datetime(2027, 11, 5, 18, 0, tzinfo=JST))
        page = visit(member)
        english = page.text()
        assert "Open to you" in english
        assert "You have access until 5 November 2027, 18:00 JST" in english
        assert "Waiting for renewal" not in english
        body = page.get("/my").content.decode()
        assert 'href="/entry/official"' in body
        assert 'href="/join/official/again"' in body

"""The list of charges, and each receipt."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.mypage.conftest import Fans, Visitor

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST

Visit = Callable[[int | None], Visitor]


def receipt_path(member: int) -> str:
    from kaiin.billing import queries

    return f"/my/receipts/{queries.receipts(member)[0].number}"


@pytest.mark.parametrize(
    ("method", "japanese", "english"),
    [
        (Method.CARD, ("カード番号の下4桁 4242",), ("Last 4 digits of the card 4242",)),
        (Method.DOCOMO, ("決済番号",), ("(決済番号)",)),
        (Method.AU, ("継続課金ID", "決済情報番号"), ("(継続課金ID)", "(決済情報番号)")),
        (Method.SOFTBANK, ("注文番号 SB",), ("(注文番号) SB",)),
    ],
)
def test_a_receipt_shows_what_the_bill_shows(
    fans: Fans,
    visit: Visit,
    method: Method,
    japanese: tuple[str, ...],
    english: tuple[str, ...],
) -> None:
    from kaiin.billing import queries

    member = fans.joined("monthly", method)
    receipt = queries.receipts(member)[0]
    page, path = visit(member), receipt_path(member)
    shown = page.text(path, "ja"), page.text(path)
    for words, text in zip((japanese, english), shown, strict=True):
        assert all(word in text for word in words), text
        assert all(reference.value in text for reference in receipt.references)
        assert receipt.number in text
        assert "T0000000000000" in text
    assert "山﨑 花子 様" in shown[0]
    assert "550円" in shown[0]
    assert "プラスメンバー株式会社" in shown[0]
    assert "¥550" in shown[1]
    assert "Plus member Co., Ltd." in shown[1]
    assert "Paid on 22 November 2026" in shown[1]


def test_a_receipt_from_the_store_names_slip_fee_and_time_paid_for(
    fans: Fans, visit: Visit
) -> None:
    member = fans.joined("yearly", Method.KONBINI)
    page, path = visit(member), receipt_path(member)
    japanese, english = page.text(path, "ja"), page.text(path)
    assert "会費 6,600円 お支払い手数料 220円 合計（税込） 6,820円" in japanese
    assert "受付番号" in japanese
    assert "確認番号" in japanese
    assert "Membership fee ¥6,600 Handling fee ¥220" in english
    assert "Paid for 22 November 2026 – 31 October 2027" in english


def test_the_seller_without_a_registration_number(fans: Fans, visit: Visit) -> None:
    from kaiin.sites import queries as sites
    from kaiin.sites.models import Tenant

    member = fans.joined()
    row = Tenant.objects.get()
    row.seller = row.seller | {"registration_number": ""}
    row.save()
    sites.forget()
    assert "Registration number" not in visit(member).text(receipt_path(member))


def test_anothers_receipt_is_as_unknown_as_none(fans: Fans, visit: Visit) -> None:
    path = receipt_path(fans.joined())
    stranger = visit(fans.joined())
    assert stranger.get(path).status_code == 404
    assert stranger.get("/my/receipts/20261122-00000-00000").status_code == 404
    assert visit(None).get(path).headers["Location"].startswith("/login?next=%2Fmy%2Freceipts%2F")


def test_every_charge_is_listed_with_its_outcome(fans: Fans, visit: Visit) -> None:
    member = fans.joined(number="4000 0000 0000 0341")
    payment = fans.join(member, "yearly", Method.KONBINI, "mail").payment
    fans.sandbox.get_slip(payment)
    fans.work()
    page = visit(member)
    assert "JO1 Mail, Lump-sum course ¥4,180" in page.text("/my/receipts")
    assert "Waiting for payment" in page.text("/my/receipts")
    fans.go_to(datetime(2026, 12, 1, 12, 0, tzinfo=JST))
    english, japanese = page.text("/my/receipts"), page.text("/my/receipts", "ja")
    assert "22 November 2026 · Credit or debit card Paid Receipt" in english
    assert (
        "1 December 2026 · Credit or debit card Could not be charged"
        " The card issuer did not approve the payment" in english
    )
    assert "Expired" in english
    assert english.index("1 December") < english.index("22 November")
    assert "請求できませんでした カード会社の承認が得られませんでした" in japanese
    assert "期限切れ" in japanese
    assert receipt_path(member) in page.get("/my/receipts").content.decode()


def test_what_was_given_up_before_it_was_charged_is_not_listed(fans: Fans, visit: Visit) -> None:
    member = fans.member()
    fans.join(member, "monthly", Method.AU)
    fans.pay(fans.join(member, "monthly", Method.CARD).payment)
    assert "au Easy Payment" not in visit(member).text("/my/receipts")


def test_nothing_charged_yet(fans: Fans, visit: Visit) -> None:
    page = visit(fans.member())
    assert "No payments yet" in page.text("/my/receipts")
    assert "お支払いの記録はまだありません" in page.text("/my/receipts", "ja")


def test_receipts_need_few_queries(fans: Fans, visit: Visit) -> None:
    member = fans.joined("monthly", Method.AU)
    fans.go_to(datetime(2027, 2, 2, 12, 0, tzinfo=JST))
    page = visit(member)
    page.get("/my")
    for path in ("/my/receipts", receipt_path(member)):
        with CaptureQueriesContext(connection) as queries:
            assert page.get(path).status_code == 200
        assert len(queries) <= 12, "\n".join(query["sql"][:150] for query in queries)

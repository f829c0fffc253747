"""The list of charges, and each receipt."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdfium2 import PdfDocument
from tests.fixtures.tenant import amend
from tests.web.mypage.conftest import Fans, Visitor

from kaiin.domain.payments import Method
from kaiin.domain.periods import JST

Visit = Callable[[int | None], Visitor]


def receipt_path(member: int) -> str:
    from kaiin.billing.views.receipts import list_receipts

    return f"/my/receipts/{list_receipts(member)[0].number}"


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
    from kaiin.billing.views.receipts import list_receipts

    member = fans.joined("monthly", method)
    receipt = list_receipts(member)[0]
    page, path = visit(member), receipt_path(member)
    shown = page.text(path, "ja"), page.text(path)
    for words, text in zip((japanese, english), shown, strict=True):
        assert all(word in text for word in words), text
        assert all(reference.value in text for reference in receipt.references)
        assert receipt.number in text
        assert "T0000000000000" in text
    assert "山﨑 花子 様" in shown[0]
    assert "550円" in shown[0]
    assert "見本株式会社" in shown[0]
    assert "¥550" in shown[1]
    assert "Example Co., Ltd." in shown[1]
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


def unregistered() -> None:
    """The seller has no number: no qualified invoices."""
    from kaiin.sites import queries as sites
    from kaiin.sites.models import Tenant

    row = Tenant.objects.get()
    row.seller = row.seller | {"registration_number": ""}
    row.save()
    sites.forget()


def paper(page: Visitor, path: str, language: str = "ja") -> PdfDocument:
    """A receipt as PDF."""
    answer = page.get(f"{path}.pdf", language)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    return PdfDocument(answer.content)


def read(pdf: PdfDocument) -> str:
    """Its text, on one line."""
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


def test_the_seller_without_a_registration_number(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    unregistered()
    page, path = visit(member), receipt_path(member)
    for text in (page.text(path), read(paper(page, path, "en"))):
        assert "Registration number" not in text
        assert "Qualified invoice" not in text
        assert "10%" not in text
        assert "Example Co., Ltd." in text


def test_a_qualified_invoice_says_what_the_law_asks_for(fans: Fans, visit: Visit) -> None:
    amend(tax_percent=8)
    member = fans.joined("yearly", Method.KONBINI)
    page, path = visit(member), receipt_path(member)
    for text in (page.text(path, "ja"), read(paper(page, path))):
        for said in (
            "適格請求書（インボイス）",
            "見本株式会社",  # who issues it
            "T0000000000000",  # the registration number
            "2026年11月22日(日)",  # the day
            "会費※",  # what for, and that its rate is the reduced one
            "※は軽減税率の対象です。",
            "軽減8%対象 6,600円 488円",  # totals and tax of each rate
            "10%対象 220円 20円",
            "山﨑 花子 様",  # whom it is for
            "JO1 OFFICIAL SITE",
            "月会費まとめて払いコース",
        ):
            assert said in text, (said, text)
        assert text.index("受付番号") < text.index("確認番号")
        assert "6,820円" in text


def test_the_file_is_small_whole_and_the_members_own(fans: Fans, visit: Visit) -> None:
    member = fans.joined()
    page, path = visit(member), receipt_path(member)
    number = path.rpartition("/")[2]
    answer = page.get(f"{path}.pdf", "ja")
    assert answer.content.startswith(b"%PDF-")
    assert len(answer.content) < 60_000
    assert answer.content == page.get(f"{path}.pdf", "ja").content
    assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
    assert answer.headers["Content-Disposition"] == (
        f"attachment; filename*=utf-8''%E9%A0%98%E5%8F%8E%E6%9B%B8_{number}.pdf"
    )
    english = page.get(f"{path}.pdf", "en")
    assert english.headers["Content-Disposition"] == f'attachment; filename="receipt-{number}.pdf"'
    pdf = paper(page, path)
    assert len(pdf) == 1
    assert [round(side) for side in pdf[0].get_size()] == [595, 842]
    about = pdf.get_metadata_dict()
    pdf.close()
    assert (about["Title"], about["Author"]) == (f"領収書 {number}", "見本株式会社")
    assert b"/Lang (ja-JP)" in answer.content
    assert b"/Lang (en)" in english.content
    assert f"{path}.pdf" in page.get(path).content.decode()
    assert f"{path}.pdf" in page.get("/my/receipts").content.decode()
    stranger = visit(fans.joined())
    assert stranger.get(f"{path}.pdf").status_code == 404
    assert visit(None).get(f"{path}.pdf").headers["Location"].startswith("/login?")


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("髙﨑 花子", "髙﨑 花子 様"),
        ("\u795e田 \ufa19田", "\u795e田 \ufa19田 様"),
        ("葛\U000e0100城", "葛城 様"),
        ("か\u3099くと", "がくと 様"),
        ("ﾔﾏﾀﾞ Ｊｏｈｎ －ー−", "ﾔﾏﾀﾞ Ｊｏｈｎ －ー− 様"),
        ("さくら😀👩‍🎤", "さくら 様"),
        ("김민준", "김민준 様"),
        ("刘伟 们", "刘伟 们 様"),
        ("Nguyễn Thị Đặng Żółć", "Nguyễn Thị Đặng Żółć 様"),
        ("{nb} **b** <b>", "{nb} **b** <b> 様"),
        ("𠮷野家 ¥〒㈱", "𠮷野家 ¥〒㈱ 様"),
    ],
)
def test_names_on_paper(fans: Fans, visit: Visit, name: str, printed: str) -> None:
    from kaiin.identity.models import Member

    member = fans.joined()
    Member.objects.filter(pk=member).update(legal_name=name)
    assert printed in read(paper(visit(member), receipt_path(member)))


def test_very_long_names_stay_on_the_page(fans: Fans, visit: Visit) -> None:
    from kaiin.identity.models import Member

    member = fans.joined()
    Member.objects.filter(pk=member).update(legal_name="寿限無" * 30)
    pdf = paper(visit(member), receipt_path(member))
    assert len(pdf) == 1
    assert read(pdf).replace(" ", "").count("寿限無") >= 29


def test_what_went_back_is_shown(fans: Fans, visit: Visit) -> None:
    member = fans.member()
    payment = fans.join(member, "yearly", Method.KONBINI).payment
    fans.pay(payment)
    fans.sandbox.refund_at_provider(fans.payment(payment.id), 600)
    fans.work()
    page, path = visit(member), receipt_path(member)
    pdf = paper(page, path, "en")
    assert len(pdf) == 1
    on_page, on_paper = page.text(path), read(pdf)
    assert "Refunded 22 November 2026 ¥600 Tax rate With tax Tax in it At 10% ¥600 ¥54" in on_page
    assert "Left after refunds ¥6,220" in on_page
    assert "22 November 2026 At 10% −¥600 −¥54" in on_paper
    assert "Left after refunds ¥6,220" in on_paper
    assert "¥600 of it was refunded." in page.text("/my/receipts")
    assert "うち600円を返金しました。" in page.text("/my/receipts", "ja")
    fans.sandbox.refund_at_provider(fans.payment(payment.id), 6220)
    fans.work()
    assert "Convenience store Refunded Receipt" in page.text("/my/receipts")
    assert "Left after refunds ¥0" in page.text(path)


def test_a_receipt_of_money_that_a_bank_took_back_is_void(fans: Fans, visit: Visit) -> None:
    member = fans.member()
    payment = fans.join(member).payment
    fans.pay(payment)
    fans.sandbox.dispute(payment)
    fans.work()
    page, path = visit(member), receipt_path(member)
    assert "no longer valid" not in page.text(path)
    fans.sandbox.dispute(payment, won=False)
    fans.work()
    assert "The receipt is no longer valid." in page.text(path)
    assert "この領収書は無効です。" in read(paper(page, path)).replace(" ", "")
    assert "Taken back" in page.text("/my/receipts")


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

"""The books of a month: sums that are the ledger's, files that an accountant can import."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kaiin.domain.accounting import Chart
from kaiin.domain.closing import BookMonth
from kaiin.domain.ledger import Account, EntryKind
from kaiin.domain.payments import Method
from kaiin.domain.periods import JST
from tests.billing.conftest import World, balances
from tests.fixtures.clock import Clock
from tests.fixtures.tenant import amend

if TYPE_CHECKING:
    from kaiin.billing.views.ledger import AccountMonth

NOVEMBER = BookMonth.read("2026-11")
DECEMBER = BookMonth.read("2026-12")
CLOSED = datetime(2026, 12, 2, tzinfo=JST)


def files(
    now: datetime, month: BookMonth = NOVEMBER, form: str = "csv", **options: Any
) -> dict[str, bytes]:
    """The files of a month, by what follows the month in their names."""
    from kaiin.books.closing import closing_files

    made = closing_files(
        month=month,
        form=form,
        chart=options.pop("chart", Chart()),
        now=now,
        **options,
    )
    return {each.name.removeprefix(f"closing-{month}-"): b"".join(each.content) for each in made}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def accounts(month: BookMonth, site: str | None = None) -> "dict[Account, list[AccountMonth]]":
    from kaiin.billing.views.ledger import month_balances

    found: dict[Account, list[AccountMonth]] = {}
    for each in month_balances(month=month, site_key=site):
        found.setdefault(each.account, []).append(each)
    return found


def closing_of(month: BookMonth) -> dict[str, int]:
    sums = {
        account.value: sum(each.closing for each in found)
        for account, found in accounts(month).items()
    }
    return {account: amount for account, amount in sums.items() if amount}


@pytest.fixture
def club(world: World) -> World:
    """Two who pay by the month, one by slip for a year, one at the other site; into January."""
    for method in (Method.CARD, Method.AU):
        world.joined(method=method)
    world.joined("yearly", Method.KONBINI)
    member = world.member()
    world.pay(world.join(member, site="mail").payment)
    for day in ((2026, 12, 1), (2027, 1, 1), (2027, 1, 3)):
        world.clock.freeze(datetime(*day, tzinfo=JST))
        world.work()
    return world


def test_the_sums_are_the_ledgers(club: World) -> None:
    november, december = accounts(NOVEMBER), accounts(DECEMBER)
    # 550 × 2 + 330 for November are earned in it, though booked as December begins.
    assert closing_of(NOVEMBER) == {
        "provider_cash": 550 * 2 + 6600 + 220 + 330,
        "deferred_income": -6600,
        "income": -(550 * 2 + 330),
        "handling_income": -220,
    }
    assert sum(closing_of(NOVEMBER).values()) == 0
    assert closing_of(BookMonth.read("2027-01")) == balances()
    for account, found in december.items():
        opening = {(e.site_key, e.percent): e.opening for e in found}
        closed = {(e.site_key, e.percent): e.closing for e in november[account]}
        assert opening == closed
    official = accounts(NOVEMBER, "official")
    assert [e.site_key for found in official.values() for e in found] == ["official"] * 5
    assert [(e.percent, e.credits) for e in official[Account.INCOME]] == [(10, -1100)]
    assert [e.percent for e in official[Account.PROVIDER_CASH]] == [None]


def test_rates_are_the_courses(world: World) -> None:
    amend({"site__key": "mail"}, tax_percent=8)
    world.joined()
    world.pay(world.join(world.member(), site="mail").payment)
    world.clock.freeze(datetime(2026, 12, 1, tzinfo=JST))
    world.work()
    income = accounts(NOVEMBER)[Account.INCOME]
    assert [(e.site_key, e.percent, e.credits) for e in income] == [
        ("mail", 8, -330),
        ("official", 10, -550),
    ]
    vouchers = files(CLOSED, form="yayoi")["yayoi.csv"].decode("cp932")
    assert "課税売上内軽減8%" in vouchers
    assert "課税売上内10%" in vouchers


def test_the_journal_has_every_posting_once(club: World) -> None:
    from kaiin.billing.ledger.models import LedgerPosting

    journals = [
        rows(files(club.clock.now(), BookMonth.read(month), so_far=month > "2026-12")[name])
        for month, stem in (("2026-11", ""), ("2026-12", ""), ("2027-01", "so-far-"))
        for name in (f"{stem}journal.csv", f"{stem}late.csv")
    ]
    lines = [line for journal in journals for line in journal]
    assert len(lines) == LedgerPosting.objects.count() > 20
    assert not journals[1]
    for journal in journals:
        assert sum(int(e["debit"]) for e in journal) == sum(int(e["credit"]) for e in journal)
    assert {line["booked_on"][:7] for line in journals[0]} == {"2026-11"}


def test_the_database_reads_the_rule_as_the_domain_does(plusmember: object, clock: Clock) -> None:
    """Entries around midnights and closings: each is in the month that `booking` says."""
    import random

    from kaiin.billing.ledger.models import LedgerEntry, LedgerPosting
    from kaiin.billing.models import Membership
    from kaiin.billing.views.ledger import month_journal
    from kaiin.domain.closing import booking
    from kaiin.identity.flows.register import import_member
    from kaiin.sites.models import Site

    member = import_member(
        member_id=None, email=None, password_hash="!", details={"nickname": "ゆき"},
        language="ja", created_at=clock.now(), actor="system:tests",
    )  # fmt: skip
    membership = Membership.objects.create(
        member_id=member, site=Site.objects.get(key="mail"),
        standing_changed_at=clock.now(), created_at=clock.now(),
    )  # fmt: skip
    chance = random.Random(20261122)
    edges = [month.starts_at for month in (NOVEMBER, DECEMBER)] + [DECEMBER.ends_at]
    shifts = [timedelta(0), timedelta(microseconds=1), timedelta(hours=5), timedelta(days=1)]
    delays = [*shifts, timedelta(days=1, microseconds=-1), timedelta(days=40)]
    expected: dict[str, dict[bool, int]] = {}
    for number in range(300):
        kind = chance.choice(list(EntryKind))
        occurred_at = chance.choice(edges) + chance.choice([-1, 1]) * chance.choice(shifts)
        recorded_at = occurred_at + chance.choice(delays)
        row = LedgerEntry.objects.create(
            key=f"test:{number}", kind=kind.value, occurred_at=occurred_at,
            recorded_at=recorded_at, membership=membership,
        )  # fmt: skip
        for account, sign in (("provider_cash", 1), ("receivable", -1)):
            LedgerPosting.objects.create(entry=row, account=account, amount=sign * (number + 1))
        booked = booking(kind, occurred_at, recorded_at)
        late = booked.late_for is not None
        sums = expected.setdefault(str(BookMonth.of(booked.day)), {False: 0, True: 0})
        sums[late] += number + 1
    opening = 0
    for month, sums in sorted(expected.items()):
        books = BookMonth.read(month)
        cash = accounts(books)[Account.PROVIDER_CASH][0]
        assert (cash.opening, cash.debits, cash.late_debits) == (opening, sums[False], sums[True])
        for late in (False, True):
            lines = list(month_journal(month=books, late=late))
            assert sum(line.amount.amount for line in lines if line.amount.amount > 0) == sums[late]
            assert {BookMonth.of(line.booking.day) for line in lines} <= {books}
            assert {line.booking.late_for is not None for line in lines} <= {late}
        opening = cash.closing
    assert opening == sum(range(1, 301))


def test_the_csv_is_what_excel_opens(club: World) -> None:
    made = files(club.clock.now())
    assert list(made) == ["balances.csv", "journal.csv", "late.csv"]
    for content in made.values():
        assert content.startswith(b"\xef\xbb\xbf")
        assert content.count(b"\n") == content.count(b"\r\n")
    balance = next(e for e in rows(made["balances.csv"]) if e["account"] == "handling_income")
    assert balance == {
        "month": "2026-11", "state": "closed", "site": "official", "account": "handling_income",
        "account_name": "雑収入", "currency": "JPY", "tax_percent": "10", "opening": "0",
        "debits": "0", "credits": "220", "late_debits": "0", "late_credits": "0",
        "closing": "-220",
    }  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "yayoi"])
def test_closing_twice_gives_the_same_bytes(club: World, form: str) -> None:
    first = files(club.clock.now(), form=form)
    club.joined()
    club.clock.freeze(datetime(2027, 2, 3, tzinfo=JST))
    club.work()
    assert files(club.clock.now(), form=form) == first


def test_what_is_recorded_late_is_listed_apart_and_moves_no_closed_month(world: World) -> None:
    from kaiin.billing.ledger.models import LedgerEntry

    payment = world.join(world.member(), "yearly", Method.KONBINI).payment
    world.sandbox.get_slip(payment)
    world.clock.freeze(datetime(2026, 11, 28, 12, 0, tzinfo=JST))
    # Of the notices nothing arrives for days.
    world.sandbox.pay_at_store(payment)
    world.clock.freeze(datetime(2026, 12, 4, 9, 0, tzinfo=JST))
    before = files(world.clock.now())
    world.work()
    assert {e.occurred_at.day for e in LedgerEntry.objects.all()} == {28}
    assert files(world.clock.now()) == before
    assert closing_of(NOVEMBER) == {}
    later = datetime(2027, 1, 2, tzinfo=JST)
    made = files(later, DECEMBER)
    late = rows(made["late.csv"])
    assert not rows(made["journal.csv"])
    assert {(e["booked_on"], e["late_for"], e["occurred_at"][:10]) for e in late} == {
        ("2026-12-04", "2026-11", "2026-11-28")
    }
    cash = accounts(DECEMBER)[Account.PROVIDER_CASH][0]
    assert (cash.opening, cash.debits, cash.late_debits, cash.closing) == (0, 0, 6820, 6820)
    voucher = files(later, DECEMBER, "yayoi")["yayoi.csv"].decode("cp932")
    assert "2026-11分 JO1 OFFICIAL SITE 会費の入金 1件" in voucher


def test_a_month_that_is_not_over_is_refused(world: World) -> None:
    from kaiin.billing.views.ledger import BooksBehind, MonthNotOver

    world.joined()
    for now in (world.clock.now(), CLOSED - timedelta(seconds=1)):
        with pytest.raises(MonthNotOver):
            files(now)
    with pytest.raises(MonthNotOver):
        files(world.clock.now(), DECEMBER, so_far=True)
    made = files(world.clock.now(), so_far=True)
    assert list(made) == ["so-far-balances.csv", "so-far-journal.csv", "so-far-late.csv"]
    assert {e["state"] for e in rows(made["so-far-balances.csv"])} == {"so_far"}
    # Over, but the worker has not come by: November's income is not booked.
    with pytest.raises(BooksBehind) as behind:
        files(CLOSED)
    assert behind.value.params["count"] == 1


def vouchers(content: bytes) -> Iterator[list[list[str]]]:
    """The rows of each voucher, by the flags."""
    found: list[list[str]] = []
    for row in csv.reader(io.StringIO(content.decode("cp932"), newline="")):
        assert (row[0] in {"2000", "2110"}) is not bool(found)
        found.append(row)
        if row[0] in {"2000", "2101"}:
            yield found
            found = []
    assert not found


def test_yayoi(club: World) -> None:
    content = files(club.clock.now(), form="yayoi")["yayoi.csv"]
    assert content.count(b"\n") == content.count(b"\r\n")
    debits: dict[str, int] = {}
    credits_: dict[str, int] = {}
    for number, voucher in enumerate(vouchers(content), start=1):
        assert all(len(row) == 25 for row in voucher)
        assert [row[0] for row in voucher[1:-1]] == ["2100"] * (len(voucher) - 2)
        assert {row[1] for row in voucher} == {str(number)}
        assert {row[3][:8] for row in voucher} == {"2026/11/"}
        assert {row[19] for row in voucher} == {"0" if len(voucher) == 1 else "3"}
        assert {row[24] for row in voucher} == {"no"}
        assert sum(int(row[8]) for row in voucher) == sum(int(row[14]) for row in voucher) > 0
        for row in voucher:
            debits[row[4]] = debits.get(row[4], 0) + int(row[8])
            credits_[row[10]] = credits_.get(row[10], 0) + int(row[14])
    chart = Chart()
    for account, found in accounts(NOVEMBER).items():
        assert debits.get(chart.names[account], 0) == sum(e.debits for e in found)
        assert credits_.get(chart.names[account], 0) == -sum(e.credits for e in found)
    slip = next(v for v in vouchers(content) if len(v) > 1)
    assert [row[4:6] + row[7:9] for row in slip] == [
        ["売掛金", "JO1 OFFICIAL SITE", "対象外", "7920"],
        ["", "", "", "0"],
    ]
    assert [row[10:12] + row[13:16] for row in slip] == [
        ["前受金", "JO1 OFFICIAL SITE", "対象外", "7700", ""],
        ["雑収入", "JO1 OFFICIAL SITE", "課税売上内10%", "220", "20"],
    ]
    assert slip[0][16] == "JO1 OFFICIAL SITE 会費の請求 3件"
    (earned,) = [v for v in vouchers(content) if v[0][10:12] == ["売上高", "JO1 OFFICIAL SITE"]]
    assert earned[0][3] == "2026/11/30"
    assert earned[0][13:16] == ["課税売上内10%", "1100", "100"]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_kind_of_entry_has_words(language: str) -> None:
    from kaiin.infra.texts import text

    words = {text(f"closing.kind_{kind.value}", language) for kind in EntryKind}
    assert len(words) == len(EntryKind)


def test_yayoi_takes_names_that_cp932_does_not_know(club: World) -> None:
    from kaiin.sites import queries as sites
    from kaiin.sites.models import Site

    Site.objects.filter(key="mail").update(name={"ja": "〜髙﨑のひみつきち😀とてもながいなまえ"})
    sites.forget()
    found = vouchers(files(club.clock.now(), form="yayoi", site_key="mail")["mail-yayoi.csv"])
    assert any(row[5] for voucher in found for row in voucher)
    for voucher in found:
        for row in voucher:
            assert row[5] in {"", "～髙﨑のひみつきち〓とて"}
            assert len(row[5].encode("cp932")) <= 24
            assert len(row[16].encode("cp932")) <= 64


def test_an_operators_own_names(club: World, tmp_path: Path) -> None:
    from kaiin.books.charts import BadChart, read_chart

    file = tmp_path / "accounts.yaml"
    file.write_text(
        "accounts: {income: 会費収入, provider_cash: 売掛金}\n"
        'tax: {sales: "課税売上込{rate}"}\nsub_accounts: none\n',
        "utf-8",
    )
    chart = read_chart(file)
    content = files(club.clock.now(), form="yayoi", chart=chart)["yayoi.csv"].decode("cp932")
    assert '"会費収入","","","課税売上込10%","1100","100"' in content
    assert "前受金" in content
    assert "売上高" not in content
    for wrong in (
        "accounts: {incme: 会費収入}", "accounts: {income: 7}", "names: {}", "sub_accounts: maybe",
        'tax: {sales: "{0}"}', "- a", "accounts: [", "tax: {sales: ' '}",
    ):  # fmt: skip
        file.write_text(wrong, "utf-8")
        with pytest.raises(BadChart):
            read_chart(file)
    with pytest.raises(BadChart):
        read_chart(tmp_path / "none.yaml")


def test_the_command(club: World, tmp_path: Path) -> None:
    import json

    from typer.testing import CliRunner

    from kaiin.cli.app import app

    asked = ["closing", "2026-11", "--output", str(tmp_path / "books"), "--json"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    written = [Path(path) for path in answer["files"]]
    assert [path.name for path in written] == [
        "closing-2026-11-balances.csv",
        "closing-2026-11-journal.csv",
        "closing-2026-11-late.csv",
    ]
    assert sorted((tmp_path / "books").iterdir()) == sorted(written)
    assert sum(each["closing"] for each in answer["balances"]) == 0
    shown = CliRunner().invoke(app, [*asked[:4], "--format", "yayoi", "--site", "official"])
    assert shown.exit_code == 0, shown.output
    assert "closing-2026-11-official-yayoi.csv" in shown.stdout.replace("\n", "")
    refused = CliRunner().invoke(app, ["closing", "2027-01", *asked[2:4]])
    assert refused.exit_code == 1
    assert not list(tmp_path.rglob("*2027*"))

from datetime import date

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from kaiin.identity import passwords
from kaiin.identity.passwords import (
    TODAY,
    Argon2id,
    Costs,
    RawArgon2id,
    hash_password,
    password_problems,
    verify,
)
from tests.identity.members import hashed

OWN = {
    "member_id": "E123456784",
    "email": "hanako.y@example.jp",
    "nickname": "はなちゃん",
    "legal_name": "山﨑 花子",
    "birth_date": date(1990, 4, 1),
    "phone": "+819012345678",
    "prefecture": "JP-13",
}


def test_new_hashes_are_argon2id_at_the_chosen_costs() -> None:
    assert hash_password("a").startswith("argon2nfc$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    "password",
    [
        "jo1fan2020",
        " leading and trailing ",
        "ｐａｓｓ全角",
        "パスワード🎤",
        "e\u0301",
        "x" * 128,
        "y" * 1024,
    ],
)
def test_a_password_is_verified_exactly_as_typed(password: str) -> None:
    encoded = hash_password(password)
    assert verify(password, encoded)
    assert not verify(password.strip() + "!", encoded)


def raw_hash(password: str) -> str:
    """As Django's own hasher made them, and as they were imported: of the text as typed."""

    class Raw(RawArgon2id):
        time_cost, memory_cost, parallelism = TODAY.passes, TODAY.memory, TODAY.lanes

    return str(Raw().encode(password, Raw().salt()))


def test_the_same_characters_are_the_same_password_however_they_are_typed() -> None:
    composed, loose = "カ\u30d6\u00e9 12345", "カ\u30d5\u3099e\u0301 12345"
    assert composed != loose
    for first, then in ((composed, loose), (loose, composed)):
        assert verify(then, hash_password(first))
    # What looks different stays different: NFC is no NFKC.
    assert not verify("ｶﾌﾞ 123456", hash_password("カブ 123456"))


def test_hashes_from_before_are_of_the_raw_text() -> None:
    composed, loose = "\u00e9 12345678", "e\u0301 12345678"
    for text, other in ((composed, loose), (loose, composed)):
        assert verify(text, raw_hash(text))
        assert not verify(other, raw_hash(text))
    assert not passwords.is_outdated(raw_hash("a"))


def test_the_shape_of_a_password_is_coarse() -> None:
    assert passwords.shape("jo1fan2020ab") == ()
    assert passwords.shape("ｊｏ1 ") == ("password.full_width", "password.outer_spaces")
    assert passwords.shape("x" * 13) == ("password.over_legacy_limit",)


def test_every_verification_pays_each_known_cost_once(monkeypatch) -> None:
    paid: list[Costs | None] = []

    def noting(hasher: Argon2id, password: str, encoded: str) -> bool:
        paid.append(passwords.costs_of(encoded))
        return bool(Argon2PasswordHasher.verify(hasher, password, encoded))

    monkeypatch.setattr(Argon2id, "verify", noting)

    class Cheap(Argon2id):
        memory_cost, time_cost = 1024, 1

    cheap = Costs(1024, 1, 1)
    for encoded in (hashed("a"), Cheap().encode("a", "salt" * 4), None, "!unusable"):
        assert verify("a", encoded, known=(TODAY, cheap)) is (encoded not in {None, "!unusable"})
        verify("x" * 2000, encoded, known=(TODAY, cheap))
    assert len(paid) == 16
    assert all(set(paid[at : at + 2]) == {TODAY, cheap} for at in range(0, 16, 2))


def test_nothing_is_cut_or_folded() -> None:
    assert not verify("abcdefghijkl", hashed("abcdefghijklm"))
    assert not verify("abcdefghijklm", hashed("abcdefghijkl"))
    assert not verify("ａｂｃｄｅｆｇｈ", hashed("abcdefgh"))
    assert not verify("Abcdefgh", hashed("abcdefgh"))


@pytest.mark.parametrize("encoded", [None, "", "!unusable", "pbkdf2_sha256$1$a$b"])
@pytest.mark.parametrize("password", ["", "a", "x" * 2000, "\ud800"])
def test_what_cannot_match_costs_one_hash_too(cost, password: str, encoded: str | None) -> None:
    results: list[bool] = []
    assert cost(lambda: results.append(verify(password, encoded))).hashes == 1
    assert results == [False]


def test_over_long_text_is_refused_at_the_cost_of_one_hash(cost) -> None:
    encoded = hash_password("x" * 1025)
    assert cost(lambda: verify("x" * 1025, encoded)).hashes == 1
    assert not verify("x" * 1025, encoded)


def test_hashes_of_other_costs_are_outdated() -> None:
    class Older(Argon2id):
        time_cost = 1

    old = Older().encode("a", Older().salt())
    assert passwords.is_outdated(old)
    assert verify("a", old)
    assert not passwords.is_outdated(hashed("a"))


@pytest.mark.parametrize(
    ("password", "problems"),
    [
        ("short77", ("password.too_short",)),
        ("x1" * 64, ()),
        ("x1" * 64 + "x", ("password.too_long",)),
        ("password", ("password.common",)),
        ("PassWord", ("password.common",)),
        ("ｐａｓｓｗｏｒｄ", ("password.common",)),
        ("aaaaaaaaaaaa", ("password.common",)),
        ("hanako.y", ("password.own_data",)),
        ("hanako.y1990", ("password.own_data",)),
        ("HANAKO.Y@EXAMPLE.JP", ("password.own_data",)),
        ("19900401abc", ("password.own_data",)),
        ("E123456784!", ("password.own_data",)),
        ("123456784xyz", ("password.own_data",)),
        ("09012345678", ("password.own_data",)),
        ("はなちゃん12345", ("password.own_data",)),
        ("山﨑花子大好きです", ("password.own_data",)),
        ("hanako.y loves long walks", ()),
        ("すいかとメロンと桃", ()),
        ("kx9 mq2w", ()),
    ],
)
def test_which_new_passwords_are_refused(password: str, problems: tuple[str, ...]) -> None:
    assert password_problems(password, OWN) == problems


def test_details_as_typed_count_as_own_data_too() -> None:
    typed = {"birth_date": "1990-04-01", "phone": "090-1234-5678", "email": "Hanako@example.jp"}
    for password in ("19900401ab", "09012345678", "hanako1234"):
        assert password_problems(password, typed) == ("password.own_data",)


def test_site_names_are_guessed_first_too() -> None:
    words = ("JO1 OFFICIAL SITE", "Plus member ID")
    assert password_problems("jo1 official site", {}, site_words=words) == ("password.site_name",)


def test_staff_need_fifteen_characters() -> None:
    assert password_problems("kx9 mq2w", {}, staff=True) == ("password.too_short_staff",)
    assert password_problems("kx9 mq2w vv3 tt", {}, staff=True) == ()

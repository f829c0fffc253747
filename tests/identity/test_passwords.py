from datetime import date

import pytest

from kaiin.identity import passwords
from kaiin.identity.passwords import Argon2id, hash_password, password_problems, verify
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
    assert hash_password("a").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


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

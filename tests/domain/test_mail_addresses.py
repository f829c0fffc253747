import pytest

from kaiin.domain.identifiers.reading import canonical_email
from kaiin.domain.mail_addresses import (
    breaks_rfc5321,
    is_carrier_address,
    wire_form,
)
from kaiin.domain.mail_domains import meant_domain


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("taro@example.com", "taro@example.com"),
        ("ＴＡＲＯ＠ＥＸＡＭＰＬＥ．ＣＯＭ", "taro@example.com"),
        ("taro＠icloud。com", "taro@icloud.com"),
        ("taro＠icloud｡com", "taro@icloud.com"),
        ("taro@ezweb.ne,jp", "taro@ezweb.ne.jp"),
        ("taro@ezweb、ne、jp", "taro@ezweb.ne.jp"),
        ("taro..x.@docomo.ne.jp", "taro..x.@docomo.ne.jp"),
        (".taro@docomo.ne.jp", ".taro@docomo.ne.jp"),
        ("taro_x+fan@gmail.com", "taro_x+fan@gmail.com"),
        ("ta.ro@gmail.com", "ta.ro@gmail.com"),
        ("taroーx@gmail.com", "taro-x@gmail.com"),
        ("“taro@example.com”", "taro@example.com"),
        ("Taro <taro@example.com>", "taro@example.com"),
        ("mailto:taro@example.com?subject=x", "taro@example.com"),
        ("taro@example.com.", "taro@example.com"),
        ("taro@@example.com", "taro@example.com"),
        ("taro@example..com", "taro@example.com"),
        ("ta\u200bro @ example . com", "taro@example.com"),
        ("taro@日本語.jp", "taro@日本語.jp"),
        ("taro@スーパー.jp", "taro@スーパー.jp"),
        ("taro@xn--wgv71a119e.jp", "taro@日本語.jp"),
        ("taro@XN--WGV71A119E.JP", "taro@日本語.jp"),
        ("taro@例え.みんな", "taro@例え.みんな"),
        ("taro@xn--r8jz45g.xn--q9jyb4c", "taro@例え.みんな"),
        ("taro@xn--i-7iq.ws", "taro@xn--i-7iq.ws"),
        ("id2007@docomo.ne.jp", "id2007@docomo.ne.jp"),
        ("id2007 @docomo.ne.jp", "id2007@docomo.ne.jp"),
        ("mail+fan@gmail.com", "mail+fan@gmail.com"),
        ("phone1@docomo.ne.jp", "phone1@docomo.ne.jp"),
        ('"nami..fan."@docomo.ne.jp', "nami..fan.@docomo.ne.jp"),
        ("“nami..fan.”@docomo.ne.jp", "nami..fan.@docomo.ne.jp"),
        ('"taro"@example.com', "taro@example.com"),
        ('"Taro Yamada"@example.com', '"taro yamada"@example.com'),
        ("o’brien@example.com", "o'brien@example.com"),
        ("o´brien@example.com", "o'brien@example.com"),
        ("山田太郎 taro@example.com", "taro@example.com"),
        ("Taro Yamada taro@example.com", "taro@example.com"),
        ("taro@example.com（自宅）", "taro@example.com"),
        ("taro@example.com。よろしく", "taro@example.com"),
        ("E-mail address: taro@example.com", "taro@example.com"),
        ("Ｅメール：taro@example.com", "taro@example.com"),
        ("メール=taro@example.com", "taro@example.com"),
        ("mail=taro@example.com", "mail=taro@example.com"),
        ("*taro@example.com*", "taro@example.com"),
        ("taro@example.comtaro@example.com", "taro@example.com"),
        ("会員ID=taro@example.com", "taro@example.com"),
        ("login ID＝taro@example.com", "taro@example.com"),
        ("会員IDtaro@example.com", None),
        ("login id2007@docomo.ne.jp", None),
        ("E-mail id2007@docomo.ne.jp", "id2007@docomo.ne.jp"),
        ("メールアドレスid2007@docomo.ne.jp", "id2007@docomo.ne.jp"),
        ("Email address=taro@example.com", "taro@example.com"),
        ("連絡先：mail=taro@example.com", None),
        ("E-mailはtaro@example.com", "taro@example.com"),
        ("Taro Yamadaのtaro@example.com", "taro@example.com"),
        ("メール…taro@example.com", "taro@example.com"),
        ("メール…taro@docomo.ne.jp", None),
        ("山田太郎、=a@example.com", None),
        ("メール{x}@example.com", None),
        ("連絡先アドレスlogin..nobu.@docomo.ne.jp", "login..nobu.@docomo.ne.jp"),
        ("メール……taro@example.com", "taro@example.com"),
        ("メールアドレスはid2007@docomo.ne.jpです", "id2007@docomo.ne.jp"),
        ("Taro Yamada nobu@example.com", "nobu@example.com"),
        ("(1) *taro@example.com*", "taro@example.com"),
        ("T. Yamada taro@example.com", "taro@example.com"),
        ("Username\ntaro@example.com", "taro@example.com"),
        ("taro.\nyamada@example.com", None),
        ("taro@\nexample.com", "taro@example.com"),
        ('"a b"@example.jp', '"a b"@example.jp'),
        ("やまda@example.com", None),
        ("éric@example.com", None),
        ("https://user@example.com/", None),
        ("taro@gmial.com", "taro@gmial.com"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
        ("a" * 65 + "@example.com", None),
        ("a@" + "b" * 63 + ".com", "a@" + "b" * 63 + ".com"),
        ("a@" + "b" * 64 + ".com", None),
        ("a@" + "b." * 130 + "com", None),
        ("taro@hanako@example.com", None),
        ("taro@", None),
        ("@example.com", None),
        ("@", None),
        ("taro@-example.com", None),
        ("taro@exam_ple.com", None),
        ("taro@example.c", None),
        ("taro@192.168.0.1", None),
        ("taro@localhost", None),
        ("たろう@example.com", None),
        ("taro@example.comです", "taro@example.com"),
        ("taro", None),
        ("", None),
    ],
)
def test_canonical(typed: str, expected: str | None) -> None:
    assert canonical_email(typed) == expected


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        *((typo, "gmail.com") for typo in ("gmial.com", "gmai.com", "gmal.com", "gnail.com")),
        *((typo, "gmail.com") for typo in ("gmail.co", "gmail.con", "gmail.cm", "gmail.co.jp")),
        *((typo, "gmail.com") for typo in ("gmail", "gmailcom", "gmaill.com", "gamil.con")),
        *((typo, "docomo.ne.jp") for typo in ("docomo.co.jp", "docomo.jp", "docomo.ne")),
        *((typo, "docomo.ne.jp") for typo in ("docomo", "docomo.nejp", "docomonejp")),
        *((typo, "docomo.ne.jp") for typo in ("dokomo.ne.jp", "docomo.ne.jo", "docmo.ne.jp")),
        *((typo, "ezweb.ne.jp") for typo in ("ezweb.co.jp", "ezweb.jp", "ezwed.ne.jp", "ezweb")),
        *((typo, "icloud.com") for typo in ("iclould.com", "icoud.com", "icloud.co.jp")),
        *((typo, "yahoo.co.jp") for typo in ("yahoo", "yahoo.co", "yahoo.jp", "yaho.co.jp")),
        *((typo, "i.softbank.jp") for typo in ("isoftbank.jp", "i.softbank.ne.jp")),
        ("softbank.co.jp", "softbank.ne.jp"),
        ("au.ne.jp", "au.com"),
        ("example.con", "example.com"),
        ("example.cojp", "example.co.jp"),
        ("example.ne.jo", "example.ne.jp"),
        ("docomo.ne.jp.jp", "docomo.ne.jp"),
    ],
)
def test_mistyped_domains(domain: str, meant: str) -> None:
    assert meant_domain(domain) == meant


@pytest.mark.parametrize(
    "domain",
    [
        *("gmail.com", "docomo.ne.jp", "au.com", "i.softbank.jp", "yahoo.ne.jp", "yahoo.com"),
        *("ymail.com", "mail.com", "email.com", "me.com", "yahoo.com.tw", "hotmail.fr", "live.jp"),
        *("outlook.jp", "ocn.ne.jp", "odn.ne.jp", "mexico.jp", "kaiin.ne.jp", "example.com"),
        *("gmail.example.com", "naver.com", "go.jp", "live.cn", "ai.com"),
    ],
)
def test_honest_domains(domain: str) -> None:
    assert meant_domain(domain) is None


def test_carriers_and_their_old_addresses() -> None:
    assert is_carrier_address("taro@docomo.ne.jp")
    assert is_carrier_address("taro@t.vodafone.ne.jp")
    assert is_carrier_address("taro@jp-k.ne.jp")
    assert not is_carrier_address("taro@gmail.com")
    assert not is_carrier_address("taro@example.docomo.ne.jp.example.com")
    assert breaks_rfc5321("ta..ro@docomo.ne.jp")
    assert breaks_rfc5321("taro.@docomo.ne.jp")
    assert not breaks_rfc5321("ta.ro@docomo.ne.jp")


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("nami..fan.@docomo.ne.jp", '"nami..fan."@docomo.ne.jp'),
        (".taro@docomo.ne.jp", '".taro"@docomo.ne.jp'),
        ("taro@example.com", "taro@example.com"),
        ("taro@日本語.jp", "taro@xn--wgv71a119e.jp"),
        ('"a b"@example.com', '"a b"@example.com'),
    ],
)
def test_the_form_on_the_wire_is_one_that_rfc_5321_allows(address: str, wire: str) -> None:
    assert wire_form(address) == wire
    assert wire_form(address.replace('"', "")) == wire
    assert canonical_email(wire) == address

import pytest

from kaiin.domain.mail_addresses import (
    breaks_rfc5321,
    canonical_email,
    is_carrier_address,
    meant_domain,
)


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
        ("taro@xn--wgv71a119e.jp", "taro@xn--wgv71a119e.jp"),
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
        ("taro@example.comです", None),
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

import pytest

from kaiin.domain.mail_addresses import wire_form
from kaiin.identity.flows.register import send_join_code
from kaiin.identity.flows.reset import request_reset
from tests.identity.members import make_member

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_mail_has_a_subject_and_a_body_in_both_languages(
    deliver, mailoutbox, language: str
) -> None:
    make_member()
    for email in ("new@example.jp", "hanako@example.jp"):
        send_join_code(email=email, site_key="official", language=language)
    for typed in ("hanako@example.jp", "nobody@example.jp"):
        request_reset(typed=typed, language=language, site_key="mail")
    deliver()
    assert len({mail.subject for mail in mailoutbox}) == 4
    for mail in mailoutbox:
        assert "\n" not in mail.subject
        assert len(mail.body.splitlines()) > 5
        assert "{" not in mail.body + mail.subject
        assert "&" not in mail.body.replace("&next=", "")
        assert ("お心当たり" in mail.body) is (language == "ja")


def test_a_mail_comes_in_its_sites_name(deliver, mailoutbox) -> None:
    send_join_code(email="new@example.jp", site_key="official", language="ja")
    request_reset(typed="nobody@example.jp", language="ja")
    deliver()
    assert ["JO1 OFFICIAL SITE" in mail.from_email for mail in mailoutbox] == [True, False]


@pytest.mark.parametrize("address", ["hana..ko.@docomo.ne.jp", ".hanako@ezweb.ne.jp"])
def test_old_carrier_addresses_are_mailed(deliver, mailoutbox, address: str) -> None:
    send_join_code(email=address, site_key="official", language="ja")
    deliver()
    assert mailoutbox[0].to == [wire_form(address)]


def test_no_mail_shows_the_id_that_binds_its_code_to_a_browser(deliver, mailoutbox) -> None:
    make_member()
    code_ids = [
        send_join_code(email="new@example.jp", site_key="official", language="ja"),
        request_reset(typed="hanako@example.jp", language="ja"),
    ]
    deliver()
    everything = "".join(str(mail.message()) for mail in mailoutbox)
    assert not any(code_id in everything for code_id in code_ids)

"""A member's details, in words, as far as the tenant asks for it."""

from collections.abc import Collection

import phonenumbers

from kaiin.identity.queries import MemberView
from kaiin.infra.texts import format_birth_date, text
from kaiin.web.base.explanations import Fact


def shown_details(member: MemberView, asked: Collection[str]) -> tuple[Fact, ...]:
    """What is on file, in the order in which it is asked for when one joins."""
    values = {
        "nickname": member.nickname,
        "legal_name": member.legal_name,
        "legal_name_kana": member.legal_name_kana,
        "birth_date": format_birth_date(member.birth_date) if member.birth_date else "",
        "prefecture": text(f"prefecture.{member.prefecture}") if member.prefecture else "",
        "phone": _phone(member.phone),
    }
    return tuple(
        Fact(text(f"mypage.{name}"), value)
        for name, value in values.items()
        if name in asked and value
    )


def _phone(e164: str) -> str:
    """As it is dialled in Japan; numbers of other countries with their code."""
    if not e164:
        return ""
    number = phonenumbers.parse(e164)
    home = number.country_code == phonenumbers.country_code_for_region("JP")
    style = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(number, style.NATIONAL if home else style.INTERNATIONAL))

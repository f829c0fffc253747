"""The codes of what was forgiven and what is worth saying; docs/identifiers.md explains each.

The texts that pages show for them live with all other messages.
"""

from kaiin.domain import mail_addresses, typed_text

# Forgiven: what was typed differs from the canonical form, and nothing needs to be said.
FULL_WIDTH = typed_text.FULL_WIDTH
INVISIBLE = typed_text.INVISIBLE
SPACES = typed_text.SPACES
HYPHEN = typed_text.HYPHEN
SEPARATORS = typed_text.SEPARATORS
CASE = mail_addresses.CASE
WRAPPING = mail_addresses.WRAPPING
SURROUNDED = mail_addresses.SURROUNDED
APOSTROPHE = mail_addresses.APOSTROPHE
DOT_MARK = mail_addresses.DOT_MARK
COMMA = mail_addresses.COMMA
DOUBLED = mail_addresses.DOUBLED
LABEL = "identifier.label"
REPEATED = "identifier.repeated"
SPREADSHEET = "identifier.spreadsheet"
MISSING_PREFIX = "identifier.missing_prefix"
REPEATED_PREFIX = "identifier.repeated_prefix"
LOOK_ALIKE = "identifier.look_alike"  # also a hint, where nothing proves the reading
KANA = "identifier.kana"  # also a hint: an input method was left on
COUNTRY_CODE = "identifier.country_code"

FORGIVEN = (
    *(FULL_WIDTH, INVISIBLE, SPACES, HYPHEN, SEPARATORS, CASE, WRAPPING, DOT_MARK, COMMA),
    *(DOUBLED, LABEL, MISSING_PREFIX, REPEATED_PREFIX, LOOK_ALIKE, KANA, COUNTRY_CODE),
    *(SURROUNDED, REPEATED, SPREADSHEET, APOSTROPHE),
)

# Hints: worth saying to the person who typed it.
EMPTY = "identifier.empty"
TOO_LONG = mail_addresses.TOO_LONG
SEVERAL = mail_addresses.SEVERAL
CHECK_DIGIT = "identifier.check_digit"
WRONG_LENGTH = "identifier.wrong_length"
OTHER_PREFIX = "identifier.other_prefix"
COULD_BE_DATE = "identifier.could_be_date"
DOMAIN_TYPO = mail_addresses.DOMAIN_TYPO
DOMAIN_INCOMPLETE = mail_addresses.DOMAIN_INCOMPLETE
INCOMPLETE = mail_addresses.INCOMPLETE
TWO_ATS = mail_addresses.TWO_ATS
MISSING_AT = mail_addresses.MISSING_AT
CHARACTERS = mail_addresses.CHARACTERS
OLD_CARRIER_FORM = mail_addresses.OLD_CARRIER_FORM
DOTS = mail_addresses.DOTS

HINTS = (
    *(EMPTY, TOO_LONG, CHECK_DIGIT, WRONG_LENGTH, LOOK_ALIKE, OTHER_PREFIX, KANA, COULD_BE_DATE),
    *(DOMAIN_TYPO, DOMAIN_INCOMPLETE, INCOMPLETE, TWO_ATS, MISSING_AT, CHARACTERS),
    *(OLD_CARRIER_FORM, DOTS, SEVERAL),
)


def is_a(kind: str) -> str:
    """The hint that this is no login ID but something else: `identifier.is_phone`."""
    return f"identifier.is_{kind}"


def could_be(kind: str) -> str:
    """The hint that the shape allows this kind, among others: `identifier.could_be_phone`."""
    return f"identifier.could_be_{kind}"

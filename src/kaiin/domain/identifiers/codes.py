"""The codes of what was forgiven and what is worth saying; docs/identifiers.md explains each.

The texts that pages show for them live with all other messages.
"""

# Forgiven: what was typed differs from the canonical form, and nothing needs to be said.
FULL_WIDTH = "identifier.full_width"
INVISIBLE = "identifier.invisible"
SPACES = "identifier.spaces"
HYPHEN = "identifier.hyphen"
SEPARATORS = "identifier.separators"
CASE = "identifier.case"
WRAPPING = "identifier.wrapping"
SURROUNDED = "identifier.surrounded"
APOSTROPHE = "identifier.apostrophe"
DOT_MARK = "identifier.dot_mark"
COMMA = "identifier.comma"
DOUBLED = "identifier.doubled"
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
TOO_LONG = "identifier.too_long"
SEVERAL = "identifier.several"
CHECK_DIGIT = "identifier.check_digit"
WRONG_LENGTH = "identifier.wrong_length"
OTHER_PREFIX = "identifier.other_prefix"
COULD_BE_DATE = "identifier.could_be_date"
DOMAIN_TYPO = "identifier.mail_domain_typo"
DOMAIN_INCOMPLETE = "identifier.mail_domain_incomplete"
INCOMPLETE = "identifier.mail_incomplete"
TWO_ATS = "identifier.mail_two_ats"
MISSING_AT = "identifier.mail_missing_at"
CHARACTERS = "identifier.mail_characters"
OLD_CARRIER_FORM = "identifier.mail_old_carrier"
DOTS = "identifier.mail_dots"

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

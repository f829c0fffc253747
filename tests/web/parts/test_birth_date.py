"""The date of birth as it is typed, and as it comes back from a session."""

import pytest


@pytest.mark.parametrize(
    "parts", [["9" * 20, "1", "1"], ["-1998", "4", "7"], ["1998", "二", "7"], ["\x00", "", "1"]]
)
def test_what_is_no_date_is_said_so(parts: list[str]) -> None:
    from django.core.exceptions import ValidationError

    from kaiin.web.parts.forms import BirthDateField

    with pytest.raises(ValidationError):
        BirthDateField().clean(parts)


def test_a_kept_date_fills_its_three_fields() -> None:
    from kaiin.web.parts.forms import BirthDateField

    assert BirthDateField().widget.decompress("1998-04-07") == ["1998", "4", "7"]

from hypothesis import given, strategies as st

from kaiin.web.parts.colours import (
    DARK_GROUNDS,
    DARK_INK,
    LIGHT_GROUNDS,
    LIGHT_INK,
    contrast,
    dark_accent,
    light_accent,
)

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colours)
def test_any_colour_becomes_readable_in_the_light(colour: str) -> None:
    accent = light_accent(colour)
    for ground in (*LIGHT_GROUNDS, accent.tint):
        assert contrast(accent.solid, ground) >= 4.5
        assert contrast(accent.strong, ground) >= 4.5
        assert contrast(LIGHT_INK, ground) >= 4.5
    assert contrast(accent.on_solid, accent.solid) >= 4.5
    assert contrast(accent.on_solid, accent.strong) >= 4.5


@given(colours)
def test_any_colour_becomes_readable_in_the_dark(colour: str) -> None:
    accent = dark_accent(colour)
    for ground in (*DARK_GROUNDS, accent.tint):
        assert contrast(accent.solid, ground) >= 4.5
        assert contrast(accent.strong, ground) >= 4.5
        assert contrast(DARK_INK, ground) >= 4.5
    assert contrast(accent.on_solid, accent.solid) >= 4.5
    assert contrast(accent.on_solid, accent.strong) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == 21
    # The grey that is often called the lightest that passes on white.
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


def test_a_readable_colour_stays_itself_and_a_pale_one_gives_way() -> None:
    assert light_accent("#1e5b8c").solid == "#1e5b8c"
    assert light_accent("#ffd1dc").solid != "#ffd1dc"
    assert dark_accent("#ffd1dc").solid == "#ffd1dc"


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    from kaiin.web.parts import assets

    tokens = assets.stylesheet("plain", "#000000").body.decode()
    for value in (*LIGHT_GROUNDS, *DARK_GROUNDS, LIGHT_INK, DARK_INK):
        assert value in tokens

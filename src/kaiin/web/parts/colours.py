"""A site's one colour made readable: the accent's shades, with their contrast computed.

A club's colour may be any; pale pink on white is unreadable. It keeps its hue and gives way in
lightness, in OKLCH (https://bottosson.github.io/posts/oklab/), until the WCAG 2.2 ratio is reached.
"""

import math
from dataclasses import dataclass
from functools import cache

# WCAG 2.2 asks 4.5 for text; rounding to 8 bits a channel must not fall below it.
CONTRAST = 4.55

# The grounds behind text in the accent; tokens.css has the same values.
LIGHT_GROUNDS = ("#ffffff", "#f6f5f2")
DARK_GROUNDS = ("#15171b", "#1e2126")
LIGHT_INK, DARK_INK = "#1c1d21", "#ecebe7"

# Chroma below which a colour is seen as a grey, and stays one.
_GREY = 0.02
# Lightness above which no colour is readable on white.
_PALE = 0.62

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Accent:
    """Hex colours for one scheme, light or dark.

    `solid`: buttons, links, marks; readable on the grounds and on `tint`. `on_solid`: text on
    solid. `strong`: solid under the pointer. `tint`: a quiet ground. `line`: a border on tint.
    """

    solid: str
    on_solid: str
    strong: str
    tint: str
    line: str


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two hex colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@cache
def light_accent(colour: str) -> Accent:
    """The accent on white: darkened as far as text needs."""
    lightness, chroma, hue = _to_oklch(colour)
    tint = _to_hex(0.967, min(chroma, 0.016), hue)
    if chroma > _GREY and lightness > _PALE:
        # A pastel that is only darkened turns to mud: it gains colour as it loses light.
        chroma = max(chroma, 0.11)
    solid = _until_readable(min(lightness, _PALE), chroma, hue, (*LIGHT_GROUNDS, tint), step=-0.005)
    solid_lightness = _to_oklch(solid)[0]
    return Accent(
        solid=solid,
        on_solid="#ffffff",
        strong=_to_hex(max(solid_lightness - 0.08, 0.0), chroma, hue),
        tint=tint,
        line=_to_hex(0.88, min(chroma, 0.05), hue),
    )


@cache
def dark_accent(colour: str) -> Accent:
    """The accent on near-black: lightened as far as text needs, and calmed."""
    lightness, chroma, hue = _to_oklch(colour)
    chroma = min(chroma, 0.14)
    tint = _to_hex(0.26, min(chroma, 0.03), hue)
    solid = _until_readable(max(lightness, 0.72), chroma, hue, (*DARK_GROUNDS, tint), step=0.005)
    solid_lightness = _to_oklch(solid)[0]
    return Accent(
        solid=solid,
        on_solid=DARK_GROUNDS[0],
        strong=_to_hex(min(solid_lightness + 0.06, 1.0), chroma, hue),
        tint=tint,
        line=_to_hex(0.4, min(chroma, 0.06), hue),
    )


def _until_readable(
    lightness: float, chroma: float, hue: float, grounds: tuple[str, ...], *, step: float
) -> str:
    while 0.0 < lightness < 1.0:
        candidate = _to_hex(lightness, chroma, hue)
        if all(contrast(candidate, ground) >= CONTRAST for ground in grounds):
            return candidate
        lightness += step
    return "#000000" if step < 0 else "#ffffff"


def _channels(colour: str) -> Rgb:
    return (int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklch(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _to_linear(lightness: float, chroma: float, hue: float) -> Rgb:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _to_hex(lightness: float, chroma: float, hue: float) -> str:
    """The colour, paled at the same lightness and hue until a screen can show it."""
    rgb = _to_linear(lightness, chroma, hue)
    while chroma > 0 and not all(-0.0005 <= channel <= 1.0005 for channel in rgb):
        chroma = max(chroma - 0.004, 0.0)
        rgb = _to_linear(lightness, chroma, hue)
    bytes_ = (round(255 * _gamma(min(max(channel, 0.0), 1.0))) for channel in rgb)
    return "#" + "".join(f"{byte:02x}" for byte in bytes_)

"""A site's colour and letters, several of which may be on one page.

A style sheet knows one brand; here colours are attributes of drawings, which need no style.
"""

from dataclasses import dataclass

from kaiin.sites.queries import SiteView
from kaiin.web.parts import brand, colours


@dataclass(frozen=True)
class Mark:
    """`light` and `dark` are the readable shades of the site's colour for each scheme."""

    letters: str
    light: colours.Accent
    dark: colours.Accent

    @classmethod
    def of(cls, site: SiteView) -> "Mark":
        """The mark of a site."""
        return cls(
            letters=brand.of_site(site).monogram,
            light=colours.light_accent(site.colour),
            dark=colours.dark_accent(site.colour),
        )

"""Whose page it is: name, colour, monogram and style sheet of a site or of the identity."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from kaiin.infra import clock
from kaiin.infra.texts import localized
from kaiin.sites import queries as sites
from kaiin.sites.queries import DocumentView, SiteView
from kaiin.web.parts import assets, colours

# The shared identity has no club's colour of its own: a calm ink blue.
IDENTITY_COLOUR = "#2f4f7f"


@dataclass(frozen=True)
class Brand:
    """`key` names the style sheet; `home_url` is where the name in the header leads; `documents`
    are those in force. `version`: what is rendered for another one is out of date; None where
    nothing may be kept."""

    key: str
    names: Mapping[str, str]
    colour: str
    home_url: str
    operator: Mapping[str, str]
    languages: tuple[str, ...]
    documents: tuple[DocumentView, ...]
    version: Hashable

    @property
    def name(self) -> str:
        return localized(self.names)

    @property
    def operator_name(self) -> str:
        return localized(self.operator)

    @property
    def monogram(self) -> str:
        """One or two letters: the first two words' in Latin script, else the first letter."""
        words = [word for word in self.name.split() if word[0].isalnum()]
        latin = [word[0].upper() for word in words if word[0].isascii()]
        return "".join(latin[:2]) or self.name[:1]

    @property
    def light(self) -> colours.Accent:
        """The readable shades of its colour on white."""
        return colours.light_accent(self.colour)

    @property
    def dark(self) -> colours.Accent:
        """Those on near-black."""
        return colours.dark_accent(self.colour)

    @property
    def css_url(self) -> str:
        return assets.stylesheet(self.key, self.colour).url

    @property
    def js_url(self) -> str:
        return assets.script().url

    @property
    def icon_url(self) -> str:
        """The favicon inside the page, so that it costs no request."""
        return "data:image/svg+xml," + quote(self.icon, safe=" ='/:")

    @property
    def icon(self) -> str:
        """The monogram on the accent, as SVG."""
        size = 36 if len(self.monogram) == 1 else 28
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
            f'<rect width="64" height="64" rx="14" fill="{self.light.solid}"/>'
            f'<text x="32" y="33" dy=".35em" font-family="sans-serif" font-weight="700" '
            f'font-size="{size}" text-anchor="middle" fill="{self.light.on_solid}">'
            f"{self.monogram}</text></svg>"
        )


# Before the first apply, and where nothing of the tenant may be shown.
PLAIN = Brand(
    key="plain",
    names={"ja": "Kaiin", "en": "Kaiin"},
    colour=IDENTITY_COLOUR,
    home_url="/",
    operator={"ja": "", "en": ""},
    languages=("ja", "en"),
    documents=(),
    version=None,
)


def of_site(site: SiteView) -> Brand:
    return _of_tenant(f"site-{site.key}", site.name, site.colour, sites.site_url(site.key, "/"))


def of_identity() -> Brand:
    names = sites.tenant().identity_name
    return _of_tenant("identity", names, IDENTITY_COLOUR, sites.identity_url("/"))


def _of_tenant(key: str, names: Mapping[str, str], colour: str, home_url: str) -> Brand:
    tenant, documents = sites.tenant(), sites.documents_in_force(clock.now())
    return Brand(
        key=key,
        names=names,
        colour=colour,
        home_url=home_url,
        operator=tenant.seller.name,
        languages=tenant.languages,
        documents=documents,
        # Documents come into force without an apply.
        version=(sites.revision(), *(document.id for document in documents)),
    )


def by_key(key: str) -> Brand | None:
    """The brand that a style sheet is asked for."""
    if key == PLAIN.key:
        return PLAIN
    if key == "identity":
        return of_identity()
    site = next((each for each in sites.sites() if f"site-{each.key}" == key), None)
    return of_site(site) if site else None

"""Pages and parts of pages that are rendered once for each version of the tenant, and not at each
request.

In a template, `{% kept %}…{% endkept %}` is put around what depends on nothing but the host, the
language and the values named: `{% kept request.path %}`. No part with a CSRF token or a member's
data is put inside.
"""

from collections.abc import Callable, Hashable

from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.translation import get_language

from kaiin.web.parts.brand import Brand

# Values may come from addresses, which anybody can make up.
_MOST = 512

_kept: dict[Hashable, str] = {}


def once(brand: Brand, what: tuple[Hashable, ...], render: Callable[[], str]) -> str:
    """What was rendered of a brand in this language before, or is now. `what` names it and all
    that it depends on."""
    if brand.version is None:
        return render()
    key = (brand.key, brand.version, get_language(), *what)
    found = _kept.get(key)
    if found is None:
        found = render()
        if len(_kept) >= _MOST:
            _kept.clear()
        _kept[key] = found
    return found


class Kept(Node):
    """One such part."""

    child_nodelists = ("body",)

    def __init__(self, body: NodeList, values: list[FilterExpression]) -> None:
        self.body = body
        self._values = values

    def render(self, context: Context) -> str:
        values = [str(value.resolve(context)) for value in self._values]
        return once(context["request"].brand, (self, *values), lambda: self.body.render(context))


def kept(parser: Parser, token: Token) -> Kept:
    """`{% kept value value … %}`."""
    _, *values = token.split_contents()
    body = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(body, [parser.compile_filter(value) for value in values])

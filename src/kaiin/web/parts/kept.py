"""Parts of pages that are rendered once for each version of the tenant, and not at each request.

In a template, `{% kept %}…{% endkept %}` is put around what depends on nothing but the host, the
language and the values named: `{% kept request.path %}`. With `{% kept if=fresh %}` the part is
rendered anew where `fresh` is false. No part with a CSRF token or a member's data is put inside.
"""

from collections.abc import Hashable

from django.template import Context, Node, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.template.exceptions import TemplateSyntaxError
from django.utils.translation import get_language

from kaiin.web.parts.brand import Brand

# Values may come from addresses, which anybody can make up.
_MOST = 512
_IF = "if="

_kept: dict[Hashable, str] = {}


class Kept(Node):
    """One such part."""

    child_nodelists = ("body",)

    def __init__(
        self, body: NodeList, values: list[FilterExpression], condition: FilterExpression | None
    ) -> None:
        self.body = body
        self._values = values
        self._condition = condition

    def render(self, context: Context) -> str:
        brand: Brand = context["request"].brand
        wanted = self._condition is None or self._condition.resolve(context)
        if brand.version is None or not wanted:
            return self.body.render(context)
        values = [str(value.resolve(context)) for value in self._values]
        key = (self, brand.key, brand.version, get_language(), *values)
        found = _kept.get(key)
        if found is None:
            found = self.body.render(context)
            if len(_kept) >= _MOST:
                _kept.clear()
            _kept[key] = found
        return found


def kept(parser: Parser, token: Token) -> Kept:
    """`{% kept value value … if=condition %}`."""
    _, *bits = token.split_contents()
    conditions = [bit.removeprefix(_IF) for bit in bits if bit.startswith(_IF)]
    if len(conditions) > 1:
        raise TemplateSyntaxError("kept takes one condition")
    values = [parser.compile_filter(bit) for bit in bits if not bit.startswith(_IF)]
    body = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(body, values, parser.compile_filter(conditions[0]) if conditions else None)

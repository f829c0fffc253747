"""States and kinds are written into a statement's text, not bound to it: they are our own words.

Where a bound value decides whether a partial index applies (`WHERE state = 'open'`), SQLite plans
the statement anew at each run, which takes longer than the search itself.
"""

from enum import Enum
from typing import Any

from django.db.models import CharField
from django.db.models.lookups import Exact


@CharField.register_lookup
class ExactMember(Exact):
    """`state=ChargeState.OPEN`; a plain text is bound as ever."""

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        word = self.rhs
        if isinstance(word, str) and isinstance(word, Enum) and word.value.isidentifier():
            return f"'{word.value}'", ()
        return super().process_rhs(compiler, connection)

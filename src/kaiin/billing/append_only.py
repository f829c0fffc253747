"""Tables that are only written to; the migration's triggers refuse what this can't."""

from typing import Any, NoReturn

from django.db import models


class LedgerIsAppendOnly(Exception):
    """Somebody tried to change history. Post a reversal instead."""


class AppendOnly(models.QuerySet[Any]):
    """Rows that are written once."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly

    def delete(self) -> NoReturn:
        raise LedgerIsAppendOnly

    def bulk_update(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise LedgerIsAppendOnly


# Named, so that the type checker finds it again in its cache.
AppendOnlyManager = models.Manager.from_queryset(AppendOnly)

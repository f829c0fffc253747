"""What staff may decide in the back office: over selected rows, asked once more, by an operation.

Rows stay read-only: an operation changes them, and leaves its own audit rows.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import lazy

from kaiin.domain.errors import KaiinError
from kaiin.domain.staff_rights import StaffRight
from kaiin.infra import audit
from kaiin.infra.locks import transaction
from kaiin.infra.texts import error_text, text

_words = lazy(text, str)


@dataclass(frozen=True)
class Decision:
    """`act(row, actor, answers)` is called for each selected row, with what was filled in to
    `form`. `label` is a code of words, `<label>_ask` that of the question. Only staff with
    `right` see and take it."""

    name: str
    label: str
    right: StaffRight
    act: Callable[[Any, str, dict[str, Any]], None]
    form: type[Form] | None = None
    # What the page that asks once more says of a row, if not what the table says.
    describe: Callable[[Any], str] | None = None
    # The words of the button that does it to the rows, if not the label.
    does: Callable[[Sequence[Any]], str] | None = None

    def __call__(
        self, model_admin: Any, request: HttpRequest, rows: QuerySet[Any]
    ) -> HttpResponse | None:
        """Show what is about to be done; do it when that, and nothing else, was confirmed."""
        if not request.user.has_perm(self.right):
            raise PermissionDenied
        shown = [(row.pk, (self.describe or model_admin.describe)(row)) for row in rows]
        confirmed = request.POST.get("confirmed") == _digest(self.name, shown)
        if "confirmed" in request.POST and not confirmed:
            # The page was opened before this changed: another sum would go back, say.
            model_admin.message_user(
                request, text("staff.changed_meanwhile"), level=messages.WARNING
            )
        form = self.form(request.POST if confirmed else None) if self.form else None
        if not confirmed or (form is not None and not form.is_valid()):
            button = self.does(list(rows)) if self.does else text(self.label)
            return self._ask(model_admin, request, shown, form, button)
        answers = form.cleaned_data if form is not None else {}
        done = sum(self._done(model_admin, request, row, answers) for row in rows)
        if done:
            model_admin.message_user(request, text("staff.done", count=done))
        return None

    def _done(
        self, model_admin: Any, request: HttpRequest, row: Any, answers: dict[str, Any]
    ) -> bool:
        try:
            self.act(row, f"staff:{request.user.pk}", answers)
        except KaiinError as error:
            describe = f"{row}: {error_text(error)}"
            model_admin.message_user(request, describe, level=messages.ERROR)
            return False
        return True

    def _ask(
        self,
        model_admin: Any,
        request: HttpRequest,
        shown: Sequence[tuple[object, str]],
        form: Form | None,
        button: str,
    ) -> HttpResponse:
        context = {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": text(self.label),
            "question": text(f"{self.label}_ask"),
            "action": self.name,
            "checkbox": ACTION_CHECKBOX_NAME,
            "rows": shown,
            "confirmed": _digest(self.name, shown),
            "form": form,
            "button": button,
        }
        return TemplateResponse(request, "back_office/decide.html", context)


def settling(
    name: str,
    label: str,
    operate: Callable[[Sequence[int]], int],
    *,
    action: str,
    about: Callable[[Any], tuple[str, dict[str, object]]],
) -> Decision:
    """A decision about what is stuck in a queue: to `operate` on the row's key. Where that did
    something it leaves an audit row, `about` the row: its subject and details."""

    def act(row: Any, actor: str, _: dict[str, Any]) -> None:
        with transaction():
            if operate([row.pk]):
                subject, details = about(row)
                audit.record(action=action, subject=subject, actor=actor, details=details)

    return Decision(name, label, StaffRight.QUEUES, act)


def _digest(name: str, shown: Sequence[tuple[object, str]]) -> str:
    """What a page asked, so that an old one confirms nothing else."""
    text_of = json.dumps([name, *shown], ensure_ascii=False, default=str)
    return hashlib.sha256(text_of.encode()).hexdigest()[:32]


class Deciding:
    """A table with decisions. Comes before the read-only table in the bases."""

    decisions: Sequence[Decision] = ()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Only those that this person may take; deleting is none of them."""
        return {
            each.name: (each, each.name, _words(each.label))
            for each in self.decisions
            if request.user.has_perm(each.right)
        }

    def describe(self, row: Any) -> str:
        """The line of a row on the page that asks once more."""
        return str(row)

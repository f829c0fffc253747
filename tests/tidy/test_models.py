"""What import-linter cannot see: models and their strings."""

from collections.abc import Iterator

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import RequestFactory

from tests.tidy.source import show

# As `urls_identity` does at its start.
admin.autodiscover()

# From the bottom up; what a table points at is on a lower step. Siblings share one.
STEPS = {
    "contenttypes": 0, "infra": 0, "sites": 1, "identity": 2, "payments": 2, "billing": 3,
    "diagnosis": 4,
}  # fmt: skip
OURS = ("infra", "sites", "identity", "payments", "billing", "diagnosis")
# The member's rights in the back office are tables of Django's own.
OF_DJANGO = {"auth.Group", "auth.Permission"}
# Tables of money: the back office shows them and changes nothing.
MONEY = {
    "billing.LedgerEntry", "billing.LedgerPosting", "billing.Period", "billing.Receipt",
    "billing.Entitlement", "billing.Subscription", "payments.Payment", "payments.Mandate",
    "payments.PaymentReference", "payments.ProviderEvent", "infra.AuditRow",
}  # fmt: skip


def _models() -> list[type[models.Model]]:
    return [model for label in OURS for model in _models_of(label)]


def _models_of(label: str) -> list[type[models.Model]]:
    if not apps.is_installed(f"kaiin.{label}"):
        return []
    return list(apps.get_app_config(label).get_models())


def _relations() -> Iterator[tuple[models.Field, type[models.Model]]]:
    for model in _models():
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if field.is_relation:
                yield field, field.related_model


def test_foreign_keys_point_down_only() -> None:
    found = []
    for field, target in _relations():
        own, other = field.model._meta.app_label, target._meta.app_label
        if own != other and target._meta.label not in OF_DJANGO and STEPS[own] <= STEPS[other]:
            found.append(f"{field} points at {target._meta.label}")
    assert not found, show(found)


def test_other_contexts_models_get_no_way_back() -> None:
    found = [
        f'{field}: write related_name="+"'
        for field, target in _relations()
        if field.model._meta.app_label != target._meta.app_label
        and target._meta.label not in OF_DJANGO
        and not field.remote_field.hidden
    ]
    assert not found, show(found)


def test_no_default_ordering() -> None:
    found = [model._meta.label for model in _models() if model._meta.ordering]
    assert not found, show(found)


def test_instants_end_in_at() -> None:
    """Instants are `…_at`, days `…_date` or `…_from`, `…_until`; Django's own have its names."""
    endings = {
        models.DateTimeField: ("_at", "until", "at", "last_login", "expire_date"),
        models.DateField: ("_date", "_from", "_until", "day"),
    }
    found = [
        str(field)
        for model in _models()
        for field in model._meta.local_fields
        if type(field) in endings and not field.name.endswith(endings[type(field)])
    ]
    assert not found, show(found)


def _checked(model: type[models.Model]) -> dict[str, set[str]]:
    """By column: the values that a CHECK constraint of its table lets in."""
    found: dict[str, set[str]] = {}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            for condition in constraint.condition.children:
                if isinstance(condition, tuple) and condition[0].endswith("__in"):
                    found[condition[0].removesuffix("__in")] = set(condition[1])
    return found


def test_enumerated_columns_are_checked_by_the_database() -> None:
    """An unknown value, written by code or by SQL, would stop all that reads the column."""
    found, looked_at = [], 0
    for model in _models():
        for field in model._meta.local_fields:
            if field.choices:
                looked_at += 1
                allowed = {str(value) for value, _ in field.choices} | (
                    {""} if field.blank else set()
                )
                if _checked(model).get(field.name) != allowed:
                    found.append(f"{field}: add infra.constraints.known to its table")
    assert looked_at >= 25
    assert not found, show(found)


def test_money_tables_exist() -> None:
    assert {model._meta.label for model in _models()} >= MONEY


def test_the_back_office_changes_no_money(rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = _Anything()
    found = []
    for model, model_admin in admin.site._registry.items():
        if model._meta.label in MONEY:
            rights = model_admin.get_model_perms(request)
            allowed = [name for name in ("add", "change", "delete") if rights[name]]
            found += [f"{model._meta.label}: {name}" for name in allowed]
    assert not found, show(found)


class _Anything:
    """A user who may do anything."""

    is_active = is_staff = True

    def has_perm(self, *_arguments: object) -> bool:
        return True

    has_module_perms = has_perm

"""Forms that show and keep no card number, in any field."""

from typing import Any

from django import forms

from kaiin.domain.card_numbers import has_card_number
from kaiin.infra.texts import text

# The words that identifiers have for it fit every field.
_WORDS = "identifier.is_card_number"
# Of what a form is sent beside its fields.
_LONGEST_OF_OTHERS = 4096


class WithoutCardNumbers(forms.Form):
    """A form in whose fields a card number is an error, forgotten before anything reads it.

    Passwords are left alone: they are never shown again, and stored as hashes only.
    """

    def full_clean(self) -> None:
        """Forget card numbers, then validate what is left."""
        self._forgotten = self._forget_card_numbers() if self.is_bound else []
        super().full_clean()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, unknown to its stubs
        for name in self._forgotten:
            if name in self.fields:
                self.errors.pop(name, None)
                self.add_error(name, text(_WORDS))

    def _forget_card_numbers(self) -> list[str]:
        secret = {
            self.add_prefix(name)
            for name, field in self.fields.items()
            if isinstance(field.widget, forms.PasswordInput)
        }
        read = {
            key: self._as_far_as_read(key, value)
            for key, value in self.data.items()
            if key not in secret and isinstance(value, str)
        }
        found = [key for key, value in read.items() if has_card_number(value)]
        changed = {key: value for key, value in read.items() if value != self.data[key]}
        changed |= dict.fromkeys(found, "")
        if changed:
            # A plain copy: a request's own data can't be changed.
            data: Any = self.data
            self.data = data.copy()
            self.data.update(changed)  # type: ignore[attr-defined]
        return found

    def _as_far_as_read(self, key: str, value: str) -> str:
        """Without what is past the field's limit: looking for numbers there would take seconds."""
        limits = {
            self.add_prefix(name): getattr(field, "max_length", None)
            for name, field in self.fields.items()
        }
        longest = limits.get(key, _LONGEST_OF_OTHERS)
        return value if longest is None else value[: longest + 1]

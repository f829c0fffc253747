"""What the clock page takes."""

from datetime import UTC, datetime, timedelta

from django import forms

from kaiin.domain.periods import JST
from kaiin.infra.texts import text

_STEPS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 31}
# A longer walk is better made in several: each day runs the whole worker.
_FARTHEST = timedelta(days=800)


class ClockForm(forms.Form):
    """A step from now, or a day to walk to."""

    step = forms.ChoiceField(choices=[(name, name) for name in _STEPS], required=False)
    day = forms.DateField(required=False)

    def __init__(self, *args: object, now: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._now = now

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        step, day = cleaned.get("step"), cleaned.get("day")
        if step:
            target = self._now + timedelta(days=_STEPS[step])
        elif day:
            target = datetime(day.year, day.month, day.day, 9, tzinfo=JST).astimezone(UTC)
        else:
            raise forms.ValidationError(text("demo.clock_choose"))
        if not self._now < target <= self._now + _FARTHEST:
            raise forms.ValidationError(text("demo.clock_range"))
        return {**cleaned, "target": target}

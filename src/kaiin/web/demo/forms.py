"""What the demo's pages take: which members to list, where to turn the clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from kaiin.domain.periods import JST
from kaiin.infra.texts import localized, text
from kaiin.sites.queries import sites
from kaiin.web.demo import logins
from kaiin.web.demo.logins import Kind
from kaiin.web.parts.forms import KaiinForm, field_text

STEPS = {
    "demo.clock_hour": timedelta(hours=1),
    "demo.clock_day": timedelta(days=1),
    "demo.clock_week": timedelta(days=7),
    "demo.clock_month": timedelta(days=31),
}
# A longer walk is better made in several: each day runs the whole worker.
_FARTHEST = timedelta(days=800)


class StoriesForm(KaiinForm):
    """Which members are listed; a field left empty, or with none of the choices, is any."""

    q = forms.CharField(label=field_text("demo.filter_q"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = dict.fromkeys(login.way for login in logins.read() if login.way)
        offered = {
            "kind": [(kind.value, text(f"demo.kind_{kind}")) for kind in Kind],
            "site": [(site.key, localized(site.name)) for site in sites()],
            "way": [(way, text(f"payments.method.{way}")) for way in ways],
        }
        for name, choices in offered.items():
            self.fields[name] = forms.ChoiceField(
                label=field_text(f"demo.filter_{name}"),
                choices=[("", text("demo.filter_any")), *choices],
                required=False,
            )
        self.order_fields(["kind", "site", "way", "q"])


class ClockForm(KaiinForm):
    """A step from now, by its place in STEPS, or a day to walk to."""

    step = forms.IntegerField(min_value=0, max_value=len(STEPS) - 1, required=False)
    day = forms.DateField(
        label=field_text("demo.clock_day_label"),
        help_text=field_text("demo.clock_day_hint"),
        required=False,
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].error_messages["invalid"] = text("demo.clock_day_hint")
        self._now = now

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        step, day = cleaned.get("step"), cleaned.get("day")
        if step is not None:
            target = self._now + list(STEPS.values())[step]
        elif day is not None:
            target = datetime(day.year, day.month, day.day, 9, tzinfo=JST).astimezone(UTC)
        else:
            raise forms.ValidationError(text("demo.clock_choose"))
        if not self._now < target <= self._now + _FARTHEST:
            raise forms.ValidationError(text("demo.clock_range"))
        return {**cleaned, "target": target}

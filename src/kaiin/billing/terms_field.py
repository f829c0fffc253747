"""The column of a course's terms."""

from functools import lru_cache
from json import loads
from typing import Any

from django.db import models
from django.db.models.fields.json import KeyTransform

from kaiin.domain.course_terms import CourseTerms


class TermsField(models.JSONField):
    """`CourseTerms` as JSON. Nothing else is written, and what can't be read raises ValueError."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if isinstance(expression, KeyTransform):
            return super().from_db_value(value, expression, connection)
        return None if value is None else _read(value)

    def get_prep_value(self, value: object) -> Any:
        if not isinstance(value, CourseTerms):
            raise TypeError(f"{value!r} are no terms of a course")
        return value.to_json()

    def value_to_string(self, obj: models.Model) -> Any:
        return self.value_from_object(obj).to_json()


@lru_cache(maxsize=256)
def _read(stored: str) -> CourseTerms:
    """Many rows are of few courses: the terms of each are read once a process."""
    return CourseTerms.from_json(loads(stored))

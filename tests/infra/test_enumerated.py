"""States and kinds are in a statement's text."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaiin.infra.consumers import Lane
from kaiin.infra.models import Delivery

pytestmark = pytest.mark.django_db


def test_a_member_of_an_enumeration_is_not_bound() -> None:
    rows = Delivery.objects.filter(lane=Lane.MAIL)
    sql, bound = rows.query.sql_with_params()
    assert "\"lane\" = 'mail'" in sql
    assert bound == ()
    excluded, bound = Delivery.objects.exclude(lane=Lane.MAIL).query.sql_with_params()
    assert "'mail'" in excluded
    assert bound == ()
    with CaptureQueriesContext(connection):
        assert list(rows) == []


def test_a_text_is_bound() -> None:
    sql, bound = Delivery.objects.filter(lane="' OR 1=1 --").query.sql_with_params()
    assert "OR" not in sql
    assert bound == ("' OR 1=1 --",)

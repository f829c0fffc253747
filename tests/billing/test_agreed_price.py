"""A change that was agreed to is made as it was shown, or not at all."""

import pytest

from kaiin.billing.actions.change import Agreed, change_course
from kaiin.billing.errors import ChangeDiffers
from kaiin.domain.changes import ChangeKind
from kaiin.domain.money import Money
from kaiin.domain.payments import Method
from tests.billing.conftest import World


@pytest.mark.usefixtures("year_by_days")
@pytest.mark.parametrize("off", [-1, 1])
def test_another_price_than_the_one_shown_is_not_charged(world: World, off: int) -> None:
    from kaiin.billing.models import Charge
    from kaiin.billing.views.changes import preview_change

    member = world.joined()
    shown = preview_change(
        member_pk=member,
        site_key="official",
        course_key="yearly",
        method=Method.CARD,
        at=world.clock.now(),
    )
    assert shown.kind is ChangeKind.NOW_WITH_CREDIT
    with pytest.raises(ChangeDiffers):
        change_course(
            member_pk=member,
            site_key="official",
            course_key="yearly",
            method=Method.CARD,
            return_url_for=str,
            language="ja",
            agreed=Agreed(shown.kind, shown.total + Money(off)),
        )
    assert Charge.objects.count() == 1

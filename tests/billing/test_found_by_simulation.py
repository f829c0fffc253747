"""Orders of events that `kaiin simulate` found, each with what it made of them."""

from kaiin.billing import operations, queries
from kaiin.domain.payments import Method
from tests.billing.conftest import World


class TestLeavingWhileMoneyIsOnItsWay:
    def test_what_was_paid_is_given_and_nothing_is_charged_after(self, world: World) -> None:
        member = world.member()
        started = world.join(member, "monthly", Method.CARD)
        world.sandbox.pay(started.payment)
        # The notice has not come yet: to us, nothing is paid.
        operations.leave(member_pk=member, site_key="official")
        world.work()

        view = world.view(member)
        assert world.entry(member).allowed
        assert view.cancel_at_period_end
        assert view.next_charge_at is None

    def test_they_may_still_stay(self, world: World) -> None:
        member = world.member()
        started = world.join(member, "monthly", Method.CARD)
        world.sandbox.pay(started.payment)
        operations.leave(member_pk=member, site_key="official")
        world.work()

        operations.undo_leave(member_pk=member, site_key="official")

        assert world.view(member).next_charge_at is not None


class TestChangingAfterMoneyWasGivenBack:
    def test_the_same_money_is_not_credited_a_second_time(self, world: World) -> None:
        member = world.member()
        payment = world.join(member, "monthly", Method.CARD).payment
        world.pay(payment)
        world.sandbox.refund_at_provider(payment, 461)
        world.work()

        shown = queries.preview_change(
            member_pk=member,
            site_key="official",
            course_key="yearly",
            method=Method.CARD,
            at=world.clock.now(),
        )
        operations.change(
            member_pk=member,
            site_key="official",
            course_key="yearly",
            method=Method.CARD,
            return_url_for=lambda found: f"http://id.localhost/pay/return/{found}",
            language="ja",
        )
        world.work()

        assert shown.credited.amount <= 550 - 461
        assert world.view(member).course_key == "yearly"
        assert world.entry(member).allowed

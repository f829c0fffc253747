"""What belongs to another member is as unknown as what does not exist; and notices are proven."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kaiin.domain.payments import Method
from tests.security.browsing import IDENTITY
from tests.web.login.conftest import Visitor, World, without_tokens


@pytest.fixture
def stranger(world: World) -> Visitor:
    """Another member, who is logged in."""
    visitor = Visitor(Client())
    visitor.log_in(world.member_id(world.member()))
    return visitor


def same_as_nothing(visitor: Visitor, theirs: str, nothing: str) -> bool:
    """Whether an address of another's answers as one that leads to nothing."""
    said = []
    for path in (theirs, nothing):
        answer = visitor.get(path)
        said.append(
            (answer.status_code, without_tokens(answer).replace(path.rpartition("/")[2], "it"))
        )
    return said[0] == said[1] and said[0][0] == 404


def test_receipts(world: World, stranger: Visitor) -> None:
    from kaiin.billing.views.receipts import list_receipts

    owner = Visitor(Client())
    member = world.joined()
    owner.log_in(world.member_id(member))
    (receipt,) = list_receipts(member)
    path = f"/my/receipts/{receipt.number}"
    assert owner.get(path).status_code == 200
    assert same_as_nothing(stranger, path, "/my/receipts/0000000000")
    assert owner.get(f"{path}.pdf").status_code == 200
    assert same_as_nothing(stranger, f"{path}.pdf", "/my/receipts/0000000000.pdf")
    assert receipt.number not in stranger.get("/my/receipts").content.decode()
    assert Client(HTTP_HOST=IDENTITY).get(path).status_code == 302


def test_payments_on_their_way(world: World, stranger: Visitor) -> None:
    """Neither the slip's numbers nor the way to the provider's page, nor asking the provider."""
    member = world.member()
    payment = world.join(member, "yearly", Method.KONBINI).payment
    world.sandbox.get_slip(payment)
    owner = Visitor(Client())
    owner.log_in(world.member_id(member))
    assert owner.get(f"/pay/return/{payment.id}").status_code == 200
    for way in ("/pay/", "/pay/return/"):
        assert same_as_nothing(stranger, f"{way}{payment.id}", f"{way}{uuid4()}")
        led = Client(HTTP_HOST=IDENTITY).get(f"{way}{payment.id}")
        assert led.headers["Location"] == f"/login?next={way}{payment.id}"


def test_no_member_leaves_for_another(world: World, stranger: Visitor) -> None:
    from kaiin.billing.models import Subscription

    world.joined()
    for path in ("/my/official/leave", "/my/official/stay", "/entry/official/check"):
        stranger.post(path)
    assert not Subscription.objects.filter(cancel_at_period_end=True).exists()


def test_the_price_is_never_the_browsers_to_say(world: World) -> None:
    """The confirmation sends back what it showed; another sum is looked at again, not charged."""
    from kaiin.payments.models import Payment

    visitor = Visitor(Client())
    visitor.log_in(world.member_id(world.member()))
    visitor.post("/join/official/", choice="monthly")
    visitor.post("/join/official/way", choice="card")
    for total in ("1", "0", "-550", "550.0", ""):
        form = {"course": "monthly", "way": "card", "total": total}
        answer = visitor.client.post("/join/official/confirm", form)
        assert answer.status_code == 200
    assert not Payment.objects.exists()
    agreed = {"documents": "terms-1 privacy-1", "agree": "on"}
    form = {"course": "monthly", "way": "card", "total": "550", **agreed}
    assert visitor.client.post("/join/official/confirm", form).status_code == 302
    assert [payment.amount for payment in Payment.objects.all()] == [550]


@pytest.mark.parametrize("method", ["get", "put", "delete", "options"])
def test_notices_come_by_post(world: World, method: str) -> None:
    answer = getattr(Client(HTTP_HOST=IDENTITY), method)("/webhooks/sandbox")
    assert answer.status_code == 405


class TestNotices:
    """Forged, old, oversized, replayed: nothing is stored and no one gets in.

    (More of it: tests/payments/test_notices.py.)
    """

    @pytest.fixture
    def genuine(self, world: World) -> tuple[bytes, dict[str, str], Any]:
        """A real notice of a payment, caught on its way."""
        payment = world.join(world.member()).payment
        world.sandbox.pay(payment)
        caught: list[tuple[bytes, dict[str, str]]] = []

        def catch(body: bytes, headers: dict[str, str]) -> int:
            caught.append((body, headers))
            return 500

        world.sandbox.app.deliver_due(catch)
        body, headers = caught[-1]
        return body, headers, payment

    def send(self, body: bytes, headers: dict[str, str]) -> int:
        kept = {name: value for name, value in headers.items() if name != "Content-Type"}
        return (
            Client(HTTP_HOST=IDENTITY)
            .post("/webhooks/sandbox", body, content_type="application/json", headers=kept)
            .status_code
        )

    def test_forged(self, genuine: tuple[bytes, dict[str, str], Any]) -> None:
        from kaiin.payments.models import ProviderEvent

        body, headers, _ = genuine
        signature = headers["Sandbox-Signature"]
        stamp, _, code = signature.partition(",")
        forgeries: list[tuple[bytes, dict[str, str]]] = [
            (body, {}),
            (body + b" ", headers),
            (body, {"Sandbox-Signature": ""}),
            (body, {"Sandbox-Signature": code}),
            (body, {"Sandbox-Signature": f"t=9999999999,{code}"}),
            (body, {"Sandbox-Signature": f"{stamp},v1="}),
            (body, {"Sandbox-Signature": f"{stamp},v1={'0' * 64}"}),
            (body, {"Sandbox-Signature": f"{stamp},v0={code.removeprefix('v1=')}"}),
            (b"", headers),
        ]
        assert [self.send(*forgery) for forgery in forgeries] == [400] * len(forgeries)
        assert not ProviderEvent.objects.exists()

    def test_old_or_from_the_future(
        self, world: World, genuine: tuple[bytes, dict[str, str], Any]
    ) -> None:
        body, headers, _ = genuine
        world.clock.advance(seconds=-301)
        assert self.send(body, headers) == 400
        world.clock.advance(seconds=602)
        assert self.send(body, headers) == 400

    def test_oversized(self, genuine: tuple[bytes, dict[str, str], Any]) -> None:
        _, headers, _ = genuine
        assert self.send(b"x" * (256 * 1024 + 1), headers) == 413

    def test_replayed(self, world: World, genuine: tuple[bytes, dict[str, str], Any]) -> None:
        from kaiin.billing.models import Period
        from kaiin.payments.models import ProviderEvent

        body, headers, _ = genuine
        assert [self.send(body, headers) for _ in range(3)] == [200] * 3
        world.work()
        assert [self.send(body, headers) for _ in range(3)] == [200] * 3
        world.work()
        assert ProviderEvent.objects.filter(body=body).count() == 1
        assert Period.objects.count() == 1

    def test_without_a_secret_nothing_is_believed(
        self, settings: Any, genuine: tuple[bytes, dict[str, str], Any]
    ) -> None:
        """An installation that names no sandbox trusts no notice from one."""
        import hashlib
        import hmac

        from kaiin.payments.providers import registry

        body, _, _ = genuine
        registry.use("sandbox", None)
        settings.KAIIN_SANDBOX_URL = settings.KAIIN_SANDBOX_SECRET = None
        from kaiin.infra import clock

        stamp = int(clock.now().timestamp())
        for secret in (b"", b"None"):
            code = hmac.new(secret, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
            assert self.send(body, {"Sandbox-Signature": f"t={stamp},v1={code}"}) >= 400

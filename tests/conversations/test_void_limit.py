"""Plans that never hold: where no approval is needed, people are asked after five of them."""

from dataclasses import dataclass, replace

from bot.core.flow import Reply
from bot.core.lifecycle import VOIDS_MAX
from bot.sandbox.slack import Message
from tests.conversations.cards import APPROVE, CANCEL, DETAILS, REJECT, labels, offered, words
from tests.conversations.places import ANN, BOB, CHECKOUT
from tests.conversations.world import World
from workers.cloud.layers import Layer, Request

JOB: float = 10.0  # seconds; by then the cloud's own job has ended


@dataclass
class Restless:
    """A cloud where somebody deploys something else before every look at the component."""

    inner: Layer
    world: World
    times: int
    looks: int = 0

    async def send(self, request: Request) -> Reply:
        """Answer with what was deployed a moment ago."""
        if self._is_look(request) and self.looks < self.times:
            self.looks += 1
            self.world.cloud.meddle(CHECKOUT, f"1.3.{self.looks}")
            self.world.machines.sleep(JOB)
        return await self.inner.send(request)

    @staticmethod
    def _is_look(request: Request) -> bool:
        return not request.call.mutates and request.call.path.endswith(f"/components/{CHECKOUT}")


def restless(world: World, looks: int) -> Message:
    """Deploy without approval while what runs is another at each of so many looks."""
    world.edit("approvals: 1", "approvals: 0")
    machines = world.machines
    calm = machines.context
    cloud = calm.cloud.wrapped(lambda inner: Restless(inner, world, times=looks))
    machines.context = replace(calm, cloud=cloud)
    return world.asked()


def kinds(world: World, card: Message) -> list[str]:
    """Return what happened to the card's operation."""
    events = world.parts.journal.operations.events(world.operation(card).id)
    return [event.kind for _, event in events]


def test_what_comes_to_rest_needs_nobody(world: World) -> None:
    """Up to four plans that do not hold are made anew, and the fifth is sent without a person."""
    card = restless(world, looks=VOIDS_MAX)  # one for the first plan
    assert kinds(world, card).count("approvals_voided") == VOIDS_MAX - 1
    assert "succeeded" in card.text
    assert world.tries == 1


def test_after_five_voids_a_person_is_asked(world: World) -> None:
    """Nothing is sent and nothing planned any more: the card shows the last plan, and asks."""
    card = restless(world, looks=1_000)
    assert kinds(world, card) == ["requested", "planned", *["approvals_voided"] * VOIDS_MAX]
    operation = world.operation(card)
    assert (operation.phase.kind, operation.approvals_needed) == ("awaiting_approval", 1)
    assert tuple(offered(card)) == (APPROVE, REJECT, DETAILS, CANCEL)
    assert f"*1.4.0*   _from 1.3.{VOIDS_MAX + 1}_" in words(card)
    assert "Approvals voided" in world.thread(card)[-1]
    assert world.tries == 0

    told = len(world.thread(card))
    world.wait(600, step=60)
    assert len(world.thread(card)) == told
    assert world.operation(card).round == operation.round


def test_who_is_asked_decides_as_at_every_gate(world: World) -> None:
    """An approval of the plan that holds at last sends it; who asked cannot give it."""
    card = restless(world, looks=VOIDS_MAX + 1)
    world.press(APPROVE, card, by=ANN)
    world.settle()
    assert "[not_approver]" in world.whispers(ANN)[-1]
    assert "succeeded" in world.approve(card, by=BOB).text
    assert world.mutations == ["PUT"]


def test_a_plan_that_still_does_not_hold_asks_again(world: World) -> None:
    """From then on no plan is sent that nobody has approved."""
    card = restless(world, looks=VOIDS_MAX + 2)
    again = world.approve(card, by=BOB)
    assert labels(again) == ["Approve", "Reject…", "Details", "Cancel request"]
    assert world.operation(again).approvals == ()
    assert world.tries == 0

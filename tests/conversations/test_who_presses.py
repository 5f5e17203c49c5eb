"""Who presses: flags that shut people out, denials that are kept, and a bot that drains."""

from tests.conversations.cards import APPROVE, ROLL_BACK, offered, operation_of
from tests.conversations.places import ANN, BOB, LEA
from tests.conversations.world import World

FLAGS: tuple[dict[str, bool | str], ...] = (
    {"is_restricted": True},
    {"is_ultra_restricted": True},
    {"is_bot": True},
    {"is_stranger": True},
    {"team_id": "T0OTHER"},
    {"deleted": True},
)


def test_who_is_no_full_member_decides_nothing(world: World) -> None:
    """B14: guests, bots, strangers and who was deactivated, listed as approvers or not."""
    card = world.asked()
    action = {"action_id": APPROVE, "value": offered(card)[APPROVE]}
    for number, changes in enumerate(FLAGS):
        approver = f"U0SRE{number + 1:02}"
        world.workspace.change_person(approver, **changes)
        world.click(card, action, user={"id": approver}, trigger_id=f"3.{number}.forged")
        world.settle()
        assert "[not_allowed]" in world.whispers(approver)[-1], changes
        assert denials(world)[-1] == (approver, operation_of(card))
        world.machines.sleep(2)
    assert world.operation(card).approvals == ()


def test_a_refused_press_is_in_the_audit(world: World) -> None:
    """B12, B13: who may not approve, the own wish or at all, is kept with the rule."""
    card = world.asked(by=LEA)
    for by in (LEA, ANN):
        world.press(APPROVE, card, by=by)
        world.settle()
    assert denials(world) == [(LEA, operation_of(card)), (ANN, operation_of(card))]


def test_while_it_drains_presses_count_and_nothing_begins(world: World) -> None:
    """B20: what is decided is kept; what would begin is refused with when to come again."""
    done = world.done()
    card = world.asked("/ops restart flaky")
    world.parts.journal.drain.hold("ops:1", world.machines.clock())
    world.press(ROLL_BACK, done, by=BOB)
    world.settle()
    assert "[draining]" in world.whispers(BOB)[-1]
    world.press(APPROVE, card, by=LEA)
    world.settle()
    assert world.operation(card).approvals


def denials(world: World) -> list[tuple[str, str]]:
    """Return whom the audit says that something was denied, and what."""
    kept = world.parts.journal.audit.export()
    return [(str(each["who"]), str(each["subject"])) for each in kept if each["what"] == "denied"]

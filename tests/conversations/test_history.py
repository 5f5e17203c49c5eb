"""History: what the cloud says ran, and what people did about it, from the audit."""

from tests.conversations.cards import APPROVE, REJECT, operation_of
from tests.conversations.places import ANN, BOB, LEA
from tests.conversations.world import World


def test_the_history_tells_what_people_did(world: World) -> None:
    """Who asked, approved, rejected, locked and froze, the newest first, sealed or not."""
    first = world.done()
    world.parts.journal.audit.seal()
    world.command('/ops lock checkout "stocktaking"', by=LEA)
    world.command("/ops unlock checkout", by=LEA)
    world.command('/ops freeze checkout "year end" --for 1h', by=BOB)
    world.command("/ops thaw checkout", by=BOB)
    second = world.asked("/deploy checkout 1.5.0")
    world.press(REJECT, second, by=BOB)
    world.submit("not today")
    world.settle()
    said = world.command("/ops history checkout").text
    wanted = [
        f"<@{BOB}> rejected `{operation_of(second)}`: not today",
        f"<@{ANN}> requested deploy (`{operation_of(second)}`)",
        f"<@{BOB}> thawed checkout",
        f"<@{BOB}> froze checkout: year end",
        f"<@{LEA}> unlocked checkout",
        f"<@{LEA}> locked checkout: stocktaking",
        f"<@{BOB}> approved `{operation_of(first)}`",
        f"<@{ANN}> requested deploy (`{operation_of(first)}`)",
    ]
    places = [said.find(each) for each in wanted]
    assert -1 not in places, said
    assert places == sorted(places)
    assert "1.4.0" in said.partition("What people did")[0]


def test_a_broken_glass_and_its_review_stand_there(world: World) -> None:
    """Also the reason, and who approved for whom."""
    world.edit("    deadline: 30m\n  dev:", f"    break_glass: [{ANN}]\n    deadline: 30m\n  dev:")
    world.command('/deploy checkout 1.4.0 --break-glass --reason "it is down"')
    world.settle()
    world.command(f"/ops delegate <@{ANN}> --until 2026-12-01", by=BOB)
    card = world.asked("/deploy checkout 1.5.0", by=LEA)
    world.press(APPROVE, card, by=ANN)
    world.settle()
    said = world.command("/ops history checkout").text
    assert f"<@{ANN}> *broke the glass* for deploy" in said
    assert "it is down" in said
    assert f"<@{ANN}> approved `{operation_of(card)}` for <@{BOB}>" in said


def test_what_concerns_other_targets_is_not_told(world: World) -> None:
    """Of other targets nothing, and no reason is interpreted."""
    world.command('/ops lock flaky "elsewhere"', by=LEA)
    world.command('/ops lock checkout "<!channel> <https://evil.example|x>"', by=LEA)
    said = world.command("/ops history checkout").text
    assert "elsewhere" not in said
    assert "<!channel>" not in said
    assert "<https" not in said

"""The same instant: two people and more want what only one can have, and each is told."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from bot.core.records import Asked
from bot.core.rules import Change
from bot.deadline import answering
from bot.facts.gatherer import Asking
from tests.conversations.places import ANN, BOB, CROWD, LEA
from tests.conversations.world import World


def at_once(*acts: Callable[[], str]) -> list[str]:
    """Do all of it in the same moment, and return what each is told."""
    with ThreadPoolExecutor(max_workers=len(acts)) as people:
        return list(people.map(lambda act: act(), acts))


def says(world: World, text: str, by: str) -> Callable[[], str]:
    """Return what types *text*, and tells the answer."""
    return lambda: world.command(text, by=by).text


def test_a_lock_has_one_holder(world: World) -> None:
    """Of three who lock the same at once one holds it; the others are told who."""
    told = at_once(*(says(world, f'/ops lock checkout "{by}"', by) for by in (BOB, LEA, CROWD[0])))
    assert sum("Locked checkout" in each for each in told) == 1
    assert sum("[locked]" in each for each in told) == 2
    [held] = world.parts.journal.target_facts.everywhere()
    assert all(f"<@{held.by}>" in each for each in told if "[locked]" in each)


def test_a_lock_is_taken_over_once(world: World) -> None:
    """Of two who take it over at once one does; its holder hears of one."""
    world.command('/ops lock checkout "mine"', by=LEA)
    told = at_once(*(says(world, '/ops unlock checkout "a fix"', by) for by in (BOB, CROWD[0])))
    assert sum("Unlocked checkout" in each for each in told) == 1
    assert sum("is not locked" in each for each in told) == 1
    world.settle()
    assert len(world.workspace.messages(f"D{LEA.removeprefix('U')}")) == 1


def test_each_who_asks_has_a_place_of_the_own(world: World) -> None:
    """Of three who ask at once one has the target, and the others stand behind each other."""
    versions = {ANN: "1.4.0", BOB: "1.5.0", LEA: "1.6.0"}
    told = at_once(
        *(says(world, f"/deploy checkout {version}", by) for by, version in versions.items())
    )
    assert all("Recorded as" in each for each in told)
    assert sum("Waiting in line" not in each for each in told) == 1
    assert sum("place 1" in each for each in told) == 1
    assert sum("place 2" in each for each in told) == 1
    assert len(world.parts.journal.queues.of("checkout")) == 2


def test_a_wish_that_comes_twice_is_one(world: World) -> None:
    """The same delivery, twice in one moment: one lock, and one entry of the audit."""
    lock = partial(world.slash, "/ops", 'lock checkout "mine"', trigger_id="1.2.same")
    at_once(lambda: lock().text, lambda: lock(user_name="again").text)
    assert len(world.parts.journal.target_facts.everywhere()) == 1


def test_several_strangers_to_this_process_are_asked_about_at_once(world: World) -> None:
    """Who they are is asked side by side: else Slack would be waited for once for each of them."""
    people = (ANN, BOB, LEA, CROWD[0])
    world.workspace.faults.add("users.info", "slow", times=len(people), seconds=0.6)
    wish = Change(target="checkout", asked=Asked(action="restart"))
    with answering(time.monotonic() + 2.2):
        known = world.machines.context.facts.of_changes([Asking(wish, by) for by in people])
    assert [each.person and each.person.id for each in known] == [*people]


def test_a_command_that_comes_again_tells_what_was_recorded(world: World) -> None:
    """A proxy repeats it, byte for byte, whose first answer was lost: the second one says as much.

    It is one operation, and answered with how that stands.
    """
    deploy = partial(world.slash, "/deploy", "checkout 1.4.0")
    first, second = deploy().json(), deploy().json()
    (operation,) = world.parts.journal.operations.listed(10)
    assert f"Recorded as {operation.id}" in first["text"]
    assert f"Already recorded as {operation.id}" in second["text"]
    assert second["response_type"] == "ephemeral"


def test_a_command_that_was_refused_is_not_judged_anew(world: World) -> None:
    """Its moment is over: what was repeated after the freeze changes nothing."""
    assert "[" not in world.command('/ops freeze checkout "inventory"', by=BOB).text
    deploy = partial(world.slash, "/deploy", "checkout 1.4.0")
    assert "[frozen]" in deploy().json()["text"]
    assert "[" not in world.command("/ops thaw checkout", by=BOB).text
    assert deploy().content == b""
    assert world.parts.journal.operations.listed(10) == ()

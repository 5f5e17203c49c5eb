"""Details: whoever may ask reads all of it before anybody approves it."""

import json

from tests.conversations.cards import DETAILS, labels, operation_of, texts
from tests.conversations.places import BOB, GUS, LEA
from tests.conversations.world import World


def test_all_that_is_approved_is_read_before(world: World) -> None:
    """V4: the last of many words, and the last letter of a long one, can be read."""
    words = [f"env.KEY{number}=value-{number}" for number in range(12)]
    card = world.asked(f"/deploy checkout 1.4.0 {' '.join(words)} env.ZZ_REPLICAS=0")
    assert labels(card) == ["Approve", "Reject…", "Details", "Cancel request"]

    assert world.press(DETAILS, card, by=LEA).ok

    read = json.dumps(world.workspace.views(LEA)[-1].body, ensure_ascii=False)
    for word in (*words, "env.ZZ_REPLICAS=0"):
        key, _, value = word.partition("=")
        assert f"`{key}`: `{value}`" in read
    assert world.operation(card).plan.digest in read
    assert world.operation(card).phase.kind == "awaiting_approval"


def test_details_tell_a_version_once(world: World) -> None:
    """What changes is a list; from which version to which is no line above it as well."""
    world.press(DETAILS, world.asked(), by=LEA)
    lines = "\n".join(texts(world.workspace.views(LEA)[-1].body["blocks"])).split("\n")
    assert "• version: `1.3.0` → `1.4.0`" in lines
    assert "1.3.0 → 1.4.0" not in lines


def test_who_may_not_ask_may_not_read(world: World) -> None:
    """A guest is told so, and sees nothing."""
    card = world.asked()
    world.press(DETAILS, card, by=GUS)
    world.machines.send()
    assert world.workspace.views(GUS) == []
    assert "[not_allowed]" in world.whispers(GUS)[-1]


def test_what_ended_is_read_as_well(world: World) -> None:
    """The ids that a vendor asks for are found after the end."""
    card = world.done()
    task = world.operation(card).steps[0].remote_task
    world.press(DETAILS, card, by=BOB)
    assert task
    assert task in json.dumps(world.workspace.views(BOB)[-1].body)


def test_a_refusal_leads_to_what_is_in_the_way(world: World) -> None:
    """Whoever is told that the target is held can look at who holds it, and for what, at once."""
    world.edit("    approvals: 1\n", "    approvals: 1\n    queue: 0\n")
    card = world.asked()
    assert "[locked]" in world.command("/deploy checkout 1.5.0", by=LEA).text
    answer = world.workspace.whispers(LEA)[-1]
    assert labels(answer) == [f"See {operation_of(card)}"]

    assert world.press(DETAILS, answer, by=LEA).ok

    assert operation_of(card) in json.dumps(world.workspace.views(LEA)[-1].body)

"""Remote tasks: what their words mean, and what happens where they give no end."""

import pytest

from bot.sandbox.clouds import Fault
from tests.conversations.cards import KEEP_WAITING, LOOK_AGAIN, labels, operation_of, words
from tests.conversations.places import BOB, CHECKOUT, EVE
from tests.conversations.world import World

JOBS = "GET */jobs/*"
FORBIDDEN = Fault(
    kind="answer",
    match=JOBS,
    times=None,
    status=403,
    body={"error_code": "APIGW.0302", "error_msg": "not authorized"},
)


def test_progress_shows_on_the_card_and_not_in_the_thread(world: World) -> None:
    """While the job runs the card follows its tasks; the thread stays quiet."""
    world.cloud.take_seconds(CHECKOUT, 60)
    card = world.approved()
    world.machines.ring()
    said = len(world.thread(card))
    world.wait(30)
    shown = words(world.card(card))
    assert "*Deploying*" in shown
    assert "tasks done" in shown
    assert len(world.thread(card)) <= said + 2  # approved, and sent
    world.settle()
    assert "succeeded in 1 min" in world.card(card).text


@pytest.mark.parametrize("word", ["PARTIAL_WAITING", "UNKNOWN", "<!channel>", "succeeded"])
def test_a_word_that_nobody_lists_is_told_once(world: World, word: str) -> None:
    """An unlisted status is no end: it is told once, verbatim, and watching goes on."""
    card = world.approved()
    world.breaks(Fault(kind="job_status", words=(word,), times=None))
    world.wait(60)
    shown = word.replace("<", "&lt;").replace(">", "&gt;")
    told = [each for each in world.thread(card) if shown in each]
    assert len(told) == 1
    assert "the API reference does not list it" in told[0]
    assert world.operation(card).phase.kind == "running"
    world.cloud.faults.clear()
    world.settle()
    assert "succeeded" in world.card(card).text


def test_a_job_that_vanished_is_stalled_and_watched_on(world: World) -> None:
    """Unknown for five minutes it is stalled; an approver may wait on and see its end."""
    card = world.approved()
    world.expected.add("SVCSTG.00100429")
    world.breaks(Fault(kind="vanished_job", times=None))
    world.wait(240, step=10)
    assert world.operation(card).phase.kind == "running"
    world.wait(120, step=10)
    stalled = world.card(card)
    assert "stalled" in stalled.text
    assert labels(stalled) == ["Keep waiting", "Look again", "Details"]
    assert "does not know job" in words(stalled)
    assert "is stalled*" in world.thread(card)[-1]
    assert f"behind {operation_of(card)}" in world.command("/deploy checkout 1.5.0").text
    world.command("/ops cancel " + world.recorded[0].id)
    world.press(KEEP_WAITING, stalled, by=BOB)
    world.cloud.faults.clear()
    world.settle()
    assert "Bob extended the wait" in " ".join(world.thread(card))
    assert "succeeded" in world.card(card).text
    assert world.mutations == ["PUT"]


def test_waiting_on_for_a_job_that_vanished_is_patient_anew(world: World) -> None:
    """Who waits on gets the whole patience again, not the same answer a second later."""
    card = world.approved()
    world.expected.add("SVCSTG.00100429")
    world.breaks(Fault(kind="vanished_job", times=None))
    world.wait(400, step=10)
    world.press(KEEP_WAITING, world.card(card))
    world.wait(200, step=10)
    assert world.operation(card).phase.kind == "running"
    world.wait(200, step=10)
    assert "stalled" in world.card(card).text


def test_a_stalled_operation_ends_by_itself_when_its_end_is_seen(world: World) -> None:
    """Slipway goes on looking while people think."""
    card = world.approved()
    world.expected.add("SVCSTG.00100429")
    world.breaks(Fault(kind="vanished_job", times=None))
    world.wait(400, step=10)
    assert "stalled" in world.card(card).text
    world.cloud.faults.clear()
    world.wait(400, step=30)
    assert "succeeded" in world.card(card).text


def test_look_again_at_what_stalled(world: World) -> None:
    """A press looks at once."""
    card = world.approved()
    world.expected.add("SVCSTG.00100429")
    world.breaks(Fault(kind="vanished_job", times=None))
    world.wait(400, step=10)
    world.cloud.faults.clear()
    world.press(LOOK_AGAIN, world.card(card))
    world.settle()
    assert "succeeded" in world.card(card).text


def test_a_short_deadline_is_told_as_it_is(world: World) -> None:
    """A deadline below a minute is told in seconds, not as none at all."""
    world.edit("deadline: 30m\n  dev", "deadline: 45s\n  dev")
    world.cloud.take_seconds(CHECKOUT, 1e9)
    card = world.approved()
    world.wait(60, step=5)
    assert "not finished within its 45 s deadline" in words(world.card(card))


def test_a_job_without_end_is_stalled_at_the_deadline(world: World) -> None:
    """The policy's deadline ends the watching by itself, never the job."""
    world.edit("deadline: 30m\n  dev", "deadline: 2m\n  dev")
    world.cloud.take_seconds(CHECKOUT, 1e9)
    card = world.approved()
    world.wait(140, step=10)
    stalled = world.card(card)
    assert "stalled" in stalled.text
    assert "not finished within its 2 min deadline" in words(stalled)
    world.press(KEEP_WAITING, stalled, by=EVE)
    world.settle()
    assert "[not_approver]" in world.whispers(EVE)[-1]
    world.press(KEEP_WAITING, stalled, by=BOB)
    world.wait(60, step=10)
    assert world.operation(card).phase.kind == "running"
    world.wait(90, step=10)
    assert "stalled" in world.card(card).text
    assert world.mutations == ["PUT"]


def test_a_right_that_is_gone_stalls_at_once(world: World) -> None:
    """If the cloud lets Slipway look no more, people are told, in the cloud's words."""
    card = world.approved()
    world.breaks(FORBIDDEN)
    world.wait(10)
    stalled = world.card(card)
    assert "stalled" in stalled.text
    assert "APIGW.0302" in words(stalled)
    world.cloud.faults.clear()
    world.press(KEEP_WAITING, stalled, by=BOB)
    world.settle()
    assert "succeeded" in world.card(card).text


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="drop", match=JOBS, times=3),
        Fault(kind="garbage", match=JOBS, times=3),
        Fault(kind="answer", match=JOBS, status=502, times=3),
        Fault(kind="throttled", match=JOBS, times=3),
    ],
    ids=["drop", "garbage", "502", "throttled"],
)
def test_a_look_that_fails_is_repeated(world: World, fault: Fault) -> None:
    """Looking harms nothing, so a failed look is simply followed by the next."""
    card = world.approved()
    world.breaks(fault)
    world.settle()
    assert "succeeded" in world.card(card).text
    assert world.mutations == ["PUT"]

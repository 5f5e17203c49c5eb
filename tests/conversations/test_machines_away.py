"""Redis or the journal are away, workers come twice or late: nothing is lost, nothing doubled."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from typing_extensions import override

from bot.journal.columns import FORMAT
from bot.sandbox.clouds import Fault
from tests.conversations.cards import (
    ABSENT,
    APPROVE,
    CANCEL,
    labels,
    operation_in,
    operation_of,
    words,
)
from tests.conversations.places import ANN, BOB, EVE
from tests.conversations.world import DATABASE, World
from workers.context import Leases, Posted
from workers.slack import SlackMessages


class DeathError(Exception):
    """The outbox is gone: nothing after this point happens."""


class Dying(SlackMessages):
    """Slack, whose caller dies right after a message was posted."""

    def __init__(self, living: SlackMessages) -> None:
        self._living = living

    @override
    def post(self, *args: Any, **options: Any) -> Posted:
        self._living.post(*args, **options)
        raise DeathError

    @override
    def update(self, *args: Any, **options: Any) -> None:
        self._living.update(*args, **options)


class Interrupted(Leases):
    """Claims, the first of which is let go only after *meanwhile* has happened."""

    def __init__(self, living: Leases, meanwhile: Callable[[], object]) -> None:
        self._living = living
        self._meanwhile = [meanwhile]

    @override
    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        with self._living.hold(name) as is_ours:
            yield is_ours
            if is_ours and self._meanwhile:
                self._meanwhile.pop()()

    @override
    def was_wanted(self, name: str) -> bool:
        return self._living.was_wanted(name)

    @override
    def held(self, names: Sequence[str]) -> frozenset[str]:
        return self._living.held(names)


def test_an_approval_right_after_the_plan_is_acted_on_at_once(world: World) -> None:
    """Who rings while the planner still has its claim is heard by it, not first by the sweeper."""
    machines = world.machines

    def approved() -> None:
        machines.send()
        assert world.press(APPROVE, world.card()).ok
        machines.ring()  # finds the claim taken

    world.command("/deploy checkout 1.4.0")
    claims = Interrupted(machines.context.claims, approved)
    machines.context = replace(machines.context, claims=claims)
    machines.ring()
    assert world.operation(world.card()).phase.kind == "running"
    assert len(world.mutations) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="answer", match="any", status=503, body="<html>Down</html>", times=10_000),
        Fault(kind="drop", match="any", times=10_000),
    ],
    ids=["html", "nobody there"],
)
def test_whoever_asked_is_told_what_is_waited_for(world: World, fault: Fault) -> None:
    """V57: after half a minute without the cloud, once: since when, why, and until when."""
    world.breaks(fault)
    world.command("/deploy checkout 1.4.0")
    world.wait(20, step=5)
    assert not any("waits for" in each for each in world.whispers(ANN))
    world.wait(120, step=10)
    (told,) = [each for each in world.whispers(ANN) if "waits for huawei" in each]
    assert "no usable answer since" in told
    assert "keeps trying until" in told
    assert "Nothing was sent" in told
    _card_and_status_tell(world, "until")
    assert world.mutations == []
    events = [event for _, event in world.parts.journal.operations.events(world.recorded[0].id)]
    assert [each.kind for each in events].count("answer_awaited") == 1
    world.cloud.faults.clear()
    world.settle()
    assert "no usable answer" not in words(world.card())
    world.done("/ops restart flaky")


def test_what_is_waited_for_before_a_permit_is_told(world: World) -> None:
    """V57: before a change is sent as before it is planned; once it is over, nobody reads of it."""
    card = world.approved()
    world.breaks(Fault(kind="answer", match="any", status=503, body="Down", times=10_000))
    world.wait(120, step=10)
    assert world.operation(card).phase.kind == "queued"
    _card_and_status_tell(world, "keeps trying")
    assert len([each for each in world.whispers(ANN) if "waits for huawei" in each]) == 1
    world.cloud.faults.clear()
    world.settle()
    assert "succeeded" in world.card(card).text
    assert "no usable answer" not in words(world.card(card))


def _card_and_status_tell(world: World, until: str) -> None:
    card = world.card()
    told = words(card)
    status = world.command(f"/ops status {operation_of(card)}").text
    world.expected |= ABSENT
    assert "waiting for huawei since" in world.command("/ops status").text
    for shown in (told, card.text, status):
        assert "Waiting for *huawei*, which has given no usable answer since" in shown
        assert "Nothing was sent." in shown
        assert until in shown


def test_without_redis_a_command_is_recorded_and_starts_later(world: World) -> None:
    """The journal decides: recorded now, planned when the queue is back, and the answer says so."""
    with world.without_redis():
        said = world.command("/deploy checkout 1.4.0").text
    assert "Recorded as" in said
    assert "when the queue is back" in said
    world.wait(15)
    assert labels(world.card()) == ["Approve", "Reject…", "Details", "Cancel request"]


def test_without_redis_an_approval_counts(world: World) -> None:
    """A press is recorded without Redis, too, and acted on when it is back."""
    card = world.asked()
    with world.without_redis():
        assert world.press(APPROVE, card).ok
    assert world.operation(card).phase.kind == "queued"
    world.wait(15)
    world.settle()
    assert "succeeded" in world.card(card).text


def _after_the_command(world: World) -> None:
    world.command("/deploy checkout 1.4.0")


def _after_the_approval(world: World) -> None:
    world.approved()


def _while_it_is_watched(world: World) -> None:
    world.approved()
    world.machines.ring()


def _while_it_waits_to_be_sent_again(world: World) -> None:
    world.approved()
    world.breaks(Fault(kind="throttled", retry_after="5"))
    world.machines.ring()


def _while_it_is_uncertain(world: World) -> None:
    world.approved()
    world.breaks(Fault(kind="drop", when="after"))
    world.machines.ring()


@pytest.mark.parametrize(
    "arrive",
    [
        _after_the_command,
        _after_the_approval,
        _while_it_is_watched,
        _while_it_waits_to_be_sent_again,
        _while_it_is_uncertain,
    ],
)
def test_a_redis_that_forgets_everything_costs_seconds(
    world: World, arrive: Callable[[World], None]
) -> None:
    """Whatever Redis held is made again from the journal, and nothing is sent twice."""
    arrive(world)
    world.parts.redis.flushall()
    world.wait(90)
    if world.operation(world.card()).phase.kind == "awaiting_approval":
        world.press(APPROVE, world.card())
    world.settle()
    assert "succeeded" in world.card().text
    assert world.mutations == ["PUT"]


def test_a_doorbell_that_rings_ten_times_is_one_permit(world: World) -> None:
    """Ten rings at once, in ten workers: one PUT."""
    card = world.approved()
    for _ in range(10):
        world.parts.doorbell.ring(operation_of(card))
    with ThreadPoolExecutor(max_workers=4) as workers:
        for done in [workers.submit(world.machines.ring) for _ in range(4)]:
            done.result()
    world.settle()
    assert world.mutations == ["PUT"]
    assert world.tries == 1


def test_a_locked_journal_records_nothing_and_says_so(world: World) -> None:
    """B19: where the journal cannot be written, a command is refused and a press fails visibly."""
    card = world.asked("/ops restart flaky")
    with world.locked_journal():
        said = world.command("/deploy checkout 1.4.0").text
    assert "[journal_down]" in said
    assert "Nothing was recorded" in said
    with world.locked_journal():
        answer = world.press(APPROVE, card)
    assert not answer.ok
    assert answer.status == 500
    assert world.operation(card).approvals == ()
    assert [each.target for each in world.recorded] == ["flaky"]
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text


def test_a_refusal_needs_the_journal_too(world: World) -> None:
    """A refusal that cannot be put into the audit is not said to have been one."""
    with world.locked_journal():
        said = world.command("/deploy checkout 1.4.0", by=EVE).text
    assert "[journal_down]" in said


@pytest.mark.parametrize("what", ["card", "reply"])
def test_an_outbox_that_dies_after_posting_posts_once(world: World, what: str) -> None:
    """What was posted by an outbox that died then is found again, and not posted twice."""
    if what == "card":
        world.command("/deploy checkout 1.4.0")
        world.machines.sleep(2)
    else:
        world.approved()
    world.machines.ring()
    living = world.machines.slack
    world.machines.slack = Dying(living)
    with pytest.raises(DeathError):
        world.machines.send()
    world.machines.slack = living
    world.wait(60)
    world.settle()
    card = world.card()
    assert len(world.cards()) == 1
    assert len(world.thread(card)) == (0 if what == "card" else 3)


def test_a_press_and_a_cancel_at_once_have_one_winner(world: World) -> None:
    """Approved and cancelled in the same moment, it is one of both, and sent only if approved."""
    card = world.asked()
    with ThreadPoolExecutor(max_workers=2) as two:
        approved = two.submit(world.press, APPROVE, card, BOB)
        cancelled = two.submit(world.press, CANCEL, card, ANN)
        assert approved.result().ok
        assert cancelled.result().ok
    world.settle()
    kind = world.operation(card).phase.kind
    assert kind in {"cancelled", "succeeded"}
    assert world.tries == (1 if kind == "succeeded" else 0)


def test_a_draining_bot_takes_nothing_new(world: World) -> None:
    """B20: while it is stopped, new commands are refused with when to come again."""
    world.parts.journal.drain.hold("ops:1", world.machines.clock())
    said = world.command("/deploy checkout 1.4.0").text
    assert "[draining]" in said
    assert "in a minute" in said
    assert world.recorded == ()


def test_a_drain_outlives_redis_and_ends_by_itself(world: World) -> None:
    """V52: it is a fact of the journal, until ten minutes after its holder's last sign of life."""
    world.parts.journal.drain.hold("ops:1", world.machines.clock())
    world.parts.redis.flushall()
    assert "[draining]" in world.command("/deploy checkout 1.4.0").text
    world.machines.sleep(601)
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text


def _recorded_as(world: World, operation_id: str, form: int) -> None:
    with closing(sqlite3.connect(world.configuration.parent / DATABASE)) as journal, journal:
        journal.execute("UPDATE operations SET format = ? WHERE id = ?", (form, operation_id))


def test_one_bad_record_harms_itself_alone(world: World) -> None:
    """V54: it is parked and told; gates lapse, others go on, lists have the rest."""
    card = world.asked()
    operation_id = operation_of(card)
    with closing(sqlite3.connect(world.configuration.parent / DATABASE)) as journal, journal:
        spoilt = "UPDATE operations SET record = '{}' WHERE id = ?"
        journal.execute(spoilt, (operation_id,))
    other = world.asked("/ops restart flaky")
    world.wait(2 * 3600, step=600)
    said = [each for each in world.whispers(ANN) if operation_id in each]
    assert "another version of Slipway" in said[-1], said
    assert "expired" in world.card(other).text
    assert [each.id for each in world.recorded] == [operation_of(other)]


def test_a_newer_versions_poller_looks_soon(world: World) -> None:
    """FM-111: whichever poller claims it while hosts are upgraded, its end is seen in seconds."""
    card = world.approved()
    world.machines.ring()
    _recorded_as(world, operation_of(card), FORMAT + 1)
    world.machines.sleep(2)
    assert world.machines.poll() == 1
    _recorded_as(world, operation_of(card), FORMAT)
    world.wait(20)
    assert "succeeded" in world.card(card).text


def test_what_another_version_recorded_is_parked_and_said(world: World) -> None:
    """FM-112: an older worker leaves it alone, and tells whoever asked; others go on as ever."""
    card = world.approved()
    operation_id = operation_of(card)
    _recorded_as(world, operation_id, FORMAT + 1)
    world.wait(30)
    assert world.mutations == []
    (said,) = [each for each in world.whispers(ANN) if "another version of Slipway" in each]
    assert operation_id in said
    other = operation_in(world.command("/deploy flaky 2.1.0").text)
    world.wait(10)
    world.press(APPROVE, world.card(other))
    world.wait(60)
    assert "failed" in world.card(other).text  # as its first one always does
    _recorded_as(world, operation_id, FORMAT)
    world.wait(600, step=30)
    world.settle()
    assert "succeeded" in world.card(operation_id).text
    assert world.mutations.count("PUT") == 2

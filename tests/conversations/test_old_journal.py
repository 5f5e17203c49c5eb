"""The journal that f09dbbd wrote, driven to its end by this version."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from bot.core.operation import Operation
from bot.journal import migrate, open_engine
from bot.sandbox.clouds import CloudpodsCloud, HuaweiCloud
from bot.sandbox.slack import Message
from tests.conversations.cards import APPROVE, NOT_EXECUTED, REJECT
from tests.conversations.invariants import check
from tests.conversations.places import BOB, LEA
from tests.conversations.stage import Beginning, opened
from tests.conversations.world import DATABASE, World
from tests.journal.written_by_f09dbbd import clouds, configuration, restore
from tests.journal.written_by_f09dbbd.past import Ids, clock, plant

WATCHED: Final = {
    *("routes", "letters", "parcels", "ledger", "invoices", "metrics", "north", "south", "west"),
}
UNSENT: Final = {"photos", "sizes"}
LOST: Final = {"audits", "vouchers", "labels", "logs", "queue", "quotes"}
APPROVED: Final = {"edge", "refunds", "points", "gifts", "returns", "basket"}
WHILE: Final = 900.0  # seconds
HOUR: Final = 3_600.0
TRIGGERS: Final = count(1)  # no two presses are one delivery


@pytest.fixture
def old(tmp_path: Path, redis_url: str) -> Iterator[World]:
    """Open a world with the old journal, brought to this version, and with its past."""
    engine = open_engine(restore(tmp_path / DATABASE))
    migrate(engine)
    engine.dispose()
    ids, now = Ids(), clock()
    begins = Beginning(
        clock=now,
        cloud=HuaweiCloud(clouds.huawei(), clock=now.seconds, new_id=ids),
        lab=CloudpodsCloud(clouds.lab(), clock=now.seconds),
    )
    with opened(
        tmp_path,
        redis_url,
        configured=configuration,
        limit_of=lambda _kind, _service: None,
        begins=begins,
    ) as here:
        plant(here, ids)
        yield here
        check(here)


@pytest.mark.timeout(180)
def test_the_old_journal_is_brought_to_its_end(old: World) -> None:
    """Watched tasks are watched on, steps that were due are sent; people decide about the rest."""
    waiting = targets(old, "awaiting_approval")
    old.wait(WHILE, step=30)
    assert targets(old, "succeeded") >= WATCHED | UNSENT
    assert targets(old, "uncertain") == LOST
    # "returns" was approved, but its plan says more now than f09dbbd wrote down
    assert targets(old, "awaiting_approval") == waiting | {"returns"}
    assert old.parts.journal.outbox.next_due(old.clock()) is None
    assert all(told == sorted(told) for told in threads(old))
    gates_are_decided(old)
    lost_calls_are_decided(old)


def gates_are_decided(old: World) -> None:
    """Approved, rejected or left alone: each gate of the old journal ends as any other."""
    assert old.press(REJECT, card(old, newest(old, "wishes")), by=BOB).ok
    assert old.submit("not on a Saturday").ok
    for _ in range(2):  # the plan that f09dbbd wrote is void; people see the new one
        for target in APPROVED & targets(old, "awaiting_approval"):
            for by in approvers(newest(old, target)):
                press(old, target, APPROVE, by=by)
        old.wait(WHILE / 3, step=30)
    assert targets(old, "succeeded") >= APPROVED
    assert {"wishes"} <= targets(old, "rejected")


def lost_calls_are_decided(old: World) -> None:
    """After the settle time people end what is uncertain; none of the calls is sent again."""
    old.wait(HOUR, step=300)
    assert {"store"} <= targets(old, "expired")
    assert targets(old, "awaiting_approval") == set()
    for target in LOST:
        press(old, target, NOT_EXECUTED, by=BOB)
    old.wait(60, step=30)
    assert targets(old, "failed") >= LOST
    assert targets(old, "uncertain") == set()
    for target in LOST:
        events = old.parts.journal.operations.events(newest(old, target).id)
        assert [event.kind for _, event in events].count("permit_granted") == 1


def test_a_card_of_before_is_answered_as_stale(old: World) -> None:
    """A button whose value names no plan decides nothing."""
    operation = newest(old, "store")
    value = f"{operation.id}:{operation.round}"
    action = {"action_id": APPROVE, "value": value}
    assert old.click(card(old, operation), action, user={"id": BOB}).is_success
    old.machines.send()
    assert "[stale]" in old.whispers(BOB)[-1]
    assert newest(old, "store") == operation


def newest(old: World, target: str) -> Operation:
    """Return the newest operation of a target."""
    return next(each for each in old.recorded if each.target == target)


def targets(old: World, phase: str) -> set[str]:
    """Return the targets whose newest operation is in this phase."""
    names = {each.target for each in old.recorded}
    return {name for name in names if newest(old, name).phase.kind == phase}


def approvers(operation: Operation) -> tuple[str, ...]:
    """Return who may still approve, as many as it takes."""
    said = {operation.requester, *(each.by for each in operation.approvals)}
    missing = operation.approvals_needed - len(operation.approvals)
    return tuple(each for each in (BOB, LEA) if each not in said)[:missing]


def card(old: World, operation: Operation) -> Message:
    """Return the message that Slack shows of an operation."""
    [known] = old.parts.journal.surfaces.cards_of(operation.id)
    assert known.ts
    found = old.workspace.message(known.channel, known.ts)
    assert found
    return found


def press(old: World, target: str, button: str, *, by: str) -> None:
    """Press a button of a target's card, as it stands now."""
    operation = newest(old, target)
    value = f"{operation.id}:{operation.round}:{operation.plan.digest[:12]}"
    trigger = f"3.{next(TRIGGERS)}.forged"
    action = {"action_id": button, "value": value}
    told = len(old.whispers(by))
    assert old.click(card(old, operation), action, user={"id": by}, trigger_id=trigger).is_success
    old.machines.send()
    assert old.whispers(by)[told:] == []


def threads(old: World) -> Iterator[list[int]]:
    """Yield the numbers of the events that each thread tells, in the order of the replies."""
    for operation in old.recorded:
        for known in old.parts.journal.surfaces.cards_of(operation.id):
            replies = old.workspace.thread(known.channel, known.ts or "")[1:]
            told = [(each.metadata or {}).get("event_payload") for each in replies]
            yield [int(each["sequence"]) for each in told if each]

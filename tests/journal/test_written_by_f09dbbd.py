"""A journal that f09dbbd wrote: whatever Slipway becomes, what it has recorded is read on."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from bot.catalogue import LiveCatalogue
from bot.core.codes import Legacy, Reason
from bot.core.events import Event
from bot.core.operation import Operation, Running
from bot.core.rows import OutboxRow
from bot.journal import Journal, journal_on, migrate
from bot.sandbox.content import SECRETS
from tests.journal.databases import opened
from tests.journal.written_by_f09dbbd import (
    FOLDER,
    WRITTEN,
    clouds,
    configuration,
    expected,
    restore,
)

OPERATIONS: Final = {each["id"]: each for each in expected()}
PHASES: Final = {
    *("awaiting_approval", "queued", "running", "uncertain", "stalled"),
    *("succeeded", "failed", "rejected", "expired", "cancelled"),
}
KINDS: Final = {
    *("requested", "planned", "plan_refused", "plan_extended", "withdrawn"),
    *("approval_given", "approvals_voided", "approval_refused", "approval_lapsed"),
    *("permit_granted", "not_accepted", "task_accepted", "call_refused", "answer_lost"),
    *("task_adopted", "settle_time_passed", "not_executed_said", "not_executed", "executed_late"),
    *("task_seen", "step_succeeded", "step_failed", "watch_stalled", "wait_extended"),
}
SYSTEMS: Final = {
    *("servicestage-v3", "servicestage-v2", "cce-cluster", "cce-release", "cloudpods-release"),
}
WITHOUT_CLOUD: Final = {"orphan", "newcomer"}  # one is missing there, one was made by Slipway


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The journal's file, as f09dbbd left it."""
    path = tmp_path / "slipway.db"
    restore(path)
    return path


@pytest.fixture
def written(database: Path) -> Iterator[Journal]:
    """The journal, brought to this version."""
    with opened(f"sqlite:///{database}") as engine:
        migrate(engine)
        yield journal_on(engine)


def rows(database: Path, question: str) -> list[tuple[Any, ...]]:
    """What the database answers without Slipway in between."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(question).fetchall()


def told(journal: Journal, operation: Operation) -> dict[str, Any]:
    """An operation as expected.json tells it."""
    phase, cards = operation.phase, journal.surfaces.cards_of(operation.id)
    return {
        "id": operation.id,
        "target": operation.target,
        "system": operation.system,
        "action": operation.action,
        "phase": phase.kind,
        "stage": phase.stage if isinstance(phase, Running) else None,
        "step": getattr(phase, "step", None),
        "requester": operation.requester,
        "channel": operation.channel,
        "card": cards[0].ts if cards else None,
        "policy": operation.policy,
        "approvals": [each.by for each in operation.approvals],
        "approvals_needed": operation.approvals_needed,
        "rollback_of": operation.rollback_of,
        "follows": operation.follows,
        "steps": [f"{each.name}: {each.phase}" for each in operation.steps],
        "tasks": [each.remote_task for each in operation.steps],
        "events": [event.kind for _, event in journal.operations.events(operation.id)],
    }


def test_all_operations_are_there(written: Journal) -> None:
    """What is listed is what the journal holds: nothing less, and nothing more."""
    assert {each.id for each in written.operations.recent(1_000)} == set(OPERATIONS)


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_an_operation_is_read_as_it_was_left(written: Journal, operation_id: str) -> None:
    """Who asked, who approved, how far it came and all that happened is read from the records."""
    operation = written.operations.load(operation_id)

    assert told(written, operation) == OPERATIONS[operation_id]
    numbers = [number for number, _ in written.operations.events(operation_id)]
    assert numbers == list(range(1, operation.sequence + 1))


def test_what_was_said_in_words_is_a_reason(database: Path, written: Journal) -> None:
    """f09dbbd wrote sentences: each is read as the code of old words, an empty one as none."""
    question = "SELECT operation_id, sequence, body FROM events"
    said = {(key, number): json.loads(body) for key, number, body in rows(database, question)}
    found = [
        (name, said[key, number][name], reason)
        for key in OPERATIONS
        for number, event in written.operations.events(key)
        for name, reason in reasons(event)
    ]

    assert {name for name, words, _ in found if words} == {"reason", "detail", "evidence", "note"}
    for _, words, reason in found:
        assert reason == (Legacy(words=words).reason if words else None)


def reasons(event: Event) -> Iterator[tuple[str, Any]]:
    """Yield what *event* says of why something is so, by its fields."""
    for name, field in type(event).model_fields.items():
        if field.annotation in (Reason, Reason | None):
            yield name, getattr(event, name)


def test_what_was_approved_is_what_is_sent(written: Journal) -> None:
    """The digest that people approved is still the plan's, so no gate closes by being read."""
    known = [written.operations.load(each) for each in OPERATIONS]

    assert any(each.approvals and not each.was_sent for each in known)
    for operation in known:
        assert {each.digest for each in operation.approvals} <= {operation.plan.digest}


def test_what_steps_took_is_known(written: Journal) -> None:
    """The times of all steps that succeeded are carried over, as their records tell them."""
    known = written.operations.recent(1_000)
    took = [_took(written, operation) for operation in known]

    assert sum(len(each) for each in took) > len(known) / 4
    assert all(all(each) for each in took)


def _took(journal: Journal, operation: Operation) -> list[bool]:
    """Whether the time of each step that succeeded is known."""
    done = [each for each in operation.steps if each.phase == "succeeded"]
    names = [each.name for each in done]
    times = journal.step_times.of(operation.target, operation.action, names)
    return [
        (each.finished_at - each.started_at).total_seconds() in times[each.name]
        for each in done
        if each.started_at and each.finished_at
    ]


def test_the_audit_is_sound(written: Journal) -> None:
    """The chain holds from its origin to its head, and has every event in it."""
    report = written.audit.verify()

    assert report.is_sound
    assert report.count >= sum(len(each["events"]) for each in OPERATIONS.values())


def test_every_phase_event_and_system_is_there() -> None:
    """A version that reads this journal has read all that f09dbbd could write."""
    known = OPERATIONS.values()
    assert {each["phase"] for each in known} == PHASES
    assert {each["stage"] for each in known} == {None, "ready", "submitting", "watching"}
    assert {kind for each in known for kind in each["events"]} == KINDS
    assert {each["system"] for each in known} == SYSTEMS


def test_operations_are_linked(written: Journal) -> None:
    """A rollback knows what it takes back, a follower what it goes on with, in every phase."""
    backs = [
        written.operations.load(each) for each, known in OPERATIONS.items() if known["rollback_of"]
    ]
    ons = [written.operations.load(each) for each, known in OPERATIONS.items() if known["follows"]]

    assert {each.phase.kind for each in backs} == {"succeeded", "awaiting_approval"}
    assert [each.phase.kind for each in ons] == ["awaiting_approval"]
    for first in (*(each.rollback_of for each in backs), *(each.follows for each in ons)):
        assert first is not None
        assert written.operations.load(first).phase.kind == "failed"


def test_an_open_operation_holds_its_target(written: Journal) -> None:
    """Each target has at most one operation that is open, and that one holds it."""
    for operation in written.operations.recent(1_000):
        holder = written.operations.holder(operation.target)
        assert (holder is not None and holder.id == operation.id) != operation.is_final


def test_the_outbox_holds_what_slack_shows_and_what_it_does_not(database: Path) -> None:
    """Cards, replies and whispers: shown, waiting, in doubt, or claimed by a sender that died."""
    found = rows(database, "SELECT kind, done, in_doubt, claimed_until IS NOT NULL FROM outbox")
    for kind in ("card", "reply", "whisper"):
        assert {(kind, 1, 0, 0), (kind, 0, 0, 0), (kind, 0, 1, 0)} <= set(found)
    assert [each for each in found if each[3]]
    unposted = "SELECT count(*) FROM outbox WHERE kind = 'card' AND ts IS NULL"
    assert rows(database, unposted) == [(2,)]


def test_what_slack_shows_is_carried_over(database: Path) -> None:
    """Each message of the old outbox is in the register, with all that it shows."""
    before = rows(
        database,
        "SELECT 'operation_' || kind, operation_id, channel, ts, sequence, created_at FROM outbox "
        "WHERE kind != 'whisper' ORDER BY operation_id, kind, sequence",
    )
    bring_forward(database)

    after = (
        "SELECT kind, subject, channel, ts, wanted, created_at FROM surfaces "
        "WHERE kind != 'whisper' ORDER BY subject, kind, wanted"
    )
    assert rows(database, after) == before
    orphans = (
        "SELECT count(*) FROM surfaces WHERE kind = 'operation_reply' AND parent NOT IN "
        "(SELECT id FROM surfaces WHERE kind = 'operation_card')"
    )
    assert rows(database, orphans) == [(0,)]


def test_what_slack_does_not_show_yet_is_carried_over(database: Path) -> None:
    """What was not done waits on, as due, urgent and doubtful as it was; nothing else does."""
    waits = "due_at, urgency, broadcast, attempts, in_doubt, claimed_until, error"
    before = rows(
        database,
        f"SELECT coalesce(operation_id, user), sequence, {waits} FROM outbox "  # noqa: S608
        "WHERE NOT done ORDER BY 1, 2, due_at",
    )
    bring_forward(database)

    after = rows(
        database,
        f"SELECT subject, wanted, {waits} FROM outbox JOIN surfaces ON id = surface "  # noqa: S608
        "ORDER BY 1, 2, due_at",
    )
    assert after == before


def test_what_waits_is_sent(written: Journal) -> None:
    """A sender of this version claims all that the old one left, one thread in order."""
    later = WRITTEN + timedelta(days=1)
    sent: list[OutboxRow] = []
    while found := written.outbox.claim(later, 1, timedelta(seconds=1)):
        sent += found
        ts = found[0].ts or f"{len(sent)}.0"
        written.outbox.sent(found[0], ts, 10_000, later)

    assert written.outbox.next_due(later) is None
    threads: dict[str, list[int]] = {}
    for each in sent:
        if each.kind == "operation_reply":
            threads.setdefault(each.subject.id, []).append(each.wanted)
    assert threads
    assert all(told == sorted(told) for told in threads.values())
    assert all(each.body["text"] for each in sent if each.kind == "whisper")


def bring_forward(database: Path) -> None:
    """Bring the journal to this version."""
    with opened(f"sqlite:///{database}") as engine:
        migrate(engine)


def test_every_delivery_and_every_permit_is_kept(database: Path) -> None:
    """Each request was delivered once; of two permits nobody knows what came of them."""
    assert len(rows(database, "SELECT DISTINCT key FROM deliveries")) == len(OPERATIONS)
    open_ones = (
        "SELECT target FROM permits JOIN operations ON id = operation_id WHERE outcome IS NULL"
    )
    assert sorted(rows(database, open_ones)) == [("labels",), ("logs",)]


def test_the_dump_is_the_database(database: Path) -> None:
    """What was restored is dumped to the same text, so nothing is lost on the way."""
    with closing(sqlite3.connect(database)) as connection:
        assert "\n".join(connection.iterdump()) + "\n" == (FOLDER / "journal.sql").read_text()


def test_its_slipway_yaml_names_every_target(tmp_path: Path, written: Journal) -> None:
    """The configuration is read without faults, and its targets are those of the operations."""
    path = tmp_path / "slipway.yaml"
    path.write_text(configuration("https://huawei.test", "https://lab.test"))
    targets = LiveCatalogue(path, SECRETS)().targets

    assert {each.target for each in written.operations.recent(1_000)} == set(targets)
    for operation in written.operations.recent(1_000):
        target = targets[operation.target]
        assert (target.system, target.connection) == (operation.system, operation.connection)


def test_the_clouds_hold_every_target() -> None:
    """What the targets name is in the simulated clouds that go with the journal."""
    huawei, lab = clouds.huawei(), clouds.lab()
    held = {
        *(each.name for each in huawei.components),
        *(each.name for each in huawei.servicestage_v2.instances),
        *(each.name for each in huawei.cce_clusters.clusters),
        *(each.name for each in huawei.cce_releases.releases),
        *(each.name for each in lab.releases),
    }
    assert {each["target"] for each in OPERATIONS.values()} - WITHOUT_CLOUD == held

"""One row of the journal is damaged: it harms itself alone, and people are told once."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import httpx
import pytest
from sqlalchemy import Engine, text

from bot.core.errors import JournalUnavailableError
from bot.sandbox.ports import NO_TLS
from tests.conversations.cards import APPROVE, operation_in, operation_of
from tests.conversations.places import ANN, BOB
from tests.conversations.stage import opened
from tests.conversations.world import World
from tests.journal.conftest import database, engine, one_engine, server

__all__ = ["database", "engine", "one_engine", "server"]  # fixtures

OTHER_VERSION: Final = "another version of Slipway"
# What is damaged while checkout has a finished deployment, one under way, and a card in the queue.
# `:mine` is the one under way, `:past` the finished one.
DAMAGES: Final = {
    "a record": "UPDATE operations SET record = '{}' WHERE id = :mine",
    "a format to come": "UPDATE operations SET format = 99 WHERE id = :mine",
    "a record that ended": "UPDATE operations SET record = 'no json' WHERE id = :past",
    "columns of an operation": "UPDATE operations SET requester = '', phase = '' WHERE id = :mine",
    "an event": "UPDATE events SET body = '{' WHERE operation_id = :mine",
    "a permit": "UPDATE permits SET outcome = 'x' WHERE operation_id = :past",
    "a lock": "UPDATE locks SET operation_id = 'op-0000000000' WHERE operation_id = :mine",
    "a request": "UPDATE requests SET subject = 'x', subject_kind = 'x' WHERE subject = :mine",
    "a surface's kind": "UPDATE surfaces SET kind = 'x' WHERE subject = :mine",
    "a surface's subject": "UPDATE surfaces SET subject_kind = 'x' WHERE subject = :mine",
    "a surface that stands": "UPDATE surfaces SET kind = 'x' WHERE subject = :past",
    "a queued body": "UPDATE outbox SET body = '{'",
    "a queued urgency": "UPDATE outbox SET urgency = 99",
    "a queued lane": "UPDATE outbox SET lane = ''",
    "a subscription": (
        "INSERT INTO subscriptions (subject_kind, subject, kind, channel, at) "
        "SELECT 'target', 'flaky', 'x', '?', created_at FROM operations WHERE id = :mine"
    ),
    "a lock of a person": (
        "INSERT INTO target_locks (target, by, at, reason) "
        "SELECT target, '', created_at, '' FROM operations WHERE id = :mine"
    ),
    "a freeze": (
        "INSERT INTO freezes (scope, target, by, at, reason) "
        "SELECT 'target', 'checkout', '', created_at, '' FROM operations WHERE id = :mine"
    ),
    "a freeze of nothing": (
        "INSERT INTO freezes (scope, target, by, at, reason) "
        "SELECT 'x', '?', '', created_at, '' FROM operations WHERE id = :mine"
    ),
    "a step's time": "UPDATE step_times SET seconds = -1 WHERE operation_id = :past",
    "a notice": "UPDATE notices SET notice = '', subject = ''",
    "a configuration": "UPDATE configurations SET content = 'x', hash = 'y'",
    "an audit record": "UPDATE audit SET detail = '{' WHERE sequence = 1",
}
# All of them at once, but for those of one row that would hide one another.
MEETINGS: Final = {
    "records": [
        each for each in DAMAGES if each not in ("a format to come", "columns of an operation")
    ],
    "rows around a record": ["columns of an operation", "an event", "a permit", "a queued body"],
}
UNREADABLE: Final = [("sqlite", "a record"), ("postgres", "a format to come")]
MOMENTS: Final = {  # which SQLite stores as whatever it is given
    "a gate": "UPDATE operations SET expires_at = 'x', updated_at = 'x' WHERE id = :mine",
    "a queued moment": "UPDATE outbox SET since = 'x', held_until = 'x'",
    "a surface's moment": "UPDATE surfaces SET shown_at = 'x', rests_until = 'x'",
    "a step's moment": "UPDATE step_times SET seconds = 'x', at = 'x'",
    "a notice's moment": "UPDATE notices SET at = 'x'",
    "a drain": "INSERT INTO drain (id, holder, seen_at) VALUES (1, 'x', 'x')",
}


@pytest.fixture
def place(database: str, engine: Engine, tmp_path: Path, redis_url: str) -> Iterator[World]:
    """Open a world on each database; at its end nothing is checked, since a row is damaged."""
    engine.dispose()
    with opened(tmp_path, redis_url, database=database) as here:
        yield here
        here.parts.journal.database.dispose()


def damaged(world: World, *statements: str) -> str:
    """Let checkout have a past and something under way, damage rows; return what is damaged."""
    past = operation_of(world.done())
    mine = operation_in(world.command("/deploy checkout 1.5.0").text)
    world.machines.ring()
    with world.parts.journal.database.begin() as connection:
        for each in statements:
            connection.execute(text(each), {"mine": mine, "past": past})
    return mine if ":mine" in statements[0] else past


def all_goes_on(world: World) -> None:
    """Play a whole conversation of another target."""
    asked = operation_in(world.command("/ops restart flaky").text)
    world.wait(30)  # what is parked is tried again: nothing comes to rest
    card = world.card(asked)
    assert world.press(APPROVE, card).ok
    world.wait(60)
    assert "succeeded" in world.card(card).text
    told = "\n".join(world.thread(card))
    assert [told.count(each) for each in (":+1:", ":outbox_tray:", "succeeded")] == [1, 1, 1]
    listed = world.command("/ops targets").text
    assert all(f"*{name}*" in listed for name in ("checkout", "flaky", "newcomer"))
    assert "flaky" in world.command("/ops status flaky").text
    assert "checkout" in world.command("/ops status checkout").text
    assert operation_of(card) in [each.id for each in world.parts.journal.operations.listed(20)]
    world.wait(2 * 3600, step=600)  # gates lapse, sweepers sweep
    assert "Recorded as" in world.command("/ops restart flaky").text


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
@pytest.mark.parametrize("damage", DAMAGES)
def test_one_damaged_row_harms_itself_alone(place: World, damage: str) -> None:
    """V54: whichever table it is in, another target's conversation goes on."""
    damaged(place, DAMAGES[damage])
    all_goes_on(place)


@pytest.mark.parametrize("damages", MEETINGS.values(), ids=MEETINGS)
def test_many_damaged_rows_harm_themselves_alone(place: World, damages: Sequence[str]) -> None:
    """V54: many damages at once stop nobody else, on both databases."""
    damaged(place, *(DAMAGES[each] for each in damages))
    all_goes_on(place)


@pytest.mark.parametrize("statement", MOMENTS.values(), ids=MOMENTS)
def test_a_moment_that_is_none_harms_itself_alone(world: World, statement: str) -> None:
    """V54: what SQLite holds in place of a moment is none, and nobody stumbles over it."""
    damaged(world, statement)
    all_goes_on(world)


@pytest.mark.parametrize(("server", "damage"), UNREADABLE, indirect=["server"])
def test_people_are_told_once_and_shown_what_cannot_be_read(
    place: World, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """V54: the log, the metrics, whoever asked, the lists and each answer name it."""
    mine = damaged(place, DAMAGES[damage])
    with caplog.at_level(logging.ERROR, logger="slipway.parking"):
        place.wait(3600, step=600)
        place.machines.sleep(24 * 3600)
        place.wait(3600, step=600)
    assert [each.getMessage() for each in caplog.records] == ["operation.parked"]
    [told] = [each for each in place.whispers(ANN) if OTHER_VERSION in each]
    assert mine in told
    assert f"*cannot be read* `{mine}`" in place.command("/ops targets checkout").text
    assert f"*cannot be read* `{mine}`" in place.command("/ops status checkout").text
    for typed in (f"/ops status {mine}", f"/ops cancel {mine}"):
        assert place.command(typed).text.endswith("[unreadable_operation]")
    refused = place.command("/deploy checkout 1.6.0").text
    assert mine in refused
    assert refused.endswith("[locked]")
    base = place.workspace.request_url.removesuffix("/slack/events")
    metrics = httpx.get(f"{base}/metrics", trust_env=False, verify=NO_TLS).text
    assert 'slipway_unreadable_records{of="operations"} 1.0' in metrics


def test_a_press_on_what_cannot_be_read_is_answered(place: World) -> None:
    """V54: whoever presses is told why nothing happens, and what helps."""
    card = place.asked()
    with place.parts.journal.database.begin() as connection:
        connection.execute(text("UPDATE operations SET record = '{}'"))
    assert place.press(APPROVE, card).ok
    place.machines.send()
    [told] = [each for each in place.whispers(BOB) if operation_of(card) in each]
    assert told.endswith("[unreadable_operation]")


def test_without_the_audits_head_everything_goes_on(place: World) -> None:
    """V54: where nothing can be sealed, changes are recorded with their audit all the same.

    `slipway audit verify` says what is missing, and how much waits for it.
    """
    audit = place.parts.journal.audit
    with place.parts.journal.database.begin() as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT * FROM audit_head"))
        connection.execute(text("DELETE FROM audit_head"))
    assert "Recorded" in place.command("/ops restart flaky").text
    with pytest.raises(JournalUnavailableError, match="restore a backup"):
        audit.seal()
    report = audit.verify()
    assert report.faults == ("the head of the chain is missing",)
    assert report.unsealed > 0
    with place.parts.journal.database.begin() as connection:
        connection.execute(text("INSERT INTO audit_head SELECT * FROM kept"))


HOLDS: Final = {
    "a lock of a person": ("locked", '/ops unlock checkout "unreadable"'),
    "a freeze": ("frozen", "/ops thaw checkout"),
}


@pytest.mark.parametrize("damage", HOLDS)
def test_what_holds_and_cannot_be_read_holds_until_it_is_ended(place: World, damage: str) -> None:
    """V54: nothing is open by default, and its own target is told how it goes on."""
    code, end = HOLDS[damage]
    damaged(place, DAMAGES[damage])
    place.wait(2 * 3600, step=600)
    assert place.command("/deploy checkout 1.6.0").text.endswith(f"[{code}]")
    assert "[" not in place.command(end, by=BOB).text
    assert "Recorded as" in place.command("/deploy checkout 1.6.0").text

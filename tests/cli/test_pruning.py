"""`slipway prune`: what ended long ago leaves as JSON lines, and the audit goes on to hold."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import func, select, text

from bot.core import events as ev
from bot.journal import Journal
from bot.journal.audit_anchors import read_key
from bot.journal.audit_chain import Head
from bot.journal.schema import audit, metadata
from tests.cli.conftest import Run
from tests.cli.test_auditing import KEY, PUBLIC
from tests.journal.builders import (
    BOB,
    HOUR,
    NOON,
    an_id,
    an_operation,
    apply,
    create,
    to_the_end,
)

DAY: Final = timedelta(days=1)
AFTER: Final = "2026-11-23"  # a day and more after what the builders record


def _ended(journal: Journal, number: int, **fields: Any) -> None:
    operation = an_operation(number, **fields)
    create(journal, operation)
    apply(journal, operation.id, *to_the_end(operation))


def _told(journal: Journal) -> None:
    """Let Slack have been told everything."""
    while rows := journal.outbox.claim(NOON + 1000 * DAY, 50, HOUR):
        for number, row in enumerate(rows):
            journal.outbox.sent(row, f"{number}.{row.claim}", 99, NOON + DAY)


@pytest.fixture
def told(journal: Journal) -> Journal:
    """Two operations that have ended, one that is open, and nothing left to tell."""
    _ended(journal, 1)
    _ended(journal, 2, target="billing")
    create(journal, an_operation(3, target="edge"))
    _told(journal)
    return journal


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _rows_about(journal: Journal, operation_id: str) -> dict[str, int]:
    """How many rows of which tables name the operation."""
    found = {}
    with journal.database.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name.startswith("audit"):
                continue
            named = [each for each in table.columns if str(each.type) == "TEXT"]
            rows = connection.execute(select(*named)) if named else ()
            count = sum(operation_id in (value or "") for row in rows for value in row)
            if count:
                found[table.name] = count
    return found


def test_what_has_ended_leaves_as_lines_with_all_that_hangs_on_it(
    told: Journal, here: Run, tmp_path: Path
) -> None:
    """Each is a line as `operations show --json` has it; no table keeps anything of it."""
    shown = json.loads(here("operations", "show", an_id(1), "--json").out)
    archive = tmp_path / "archive.jsonl"
    done = here("prune", "--before", AFTER, "--archive", str(archive), SLIPWAY_AUDIT_KEY=KEY)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("2 operations have left, 0 that ended before stay; ")
    lines = _read(archive)
    assert lines[0] == shown
    assert {each["id"] for each in lines if "phase" in each} == {an_id(1), an_id(2)}
    assert archive.stat().st_mode & 0o077 == 0
    assert _rows_about(told, an_id(1)) == {}
    assert told.operations.load(an_id(3)).phase.kind == "awaiting_approval"


def test_the_audit_holds_from_a_signed_checkpoint(told: Journal, here: Run, tmp_path: Path) -> None:
    """Its records leave up to those of what stays; the chain goes on, and says where it begins."""
    archive = tmp_path / "archive.jsonl"
    here("prune", "--before", AFTER, "--archive", str(archive), SLIPWAY_AUDIT_KEY=KEY)
    left = [each for each in _read(archive) if each["id"].startswith("audit:")]
    assert [each["sequence"] for each in left] == list(range(1, len(left) + 1))
    verified = here("audit", "verify", "--key", PUBLIC)
    assert (verified.code, verified.err) == (0, "")
    assert f"it begins after record {len(left)}, signed by {PUBLIC}" in verified.out
    assert told.audit.has(1, "whatever it was"), "what has left is no sign of a restore"
    about = [each["subject"] for each in told.audit.export()]
    assert about.count(an_id(3)) == 1, "what is open keeps its audit"
    create(told, an_operation(4, target="search"))
    told.audit.seal()
    assert here("audit", "verify").code == 0


def test_anchors_of_what_has_left_vouch_for_nothing(
    told: Journal, here: Run, tmp_path: Path
) -> None:
    """It is said that none is of a record that is here, and not that the newest is of record 0."""
    told.audit.seal()
    first = next(iter(told.audit.export()))
    head = Head(int(str(first["sequence"])), str(first["hash"]))
    file = tmp_path / "anchors.jsonl"
    file.write_text(read_key(KEY, "KEY").anchor(head, "2026-11-20T12:00:00Z").line + "\n")
    asked = ("audit", "verify", "--anchors", str(file), "--key", PUBLIC)
    assert "1 anchor, the newest of record 1" in here(*asked).out
    here("prune", "--before", AFTER, SLIPWAY_AUDIT_KEY=KEY)
    done = here(*asked)
    assert (done.code, done.err) == (0, "")
    assert "1 anchor, of records that have left; slipway audit anchor makes one" in done.out


def test_a_second_time_moves_the_checkpoint(told: Journal, here: Run) -> None:
    """Whatever could leave later leaves later, and the chain still holds."""
    here("prune", "--before", AFTER, SLIPWAY_AUDIT_KEY=KEY)
    first = told.audit.verify().begins_after
    apply(told, an_id(3), ev.ApprovalRefused(at=NOON, by=BOB, reason="no"))
    _told(told)
    done = here("prune", "--before", AFTER, SLIPWAY_AUDIT_KEY=KEY)
    assert an_id(3) in done.out
    report = told.audit.verify(trusted=frozenset({PUBLIC}))
    assert report.begins_after > first
    assert report.faults == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE audit_checkpoint SET sequence = sequence + 1", "the signature is wrong"),
        ("UPDATE audit_checkpoint SET hash = 'f' || hash", "the signature is wrong"),
        ("DELETE FROM audit_checkpoint", "are missing"),
    ],
)
def test_a_changed_checkpoint_is_found(told: Journal, here: Run, change: str, says: str) -> None:
    """Who shortens the chain cannot sign that it begins there."""
    here("prune", "--before", AFTER, SLIPWAY_AUDIT_KEY=KEY)
    with told.database.begin() as connection:
        connection.execute(text(change))
    found = here("audit", "verify")
    assert found.code == 1
    assert says in found.err


@pytest.mark.usefixtures("told")
def test_a_checkpoint_by_another_key_is_found(here: Run) -> None:
    """Who brings a key finds that another one has signed."""
    here("prune", "--before", AFTER, SLIPWAY_AUDIT_KEY=KEY)
    found = here("audit", "verify", "--key", f"{PUBLIC[:-4]}AAA=")
    assert found.code == 1
    assert f"signed by another key, {PUBLIC}" in found.err


def test_a_broken_chain_does_not_leave(told: Journal, here: Run) -> None:
    """What was changed stays seen: of such an audit nothing leaves."""
    told.audit.seal()
    with told.database.begin() as connection:
        connection.execute(text("UPDATE audit SET who = 'U0MALLORY' WHERE sequence = 1"))
    done = here("prune", "--before", AFTER, SLIPWAY_AUDIT_KEY=KEY)
    assert done.code == 1
    assert "its chain does not hold at record 1: nothing leaves" in done.err
    with told.database.connect() as connection:
        assert connection.execute(select(func.min(audit.c.sequence))).scalar() == 1


@pytest.mark.usefixtures("told")
def test_without_a_key_the_audit_stays_whole(here: Run) -> None:
    """A chain that nobody signs for begins at its origin; the lines are standard output."""
    done = here("prune", "--before", AFTER)
    assert done.code == 0
    assert "the audit stays whole: SLIPWAY_AUDIT_KEY is not set" in done.err
    assert [json.loads(each)["id"] for each in done.out.splitlines()] == [an_id(1), an_id(2)]
    verified = here("audit", "verify")
    assert verified.code == 0
    assert "begins after" not in verified.out


def test_what_something_needs_stays(journal: Journal, here: Run) -> None:
    """What an open operation goes back from or on with stays, and what Slack was not told of."""
    _ended(journal, 1)
    _ended(journal, 2, target="billing")
    create(journal, an_operation(3, rollback_of=an_id(1)))
    create(journal, an_operation(4, target="billing", follows=an_id(2)))
    _told(journal)
    _ended(journal, 5, target="edge")
    done = here("prune", "--before", AFTER)
    assert done.out == ""
    assert "0 operations have left, 3 that ended before stay" in done.err


@pytest.mark.parametrize("when", ["2020-01-01", "2020-01-01T00:00:00+08:00", "4000d"])
def test_nothing_that_is_younger_leaves(told: Journal, here: Run, when: str) -> None:
    """A day, a moment and an age are understood; the retention of slipway.yaml is the default."""
    assert here("prune", "--before", when).out == ""
    assert told.operations.find(an_id(1)) is not None


def test_the_retention_is_the_default(
    told: Journal, here: Run, environment: dict[str, str]
) -> None:
    """`retention` says how long what has ended stays; 400 days where nothing is said."""
    file = Path(environment["SLIPWAY_CONFIG"])
    assert '"retention": "400d"' in here("config", "show").out
    with file.open("a") as configuration:
        configuration.write("retention: 99999d\n")
    assert here("prune").out == ""
    assert told.operations.find(an_id(1)) is not None
    file.write_text(file.read_text().replace("99999d", "for ever"))
    refused = here("config", "check")
    assert refused.code == 3
    assert "retention" in refused.err
    assert "wants an age such as 400d" in refused.err


@pytest.mark.parametrize("when", ["yesterday", "0001-01-01T00:00:00+14:00"])
def test_when_is_a_moment(here: Run, when: str) -> None:
    """What is neither a day, a moment nor an age is a wrong use, as is what UTC has no date for."""
    done = here("prune", "--before", when)
    assert done.code == 2
    assert "wants a day (2026-11-28)" in done.err

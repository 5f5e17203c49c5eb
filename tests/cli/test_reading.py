"""`slipway operations` and `slipway audit`: what scripts rely on."""

import json
import shutil
import sqlite3
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import text

from bot.cli.shapes import operation_json, operation_line
from bot.core import events as ev
from bot.core.codes.systems import TaskEnded
from bot.core.surfaces import Subject
from bot.journal import Journal, open_engine, unreadable_records
from bot.journal.database import writing
from bot.journal.migrations import wanted
from tests.catalogue.files import a_file
from tests.cli.conftest import Run
from tests.core.builders import PLACES, fitting, led
from tests.journal.builders import (
    ANN,
    BOB,
    NOON,
    an_id,
    an_operation,
    apply,
    create,
    to_the_end,
)

KEYS: Final = [
    "id", "target", "system", "action", "parameters", "phase", "failed", "requester", "channel",
    "reason", "created_at", "finished_at", "rollback_of", "countdown", "follows", "incident",
    "ways", "queue", "plan", "steps", "expected", "is_late", "is_stuck", "approvals",
    "break_glass", "events", "surfaces",
]  # fmt: skip
PHASES: Final = frozenset(
    {"waiting", "awaiting_approval", "queued", "running", "uncertain", "stalled", "succeeded",
     "failed", "rejected", "expired", "cancelled"}
)  # fmt: skip


@pytest.fixture
def told(journal: Journal) -> Journal:
    """A journal with one finished deployment, and one that waits."""
    create(journal, an_operation(reason="für alle"))
    apply(journal, an_id(1), *to_the_end(an_operation(), NOON + timedelta(microseconds=250)))
    later = {"created_at": NOON + timedelta(minutes=1)}
    create(journal, an_operation(2, "billing", **later))
    journal.audit.seal()
    return journal


@pytest.mark.usefixtures("told")
def test_the_next_versions_schema_is_no_matter_of_who_reads(
    process: Run, environment: dict[str, str]
) -> None:
    """In the middle of a rolling upgrade bot, workers and doctor tell of it, and nobody else."""
    with writing(open_engine(environment["SLIPWAY_DATABASE_URL"])) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE schema_readers SET oldest = :own"), {"own": wanted()})
    done = process("operations", "list")
    assert (done.code, done.err) == (0, "")
    assert an_id(1) in done.out


def test_an_operation_as_json_is_what_the_contract_says(told: Journal, here: Run) -> None:
    """Keys, phases and times are those of the contract, to the letter."""
    done = here("operations", "show", an_id(1), "--json")
    shown: dict[str, Any] = json.loads(done.out)
    assert list(shown) == KEYS
    operation = told.operations.load(an_id(1))
    assert shown["phase"] == "succeeded"
    assert shown["parameters"] == {"version": "1.4.0"}
    assert shown["reason"] == "für alle"
    assert (shown["created_at"], shown["finished_at"]) == (
        *("2026-11-21T12:00:00Z", "2026-11-21T12:00:00.000250Z"),
    )
    assert shown["rollback_of"] is None
    assert shown["plan"] == {
        "digest": operation.plan.digest,
        "steps": [{"name": "step-0", "parameters": {}, "is_detour": False}],
    }
    assert shown["steps"] == [
        {
            "name": "step-0",
            "phase": "succeeded",
            "remote_task": "job-1",
            "started_at": "2026-11-21T12:00:00.000250Z",
            "finished_at": "2026-11-21T12:00:00.000250Z",
            "detail": "",
        }
    ]
    assert shown["approvals"] == [{"by": BOB, "at": "2026-11-21T12:00:00.000250Z"}]
    assert [(each["sequence"], each["kind"], each["by"]) for each in shown["events"]] == [
        (1, "requested", ANN),
        (2, "planned", "slipway"),
        (3, "approval_given", BOB),
        (4, "permit_granted", "slipway"),
        (5, "task_accepted", "slipway"),
        (6, "step_succeeded", "slipway"),
    ]
    assert all(list(each) == ["sequence", "at", "kind", "by", "detail"] for each in shown["events"])


@pytest.mark.parametrize("place", PLACES)
def test_every_phase_has_its_shape(place: str) -> None:
    """The keys are the same in every phase, and the phase is one of the contract's ten."""
    operation = PLACES[place]()
    shown = operation_json(operation, [(1, ev.Requested(at=NOON, by=ANN))])
    assert list(shown) == KEYS
    assert shown["phase"] in PHASES
    assert (shown["finished_at"] is not None) is operation.is_final
    assert json.loads(json.dumps(shown)) == shown
    assert operation.id in operation_line(operation)


@pytest.mark.usefixtures("told")
def test_a_list_is_the_newest_first(here: Run) -> None:
    """As JSON it is a list of the same shape, and can be narrowed."""

    def ids(*options: str) -> list[str]:
        return [
            each["id"] for each in json.loads(here("operations", "list", "--json", *options).out)
        ]

    assert ids() == [an_id(2), an_id(1)]
    assert ids("--target", "checkout") == [an_id(1)]
    assert ids("--open") == [an_id(2)]
    assert ids("--limit", "1") == [an_id(2)]
    assert ids("--target", "nothing") == []
    assert list(json.loads(here("operations", "list", "--json").out)[0]) == KEYS


@pytest.mark.usefixtures("told")
def test_people_get_lines(here: Run) -> None:
    """Without --json each operation is a line, and one operation has its events."""
    lines = here("operations", "list").out.splitlines()
    assert [line.split()[0] for line in lines] == [an_id(2), an_id(1)]
    assert "1.3.0 → 1.4.0" in lines[1]
    assert "approval_given" in here("operations", "show", an_id(1)).out


@pytest.mark.usefixtures("journal")
def test_that_there_is_none_is_said(here: Run) -> None:
    """Nothing for scripts, and a sentence beside it for people."""
    assert here("operations", "list") == (0, "", "No operations.\n")
    listed = here("operations", "list", "--open", "--target", "shop")
    assert listed == (0, "", "No operations of shop are open.\n")


@pytest.mark.usefixtures("told")
def test_ids_and_targets_have_any_case(here: Run) -> None:
    """As in Slack: the letters of an id mean the same in capitals."""
    assert json.loads(here("operations", "show", an_id(1).upper(), "--json").out)["id"] == an_id(1)
    assert here("operations", "list", "--target", "CHECKOUT").out.splitlines() != []


@pytest.mark.usefixtures("told")
def test_a_target_has_its_aliases(here: Run, environment: dict[str, str]) -> None:
    """As in Slack; without slipway.yaml, and of what it has no more, the name itself is found."""
    file = Path(environment["SLIPWAY_CONFIG"])
    file.write_text(a_file(target="    aliases: [co]\n"))
    assert here("operations", "list", "--target", "Co").out.startswith(an_id(1))
    assert here("operations", "list", "--target", "billing").out.startswith(an_id(2))
    assert here("report", "CHECKOUT").out == here("report", "co").out
    file.unlink()
    assert here("operations", "list", "--target", "checkout").out.startswith(an_id(1))


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("word", ["op-zzzzzzzzzz", "nonsense", "op-0000000001; --"])
def test_an_unknown_operation_is_a_failed_check(here: Run, word: str) -> None:
    """What is not there is said on standard error, with exit code 1."""
    done = here("operations", "show", word)
    assert (done.code, done.out) == (1, "")
    assert "there is no operation" in done.err


@pytest.mark.usefixtures("told")
def test_the_audit_is_sound_until_a_record_is_flipped(
    here: Run, environment: dict[str, str]
) -> None:
    """`audit verify` ends with 0, and with 1 once anything in the chain was changed."""
    sound = here("audit", "verify")
    assert sound.code == 0
    assert "the chain holds" in sound.out
    engine = open_engine(environment["SLIPWAY_DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit SET who = 'U0EVE' WHERE sequence = 2"))
    engine.dispose()
    broken = here("audit", "verify")
    assert (broken.code, broken.out) == (1, "")
    assert "record 2 was changed" in broken.err


@pytest.mark.usefixtures("told")
def test_the_export_has_a_line_for_each_record(here: Run) -> None:
    """Every line is JSON, in order, each with the hash of the one before."""
    done = here("audit", "export")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["previous"] == before["hash"] for before, row in pairwise(rows))


def test_another_schema_is_refused(here: Run) -> None:
    """Without this version's schema nothing is read: exit code 3 and the way out."""
    done = here("operations", "list")
    assert (done.code, done.out) == (3, "")
    assert "slipway migrate" in done.err


def test_a_failure_is_told_by_its_code_and_parameters() -> None:
    """A script decides by the code and reads the parameters; nothing else has them."""
    watched = PLACES["watching"]()
    why = TaskEnded(task="job-1", status="FAILED", words="pods crash").reason
    failed = led(watched, fitting("step_failed", watched, reason=why))
    shown = operation_json(failed, [])["failed"]
    assert shown == {"code": "task_failed", "reason": why.key, "params": why.params}
    assert operation_json(watched, [])["failed"] is None


def test_what_may_be_done_about_a_failure_is_shown() -> None:
    """A script reads the ways on, and which operation went on with which."""
    way = {"name": "retry", "label": "Retry", "explanation": "once more", "items": ["disk"]}
    watched = PLACES["watching"]()
    failed = led(watched, fitting("step_failed", watched, ways=[way]))
    shown = operation_json(failed.model_copy(update={"follows": an_id(9)}), [])
    assert shown["ways"] == [{**way, "wants_reason": False, "is_dangerous": False, "step": None}]
    assert shown["follows"] == an_id(9)


def test_planned_steps_are_shown_before_they_run() -> None:
    """What will be done is in the plan as soon as it is made."""
    operation = led(an_operation(), fitting("planned", an_operation()))
    plan = operation_json(operation, [])["plan"]
    steps = [
        {"name": f"step-{number}", "parameters": {}, "is_detour": False} for number in range(2)
    ]
    assert plan == {"digest": operation.plan.digest, "steps": steps}
    assert operation_json(an_operation(), [])["plan"] == {"digest": None, "steps": []}


@pytest.mark.usefixtures("journal")
def test_v64_an_empty_chain_is_not_sound(here: Run) -> None:
    """V64: a copy that lost everything has an empty chain, which proves nothing: exit code 1."""
    done = here("audit", "verify")
    assert (done.code, done.out) == (1, "")
    assert "no record" in done.err


@pytest.mark.usefixtures("told")
def test_v64_a_backup_has_everything(here: Run, tmp_path: Path) -> None:
    """V64: the copy is one file of its owner alone, with all operations, and its chain holds."""
    copy = tmp_path / "copy.db"
    done = here("backup", str(copy))
    assert (done.code, done.err) == (0, "")
    assert "read back" in done.out
    assert copy.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.glob("copy.db?*")) == []
    there = f"sqlite:///{copy}"
    lists = [
        here("operations", "list", **more).out for more in ({}, {"SLIPWAY_DATABASE_URL": there})
    ]
    assert lists[0] == lists[1] != ""
    assert here("audit", "verify", SLIPWAY_DATABASE_URL=there).code == 0


def test_a_copy_beside_the_log_of_another_journal_is_refused(
    told: Journal, here: Run, tmp_path: Path
) -> None:
    """After a crash a write-ahead log is left, and SQLite would write it over what is restored."""
    copy, host = tmp_path / "copy.db", tmp_path / "host"
    assert here("backup", str(copy)).code == 0
    create(told, an_operation(9, "edge"))
    old = Path(str(told.database.url.database))
    host.mkdir()
    for each in ("", "-wal", "-shm"):  # as a killed host leaves them
        shutil.copy(f"{old}{each}", host / f"slipway.db{each}")
    shutil.copy(copy, host / "slipway.db")
    there = {"SLIPWAY_DATABASE_URL": f"sqlite:///{host / 'slipway.db'}"}

    for words in (("operations", "list"), ("migrate",), ("audit", "verify")):
        done = here(*words, **there)
        assert (done.code, done.out) == (3, "")
        assert "slipway.db-wal" in done.err
        assert "slipway.db-shm" in done.err
    for each in ("-wal", "-shm"):
        (host / f"slipway.db{each}").unlink()
    done = here("operations", "list", **there)
    assert done.code == 0
    assert an_id(1) in done.out
    assert an_id(9) not in done.out


@pytest.mark.usefixtures("told")
def test_v64_a_backup_overwrites_nothing(here: Run, tmp_path: Path) -> None:
    """V64: a file that is there is left alone, and a folder that is not is said."""
    there = tmp_path / "there.db"
    there.write_text("mine")
    for path in (there, tmp_path / "nowhere" / "copy.db"):
        done = here("backup", str(path))
        assert (done.code, done.out) == (3, "")
        assert f"{path}: cannot" in done.err
    assert there.read_text() == "mine"


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("path", ["", ".", "/"])
def test_a_backup_wants_a_name(here: Run, path: str) -> None:
    """What has no name of its own is no file: exit code 3, in words."""
    done = here("backup", path)
    assert (done.code, done.out) == (3, "")
    assert "wants the name of a new file" in done.err


@pytest.mark.usefixtures("told")
def test_a_backup_that_fails_leaves_nothing(
    here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What broke off keeps no later one from being made; a part that is there is named."""
    copy = tmp_path / "copy.db"

    def full(*_: object) -> None:
        msg = "database or disk is full"
        raise sqlite3.OperationalError(msg)

    with monkeypatch.context() as patched:
        patched.setattr("bot.journal.backup._copy", full)
        done = here("backup", str(copy))
    assert (done.code, "disk is full" in done.err) == (1, True)
    assert list(tmp_path.glob("copy.db*")) == []

    part = tmp_path / "copy.db.part"
    part.write_text("of one that was killed")
    done = here("backup", str(copy))
    assert done.code == 3
    assert f"{part}: cannot be written (File exists)" in done.err
    part.unlink()
    assert here("backup", str(copy)).code == 0


def test_what_cannot_be_read_is_listed_as_such(
    told: Journal, here: Run, environment: dict[str, str]
) -> None:
    """V54: a damaged record, or one of another version, hides no other and is shown by its row."""
    engine = open_engine(environment["SLIPWAY_DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE operations SET record = '{' WHERE id = :it"), {"it": an_id(2)}
        )
        connection.execute(
            text("UPDATE events SET body = '{' WHERE operation_id = :it AND sequence = 2"),
            {"it": an_id(1)},
        )
    engine.dispose()
    first, second = here("operations", "list").out.splitlines()
    assert (an_id(2) in first, "(cannot be read)" in first) == (True, True)
    assert (an_id(1) in second, "(cannot be read)" in second) == (True, False)
    assert an_id(2) in here("operations", "show", an_id(2)).out
    [bad, good] = json.loads(here("operations", "list", "--json").out)
    assert (bad["id"], bad["unreadable"], bad["phase"]) == (an_id(2), True, "awaiting_approval")
    assert list(good) == KEYS
    assert good["events"][1] == {
        "sequence": 2,
        "at": good["events"][1]["at"],
        "kind": "planned",
        "by": "slipway",
        "detail": {"unreadable": True},
    }
    shown = here("operations", "show", an_id(1)).out.splitlines()
    assert [line for line in shown if "cannot be read" in line] == [shown[2]]
    told.notices.first(Subject(kind="operation", id=an_id(2)), "unreadable", NOON)
    assert unreadable_records(told) == {"operations": 1, "outbox": 0}

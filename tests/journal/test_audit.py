"""The audit: one chain over everything, in which no edit goes unnoticed."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from bot.core import events as ev
from bot.core.errors import JournalUnavailableError
from bot.core.plan import PlannedStep
from bot.core.ports import AuditEntry
from bot.core.records import Parameters
from bot.journal import Journal, audit
from tests.core.builders import foreign
from tests.journal.builders import (
    ANN,
    BOB,
    NOON,
    accepted,
    an_id,
    an_operation,
    apply,
    create,
    permitted,
    planned,
    succeeded,
    to_the_end,
)

DENIED = AuditEntry(at=NOON, who=ANN, what="denied", subject="checkout", detail="[frozen] no")


def test_every_event_and_every_no_is_kept(journal: Journal) -> None:
    """Who did what to what is in the audit, with what tells one act from another."""
    journal.audit.add(DENIED)
    create(journal, an_operation(reason="new prices"))
    apply(journal, an_id(1), *to_the_end(an_operation()))

    records = list(journal.audit.export())

    assert [(record["what"], record["who"], record["subject"]) for record in records] == [
        ("denied", ANN, "checkout"),
        ("requested", ANN, an_id(1)),
        ("planned", "slipway", an_id(1)),
        ("approval_given", BOB, an_id(1)),
        ("permit_granted", "slipway", an_id(1)),
        ("task_accepted", "slipway", an_id(1)),
        ("step_succeeded", "slipway", an_id(1)),
    ]
    details = [json.loads(str(record["detail"])) for record in records[1:]]
    digest = planned(an_operation()).plan.digest
    assert details[0] == {
        "action": "deploy",
        "reason": "new prices",
        "target": "checkout",
        "version": "1.4.0",
    }
    assert [details[1], details[2]] == [{"digest": digest}, {"digest": digest}]
    assert details[3] == {"attempt": 1, "step": 0}
    assert details[4] == {"attempt": 1, "request_id": "r-1", "step": 0, "task": "job-1"}


def test_values_are_not_kept(journal: Journal) -> None:
    """Of what is typed as key=value the audit keeps the keys: a value may be a secret."""
    create(journal, an_operation(parameters=Parameters(values={"db.password": "hunter2"})))

    [record] = journal.audit.export()

    assert "db.password" in str(record["detail"])
    assert "hunter2" not in str(record["detail"])


def test_what_goes_on_and_what_was_put_in_is_kept(journal: Journal) -> None:
    """Which way on was gone, with what, and which steps were put in, is in the audit."""
    parameters = Parameters(version="1.4.0", way="skip", items=("disk:node-1", "disk:node-2"))
    create(journal, an_operation(parameters=parameters, follows=an_id(9)))
    plan = planned(an_operation(), steps=2)
    yes = ev.ApprovalGiven(at=NOON, by=BOB, digest=plan.plan.digest)
    steps = (PlannedStep(name="precheck"), PlannedStep(name="snapshot"))
    why = foreign("it has expired")
    longer = ev.PlanExtended(at=NOON, step=1, steps=steps, reason=why)
    apply(journal, an_id(1), plan, yes, permitted(), accepted(), succeeded(), longer)

    first, *_, last = [json.loads(str(each["detail"])) for each in journal.audit.export()]

    assert (first["way"], first["items"]) == ("skip", "disk:node-1, disk:node-2")
    assert first["follows"] == an_id(9)
    reason = why.model_dump(mode="json")
    assert last == {"reason": reason, "step": 1, "steps": "precheck, snapshot"}


def test_an_untouched_chain_is_sound(journal: Journal) -> None:
    """Walking the chain counts its records and names its head."""
    assert journal.audit.verify() == audit.AuditReport(count=0, head=audit.ORIGIN)
    _fill(journal, 3)

    report = journal.audit.verify()

    assert (report.count, report.is_sound) == (3, True)
    assert report.head == list(journal.audit.export())[-1]["hash"]


def test_a_long_chain_is_walked_whole(journal: Journal, engine: Engine) -> None:
    """Records beyond one batch are walked and exported like the first."""
    with engine.begin() as connection:
        head = audit.take_head(connection)
        for _ in range(1_001):
            head = audit.append(connection, head, DENIED)

    assert journal.audit.verify() == audit.AuditReport(count=1_001, head=head.hash)
    assert len(list(journal.audit.export())) == 1_001


@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        ("UPDATE audit SET detail = '[frozen] ne' WHERE sequence = 2", "record 2 was changed"),
        ("UPDATE audit SET who = 'U0EVE' WHERE sequence = 5", "record 5 was changed"),
        ("UPDATE audit SET at = '2026-11-21 12:00:01.000000' WHERE sequence = 1", "record 1 was"),
        ("UPDATE audit SET hash = 'ffff' WHERE sequence = 3", "record 3 was changed"),
        ("DELETE FROM audit WHERE sequence = 1", "between records 0 and 2"),
        ("DELETE FROM audit WHERE sequence = 3", "between records 2 and 4"),
        ("DELETE FROM audit WHERE sequence = 5", "ends at record 4, its head says 5"),
        ("DELETE FROM audit", "ends at record 0, its head says 5"),
        ("DELETE FROM audit_head", "head of the chain is missing"),
        ("UPDATE audit_head SET sequence = 4", "ends at record 5, its head says 4"),
        (
            """INSERT INTO audit SELECT 6, at, who, what, subject, detail, previous, hash
            FROM audit WHERE sequence = 5""",
            "record 6 was changed",
        ),
        (
            """UPDATE audit SET detail = CASE sequence WHEN 2 THEN '3' ELSE '2' END
            WHERE sequence IN (2, 3)""",
            "record 2 was changed",
        ),
    ],
)
def test_tampering_is_found(journal: Journal, engine: Engine, tampering: str, fault: str) -> None:
    """An edit, a deletion, an insertion and a swap are each found and named."""
    _fill(journal, 5)
    with engine.begin() as connection:
        assert connection.execute(text(tampering)).rowcount > 0

    report = journal.audit.verify()

    assert not report.is_sound
    assert any(fault in each for each in report.faults), report.faults


def test_an_export_holds_nothing_while_its_reader_pauses(journal: Journal) -> None:
    """V68: a database that ends idle transactions cuts no export; what is new comes next time."""
    _fill(journal, 1_200)
    exported = journal.audit.export()
    rows = [next(exported) for _ in range(700)]
    assert journal.database.pool.checkedout() == 0  # type: ignore[attr-defined]  # of its kind
    _fill(journal, 5)
    rows += exported
    assert [each["sequence"] for each in rows] == list(range(1, 1_201))


def test_an_export_that_lacks_its_end_says_so(journal: Journal, engine: Engine) -> None:
    """Whole, or an error."""
    _fill(journal, 3)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE sequence = 3"))
    with pytest.raises(JournalUnavailableError, match="ends at record 2, its head says 3"):
        list(journal.audit.export())


def test_a_reordered_chain_is_found(journal: Journal, engine: Engine) -> None:
    """Two records that change places are both found, though each is whole."""
    _fill(journal, 4)
    with engine.begin() as connection:
        for old, new in ((2, 99), (3, 2), (99, 3)):
            moving = text("UPDATE audit SET sequence = :new WHERE sequence = :old")
            connection.execute(moving, {"new": new, "old": old})

    faults = journal.audit.verify().faults

    assert "record 2 was changed" in faults
    assert "record 3 does not follow the one before" in faults


def test_the_chain_is_one_under_a_race(journal: Journal, other: Journal) -> None:
    """Eight threads of two processes append: no fork, no gap."""

    def append(where: Journal) -> None:
        for _ in range(10):
            where.audit.add(DENIED)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, [journal, other] * 4))

    report = journal.audit.verify()
    assert (report.count, report.faults) == (80, ())


def test_a_refused_request_leaves_no_record(journal: Journal) -> None:
    """What was not recorded stands in no audit but by whoever refused it."""
    create(journal, an_operation(1))

    create(journal, an_operation(2))

    assert journal.audit.verify().count == 1


def test_foreign_text_does_not_stop_the_audit(journal: Journal) -> None:
    """NUL and long texts are kept as far as a database can."""
    journal.audit.add(DENIED.model_copy(update={"subject": "a\x00b", "detail": "x" * 5_000}))
    long = ev.PlanRefused(at=NOON, code="c", reason=foreign('"\x00é' * 3_000))
    create(journal, an_operation())
    apply(journal, an_id(1), long)

    first, _, last = journal.audit.export()

    assert first["subject"] == "a\ufffdb"
    assert len(str(first["detail"])) == audit.DETAIL_MAX
    assert json.loads(str(last["detail"]))["code"] == "c"
    assert journal.audit.verify().is_sound


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=5_000), max_size=12))
def test_details_stay_small_and_whole(told: dict[str, str]) -> None:
    """Whatever is told, the audit keeps valid JSON of at most 2,000 characters."""
    detail = audit.compact(dict(told))

    assert len(detail) <= audit.DETAIL_MAX
    assert isinstance(json.loads(detail), dict)


def _fill(journal: Journal, count: int) -> None:
    for number in range(count):
        journal.audit.add(DENIED.model_copy(update={"detail": f"[frozen] {number}"}))

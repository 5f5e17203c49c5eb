"""The audit: one chain over everything, in which no edit goes unnoticed."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text, update

from bot.core import events as ev
from bot.core.errors import JournalUnavailableError
from bot.core.plan import PlannedStep
from bot.core.ports import AuditEntry
from bot.core.records import Parameters
from bot.journal import AuditReport, Journal, audit
from bot.journal.audit_chain import ORIGIN, Anchored, Head, Link, Walk
from bot.journal.audit_entries import DETAIL_MAX, compact
from bot.journal.schema import audit_head
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
    parameters = Parameters(
        version="1.4.0",
        way="skip",
        items=("disk:node-1", "disk:node-2"),
        options=("no-hooks", "wait"),
    )
    create(journal, an_operation(parameters=parameters, follows=an_id(9)))
    plan = planned(an_operation(), steps=2)
    yes = ev.ApprovalGiven(at=NOON, by=BOB, digest=plan.plan.digest)
    steps = (PlannedStep(name="precheck"), PlannedStep(name="snapshot"))
    why = foreign("it has expired")
    longer = ev.PlanExtended(at=NOON, step=1, steps=steps, reason=why)
    apply(journal, an_id(1), plan, yes, permitted(), accepted(), succeeded(), longer)

    first, *_, last = [json.loads(str(each["detail"])) for each in journal.audit.export()]

    assert (first["way"], first["items"]) == ("skip", "disk:node-1, disk:node-2")
    assert first["options"] == "no-hooks, wait"
    assert first["follows"] == an_id(9)
    reason = why.model_dump(mode="json")
    assert last == {"reason": reason, "step": 1, "steps": "precheck, snapshot"}


def test_an_untouched_chain_is_sound(journal: Journal) -> None:
    """Walking the chain counts its records and names its head."""
    assert journal.audit.verify() == AuditReport(count=0, head=ORIGIN)
    _fill(journal, 3)

    report = journal.audit.verify()

    assert (report.count, report.is_sound) == (3, True)
    assert report.head == list(journal.audit.export())[-1]["hash"]


def test_who_adds_waits_for_nobody(journal: Journal, other: Journal, engine: Engine) -> None:
    """A record is there with what it tells of; the sealer chains it later, and verify counts it.

    On PostgreSQL two add at once: one does not wait for the other's transaction to end.
    """
    with engine.begin() as connection:
        audit.append(connection, DENIED)
        if engine.dialect.name == "postgresql":
            other.audit.add(DENIED)
    waiting = journal.audit.verify()
    rows = list(journal.audit.export())

    assert (waiting.count, waiting.unsealed) == (0, len(rows))
    assert {(each["sequence"], each["hash"]) for each in rows} == {(None, None)}
    assert journal.audit.seal() == len(rows)
    assert journal.audit.seal() == 0
    assert journal.audit.verify().unsealed == 0
    assert journal.audit.verify().count == len(rows)


def test_the_chain_is_in_the_order_of_what_was_added(journal: Journal) -> None:
    """Of one operation the events stand in the chain as they happened."""
    create(journal, an_operation())
    apply(journal, an_id(1), *to_the_end(an_operation()))
    journal.audit.seal()
    kinds = [event.kind for _, event in journal.operations.events(an_id(1))]
    assert [each["what"] for each in journal.audit.export()] == kinds


def test_a_chain_of_before_goes_on(journal: Journal, engine: Engine) -> None:
    """What an older version chained itself is followed by what is sealed now, and verified."""
    _fill(journal, 2)
    journal.audit.add(DENIED)
    journal.audit.add(DENIED)

    journal.audit.seal()

    report = journal.audit.verify()
    assert (report.count, report.faults) == (4, ())
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT sequence, previous, hash FROM audit")).all()
    assert all(after.previous == before.hash for before, after in pairwise(sorted(rows)))


def test_a_damaged_row_harms_itself_alone(journal: Journal, engine: Engine) -> None:
    """V54: what is no moment any more is sealed as it stands, and so is everything after it."""
    if engine.dialect.name == "postgresql":
        return  # it refuses what is no moment
    journal.audit.add(DENIED)
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_unsealed SET at = 'never'"))
    journal.audit.add(DENIED)
    assert journal.audit.seal() == 2
    assert journal.audit.verify().is_sound


def test_a_long_chain_is_walked_whole(journal: Journal, engine: Engine) -> None:
    """Records beyond one batch are sealed, walked and exported like the first."""
    with engine.begin() as connection:
        for _ in range(1_001):
            audit.append(connection, DENIED)

    assert journal.audit.seal() == 1_001
    assert journal.audit.verify().count == 1_001
    assert len(list(journal.audit.export())) == 1_001


HEAD: Final = "UPDATE audit_head SET sequence = {0}"
RENUMBERED: Final = (
    "UPDATE audit SET sequence = sequence + 1000 WHERE sequence > {0}",
    "UPDATE audit SET sequence = sequence - 1000 {1} 1 WHERE sequence > 1000",
)
COPIED: Final = (
    "INSERT INTO audit SELECT {1}, at, who, what, subject, detail, previous, hash "
    "FROM audit WHERE sequence = {0}"
)


@pytest.mark.parametrize(
    ("tampering", "faults"),
    [
        ("UPDATE audit SET detail = '[frozen] ne' WHERE sequence = 2", ["record 2 was changed"]),
        ("UPDATE audit SET who = 'U0EVE' WHERE sequence = 5", ["record 5 was changed"]),
        (
            "UPDATE audit SET at = '2026-11-21 12:00:01.000000' WHERE sequence = 1",
            ["record 1 was changed"],
        ),
        ("UPDATE audit SET hash = 'ffff' WHERE sequence = 3", ["record 3 was changed"]),
        (
            "UPDATE audit SET hash = 'ffff' WHERE sequence = 5",
            ["record 5 was changed", "the head of the chain does not name record 5"],
        ),
        ("DELETE FROM audit WHERE sequence = 1", ["record 1 is missing"]),
        ("DELETE FROM audit WHERE sequence = 3", ["record 3 is missing"]),
        ("DELETE FROM audit WHERE sequence in (2, 3)", ["records 2 to 3 are missing"]),
        (
            "DELETE FROM audit WHERE sequence = 5",
            ["the chain ends at record 4, its head says 5: the records after it are missing"],
        ),
        (
            "DELETE FROM audit",
            ["the chain ends at record 0, its head says 5: the records after it are missing"],
        ),
        ("DELETE FROM audit_head", ["the head of the chain is missing"]),
        (
            "UPDATE audit_head SET sequence = 4",
            [
                "record 5 was inserted outside of the chain",
                "the chain ends at record 5, its head says 4",
            ],
        ),
        (
            COPIED.format(5, 6),
            [
                "record 6 was inserted outside of the chain",
                "the chain ends at record 6, its head says 5",
            ],
        ),
        (
            """UPDATE audit SET detail = CASE sequence WHEN 2 THEN '3' ELSE '2' END
            WHERE sequence IN (2, 3)""",
            ["record 2 was changed", "record 3 was changed"],
        ),
        (
            """UPDATE audit SET sequence = -sequence WHERE sequence IN (2, 3);
            UPDATE audit SET sequence = sequence + 5 WHERE sequence < 0""",
            ["records 2 and 3 were swapped"],
        ),
        (
            """UPDATE audit SET sequence = -sequence WHERE sequence IN (1, 5);
            UPDATE audit SET sequence = sequence + 6 WHERE sequence < 0""",
            [
                "records 1 and 5 were swapped",
                "the head of the chain does not name record 5",
            ],
        ),
        (
            ";".join((*RENUMBERED, COPIED.format(2, 3), HEAD.format(6))).format(2, "+"),
            ["record 3 was inserted: those after it stand one later"],
        ),
        (
            ";".join(("DELETE FROM audit WHERE sequence = 3", *RENUMBERED, HEAD.format(4))).format(
                3, "-"
            ),
            ["record 3 was removed: those after it stand one earlier"],
        ),
    ],
)
def test_tampering_is_found(
    journal: Journal, engine: Engine, tampering: str, faults: list[str]
) -> None:
    """An edit, a deletion, an insertion and a swap are each found and named, and nothing else."""
    _fill(journal, 5)
    _tampered(engine, tampering)

    report = journal.audit.verify()

    assert not report.is_sound
    assert list(report.faults) == faults


@given(st.data())
def test_every_byte_counts(data: st.DataObject) -> None:
    """Whichever record is changed in whichever field by one character: it is named, alone."""
    links = _links(6)
    seat = data.draw(st.integers(0, 5))
    name = data.draw(st.sampled_from(("who", "what", "subject", "detail")))
    link, kept = links[seat]
    word = str(getattr(link, name))
    place = data.draw(st.integers(0, len(word) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda each: each != word[place]))
    changed = Link(**{**link._asdict(), name: word[:place] + other + word[place + 1 :]})
    links[seat] = (changed, kept)
    assert _walked(links).faults == (f"record {seat + 1} was changed",)


@given(st.integers(2, 9), st.data())
def test_of_any_chain_the_lost_the_added_and_the_swapped_are_named(
    length: int, data: st.DataObject
) -> None:
    """Each of the three, at any place of any chain, however the rest was renumbered."""
    links = _links(length)
    seat = data.draw(st.integers(1, length - 1))  # not the last one: that is the head's
    lost = [each for each in links if each[0].sequence != seat]
    assert _walked(lost, head=links[-1]).faults == (f"record {seat} is missing",)
    closed = [
        (link._replace(sequence=link.sequence - (link.sequence > seat)), kept)
        for link, kept in lost
    ]
    removed = f"record {seat} was removed: those after it stand one earlier"
    assert _walked(closed).faults == (removed,)
    opened = [
        (link._replace(sequence=link.sequence + (link.sequence >= seat)), kept)
        for link, kept in links
    ]
    previous = links[seat - 2][1] if seat > 1 else ORIGIN
    forged = Link(seat, NOON, "U0EVE", "denied", "x", "{}", previous)
    more = sorted([*opened, (forged, forged.hash)])
    inserted = f"record {seat} was inserted: those after it stand one later"
    assert _walked(more).faults == (inserted,)
    first, second = links[seat - 1], links[seat]
    swapped = [*links]
    swapped[seat - 1] = (second[0]._replace(sequence=seat), second[1])
    swapped[seat] = (first[0]._replace(sequence=seat + 1), first[1])
    told = _walked(swapped, head=links[-1]).faults
    assert told[0] == f"records {seat} and {seat + 1} were swapped"


def test_an_anchor_finds_what_the_chain_cannot(journal: Journal, engine: Engine) -> None:
    """A tail that was cut off with its head, and a chain that was written anew from some record."""
    _fill(journal, 5)
    rows = {int(str(each["sequence"])): str(each["hash"]) for each in journal.audit.export()}
    anchors = [Anchored(number, rows[number], f"day {number}") for number in (2, 4, 5)]
    assert journal.audit.verify(anchors) == journal.audit.verify().model_copy(
        update={"anchored": 5}
    )
    _tampered(engine, "DELETE FROM audit WHERE sequence > 3")
    _tampered(engine, HEAD.format(3))
    with engine.begin() as connection:
        connection.execute(update(audit_head).values(hash=rows[3]))
    assert journal.audit.verify().is_sound
    assert journal.audit.verify(anchors).faults == (
        "records 4 to 4 are cut off: they were there at day 4",
        "records 4 to 5 are cut off: they were there at day 5",
    )
    _fill(journal, 2)
    assert journal.audit.verify().is_sound
    assert journal.audit.verify(anchors).faults == (
        "one of the records 3 to 4 was rewritten since day 4, with all hashes after it",
        "one of the records 3 to 5 was rewritten since day 5, with all hashes after it",
    )
    assert journal.audit.verify(anchors).anchored == 2


@pytest.mark.parametrize("damage", ["changed", "every other one lost", "copied"])
def test_a_walk_keeps_little_in_mind_whatever_it_meets(damage: str) -> None:
    """However much of a chain is damaged, its walk has a bound of memory, and names a hundred."""

    def damaged() -> Iterator[tuple[Link, str]]:
        for link, kept in _links(6_000):
            if damage == "changed":
                yield link._replace(who="U0MALLORY"), kept
            elif damage == "copied":
                yield link._replace(sequence=link.sequence), "f" * 64
            elif link.sequence % 2:
                yield link, kept

    walk = Walk(Head(6_000, "f" * 64))
    report = walk.along(damaged())
    assert 2 <= len(report.faults) <= 100
    kept = [each for each in vars(walk).values() if isinstance(each, dict | list | set)]
    assert max(len(each) for each in kept) <= 1_000


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


def test_the_chain_is_one_under_a_race(journal: Journal, other: Journal) -> None:
    """Four threads of two processes add while four seal: no fork, no gap, nothing twice."""

    def add(where: Journal) -> None:
        for _ in range(10):
            where.audit.add(DENIED)

    def seal(where: Journal) -> None:
        for _ in range(5):
            where.audit.seal()

    with ThreadPoolExecutor(8) as pool:
        adding = [pool.submit(add, where) for where in [journal, other] * 2]
        sealing = [pool.submit(seal, where) for where in [journal, other] * 2]
        for each in (*adding, *sealing):
            each.result()

    journal.audit.seal()
    report = journal.audit.verify()
    assert (report.count, report.faults, report.unsealed) == (40, (), 0)


def test_a_refused_request_leaves_no_record(journal: Journal) -> None:
    """What was not recorded stands in no audit but by whoever refused it."""
    create(journal, an_operation(1))

    create(journal, an_operation(2))

    assert journal.audit.unsealed() == 1


def test_foreign_text_does_not_stop_the_audit(journal: Journal) -> None:
    """NUL and long texts are kept as far as a database can."""
    journal.audit.add(DENIED.model_copy(update={"subject": "a\x00b", "detail": "x" * 5_000}))
    long = ev.PlanRefused(at=NOON, code="c", reason=foreign('"\x00é' * 3_000))
    create(journal, an_operation())
    apply(journal, an_id(1), long)

    first, _, last = journal.audit.export()

    assert first["subject"] == "a\ufffdb"
    assert len(str(first["detail"])) == DETAIL_MAX
    assert json.loads(str(last["detail"]))["code"] == "c"
    journal.audit.seal()
    assert journal.audit.verify().is_sound


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=5_000), max_size=12))
def test_details_stay_small_and_whole(told: dict[str, str]) -> None:
    """Whatever is told, the audit keeps valid JSON of at most 2,000 characters."""
    detail = compact(dict(told))

    assert len(detail) <= DETAIL_MAX
    assert isinstance(json.loads(detail), dict)


def _fill(journal: Journal, count: int) -> None:
    for number in range(count):
        journal.audit.add(DENIED.model_copy(update={"detail": f"[frozen] {number}"}))
    journal.audit.seal()


def _tampered(engine: Engine, statements: str) -> None:
    with engine.begin() as connection:
        for each in statements.split(";"):
            assert connection.execute(text(each)).rowcount > 0


def _links(count: int) -> list[tuple[Link, str]]:
    made: list[tuple[Link, str]] = []
    previous = ORIGIN
    for number in range(1, count + 1):
        link = Link(number, NOON, ANN, "denied", "checkout", f"number {number}", previous)
        previous = link.hash
        made.append((link, previous))
    return made


def _walked(links: list[tuple[Link, str]], head: tuple[Link, str] | None = None) -> AuditReport:
    last, kept = head or links[-1]
    return Walk(Head(last.sequence, kept)).along(links)

"""`slipway incidents`: what scripts rely on, and the document that people go on with."""

import json
from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core import incidents as inc
from bot.core.incidents import Incident, happened
from bot.core.records import Moment
from bot.journal import Journal
from tests.cli.conftest import Run
from tests.core.test_incidents import an_incident
from tests.journal.builders import ANN, NOON, an_id, an_operation, apply, create, to_the_end

KEYS: Final = [
    "id", "title", "severity", "phase", "lead", "opener", "channel", "targets", "opened_at",
    "closed_at", "summary", "timeline",
]  # fmt: skip
MINUTE: Final = timedelta(minutes=1)


@pytest.fixture
def told(journal: Journal) -> Incident:
    """An incident of an hour that was opened, noted in, and closed."""
    return _closed(journal, NOON + 60 * MINUTE)


def _closed(journal: Journal, at: Moment) -> Incident:
    """Return an incident that was noted in, and closed at *at*; checkout was deployed meanwhile."""
    opening = inc.Opened(at=NOON, by=ANN, targets=("checkout",))
    now = journal.incidents.open(an_incident(), opening, delivery="1.1", noted=None)
    later = NOON + MINUTE
    create(journal, an_operation(created_at=later))
    apply(journal, an_id(1), *to_the_end(an_operation(), later))
    for event in (
        inc.ChannelMade(at=NOON, by="slipway", channel="C0INC", name="inc-1121-checkout-5xx"),
        inc.Noted(at=NOON + MINUTE / 2, by=ANN, text="*errors* | since 14:02"),
        inc.IncidentClosed(at=at, by=ANN, summary="a bad image"),
    ):
        now = journal.incidents.keep(now, happened(now, event), event)
    return now


def test_an_incident_as_json_is_what_the_contract_says(told: Incident, here: Run) -> None:
    """Keys, times and the timeline: its own events, and operations on its targets, in order."""
    shown: dict[str, Any] = json.loads(here("incidents", "show", told.id, "--json").out)
    assert list(shown) == KEYS
    assert (shown["phase"], shown["summary"], shown["channel"]) == (
        "closed",
        "a bad image",
        "C0INC",
    )
    assert shown["closed_at"].endswith("Z")
    entries = shown["timeline"]
    assert [set(each) for each in entries] == [{"at", "by", "kind", "text", "operation"}] * 7
    assert [each["kind"] for each in entries] == [
        "opened", "channel", "note", "operation", "approval", "operation", "closed",
    ]  # fmt: skip
    assert entries[2]["text"] == f"{ANN}: *errors* | since 14:02"
    assert {each["operation"] for each in entries} == {None, an_id(1)}
    assert entries[4]["text"].startswith("U0BOB approved: Deploy checkout")
    assert "succeeded" in entries[5]["text"]
    listed = json.loads(here("incidents", "list", "--json").out)
    assert [each["id"] for each in listed] == [told.id]
    assert json.loads(here("incidents", "list", "--json", "--open").out) == []


def test_an_incident_as_a_document(told: Incident, here: Run) -> None:
    """Markdown with each time in its zone; marks that people typed stay letters."""
    page = here("incidents", "export", told.id).out
    assert page.startswith("# Checkout 5xx\n")
    for words in ("## Summary", "a bad image", "## Timeline", "UTC", "1 h"):
        assert words in page
    assert r"\*errors\* \| since 14:02" in page
    assert json.loads(here("incidents", "export", told.id, "--format", "json").out)["id"] == told.id


def test_incidents_as_lines(told: Incident, here: Run) -> None:
    """One line each; with its timeline below."""
    assert told.id in here("incidents", "list").out
    lines = here("incidents", "show", told.id.upper()).out.splitlines()
    assert "Checkout 5xx" in here("incidents", "export", told.id.upper()).out
    assert "Checkout 5xx" in lines[0]
    assert len(lines) == 8


def test_an_incident_that_is_not_there(here: Run, told: Incident) -> None:  # noqa: ARG001 - a journal
    """Said on standard error, and no success."""
    done = here("incidents", "show", "inc-000000")
    assert done.code == 1
    assert "there is no incident" in done.err


def test_a_document_is_the_same_after_hundreds_of_deployments(journal: Journal, here: Run) -> None:
    """What was done in an incident stands there however often its target was changed since."""
    told = _closed(journal, NOON + 5 * MINUTE)
    before = here("incidents", "export", told.id).out
    assert "## Operations\n\n- Deploy checkout" in before
    for number in range(2, 105):
        later = NOON + 10 * MINUTE + timedelta(seconds=number)
        create(journal, an_operation(number, created_at=later))
        apply(journal, an_id(number), *to_the_end(an_operation(number), later))
    assert here("incidents", "export", told.id).out == before


def test_what_an_incident_tells_of_stays_as_long_as_its_age(
    told: Incident, journal: Journal, here: Run
) -> None:
    """Pruned is what ended before, but for what an incident was made of that closed later."""
    while rows := journal.outbox.claim(NOON + timedelta(days=1), 50, MINUTE):
        for number, row in enumerate(rows):
            journal.outbox.sent(row, f"{number}.{row.claim}", 99, NOON + timedelta(days=1))
    before = here("incidents", "export", told.id).out
    early = here("prune", "--before", "2026-11-21T12:30:00Z")
    assert (early.out, early.code) == ("", 0)
    assert "0 operations have left, 1 that ended before stays" in early.err
    assert here("incidents", "export", told.id).out == before
    late = here("prune", "--before", "2026-11-21T13:30:00Z")
    assert json.loads(late.out.splitlines()[0])["id"] == an_id(1)
    assert "1 operation has left" in late.err


@pytest.mark.usefixtures("journal")
def test_that_there_is_none_is_said(here: Run) -> None:
    """Nothing for scripts, and a sentence beside it for people."""
    assert here("incidents", "list") == (0, "", "No incidents.\n")
    assert here("incidents", "list", "--open") == (0, "", "No incidents are open.\n")


def test_the_open_ones_are_the_newest_first(journal: Journal, here: Run) -> None:
    """As all are: what a limit leaves out is the oldest."""
    for number, name in enumerate(("inc-000001", "inc-000002", "inc-000003")):
        at = NOON + number * MINUTE
        opening = inc.Opened(at=at, by=ANN, targets=("checkout",))
        incident = an_incident(id=name, opened_at=at)
        journal.incidents.open(incident, opening, delivery=name, noted=None)

    def ids(*options: str) -> list[str]:
        rows = json.loads(here("incidents", "list", "--json", *options).out)
        return [each["id"] for each in rows]

    assert ids("--open") == ids() == ["inc-000003", "inc-000002", "inc-000001"]
    assert ids("--open", "--limit", "1") == ["inc-000003"]

"""`slipway state`: what locks, freezes and a halt hold, for scripts."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.app.resources import now
from bot.core.rules import FreezeBegun, HaltBegun, Locked
from bot.journal import Journal
from tests.cli.conftest import Run
from tests.journal.builders import ANN, BOB

EVER = "    freezes: [{days: mon-sun, reason: never}]\n"
NOTHING: Final[dict[str, object]] = {"locks": [], "freezes": [], "halt": None, "queues": {}}


@pytest.fixture
def held(journal: Journal) -> datetime:
    """Lock, freeze and halt; return since when."""
    at = now().replace(microsecond=0)
    later, over = at + timedelta(hours=2), at - timedelta(seconds=1)
    for event in (
        Locked(target="checkout", by=ANN, at=at, reason="Black Friday", until=later),
        Locked(target="billing", by=BOB, at=at, reason="careful", is_warning=True),
        Locked(target="edge", by=BOB, at=at, reason="over", until=over),
        FreezeBegun(target="prod", scope="policy", by=BOB, at=at, reason="stocktaking"),
        FreezeBegun(target="edge", scope="target", by=BOB, at=at, reason="over", until=over),
        HaltBegun(target="all", by=ANN, at=at, reason="network down"),
    ):
        journal.target_facts.keep(event)
    return at


def test_the_state_is_what_the_contract_says(held: datetime, here: Run) -> None:
    """Locks, freezes and the halt that last, with the keys of the contract; times in UTC."""
    since = held.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    until = (held + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    done = here("state", "--json")
    assert done.code == 0
    assert json.loads(done.out) == {
        "locks": [
            {"target": "billing", "by": BOB, "reason": "careful", "since": since, "until": None,
             "kind": "warning"},
            {"target": "checkout", "by": ANN, "reason": "Black Friday", "since": since,
             "until": until, "kind": "lock"},
        ],
        "freezes": [
            {"scope": "prod", "kind": "policy", "by": BOB, "reason": "stocktaking", "since": since,
             "until": None, "source": "command"},
        ],
        "halt": {"by": ANN, "reason": "network down", "since": since},
        "queues": {},
    }  # fmt: skip


@pytest.mark.usefixtures("journal")
def test_freezes_of_the_file_are_part_of_it(here: Run, tmp_path: Path) -> None:
    """What slipway.yaml freezes now has its line as source, and nobody who ordered it."""
    path = tmp_path / "slipway.yaml"
    path.write_text(path.read_text().replace("    approve:", f"{EVER}    approve:", 1))
    (freeze,) = json.loads(here("state", "--json").out)["freezes"]
    assert freeze == {"scope": "prod", "kind": "policy", "by": None, "reason": "never",
                      "since": None, "until": None, "source": "policies.prod.freezes"}  # fmt: skip


@pytest.mark.usefixtures("journal")
def test_nothing_is_said_where_nothing_holds(here: Run) -> None:
    """Empty lists as JSON, and no line for scripts; people are told so beside it."""
    assert json.loads(here("state", "--json").out) == NOTHING
    told = here("state")
    assert told.out == ""
    assert told.err == "Nothing is locked, frozen or halted, and nobody waits.\n"


@pytest.mark.usefixtures("held")
def test_the_state_in_words_has_a_line_for_each(here: Run) -> None:
    """Who reads it in a terminal sees what holds, a line each."""
    lines = here("state").out.splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["lock", "lock", "freeze", "halt"]
    assert "reason=Black Friday" in lines[1]

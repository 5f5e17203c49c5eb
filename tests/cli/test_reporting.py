"""`slipway report`: what scripts rely on."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from bot.app.resources import now
from bot.core.operation import AwaitingApproval
from bot.journal import Journal
from tests.cli.conftest import Run
from tests.journal.builders import HOUR, an_operation, apply, create, to_the_end

KEYS: Final = (
    "scope", "name", "days", "since", "until", "deployments", "deployments_per_day", "failed",
    "rolled_back", "failed_share", "lead_time", "waiting_for_approval", "running",
    "time_to_restore", "estimate_error", "within_p90", "by_day", "suspects", "policies", "targets",
    "is_cut",
)  # fmt: skip


def deployed(journal: Journal, number: int, at: datetime) -> None:
    """Record a deployment that went well at that moment."""
    gate = AwaitingApproval(expires_at=at + HOUR)
    asked = an_operation(number, created_at=at, phase=gate)
    create(journal, asked, delivery=str(number))
    apply(journal, asked.id, *to_the_end(asked, at))


def test_a_report_is_made_of_the_last_days(journal: Journal, here: Run) -> None:
    """Of all, of a policy, of a target; what is older is none of it."""
    today = now()
    for number, days in ((1, 2), (2, 40)):
        at = today - timedelta(days=days)
        deployed(journal, number, at)
    told: dict[str, Any] = json.loads(here("report", "--json").out)
    assert tuple(told) == KEYS
    assert (told["scope"], told["days"], told["deployments"]) == ("all", 30, 1)
    assert list(told["targets"]) == ["checkout"]
    assert list(told["policies"]) == ["prod"]
    assert told["since"].endswith("Z")
    assert sum(each["deployments"] for each in told["by_day"]) == 1
    longer = json.loads(here("report", "checkout", "--days", "90", "--json").out)
    assert (longer["scope"], longer["name"], longer["deployments"]) == ("target", "checkout", 2)
    assert json.loads(here("report", "prod", "--json").out)["scope"] == "policy"


def test_a_report_in_words_has_no_marks(journal: Journal, here: Run) -> None:
    """What a terminal shows are words alone; without deployments it says so."""
    assert "Nothing was deployed." in here("report").out
    today = now()
    deployed(journal, 1, today)
    told = here("report").out
    assert "1 deployment" in told
    assert "*" not in told


def test_what_nothing_is_called_is_a_configuration_fault(journal: Journal, here: Run) -> None:
    """A name that is no target and no policy is not taken for one without figures."""
    assert journal.operations.recent(1) == ()
    done = here("report", "nonsense")
    assert done.code == 3
    assert "nonsense" in done.err

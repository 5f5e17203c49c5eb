"""Home, forms, reports and incidents in Chinese: no English but what comes from outside."""

import re
from typing import Any, Final

import pytest

from bot.core.incidents import happened
from bot.core.outcomes import (
    ChangeFormWanted,
    IncidentFormWanted,
    PreviewWanted,
    TargetChoice,
    VersionChoice,
)
from bot.views.blocks import faults
from bot.views.change_forms import change_form, planned_form
from bot.views.home import HomeEntry, HomeShown, home_blocks
from bot.views.incident_forms import form_about
from bot.views.incidents import announcement, card_of, line_of
from bot.views.pickers import options
from bot.views.previews import preview_form
from bot.views.reports import drawn_report
from tests.core.test_incidents import EVENTS, an_incident
from tests.journal.builders import ANN
from tests.views.figures import EMPTY, REPORT, RUNS
from tests.views.hostile import infested
from tests.views.samples import NOON, told
from tests.views.seen import texts
from tests.views.test_change_forms import ABOUT, BACK, PLANNED
from tests.views.test_home import FULL
from tests.views.test_incidents import ANNOUNCED, CARDS, after
from tests.views.test_languages import ZH, in_chinese

ABOUT_ZH: Final = infested(ABOUT, ["外"])
REPORTS: Final = {"full": REPORT, "empty": EMPTY}


def readable(value: Any) -> None:
    """Assert that all texts of *value* are Chinese."""
    in_chinese(re.sub(r" ?\[[a-z_.]+\]", "", each) for each in texts(value))


def entries(shown: tuple[HomeEntry, ...]) -> tuple[HomeEntry, ...]:
    """Return them with people as they are called in Chinese."""
    facts = (each.facts.model_copy(update={"names": ZH.names}) for each in shown)
    return tuple(
        each.model_copy(update={"facts": fact}) for each, fact in zip(shown, facts, strict=True)
    )


@pytest.mark.parametrize("home", [FULL, HomeShown(now=NOON)], ids=["full", "empty"])
def test_home_is_chinese(home: HomeShown) -> None:
    """What waits, runs and is held, for whoever uses Slack in Chinese."""
    known = {name: entries(getattr(home, name)) for name in ("waiting", "mine", "running")}
    shown = home.model_copy(update={**known, "runs": RUNS})
    blocks = home_blocks(infested(shown, ["外"]), ZH)

    assert faults(blocks, "home") == ()
    readable(blocks)


def test_forms_of_changes_are_chinese() -> None:
    """Empty, about a target, with its plan, and the preview of a rollback."""
    planned, back = infested(PLANNED, ["外"]), infested(BACK, ["外"])
    before = infested(told("succeeded"), ["外"])
    readable(change_form(ChangeFormWanted(action="deploy"), ZH)["blocks"])
    readable(change_form(ChangeFormWanted(action="rollback", about=ABOUT_ZH), ZH)["blocks"])
    readable(planned_form("deploy", planned, ZH, asks_reason=True)["blocks"])
    readable(preview_form(PreviewWanted(operation=before, planned=back), ZH)["blocks"])


def test_pickers_offer_in_chinese() -> None:
    """Where a version is known from, and what a target is."""
    choices = (
        TargetChoice(target=ABOUT.target, title=ABOUT.title),
        VersionChoice(version="1.5.0", source="typed"),
        VersionChoice(version="1.4.1", source="cloud"),
        VersionChoice(version="1.2.0", source="history", phase="awaiting_approval", was_sent=False),
    )
    readable(options(choices, ZH))


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_chinese(name: str) -> None:
    """Its words, its charts and its table."""
    drawn = drawn_report(REPORTS[name], ZH)

    in_chinese(iter((drawn.text,)))
    readable(list(drawn.blocks))


@pytest.mark.parametrize("name", CARDS)
def test_an_incidents_card_is_chinese(name: str) -> None:
    """What is wrong, who leads, what is frozen, how it stands."""
    drawn = card_of(infested(CARDS[name], ["外"]), {"checkout": "1.4.0"}, ZH)

    assert faults(list(drawn.blocks)) == ()
    readable(list(drawn.blocks))


@pytest.mark.parametrize("kind", [each for each, event in EVENTS.items() if event.is_told])
def test_an_incidents_line_is_chinese(kind: str) -> None:
    """Each event that the channel hears of, and what others hear."""
    event = infested(EVENTS[kind], ["外"])
    incident = happened(after("closed") if kind == "reopened" else an_incident(), event)
    incident = infested(incident, ["外"])
    in_chinese(iter((line_of(incident, event, 7, ZH).text,)))
    if kind in ANNOUNCED:
        in_chinese(iter((announcement(incident, event, 7, ZH).text,)))


@pytest.mark.parametrize("verb", ["open", "lead", "update", "close"])
def test_an_incidents_form_is_chinese(verb: str) -> None:
    """Each asks for what its wish wants."""
    wanted = IncidentFormWanted(verb=f"incident_{verb}", person=ANN, incident=an_incident())
    readable(form_about(infested(wanted, ["外"]), ZH)["blocks"])

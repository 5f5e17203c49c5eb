"""Incidents as people see them: the card, what channels hear, suspects, answers and forms."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core import incidents as inc
from bot.core.incidents import AnyIncidentEvent, Incident, happened
from bot.core.outcomes import IncidentDone, IncidentFormWanted, IncidentHelp, Suspects
from bot.core.suspects import Candidate, rank
from bot.views.answers import answer
from bot.views.blocks import faults
from bot.views.incident_forms import form_about
from bot.views.incidents import announcement, card_of, line_of, topic
from bot.views.suspects import suspects_of
from tests.core.test_incidents import EVENTS, an_incident
from tests.journal.builders import ANN, NOON
from tests.views.conftest import Golden
from tests.views.samples import EN, told

HOSTILE: Final = "<!here> *x* `y` <@U0ANN>"
ANNOUNCED: Final = ("channel_made", "severity_changed", "closed", "reopened")


def after(*kinds: str, **fields: Any) -> Incident:
    """Return an incident to which these things happened."""
    now = an_incident(**fields)
    for kind in kinds:
        now = happened(now, EVENTS[kind])
    return now


CARDS: Final = {
    "open": after("channel_made"),
    "updated": after("channel_made", "update_given", "targets_added"),
    "closed": after("channel_made", "closed"),
    "not_frozen": after(freezes=False),
    "hostile": after(title=HOSTILE),
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_as_it_was(name: str, golden: Golden) -> None:
    """What is wrong, who leads, what is frozen, how it stands; buttons while it is open."""
    drawn = card_of(CARDS[name], {"checkout": "1.4.0"}, EN)
    golden(f"incidents/card_{name}", {"text": drawn.text, "blocks": list(drawn.blocks)})
    assert not list(faults(drawn.blocks, "message"))
    assert "<!here>" not in drawn.text


@pytest.mark.parametrize("kind", [each for each, event in EVENTS.items() if event.is_told])
def test_a_line_is_as_it_was(kind: str, golden: Golden) -> None:
    """Each event that the channel hears of, in words."""
    event = EVENTS[kind]
    incident = happened(after("closed") if kind == "reopened" else an_incident(), event)
    golden(f"incidents/line_{kind}", line_of(incident, event, 7, EN).text)


@pytest.mark.parametrize("kind", ANNOUNCED)
def test_an_announcement_is_as_it_was(kind: str, golden: Golden) -> None:
    """What others hear names what is wrong, and where to go."""
    incident = happened(after("closed") if kind == "reopened" else an_incident(), EVENTS[kind])
    golden(f"incidents/said_{kind}", announcement(incident, EVENTS[kind], 7, EN).text)


def test_what_may_have_caused_it_is_as_it_was(golden: Golden) -> None:
    """Each suspect with its reasons, and a way back or why not."""
    operation = told("succeeded")
    ended = NOON - timedelta(minutes=4)
    candidate = Candidate(
        operation=operation.id,
        target="checkout",
        place="own",
        kind="content",
        action="deploy",
        begun=ended,
        ended=ended,
        before="1.3.0",
        after="1.4.0",
    )
    found = Suspects(ranking=rank([candidate], NOON), operations={operation.id: operation})
    drawn = suspects_of(an_incident(), found, EN)
    golden("incidents/suspects", {"text": drawn.text, "blocks": list(drawn.blocks)})
    assert not list(faults(drawn.blocks, "message"))


@pytest.mark.parametrize("verb", ["open", "lead", "update", "close"])
def test_a_form_is_as_it_was(verb: str, golden: Golden) -> None:
    """Each asks for what its wish wants, within what Slack takes."""
    wanted = IncidentFormWanted(verb=f"incident_{verb}", person=ANN, incident=an_incident())
    golden(f"incidents/form_{verb}", form_about(wanted, EN))


def test_answers_are_as_they_were(golden: Golden) -> None:
    """What whoever typed reads: what came of it, and the help."""
    opening: AnyIncidentEvent = inc.Opened(at=NOON, by=ANN, targets=("checkout",))
    done = IncidentDone(incident=an_incident(), event=opening)
    golden("incidents/answer_opened", answer(done, EN).text)
    golden("incidents/answer_help", answer(IncidentHelp(), EN).text)


def test_a_topic_is_plain_and_fits() -> None:
    """Slack draws no marks there, and takes 250 characters."""
    long = an_incident().model_copy(update={"targets": tuple(f"t{n}" for n in range(200))})
    words = topic(long, "Ann <b>", EN)
    assert len(words) <= 250
    assert not set(words) & set("<>*`")

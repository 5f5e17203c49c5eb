"""An incident from its opening to its end, in a schedule, and what must hold of it after each.

Whoever opens and was not answered looks whether it is there before typing again, as people do.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from sqlalchemy import func, select

from bot.core.codes import Denied
from bot.core.incidents import Incident
from bot.core.outcomes import Caller, IncidentDone, Outcome
from bot.journal.incident_tables import incident_freezes
from bot.sandbox.slack import Message
from tests.faults.content import ANN, DEPLOYS
from tests.faults.play import TRIES, Play, RestlessError

TITLE: Final = "Checkout 5xx"
NOTE: Final = "errors since 14:02"
SUMMARY: Final = "a bad image"
MADE_BY_SLIPWAY: Final = "C0NEW"  # what ids of channels begin with that an app has made


def play_incident(play: Play, _: dict[str, str]) -> None:
    """Ann opens an incident of checkout, notes something, and closes it."""
    play.stage.points.watch()
    opened = _until(play, partial(_open_one, play), f'open "{TITLE}" checkout', DEPLOYS)
    if opened is None:
        raise RestlessError
    if _frozen(play) != 1:
        play.unlocked.append(f"{opened.id} is open, and its target is not frozen")
    play.settle()
    _until(play, partial(_after, play, "noted"), f'note {opened.id} "{NOTE}"', DEPLOYS)
    play.settle()
    _until(play, partial(_after, play, "closed"), f'close {opened.id} "{SUMMARY}"', DEPLOYS)
    if _frozen(play) != 0:
        play.unlocked.append(f"{opened.id} is closed, and its target is frozen")
    play.settle()
    play.wake()
    play.settle()


def incident_findings(play: Play) -> Iterator[str]:
    """Yield what is wrong after a run: one channel, one freeze, and no lost entry."""
    found = play.stage.journal.incidents.newest(9)
    if len(found) != 1:
        yield f"other: {len(found)} incidents"
        return
    [incident] = found
    yield from _timeline(play, incident)
    state = play.stage.workspace.state
    made = [each for each in state.channels if each.startswith(MADE_BY_SLIPWAY)]
    if made != [incident.channel]:
        yield f"duplicated mutation: channels {made}, and the incident's is {incident.channel}"
        return
    yield from _shown(play, made[0])


def _timeline(play: Play, incident: Incident) -> Iterator[str]:
    events = play.stage.journal.incidents.events(incident.id)
    numbers = [sequence for sequence, _ in events]
    if numbers != list(range(1, len(events) + 1)):
        yield f"other: the timeline's numbers are {numbers}"
    kinds = Counter(event.kind for _, event in events)
    for kind in ("opened", "channel_made", "noted", "closed"):
        if kinds[kind] != 1:
            yield f"other: {kinds[kind]} entries of {kind}"


def _shown(play: Play, channel: str) -> Iterator[str]:
    """Yield what its channel lacks, or has twice."""
    state = play.stage.workspace.state
    messages = play.stage.workspace.messages(channel)
    cards = [each for each in messages if _sequence(each) == 0]
    if len(cards) != 1 or "closed" not in cards[0].text:
        yield f"lost final: {len(cards)} cards, {[each.text[:80] for each in cards]}"
        return
    if state.pins.get(channel) != [cards[0].ts]:
        yield f"other: pinned {state.pins.get(channel)}"
    if len(state.bookmarks.get(channel, ())) != 1:
        yield f"other: {len(state.bookmarks.get(channel, ()))} bookmarks"
    place = state.channels[channel]
    if ANN not in place.members or not place.topic or not place.purpose:
        yield "other: somebody is not invited, or topic or purpose lack"
    ends = [each for each in messages if "closed the incident" in each.text]
    if len(ends) != 1:
        yield f"lost final: {len(ends)} lines of its end"
    files = [file for each in messages for file in each.files]
    if len(files) != 1:
        yield f"duplicated mutation: {len(files)} files"
    if channel not in state.canvases or any("canvas of" in each.text for each in messages):
        yield "other: no canvas, or it is said that there is one already"


def _sequence(message: Message) -> int | None:
    told = message.metadata or {}
    if told.get("event_type") != "slipway_incident":
        return None
    return int(told["event_payload"]["sequence"])


def _until(
    play: Play, is_there: Callable[[], Incident | None], words: str, channel: str
) -> Incident | None:
    """Let Ann type until what she wished is there."""
    caller = Caller(user=ANN, team=play.stage.workspace.config.team_id, channel=channel)
    for number in range(TRIES):
        found = is_there()
        if found is not None:
            return found
        delivery = f"incident-{words[:6]}-{number}"
        wish = partial(play.stage.service.typed, "incident", words, by=caller, delivery=delivery)
        outcome: Outcome | None = play.answered(wish)
        if isinstance(outcome, IncidentDone):
            return outcome.incident
        if isinstance(outcome, Denied):
            raise RestlessError(outcome)
    return is_there()


def _open_one(play: Play) -> Incident | None:
    return next(iter(play.stage.journal.incidents.newest(1)), None)


def _after(play: Play, kind: str) -> Incident | None:
    """Return the incident where this has happened to it."""
    incident = _open_one(play)
    if incident is None:
        return None
    events = play.stage.journal.incidents.events(incident.id)
    return incident if any(event.kind == kind for _, event in events) else None


def _frozen(play: Play) -> int:
    with play.stage.journal.database.connect() as connection:
        counted = connection.execute(select(func.count()).select_from(incident_freezes))
        return int(counted.scalar_one())

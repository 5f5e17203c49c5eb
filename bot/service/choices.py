"""What the pickers of forms offer: targets that a person is shown, and versions of one."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from bot.core.codes import Denied, Value
from bot.core.errors import CloudError
from bot.core.operation import Operation
from bot.core.outcomes import Choice, TargetChoice, VersionChoice
from bot.core.records import UserId
from bot.core.rules import Ask, decide
from bot.core.system import Entry, Offer, System
from bot.core.target import Target
from bot.core.verbs.forms import FormAction
from bot.core.verbs.words import VERSION
from bot.deadline import answering
from bot.live_states import kept_as
from bot.service.context import ServiceContext
from bot.systems import system as system_named

OPTIONS_MAX: Final = 100  # of a select; Slack refuses more
LIVE_SECONDS: Final = 1.2  # for a cloud to list versions: the options themselves have three
FRESH_SECONDS: Final = 60  # how long its list is used again
AWAY_SECONDS: Final = 15  # how long a cloud that did not answer is not asked
_RECENT: Final = 100  # newest operations that are looked through
_OFFERS: Final[TypeAdapter[tuple[VersionChoice, ...]]] = TypeAdapter(tuple[VersionChoice, ...])


def choices_of_targets(
    context: ServiceContext, word: str, *, by: UserId, action: FormAction | None = None
) -> tuple[Choice, ...]:
    """Return the targets that *by* is shown and that have *word*: first those changed lately.

    With *action* those alone that know it.
    """
    if decide(Ask(topic="targets"), context.facts.of_question(by)).denied is not None:
        return ()
    catalogue, wanted = context.facts.seen_by(by), word.strip().lower()
    lately = [each.target for each in _recent(context) if each.requester == by]
    order = {name: place for place, name in reversed(tuple(enumerate(lately)))}
    fitting = [
        each
        for each in catalogue.targets.values()
        if has_word(each, wanted) and (action is None or _knows(each, action))
    ]
    ranked = sorted(
        fitting,
        key=lambda each: (*_how_alike(wanted, each), order.get(each.name, len(order))),
    )
    return tuple(
        TargetChoice(target=each, title=system_named(each.system).spec.title)
        for each in ranked[:OPTIONS_MAX]
    )


def _how_alike(word: str, target: Target) -> tuple[bool, bool]:
    """Return what sorts the target that is called *word* first, then those that begin so."""
    names = [each.lower() for each in (target.name, *target.aliases)]
    return word not in names, not any(each.startswith(word) for each in names)


def has_word(target: Target, word: str) -> bool:
    """Return whether *word* stands in the target's name, or in what people look for it by."""
    title = system_named(target.system).spec.title
    places = (target.name, *target.aliases, target.system, title, target.connection, target.policy)
    return any(word in each.lower() for each in places)


def _knows(target: Target, action: FormAction) -> bool:
    """Whether the form has something to ask for; of a rollback it also says why there is none."""
    if action == "create":
        return target.create is not None
    return action == "rollback" or action in system_named(target.system).spec.actions


def choices_of_versions(
    context: ServiceContext, action: FormAction, target: str, word: str, *, by: UserId
) -> tuple[Choice, ...]:
    """Return versions that *target* may be given: what is typed itself, then those known.

    A rollback is offered the revisions that it may name, as the cloud's history has them.
    """
    if decide(Ask(topic="versions"), context.facts.of_question(by)).denied is not None:
        return ()
    seen = context.facts.seen_by(by)
    found = seen.find(target) if target else None
    known = _known(context, action, found, seen.targets) if found else []
    typed = word.strip()
    alike = [each for each in known if typed.lower() in each.version.lower()]
    ranked = sorted(alike, key=lambda each: not each.version.lower().startswith(typed.lower()))
    fitting = {each.version: each for each in ranked}
    if typed in fitting:
        fitting = {typed: fitting[typed], **fitting}
    own: tuple[VersionChoice, ...] = ()
    if typed not in fitting and VERSION.fullmatch(typed):
        own = (VersionChoice(version=typed, source="typed"),)
    return (*own, *fitting.values())[:OPTIONS_MAX]


def _known(
    context: ServiceContext, action: FormAction, target: Target, seen: Mapping[str, Target]
) -> list[VersionChoice]:
    """Return each version once, the best source's: the cloud, its own history, other targets."""
    live = _live(context, action, target)
    if action == "rollback":
        return list(live)
    sources = (live, _history(context, target), _elsewhere(context, target, seen))
    told: dict[str, VersionChoice] = {}
    for each in chain.from_iterable(sources):
        told.setdefault(each.version, each)
    return list(told.values())


def _history(context: ServiceContext, target: Target) -> Iterator[VersionChoice]:
    """Yield what was brought here, then what was only asked for."""
    found = context.journal.operations.recent(_RECENT, target.name)
    for each in _sent_first(found):
        if (version := each.parameters.version) is not None:
            yield VersionChoice(
                version=version,
                source="history",
                phase=each.phase.kind,
                was_sent=each.was_sent,
                at=each.created_at,
            )


def _sent_first(found: Iterable[Operation]) -> list[Operation]:
    return sorted(found, key=lambda each: not each.was_sent)


def _elsewhere(
    context: ServiceContext, target: Target, seen: Mapping[str, Target]
) -> Iterator[VersionChoice]:
    """Yield what was brought to other targets of the same system that the person is shown."""
    for each in _sent_first(_recent(context)):
        other = seen.get(each.target)
        if other is None or other.name == target.name or other.system != target.system:
            continue
        if (version := each.parameters.version) is not None:
            yield VersionChoice(
                version=version,
                source="elsewhere",
                where=other.name,
                was_sent=each.was_sent,
                at=each.created_at,
            )


def _live(context: ServiceContext, action: FormAction, target: Target) -> tuple[VersionChoice, ...]:
    """Return what the cloud lists, as of a minute ago; nothing where it does not answer in time."""
    name = kept_as(f"offers:{action}", target)
    kept = context.cache.get_many([name]).get(name)
    if kept is not None:
        try:
            return _OFFERS.validate_json(kept)
        except ValidationError:
            pass  # of another version
    try:
        with answering(time.monotonic() + LIVE_SECONDS):
            found, seconds = _asked(context, action, target), FRESH_SECONDS
    except CloudError:
        found, seconds = (), AWAY_SECONDS
    context.cache.put_many({name: _OFFERS.dump_json(found).decode()}, seconds)
    return found


def _asked(
    context: ServiceContext, action: FormAction, target: Target
) -> tuple[VersionChoice, ...]:
    system: System[Any] = system_named(target.system)
    if action == "rollback" and system.spec.no_rollback is not None:
        return ()
    if action != "rollback" and system.questions.versions is not None:
        offers = context.cloud.ask(target, system.questions.versions(target.settings))
        return () if isinstance(offers, Denied) else tuple(map(_offered, offers[:OPTIONS_MAX]))
    entries = context.cloud.ask(target, system.history(target.settings))
    return tuple(_entries(entries, action))[:OPTIONS_MAX]


def _offered(offer: Offer) -> VersionChoice:
    return VersionChoice(
        version=offer.version,
        source="cloud",
        says=offer.description,
        is_current=offer.is_current,
    )


def _entries(entries: Iterable[Entry], action: FormAction) -> Iterator[VersionChoice]:
    """Yield the rows that may be named; a version that was there several times, once."""
    seen: set[str] = set()
    for each in entries:
        is_meant = each.can_return if action == "rollback" else each.revision not in seen
        if is_meant and VERSION.fullmatch(each.revision):
            seen.add(each.revision)
            yield VersionChoice(
                version=each.revision,
                source="cloud",
                says=_says(each),
                is_current=each.is_current,
                at=_moment(each.when),
            )


def _says(entry: Entry) -> Value:
    """Return what a cloud says of a row; "" where that is its version once more.

    A revision's number is no word of its own in the version of its chart.
    """
    says = entry.description or entry.status
    again = rf"(?<![\w.-]){re.escape(entry.revision)}(?![\w-]|\.\w)"
    return "" if isinstance(says, str) and re.search(again, says) else says


def _moment(written: str) -> datetime | None:
    """Return when something was; None where the vendor writes it in a way of its own."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _recent(context: ServiceContext) -> tuple[Operation, ...]:
    return context.journal.operations.recent(_RECENT)

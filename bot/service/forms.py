"""Forms of changes: what they say of a target, and what they offer to choose from."""

import time
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from bot.core.codes import Denied
from bot.core.codes.rules import UnknownTarget
from bot.core.errors import CloudError
from bot.core.operation import Operation
from bot.core.outcomes import (
    ChangeFormWanted,
    Choice,
    TargetAbout,
    TargetChoice,
    VersionChoice,
)
from bot.core.policy import approvals_needed
from bot.core.records import UserId
from bot.core.rules import Ask, decide, holds
from bot.core.system import Entry, Offer, System
from bot.core.target import Target
from bot.core.verbs.forms import FormAction
from bot.core.verbs.words import VERSION
from bot.deadline import answering
from bot.service.context import ServiceContext
from bot.systems import system as system_named

OPTIONS_MAX: Final = 100  # of a select; Slack refuses more
LIVE_SECONDS: Final = 1.2  # for a cloud to list versions: the options themselves have three
FRESH_SECONDS: Final = 60  # how long its list is used again
AWAY_SECONDS: Final = 15  # how long a cloud that did not answer is not asked
_RECENT: Final = 100  # newest operations that are looked through
_OFFERS: Final[TypeAdapter[tuple[VersionChoice, ...]]] = TypeAdapter(tuple[VersionChoice, ...])


def change_form(
    context: ServiceContext, action: FormAction, *, by: UserId, target: str = ""
) -> ChangeFormWanted | Denied:
    """Return the form for *action*, with what there is to say of *target*; or why not."""
    denied = decide(Ask(topic=action), context.facts.of_question(by)).denied
    if denied is not None:
        return denied
    if not target:
        return ChangeFormWanted(action=action)
    found = context.facts.seen_by(by).find(target)
    if found is None:
        return Denied.of(UnknownTarget(word=target[:63], near=()))
    return ChangeFormWanted(action=action, about=_about(context, action, found, by))


def choices_of_targets(context: ServiceContext, word: str, *, by: UserId) -> tuple[Choice, ...]:
    """Return the targets that *by* is shown and that have *word*: first those changed lately."""
    if decide(Ask(topic="targets"), context.facts.of_question(by)).denied is not None:
        return ()
    catalogue, wanted = context.facts.seen_by(by), word.strip().lower()
    lately = [each.target for each in _recent(context) if each.requester == by]
    order = {name: place for place, name in reversed(tuple(enumerate(lately)))}
    found = [
        TargetChoice(target=each, title=system_named(each.system).spec.title)
        for each in catalogue.targets.values()
    ]
    fitting = [each for each in found if _has(each, wanted)]
    ranked = sorted(
        fitting,
        key=lambda each: (
            not each.target.name.startswith(wanted),
            order.get(each.target.name, len(order)),
        ),
    )
    return tuple(ranked[:OPTIONS_MAX])


def choices_of_versions(
    context: ServiceContext, action: FormAction, target: str, word: str, *, by: UserId
) -> tuple[Choice, ...]:
    """Return versions that *target* may be given: what is typed itself, then those known.

    A rollback is offered the revisions that it may name, as the cloud's history has them.
    """
    if decide(Ask(topic="versions"), context.facts.of_question(by)).denied is not None:
        return ()
    found = context.facts.seen_by(by).find(target) if target else None
    typed, known = word.strip(), _known(context, action, found, by)
    fitting = {each.version: each for each in known if typed.lower() in each.version.lower()}
    own: tuple[VersionChoice, ...] = ()
    if typed not in fitting and VERSION.fullmatch(typed):
        own = (VersionChoice(version=typed, source="typed"),)
    return (*own, *fitting.values())[:OPTIONS_MAX]


def _known(
    context: ServiceContext, action: FormAction, target: Target | None, by: UserId
) -> list[VersionChoice]:
    """Return each version once, the best source's: the cloud, its own history, other targets."""
    if target is None:
        return []
    live = _live(context, action, target)
    if action == "rollback":
        return list(live)
    sources = (live, _history(context, target), _elsewhere(context, target, by))
    told: dict[str, VersionChoice] = {}
    for each in chain.from_iterable(sources):
        told.setdefault(each.version, each)
    return list(told.values())


def _history(context: ServiceContext, target: Target) -> Iterator[VersionChoice]:
    for each in context.journal.operations.recent(_RECENT, target.name):
        if (version := each.parameters.version) is not None:
            yield VersionChoice(
                version=version, source="history", phase=each.phase.kind, at=each.created_at
            )


def _elsewhere(context: ServiceContext, target: Target, by: UserId) -> Iterator[VersionChoice]:
    """Yield what was brought to other targets of the same system that the person is shown."""
    shown = context.facts.seen_by(by).targets
    for each in _recent(context):
        other = shown.get(each.target)
        if other is None or other.name == target.name or other.system != target.system:
            continue
        if (version := each.parameters.version) is not None:
            yield VersionChoice(
                version=version, source="elsewhere", where=other.name, at=each.created_at
            )


def _live(context: ServiceContext, action: FormAction, target: Target) -> tuple[VersionChoice, ...]:
    """Return what the cloud lists, as of a minute ago; nothing where it does not answer in time."""
    name = f"offers:{action}:{target.name}"
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
    if action == "deploy" and system.questions.versions is not None:
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
                says=each.description or each.status,
                is_current=each.is_current,
            )


def _about(context: ServiceContext, action: FormAction, target: Target, by: UserId) -> TargetAbout:
    facts = context.facts.of_target(target)
    policy = facts.policy or context.catalogue().policy_of(target)
    spec = system_named(target.system).spec
    return TargetAbout(
        target=target,
        title=spec.title,
        runs=context.facts.runs(target.name),
        approvals=approvals_needed(policy, action),
        approvers=facts.model_copy(update={"policy": policy}).wanted(policy.approve, by),
        wants_reason=policy.reason == "required",
        takes_values=spec.takes_values,
        holds=holds(facts),
        no_rollback=spec.no_rollback,
    )


def _recent(context: ServiceContext) -> tuple[Operation, ...]:
    return context.journal.operations.recent(_RECENT)


def _has(choice: TargetChoice, word: str) -> bool:
    target = choice.target
    places = (target.name, *target.aliases, choice.title, target.policy)
    return any(word in each.lower() for each in places)

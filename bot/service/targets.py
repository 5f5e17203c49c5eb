"""What people wish about a target, a policy's targets or all, that begins no operation."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.service import ApprovesFor, LockTaken, TryAgain
from bot.core.errors import ConflictError
from bot.core.outcomes import Caller, Noted, Outcome
from bot.core.records import OperationId, TargetName
from bot.core.rules import (
    Delegated,
    DelegationEnded,
    FreezeBegun,
    FreezeEnded,
    HaltBegun,
    HaltEnded,
    TargetIntent,
    Unlocked,
    decide,
    record_of,
)
from bot.core.surfaces import Show, Subject, told_directly
from bot.core.target import ScopeKind, TargetEvent
from bot.service.context import ServiceContext

_TRIES: Final = 5  # several may wish it at once; each loses only against one that won
_RUNG: Final = 50  # operations that are looked at at once; the sweeper finds the others


def settle(context: ServiceContext, wanted: TargetIntent, *, by: Caller) -> Outcome:
    """Keep what is wished, or say why not; decided again where somebody else was faster."""
    for _ in range(_TRIES):
        facts = context.facts.of_wish(wanted, by.user)
        decision = decide(wanted, facts)
        denied, decided = decision.denied, record_of(wanted, facts, decision)
        if denied is not None:
            return context.denied(by, wanted.target, denied, decided)
        event = wanted.becomes(facts, by.user)
        try:
            allowed = context.allowed(by, event.target, decided)
            held = tuple(_targets_of(context, event))
            tells = _tells(event)
            context.journal.target_facts.keep(event, noted=allowed, held=held, tells=tells)
        except ConflictError:
            continue
        _follow(context, event)
        return Noted(event=event)
    return context.denied(by, wanted.target, Denied.of(TryAgain()))


def _follow(context: ServiceContext, event: TargetEvent) -> None:
    """Let go on what was held, and what is told be sent."""
    if not isinstance(event, DelegationEnded):
        context.engine.wake_outbox()
    if event.ends_a_hold:
        context.engine.ring(islice(_held_by(context, event), _RUNG))


def _tells(event: TargetEvent) -> Show | None:
    """Return what tells the holder that a lock was taken over, or the delegate of what was lent."""
    match event:
        case Delegated():
            code = ApprovesFor(delegator=event.delegator, until=event.until)
            subject = Subject(kind="person", id=event.delegate)
            name = f"delegated:{event.delegator}:{event.target}:{event.at.isoformat()}"
            return told_directly(event.delegate, subject, code, name=name)
        case Unlocked(holder=str() as holder) if holder != event.by:
            taken = LockTaken(target=event.target, by=event.by, words=event.reason)
            subject = Subject(kind="target", id=event.target)
            name = f"unlocked:{event.at.isoformat()}"
            return told_directly(holder, subject, taken, name=name)
        case _:
            return None


def _held_by(context: ServiceContext, event: TargetEvent) -> Iterator[OperationId]:
    """Yield the operations that stand before a permit, of those that *event* is about."""
    held, known = set(_targets_of(context, event)), context.catalogue().targets
    is_of_all = _scope_of(event) == "all"  # also of those that slipway.yaml does not know any more
    for each in context.journal.operations.all_open():
        is_meant = each.target in held or (is_of_all and each.target not in known)
        is_before_permit = each.phase in {"waiting", "queued"} or each.stage == "ready"
        if is_before_permit and not each.is_foreign and is_meant:
            yield each.id


def _targets_of(context: ServiceContext, event: TargetEvent) -> Iterator[TargetName]:
    """Yield the targets that are held because of *event*, or were until then."""
    if isinstance(event, Delegated | DelegationEnded):
        return
    scope = _scope_of(event)
    for target in context.catalogue().targets.values():
        name = target.policy if scope == "policy" else target.name
        if scope == "all" or event.target == name:
            yield target.name


def _scope_of(event: TargetEvent) -> ScopeKind:
    if isinstance(event, FreezeBegun | FreezeEnded):
        return event.scope
    return "all" if isinstance(event, HaltBegun | HaltEnded) else "target"

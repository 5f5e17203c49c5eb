"""Rule: while a freeze lasts, no change begins; what runs finishes.

What has begun and was not sent waits. A way back is open, and so are dry runs and questions.
"""

from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final, Literal

from typing_extensions import override

from bot.core.codes import Code
from bot.core.codes.rules import Frozen
from bot.core.cron import last_start, next_start
from bot.core.operation import Operation
from bot.core.policy import Freeze as FreezeLine
from bot.core.records import Moment, UserId
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import (
    Change,
    Intent,
    LimitedIntent,
    RightName,
    Send,
    TakeTurn,
    TargetIntent,
)
from bot.core.rules.presses import Again, Recover
from bot.core.target import LimitedEvent, Scope, ScopeKind, TargetEvent

_WEEK: Final = 7
_YEAR: Final = timedelta(days=366)


class FreezeBegun(LimitedEvent):
    """Somebody lets no change begin of a target, of those of a policy, or of all."""

    kind: Literal["freeze_begun"] = "freeze_begun"
    scope: ScopeKind


class FreezeEnded(TargetEvent):
    """Changes may begin again, as far as other rules allow it."""

    ends_a_hold: ClassVar[bool] = True

    kind: Literal["freeze_ended"] = "freeze_ended"
    scope: ScopeKind


class Freeze(LimitedIntent):
    """Let no change begin of a target, or of those of a policy."""

    right: ClassVar[RightName] = "freeze"
    is_of_policies: ClassVar[bool] = True

    kind: Literal["freeze"] = "freeze"
    reason: str

    @override
    def becomes(self, facts: Facts, by: UserId) -> FreezeBegun:
        scope = _scope(facts)
        return FreezeBegun(
            target=scope.name,
            scope=scope.kind,
            by=by,
            at=facts.now,
            reason=self.reason,
            until=facts.ends.at if facts.ends else None,
            zone=facts.ends.zone if facts.ends else "",
        )


class FreezeAll(Freeze):
    """Let no change begin at all."""

    right: ClassVar[RightName] = "admin"


class Thaw(TargetIntent):
    """Let changes of a target, or of those of a policy, begin again."""

    right: ClassVar[RightName] = "freeze"
    is_of_policies: ClassVar[bool] = True

    kind: Literal["thaw"] = "thaw"

    @override
    def becomes(self, facts: Facts, by: UserId) -> FreezeEnded:
        scope = _scope(facts)
        return FreezeEnded(target=scope.name, scope=scope.kind, by=by, at=facts.now)


class ThawAll(Thaw):
    """Let changes begin again that a freeze of all holds."""

    right: ClassVar[RightName] = "admin"


class FrozenByPerson(Code):
    """Somebody froze the target, its policy, or all."""

    key = "frozen.by_person"
    scope: ScopeKind
    name: str
    by: UserId
    since: Moment
    words: str
    until: Moment | None = None


class NotFrozen(Code):
    """No command has frozen it."""

    key = "unchanged.not_frozen"
    name: str


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse what would begin while a freeze lasts, and hold what has begun."""
    if isinstance(intent, Thaw):
        return _thawing(facts) if facts.scope else None
    if not _is_held(intent, facts.operation):
        return None
    lasting = freezes(facts)
    if not lasting:
        return Finding.yes()
    code, place, until = lasting[0]
    if isinstance(intent, TakeTurn | Send):
        return Finding.wait(code, place=place, until=until)
    return Finding.no(code, place=place)


def _thawing(facts: Facts) -> Finding:
    scope = _scope(facts)
    found = [each for each in _commanded(facts) if each.scope == scope.kind]
    return Finding.yes() if found else Finding.no(NotFrozen(name=scope.name))


def _is_held(intent: Intent, operation: Operation | None) -> bool:
    match intent:
        case Change(dry_run=is_dry, asked=asked):
            return not is_dry and asked.action != "rollback"
        case Again():
            return operation is not None and operation.action != "rollback"
        case Recover():  # what runs finishes
            return operation is not None and operation.is_final and operation.action != "rollback"
        case TakeTurn() | Send():
            return (
                operation is not None and not operation.was_sent and operation.action != "rollback"
            )
        case _:
            return False


def freezes(facts: Facts) -> tuple[tuple[Code, str, datetime | None], ...]:
    """Return the freezes that last: what each says, its line of slipway.yaml, and its end."""
    commanded = [(_code(each), "", each.until) for each in _commanded(facts)]
    policy = facts.policy
    lines = policy.freezes if policy else ()
    place = f"policies.{policy.name}.freezes" if policy else ""
    written = [
        (_frozen(each, facts), place, end_of(each, facts)) for each in lines if covers(each, facts)
    ]
    return (*commanded, *written)


def _commanded(facts: Facts) -> tuple[FreezeBegun, ...]:
    kept = facts.all_kept(FreezeBegun)
    return tuple(each for each in kept if not each.is_over(facts.now))


def _code(freeze: FreezeBegun) -> Code:
    return FrozenByPerson(
        scope=freeze.scope,
        name=freeze.target,
        by=freeze.by,
        since=freeze.at,
        words=freeze.reason,
        until=freeze.until,
    )


def _scope(facts: Facts) -> Scope:
    if facts.scope is None:
        msg = "a freeze was allowed without what it is for"
        raise ValueError(msg)
    return facts.scope


def covers(freeze: FreezeLine, facts: Facts) -> bool:
    """Return whether a freeze of slipway.yaml covers the present."""
    now = facts.local[freeze.zone]
    if freeze.cron is not None:
        return last_start(freeze.cron, now, freeze.length) is not None
    return now.weekday() in freeze.days or _is_dated(freeze, now)


def _is_dated(freeze: FreezeLine, now: datetime) -> bool:
    return bool(freeze.first and freeze.last and freeze.first <= now.date() <= freeze.last)


def end_of(freeze: FreezeLine, facts: Facts) -> datetime | None:
    """Return when a freeze that covers the present ends; None: its days have no end."""
    now = facts.local[freeze.zone]
    if freeze.cron is not None:
        start = last_start(freeze.cron, now, freeze.length)
        return (start + freeze.length).astimezone(UTC) if start else None
    if freeze.last is not None and _is_dated(freeze, now):
        return _midnight(now, (freeze.last - now.date()).days + 1)
    ahead = range(1, _WEEK + 1)
    days = next((day for day in ahead if (now.weekday() + day) % _WEEK not in freeze.days), None)
    return None if days is None else _midnight(now, days)


def start_of(freeze: FreezeLine, facts: Facts) -> datetime | None:
    """Return when a freeze that does not cover the present begins next; None: not within a year."""
    now = facts.local[freeze.zone]
    if covers(freeze, facts):
        return None
    if freeze.cron is not None:
        start = next_start(freeze.cron, now, _YEAR)
        return start.astimezone(UTC) if start else None
    ahead = range(1, _WEEK + 1)
    days = [next((day for day in ahead if (now.weekday() + day) % _WEEK in freeze.days), None)]
    if freeze.first and freeze.last and freeze.first > now.date():
        days.append((freeze.first - now.date()).days)
    found = min((each for each in days if each is not None), default=None)
    return None if found is None else _midnight(now, found)


def _midnight(now: datetime, days: int) -> datetime:
    """Return the first moment of the day after so many, as the clocks of its zone have it."""
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return (start + timedelta(days=days)).astimezone(UTC)


def _frozen(freeze: FreezeLine, facts: Facts) -> Frozen:
    now, ends = facts.local[freeze.zone], end_of(freeze, facts)
    if freeze.cron is not None:
        return Frozen(words=freeze.reason, ends=ends)
    if _is_dated(freeze, now):
        return Frozen(until=str(freeze.last), words=freeze.reason, ends=ends)
    return Frozen(weekday=now.weekday(), words=freeze.reason, ends=ends)

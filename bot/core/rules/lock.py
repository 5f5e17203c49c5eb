"""Rule: while somebody has locked the target, nobody else's change of it begins.

What runs finishes; what was not sent yet waits.
"""

from typing import ClassVar, Literal

from typing_extensions import override

from bot.core.codes import Code, Reason
from bot.core.codes.grammar import ReasonMissing
from bot.core.records import Moment, TargetName, UserId
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
from bot.core.rules.presses import Again, Recover, RollBack
from bot.core.target import LimitedEvent, TargetEvent


class Locked(LimitedEvent):
    """Somebody lets nobody else change the target, or warns everybody else."""

    kind: Literal["locked"] = "locked"
    is_warning: bool = False  # it holds nothing, and is only said


class Unlocked(TargetEvent):
    """Everybody may change the target again, as far as other rules allow it."""

    ends_a_hold: ClassVar[bool] = True

    kind: Literal["unlocked"] = "unlocked"
    reason: str = ""
    holder: UserId | None = None  # whose lock it was


class Lock(LimitedIntent):
    """Let nobody else change the target."""

    right: ClassVar[RightName] = "lock"

    kind: Literal["lock"] = "lock"
    reason: str
    is_warning: bool = False

    @override
    def becomes(self, facts: Facts, by: UserId) -> Locked:
        return Locked(
            target=facts.name,
            by=by,
            at=facts.now,
            reason=self.reason,
            until=facts.ends.at if facts.ends else None,
            is_warning=self.is_warning,
            zone=facts.ends.zone if facts.ends else "",
        )


class Unlock(TargetIntent):
    """Let everybody change the target again: by its holder, or as a take-over."""

    right: ClassVar[RightName] = "unlock"
    is_holders: ClassVar[bool] = True

    kind: Literal["unlock"] = "unlock"
    reason: str = ""

    @override
    def becomes(self, facts: Facts, by: UserId) -> Unlocked:
        lock = lock_of(facts)
        holder = lock.by if lock else None
        return Unlocked(target=facts.name, by=by, at=facts.now, reason=self.reason, holder=holder)


class LockedByPerson(Code):
    """Somebody else locked the target."""

    key = "locked.by_person"
    by: UserId
    since: Moment
    words: str
    until: Moment | None = None
    target: TargetName | None = None  # for who is refused; what is held back names its own

    @property
    @override
    def reason(self) -> Reason:
        """The same, to be kept: what is held back is compared with it, and has no target."""
        left_out = {"target"} if self.target is None else set()
        return Reason(key=self.key, params=self.model_dump(mode="json", exclude=left_out))


class Warned(Code):
    """Somebody warns of changes of the target: it is said, and nothing is held."""

    key = "locked.warning"
    by: UserId
    since: Moment
    words: str
    until: Moment | None = None


class NotLocked(Code):
    """Nobody has locked the target."""

    key = "unchanged.not_locked"
    target: str


def lock_of(facts: Facts) -> Locked | None:
    """Return the lock of the target that lasts."""
    lock = facts.kept_as(Locked)
    return None if lock is None or lock.is_over(facts.now) else lock


def lock_code(lock: Locked) -> Code:
    """Return what a lock says to others."""
    code = Warned if lock.is_warning else LockedByPerson
    return code(by=lock.by, since=lock.at, words=lock.reason, until=lock.until)


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse others what would begin an operation of a locked target, and hold what has begun."""
    lock = lock_of(facts)
    match intent:
        case Recover() if facts.operation is not None and not facts.operation.is_final:
            return Finding.yes()  # a step of what runs
        case Change(dry_run=False) | RollBack() | Recover() | Again():
            return _others(lock, facts)
        case Lock():
            return _others(lock.model_copy(update={"is_warning": False}) if lock else None, facts)
        case Unlock(reason=reason) if facts.target is not None:
            return _unlocking(lock, facts, reason)
        case TakeTurn() | Send():
            return _sending(lock, facts)
        case _:
            return None


def _others(lock: Locked | None, facts: Facts) -> Finding:
    """Refuse whoever does not hold the *lock*; where somebody is meant, that is its holder."""
    if lock is None or lock.is_warning or facts.is_anybody:
        return Finding.yes()
    if facts.person and facts.is_same(facts.person.id, lock.by):
        return Finding.yes()
    told = LockedByPerson(
        by=lock.by, since=lock.at, words=lock.reason, until=lock.until, target=lock.target
    )
    return Finding.no(told, who=(lock.by,))


def _unlocking(lock: Locked | None, facts: Facts, reason: str) -> Finding:
    if lock is None:
        return Finding.no(NotLocked(target=facts.name))
    is_own = facts.person is not None and facts.is_same(facts.person.id, lock.by)
    return Finding.yes() if is_own or reason else Finding.no(ReasonMissing(verb="unlock"))


def _sending(lock: Locked | None, facts: Facts) -> Finding:
    operation = facts.operation
    if lock is None or lock.is_warning or operation is None or operation.was_sent:
        return Finding.yes()
    if facts.is_same(lock.by, operation.requester):
        return Finding.yes()
    return Finding.wait(lock_code(lock), who=(lock.by,), until=lock.until)

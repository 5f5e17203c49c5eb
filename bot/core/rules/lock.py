"""Rule: while somebody has locked the target, nobody else's change of it begins."""

from typing import Literal

from bot.core.codes import Code
from bot.core.records import Moment, UserId
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Change, Intent, TargetIntent
from bot.core.rules.presses import Recover, RollBack
from bot.core.target import TargetEvent


class Locked(TargetEvent):
    """Somebody lets nobody else change the target."""

    kind: Literal["locked"] = "locked"
    reason: str


class Unlocked(TargetEvent):
    """Everybody may change the target again, as far as other rules allow it."""

    kind: Literal["unlocked"] = "unlocked"
    reason: str = ""


class LockedByPerson(Code):
    """Somebody else locked the target."""

    key = "locked.by_person"
    by: UserId
    since: Moment
    words: str


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse others what would begin an operation of a locked target; a dry run begins none."""
    match intent:
        case Change(dry_run=False) | RollBack() | Recover() | TargetIntent():
            lock = facts.kept_as(Locked)
            if lock is None or (facts.person and facts.person.id == lock.by):
                return Finding.yes()
            why = LockedByPerson(by=lock.by, since=lock.at, words=lock.reason)
            return Finding.no(why, who=(lock.by,))
        case _:
            return None

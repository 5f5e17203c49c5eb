"""Rule: under a halt nothing begins, and no permit is granted to anybody."""

from typing import ClassVar, Literal

from typing_extensions import override

from bot.core.codes import Code
from bot.core.records import Moment, UserId
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Change, Intent, RightName, Send, TakeTurn, TargetIntent
from bot.core.rules.presses import Again, Recover, RollBack
from bot.core.target import ALL, TargetEvent


class HaltBegun(TargetEvent):
    """From now on nobody gets a permit."""

    kind: Literal["halt_begun"] = "halt_begun"
    reason: str


class HaltEnded(TargetEvent):
    """Permits are granted again, as far as other rules allow it."""

    ends_a_hold: ClassVar[bool] = True

    kind: Literal["halt_ended"] = "halt_ended"


class Halt(TargetIntent):
    """Grant nobody a permit."""

    right: ClassVar[RightName] = "admin"
    is_of_policies: ClassVar[bool] = True

    kind: Literal["halt"] = "halt"
    target: str = ALL
    reason: str

    @override
    def becomes(self, facts: Facts, by: UserId) -> HaltBegun:
        return HaltBegun(target=ALL, by=by, at=facts.now, reason=self.reason)


class Resume(TargetIntent):
    """Grant permits again."""

    right: ClassVar[RightName] = "admin"
    is_of_policies: ClassVar[bool] = True

    kind: Literal["resume"] = "resume"
    target: str = ALL

    @override
    def becomes(self, facts: Facts, by: UserId) -> HaltEnded:
        return HaltEnded(target=ALL, by=by, at=facts.now)


class Halted(Code):
    """Somebody halted everything."""

    key = "halted"
    by: UserId
    since: Moment
    words: str


class NotHalted(Code):
    """Nothing is halted."""

    key = "unchanged.not_halted"


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse what would begin under a halt, and hold what has begun."""
    halt = facts.kept_as(HaltBegun)
    code = halt_code(halt) if halt else None
    match intent:
        case Change(dry_run=False) | RollBack() | Recover() | Again() | Halt():
            return Finding.no(code, who=facts.admins) if code else Finding.yes()
        case Resume():
            return Finding.yes() if halt else Finding.no(NotHalted())
        case TakeTurn() | Send():
            return Finding.wait(code, who=facts.admins) if code else Finding.yes()
        case _:
            return None


def halt_code(halt: HaltBegun) -> Code:
    """Return what a halt says to everybody."""
    return Halted(by=halt.by, since=halt.at, words=halt.reason)

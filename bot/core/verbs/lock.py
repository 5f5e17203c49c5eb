"""`/ops lock` and `/ops unlock`: let nobody else change a target, and say why."""

from datetime import datetime
from typing import ClassVar, Final, Literal

from typing_extensions import override

from bot.core.codes import Denied
from bot.core.codes.grammar import NoTarget
from bot.core.codes.rules import ReasonRequired
from bot.core.records import TargetName, UserId
from bot.core.rules import Locked, TargetIntent, Unlocked
from bot.core.rules.intents import RightName
from bot.core.verbs.reasons import kept_reason
from bot.core.verbs.verb import Verb


class Lock(TargetIntent):
    """Let nobody else change the target."""

    right: ClassVar[RightName] = "request"

    kind: Literal["lock"] = "lock"
    reason: str

    @override
    def becomes(self, target: TargetName, by: UserId, now: datetime) -> Locked:
        return Locked(target=target, by=by, at=now, reason=self.reason)


class Unlock(TargetIntent):
    """Let everybody change the target again."""

    right: ClassVar[RightName] = "request"

    kind: Literal["unlock"] = "unlock"
    reason: str = ""

    @override
    def becomes(self, target: TargetName, by: UserId, now: datetime) -> Unlocked:
        return Unlocked(target=target, by=by, at=now, reason=self.reason)


def parse_lock(text: str) -> Lock | Denied:
    """Read a target and a reason."""
    target, reason = _words(text)
    if not target:
        return Denied.of(NoTarget(verb="lock"))
    return Lock(target=target, reason=reason) if reason else Denied.of(ReasonRequired())


def parse_unlock(text: str) -> Unlock | Denied:
    """Read a target and, where there is one, a reason."""
    target, reason = _words(text)
    if not target:
        return Denied.of(NoTarget(verb="unlock"))
    return Unlock(target=target, reason=reason)


def _words(text: str) -> tuple[str, str]:
    target, _, reason = text.strip().partition(" ")
    return target.lower(), kept_reason(reason.strip().strip('"'))


LOCK: Final = Verb(
    name="lock",
    commands=("ops lock",),
    usage='<target> "reason"',
    example='checkout "Black Friday"',
    parse=parse_lock,
)
UNLOCK: Final = Verb(
    name="unlock",
    commands=("ops unlock",),
    usage='<target> ["reason"]',
    example="checkout",
    parse=parse_unlock,
)

"""Rules of what people hold by command: the whole of what each of them says, and becomes."""

from datetime import datetime
from typing import Any, Final

import pytest

from bot.core.codes.grammar import ReasonMissing
from bot.core.policy import ANYONE
from bot.core.policy import Freeze as Line
from bot.core.records import UserId
from bot.core.rules import (
    Facts,
    Finding,
    Freeze,
    FreezeBegun,
    Halt,
    HaltBegun,
    Lock,
    Locked,
    Resume,
    Thaw,
    Unlock,
    holds,
    warning,
)
from bot.core.rules.freeze import FrozenByPerson, NotFrozen
from bot.core.rules.halt import Halted, NotHalted
from bot.core.rules.lock import LockedByPerson, NotLocked, Warned
from bot.core.target import Scope, TargetEvent
from tests.core.builders import a_policy
from tests.core.rules.found import OPERATIONS, YES, Table, cases, found, no, wish, world
from tests.core.rules.known import AFTER, PEOPLE, local
from tests.journal.builders import ANN, BOB, NOON, SECOND

LATER: Final = AFTER + SECOND
BERLIN: Final = "Europe/Berlin"
LOCK: Final = Lock(target="co", reason="Black Friday")
UNLOCK: Final = Unlock(target="co")
FREEZE: Final = Freeze(target="co", reason="stocktaking")
THAW: Final = Thaw(target="co")
HALT: Final = Halt(reason="network down")
RESUME: Final = Resume()
DRY: Final = wish("deploy", dry_run=True)
ADMINS: Final = (BOB, "S0ADMINS")
HALTED: Final = HaltBegun(target="all", by=ANN, at=NOON, reason="network down")
STOPPED: Final = Halted(by=ANN, since=NOON, words="network down")
SCOPES: Final = {
    kind: Scope.model_validate({"kind": kind, "name": name})
    for kind, name in (("target", "checkout"), ("policy", "prod"), ("all", "all"))
}


def a_lock(by: UserId = ANN, until: datetime | None = None, **more: Any) -> Locked:
    """Return a lock of the target."""
    return Locked(target="checkout", by=by, at=NOON, reason="Black Friday", until=until, **more)


def a_freeze(kind: str = "target", until: datetime | None = None) -> FreezeBegun:
    """Return a freeze of the target, its policy or all."""
    scope = SCOPES[kind]
    return FreezeBegun(
        target=scope.name, scope=scope.kind, by=ANN, at=NOON, reason="stocktaking", until=until
    )


def frozen(kind: str = "target", until: datetime | None = None) -> FrozenByPerson:
    """Return what such a freeze says."""
    scope = SCOPES[kind]
    return FrozenByPerson(
        scope=scope.kind, name=scope.name, by=ANN, since=NOON, words="stocktaking", until=until
    )


def locked(until: datetime | None = None) -> LockedByPerson:
    """Return what Ann's lock says to others."""
    return LockedByPerson(by=ANN, since=NOON, words="Black Friday", until=until)


def barred(until: datetime | None = None) -> Finding:
    """Return the refusal of others, which names the target: they read how it is unlocked."""
    return no(locked(until).model_copy(update={"target": "checkout"}), who=(ANN,))


def kept(*events: TargetEvent, place: str = "failed", who: str = "listed", **more: Any) -> Facts:
    """Return what is known where these events stay."""
    return world(place, kept=events, **{"person": PEOPLE[who], "admins": ADMINS, **more})


def asked_by(who: UserId, place: str = "queued") -> Facts:
    """Return what is known of a locked target before a permit of this person's operation."""
    operation = OPERATIONS[place].model_copy(update={"requester": who})
    return kept(a_lock(until=LATER), operation=operation)


def waits(code: Any, **more: Any) -> Finding:
    """Return that it may happen later."""
    return Finding(verdict="wait", why=code.reason, **more)


HOLDS: Final[Table] = {
    "halt": {
        "nothing is halted": (wish("deploy"), kept(), YES),
        "a change": (wish("deploy"), kept(a_freeze(), HALTED), no(STOPPED, who=ADMINS)),
        "a way back": (wish("roll back"), kept(HALTED), no(STOPPED, who=ADMINS)),
        "a way on": (wish("recover"), kept(HALTED), no(STOPPED, who=ADMINS)),
        "another halt": (HALT, kept(HALTED), no(STOPPED, who=ADMINS)),
        "the first halt": (HALT, kept(), YES),
        "its end": (RESUME, kept(HALTED), YES),
        "the end of none": (RESUME, kept(), no(NotHalted())),
        "a permit": (wish("send"), kept(HALTED), waits(STOPPED, who=ADMINS)),
        "a permit without one": (wish("send"), kept(), YES),
        "a dry run": (DRY, kept(HALTED), None),
        "an approval": (wish("approve"), kept(HALTED), None),
        "a lock": (LOCK, kept(HALTED), None),
    },
    "lock": {
        "for a time": (wish("deploy"), kept(a_lock(until=LATER)), barred(LATER)),
        "whose time is over": (wish("deploy"), kept(a_lock(until=AFTER)), YES),
        "that only warns": (wish("deploy"), kept(a_lock(is_warning=True)), YES),
        "over a warning": (LOCK, kept(a_lock(is_warning=True)), barred()),
        "over one's own": (LOCK, kept(a_lock(BOB)), YES),
        "the first": (LOCK, kept(), YES),
        "a step of what runs": (wish("recover"), kept(a_lock(), place="waiting"), YES),
        "a way on with nothing": (
            wish("recover"),
            kept(a_lock(), operation=None),
            barred(),
        ),
        "its own end": (UNLOCK, kept(a_lock(), who="requester"), YES),
        "the end of none": (UNLOCK, kept(), no(NotLocked(target="checkout"))),
        "another's end": (UNLOCK, kept(a_lock()), no(ReasonMissing(verb="unlock"))),
        "an end by nobody": (UNLOCK, kept(a_lock(), person=None), no(ReasonMissing(verb="unlock"))),
        "another's end for a reason": (
            UNLOCK.model_copy(update={"reason": "a fix"}),
            kept(a_lock()),
            YES,
        ),
        "a permit of another's change": (
            wish("send"),
            asked_by(BOB),
            waits(locked(LATER), who=(ANN,), until=LATER),
        ),
        "a permit of one's own": (wish("send"), asked_by(ANN), YES),
        "a permit of what runs": (wish("send"), asked_by(BOB, "ready for the last"), YES),
        "a permit under a warning": (
            wish("send"),
            kept(a_lock(BOB, is_warning=True), place="queued"),
            YES,
        ),
        "a permit without one": (wish("send"), kept(place="queued"), YES),
        "a permit of nothing": (wish("send"), kept(a_lock(), operation=None), YES),
    },
    "freeze": {
        "of the target": (wish("deploy"), kept(a_freeze()), no(frozen())),
        "of the policy, for a time": (
            wish("deploy"),
            kept(a_freeze("policy", LATER)),
            no(frozen("policy", LATER)),
        ),
        "of all": (wish("recover"), kept(a_lock(), a_freeze("all")), no(frozen("all"))),
        "whose time is over": (wish("deploy"), kept(a_freeze(until=AFTER)), YES),
        "over it": (FREEZE, kept(a_freeze()), None),
        "a permit": (
            wish("send"),
            kept(a_freeze(until=LATER), place="queued"),
            waits(frozen(until=LATER), until=LATER),
        ),
        "its end": (THAW, kept(a_freeze("all"), a_freeze(), scope=SCOPES["target"]), YES),
        "its end by policy": (THAW, kept(a_freeze("policy"), scope=SCOPES["policy"]), YES),
        "the end of another": (
            THAW,
            kept(a_freeze("all"), scope=SCOPES["policy"]),
            no(NotFrozen(name="prod")),
        ),
        "the end of one that is over": (
            THAW,
            kept(a_freeze(until=AFTER), scope=SCOPES["target"]),
            no(NotFrozen(name="checkout")),
        ),
    },
}


@pytest.mark.parametrize(("rule", "case"), cases(HOLDS))
def test_what_is_held_is_told_by_whom_and_until_when(rule: str, case: str) -> None:
    """Whoever is held is told whose hold it is, why, since when, until when, and who may end it."""
    intent, known, said = HOLDS[rule][case]
    assert found(rule, intent, known) == said


def test_all_that_holds_is_listed_in_its_order() -> None:
    """A halt first, then the lock, then the freezes: those of commands, then those of the file."""
    line = Line(days=(AFTER.weekday(),), reason="rest")
    policy = a_policy(request=(ANYONE,), freezes=(line,))
    events = (a_freeze(), a_lock(until=LATER), HALTED)
    listed = holds(kept(*events, policy=policy, local=local(AFTER)))
    assert [each.key for each in listed] == [
        "halted",
        "locked.by_person",
        "frozen.by_person",
        "frozen",
    ]
    assert listed[:3] == (STOPPED.reason, locked(LATER).reason, frozen().reason)
    assert holds(kept()) == ()


def test_a_warning_is_told_whole() -> None:
    """Who changes a target that somebody warns of is told who, why and until when."""
    lock = a_lock(BOB, until=LATER, is_warning=True)
    told = Warned(by=BOB, since=NOON, words="Black Friday", until=LATER).reason
    assert warning(kept(lock, who="requester")) == told
    assert warning(kept(lock, person=None, operation=None)) == told
    over = lock.model_copy(update={"until": AFTER})
    own = OPERATIONS["queued"].model_copy(update={"requester": BOB})
    for known in (
        kept(who="requester"),
        kept(a_lock(BOB), who="requester"),
        kept(over, who="requester"),
        kept(lock, who="listed"),
        kept(lock, who="requester", operation=own),
    ):
        assert warning(known) is None

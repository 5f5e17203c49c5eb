"""Decisions: what every rule found, in order, and what follows from it."""

from datetime import datetime
from functools import lru_cache
from typing import Literal, Self, TypeAlias

from bot.core.codes import Code, Denied, Reason
from bot.core.records import OperationId, Record, is_person

Verdict: TypeAlias = Literal[
    "yes",
    "passed",  # it would stand in the way, but the glass was broken
    "no",  # it must not happen
    "wait",  # it may happen later, by itself
    "moot",  # it has no effect (any more): how things stand is the answer
    "void",  # what was approved is not what would happen now: people decide again
]


class Finding(Record):
    """What one rule says."""

    verdict: Verdict
    rule: str = ""  # its name; filled in by `decide`
    why: Reason | None = None  # where it does not say yes
    place: str = ""  # the line of slipway.yaml that decided, where one did
    who: tuple[str, ...] = ()  # ids of the people and groups that may
    operation: OperationId | None = None  # the operation that is in the way, where one is
    until: datetime | None = None  # of what has to wait, where that is known

    @property
    def lets_pass(self) -> bool:
        """Whether it stands in nobody's way."""
        return self.verdict in {"yes", "passed"}

    @staticmethod
    def yes(place: str = "") -> "Finding":
        """Let it pass."""
        return _yes(place)

    def said_by(self, rule: str, place: str) -> "Finding":
        """Return it as what *rule* says, decided by *place*."""
        if self.verdict == "yes" and self.why is None:
            return _yes(place, rule)
        return self.model_copy(update={"rule": rule, "place": place})

    @classmethod
    def no(
        cls,
        code: Code,
        *,
        place: str = "",
        who: tuple[str, ...] = (),
        operation: OperationId | None = None,
    ) -> Self:
        """Forbid it."""
        asked = tuple(each for each in who if is_person(each))  # a hook that may answers nobody
        return cls(verdict="no", why=code.reason, place=place, who=asked, operation=operation)

    @classmethod
    def because(cls, why: Reason) -> Self:
        """Forbid it for a reason that is given already."""
        return cls(verdict="no", why=why)

    @classmethod
    def wait(
        cls,
        code: Code,
        *,
        place: str = "",
        who: tuple[str, ...] = (),
        until: datetime | None = None,
    ) -> Self:
        """Let it happen later, when what *code* says has ended."""
        return cls(verdict="wait", why=code.reason, place=place, who=who, until=until)

    @classmethod
    def moot(cls, code: Code, *, operation: OperationId | None = None) -> Self:
        """Say that it has no effect; *operation* is the one that made it so, where one did."""
        return cls(verdict="moot", why=code.reason, operation=operation)

    @classmethod
    def void(cls, code: Code) -> Self:
        """Say that the approvals do not count any more."""
        return cls(verdict="void", why=code.reason)


@lru_cache(maxsize=4_096)  # most rules say yes, to everybody and always the same
def _yes(place: str, rule: str = "") -> Finding:
    return Finding(verdict="yes", rule=rule, place=place)


class Decision(Record):
    """All findings in the order of the rules; the first that is no yes decides."""

    findings: tuple[Finding, ...]

    @property
    def decisive(self) -> Finding | None:
        """The finding that stands in the way; None: nothing does."""
        return next((each for each in self.findings if not each.lets_pass), None)

    @property
    def is_allowed(self) -> bool:
        """Whether it may happen now."""
        return self.decisive is None

    @property
    def passed(self) -> tuple[Finding, ...]:
        """What would stand in the way, had not somebody broken the glass."""
        return tuple(each for each in self.findings if each.verdict == "passed")

    @property
    def denied(self) -> Denied | None:
        """The refusal, where a rule says no."""
        found = self.decisive
        if found is None or found.why is None or found.verdict != "no":
            return None
        return Denied(
            why=found.why,
            rule=found.place,
            who=found.who,
            operation=found.operation,
        )

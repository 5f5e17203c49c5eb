"""The shape of `slipway.yaml`: what may be written where."""

from datetime import date, timedelta
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from bot.core.cron import read_cron
from bot.core.durations import as_written, length_of
from bot.core.names import is_name
from bot.core.policy import ANYONE, Freeze, Gate, Policy
from bot.core.records import Record

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST: Final = timedelta(days=30)


def duration(written: object) -> timedelta:
    """Read `30m`, `2h`, `1d`.

    Raises:
        ValueError: it is written otherwise, or longer than 30 days.
    """
    length = length_of(written) if isinstance(written, str) else None
    if length is None:
        msg = "wants a duration such as 30m, 2h or 1d"
        raise ValueError(msg)
    if length > _LONGEST:
        msg = "is longer than 30 days"
        raise ValueError(msg)
    return length


Duration = Annotated[timedelta, BeforeValidator(duration)]
PREFIX: Final = r"^([a-z][a-z0-9-]{0,14}-)?$"  # of commands
PERSON: Final = r"^(anyone|[UWS][A-Z0-9]{2,20}|@[^\s@].{0,79})$"
REQUESTER: Final = PERSON.replace("^(", r"^(hook:[a-z0-9][a-z0-9._-]{0,62}|")
CHANNEL: Final = r"^([CDG][A-Z0-9]{2,20}|#[^\s#]{1,80})$"


def _written(word: str) -> str:
    """Return a name in its one form: people and channels are called alike in any case."""
    return word.strip().lower() if is_name(word) else word


Person = Annotated[str, StringConstraints(pattern=PERSON), AfterValidator(_written)]
# Whoever asks may also be a hook, by its own name.
Requester = Annotated[
    str,
    StringConstraints(pattern=REQUESTER),
    AfterValidator(_written),
]
Channel = Annotated[str, StringConstraints(pattern=CHANNEL), AfterValidator(_written)]


def age(written: object) -> timedelta:
    """Read `400d`, or return what was read.

    Raises:
        ValueError: it is written otherwise.
    """
    if isinstance(written, timedelta):
        return written
    length = length_of(written) if isinstance(written, str) else None
    if length is None:
        msg = "wants an age such as 400d"
        raise ValueError(msg)
    return length


Age = Annotated[
    timedelta,
    BeforeValidator(age),
    PlainSerializer(as_written, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,4}[smhd]$"}),
]
RETENTION: Final = timedelta(days=400)


def zone(written: str) -> str:
    """Return the name of a time zone.

    Raises:
        ValueError: there is none of this name.
    """
    try:
        ZoneInfo(written)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"no time zone is called {written!r}"
        raise ValueError(msg) from error
    return written


Zone = Annotated[str, AfterValidator(zone)]


class Strict(Record):
    """A part of the file: unknown keys are refused, nothing is converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class FreezeEntry(Strict):
    """A time in which nothing is changed: days of the week, dates, or as often as cron says."""

    days: str | None = None  # "sat-sun" or "fri"
    zone: Zone = "UTC"
    from_: date | None = Field(default=None, alias="from")
    until: date | None = None
    cron: str | None = None  # "0 18 * * fri", and `for` how long it then lasts
    for_: Duration | None = Field(default=None, alias="for")
    reason: str = ""

    @model_validator(mode="after")
    def _names_a_time(self) -> Self:
        dates = [each for each in (self.from_, self.until) if each is not None]
        recurs = [each for each in (self.cron, self.for_) if each is not None]
        kinds = [self.days is not None, bool(dates), bool(recurs)]
        if sum(kinds) != 1 or len(dates) == 1 or len(recurs) == 1:
            msg = "wants either days (such as sat-sun), or from and until, or cron and for"
            raise ValueError(msg)
        if self.cron is not None:
            read_cron(self.cron)
        if dates != sorted(dates):
            msg = f"until {self.until} is before from {self.from_}"
            raise ValueError(msg)
        _weekdays(_DAYS[0] if self.days is None else self.days)
        return self

    def freeze(self) -> Freeze:
        """Return it as the policy has it."""
        return Freeze(
            days=() if self.days is None else _weekdays(self.days),
            zone=self.zone,
            first=self.from_,
            last=self.until,
            cron=self.cron,
            length=self.for_ or timedelta(),
            reason=self.reason,
        )


def _weekdays(written: str) -> tuple[int, ...]:
    first, dash, last = written.lower().partition("-")
    if first not in _DAYS or (last if dash else first) not in _DAYS:
        msg = f"{written!r} names no days; write sat-sun, or fri"
        raise ValueError(msg)
    start, end = _DAYS.index(first), _DAYS.index(last or first)
    return tuple((start + step) % 7 for step in range((end - start) % 7 + 1))


# What may stand in an address that a message links: none of the characters that end a link there.
_IN_PAGE: Final = "[A-Za-z0-9/_.?=&%#+~:;,@!$()*-]"
PAGE: Final = rf"^(?:https://[A-Za-z0-9.:-]+(?:[/?#]{_IN_PAGE}*)?)?$"
COMPARE: Final = (
    rf"^(?:https://[A-Za-z0-9.:-]+/{_IN_PAGE}*\{{from\}}{_IN_PAGE}+\{{to\}}{_IN_PAGE}*)?$"
)
Page = Annotated[str, StringConstraints(pattern=PAGE)]
# Both versions stand in the path, once each.
Compare = Annotated[str, StringConstraints(pattern=COMPARE)]
GateName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,29}$")]


class GateEntry(Strict):
    """One gate of several as it is written."""

    name: GateName
    approve: list[Person] = Field(min_length=1)
    approvals: int = Field(default=1, ge=1, le=20)

    def gate(self) -> Gate:
        """Return it as the policy has it."""
        return Gate(name=self.name, approve=tuple(self.approve), approvals=self.approvals)


class IrreversibleEntry(Strict):
    """What a change needs that nothing undoes."""

    approvals: int = Field(ge=1, le=20)


class PolicyEntry(Strict):
    """One policy as it is written."""

    request: list[Requester] = Field(default_factory=list)
    approve: list[Person] = Field(default_factory=list)
    approvals: int = Field(default=1, ge=0, le=20)
    gates: list[GateEntry] = Field(default_factory=list, max_length=10)
    self_approval: bool = False
    approval_expires: Duration = timedelta(hours=1)
    rollback: list[Person] | None = None
    rollback_approvals: int = Field(default=0, ge=0, le=20)
    reason: Literal["required", "optional"] = "optional"
    freezes: list[FreezeEntry] = Field(default_factory=list)
    escalate: list[Person] = Field(default_factory=list)
    break_glass: list[Person] = Field(default_factory=list)
    review_within: Duration = timedelta(days=1)
    deadline: Duration = timedelta(hours=2)
    queue: int = Field(default=3, ge=0, le=20)
    turn_confirm_after: Duration = timedelta(minutes=10)
    turn_window: Duration = timedelta(minutes=10)
    irreversible: IrreversibleEntry | None = None
    on_failure: Literal["ask", "rollback"] = "ask"
    rollback_after: Duration = timedelta(minutes=1)
    visible_to: list[Person] | None = None
    rollback_preview: bool = True

    def policy(self, name: str) -> Policy:
        """Return it as the core knows it."""
        gates = tuple(entry.gate() for entry in self.gates)
        named = tuple(dict.fromkeys(each for gate in gates for each in gate.approve))
        return Policy(
            name=name,
            request=tuple(self.request),
            approve=named or tuple(self.approve),
            approvals=sum(gate.approvals for gate in gates) or self.approvals,
            gates=gates,
            self_approval=self.self_approval,
            approval_expires=self.approval_expires,
            rollback=None if self.rollback is None else tuple(self.rollback),
            rollback_approvals=self.rollback_approvals,
            irreversible=self.irreversible.approvals if self.irreversible else 0,
            on_failure=self.on_failure,
            rollback_after=self.rollback_after,
            reason=self.reason,
            freezes=tuple(entry.freeze() for entry in self.freezes),
            escalate=tuple(self.escalate),
            break_glass=tuple(self.break_glass),
            review_within=self.review_within,
            deadline=self.deadline,
            queue=self.queue,
            turn_confirm_after=self.turn_confirm_after,
            turn_window=self.turn_window,
            visible_to=None if self.visible_to is None else tuple(self.visible_to),
            rollback_preview=self.rollback_preview,
        )


Account = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,20}$")]
Accounts = Annotated[list[Account], Field(min_length=2)]  # of one person


class AuditSection(Strict):
    """Where the signed head of the audit goes, and where faults of this file are told."""

    channel: Channel | None = None
    file: str | None = Field(default=None, min_length=1)

    @property
    def is_anywhere(self) -> bool:
        """Whether there is a place for it."""
        return self.channel is not None or self.file is not None


class IncidentsSection(Strict):
    """How incidents are handled."""

    prefix: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,19}$")] = "inc-"
    announce: Channel | None = None
    invite: list[Person] = Field(default_factory=list)
    open: list[Requester] = Field(default_factory=lambda: [ANYONE])
    freeze: bool = True
    window: Duration = timedelta(hours=24)
    archive_after: Literal[0] | Duration = 0  # the closing; 0: never

    @property
    def are_used(self) -> bool:
        """Whether anything is said of them, and somebody may open one."""
        return bool(self.model_fields_set and self.open)


class CommandNames(Strict):
    """How the slash commands are called."""

    prefix: Annotated[str, StringConstraints(pattern=PREFIX)] = ""

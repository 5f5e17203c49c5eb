"""The base of every record, and the scalar types that records share."""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
SLIPWAY: Final = "slipway"  # who acts when no person does
HOOK: Final = "hook:"  # what the name of a hook that acts begins with

OperationId: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^op-[0-9a-hjkmnp-tv-z]{10}$")
]  # the ten characters are Crockford's base32
IncidentId: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^inc-[0-9a-hjkmnp-tv-z]{6}$")
]  # six characters of the same
ProposalId: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^prop-[0-9a-hjkmnp-tv-z]{10}$")
]  # ten characters of the same
UserId: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^([UW][A-Z0-9]{2,20}|slipway|hook:[a-z0-9][a-z0-9._-]{0,62})$"),
]
ChannelId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[CDG][A-Z0-9]{2,20}$")]
TargetName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
Moment: TypeAlias = AwareDatetime
# The queue's order. In the background: what nobody watches who is not there for something else.
Urgency: TypeAlias = Literal["decisive", "notable", "progress", "background"]
Json: TypeAlias = JsonValue

Action: TypeAlias = Literal[
    "deploy", "rollback", "restart", "start", "stop", "scale", "create", "delete"
]


class Record(BaseModel):
    """An immutable value; change it with `model_copy(update=…)`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameters(Record):
    """What an action was asked with; which of them an action takes is its grammar's matter."""

    version: str | None = None
    revision: str | None = None  # what a rollback returns to; None: the one before
    replicas: int | None = Field(default=None, ge=0, le=10_000)
    values: dict[str, str] = Field(default_factory=dict)  # `key=value` words
    way: str | None = (
        None  # how a failed operation is gone on with: the name of its `RecoveryOption`
    )
    items: tuple[str, ...] = ()  # what that way is about, in the system's words
    texts: tuple[str, ...] = ()  # keys of the values that were typed in quotes
    strategy: str | None = None  # how a version is brought out, in the system's words
    options: tuple[str, ...] = ()  # of the vendor's own, in alphabetical order: "no-hooks"


class PastStep(Record):
    """A step of this target that Slipway sent and saw end."""

    action: Action
    name: str
    parameters: dict[str, Json] = Field(default_factory=dict)  # of the step, as planned
    task: str  # its remote task
    before: str | None = None  # the revision that ran before its operation
    has_failed: bool = False


class Asked(Record):
    """An action with its parameters: the question that a system makes a plan for."""

    action: Action
    parameters: Parameters = Parameters()
    past: tuple[PastStep, ...] = ()  # newest first: what Slipway itself did to the target


def is_person(user: UserId) -> bool:
    """Return whether *user* can be told something: neither Slipway itself nor a hook."""
    return user != SLIPWAY and not user.startswith(HOOK)


class Allowed(Record):
    """A rule said yes."""

    rule: str

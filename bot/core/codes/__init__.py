"""Codes: why something is so, with typed parameters; `bot.views.words` has the words.

A `Code` is what is said, typed: whoever decides builds one. A `Reason` is the same for the
journal and the audit, which keep it for ever: any version can read it, also of a code that it does
not know. The part of a key before the first dot is the stable code that people see: `[locked]`.
"""

import json
from typing import Annotated, ClassVar, Final, Self, TypeAlias

from pydantic import BeforeValidator, Field
from typing_extensions import override

from bot.core.records import Json, OperationId, Record

LEGACY: Final = "legacy"  # what was said in words before there were codes


class Reason(Record):
    """Why something is so, as it is kept: a key and the parameters of its words."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")
    params: dict[str, Json] = Field(default_factory=dict)

    @override
    def __hash__(self) -> int:
        return hash((self.key, json.dumps(self.params, sort_keys=True)))

    @property
    def code(self) -> str:
        """The stable code, which several keys may share: `not_allowed` of `not_allowed.bot`."""
        return self.key.partition(".")[0]


class Code(Record):
    """Base of all codes: the class names what is said, its fields are the parameters.

    Moments are kept in RFC 3339, lengths of time in seconds.
    """

    key: ClassVar[str]

    @property
    def reason(self) -> Reason:
        """The same, to be kept."""
        return Reason(key=self.key, params=self.model_dump(mode="json"))


def _kept(value: object) -> object:
    """Read what an older version wrote in words."""
    return {"key": LEGACY, "params": {"words": value}} if isinstance(value, str) else value


def _kept_if_any(value: object) -> object:
    """Read what an older version wrote in words, or left empty."""
    return None if value == "" else _kept(value)


Kept: TypeAlias = Annotated[Reason, BeforeValidator(_kept)]
"""A reason in the journal; what an older version wrote there in words is read as `Legacy`."""

KeptIfAny: TypeAlias = Annotated[Reason | None, BeforeValidator(_kept_if_any)]
"""The same, where there may be none; an older version wrote empty words there."""

Value: TypeAlias = Reason | str
"""What something is: foreign text (a version, a name, a number), or our own word for it."""


class Legacy(Code):
    """Words that an older version kept."""

    key = LEGACY
    words: str


class Denied(Record):
    """A rule said no: why, and what helps to find the way forward."""

    why: Reason
    rule: str = ""  # the place in slipway.yaml that decided, where one did
    who: tuple[str, ...] = ()  # ids of the people and groups that may
    operation: OperationId | None = None  # the operation that is in the way, where one is

    @property
    def code(self) -> str:
        """The stable code that people see."""
        return self.why.code

    @classmethod
    def of(
        cls,
        code: Code,
        *,
        rule: str = "",
        who: tuple[str, ...] = (),
        operation: OperationId | None = None,
    ) -> Self:
        """Return the refusal for the reason *code*."""
        return cls(why=code.reason, rule=rule, who=who, operation=operation)

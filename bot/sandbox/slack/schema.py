"""The small language in which the tables of blocks are written.

A rule looks at a value and yields complaints in the form in which Slack gives them:
`[ERROR] what is wrong [json-pointer:/blocks/0/text/text]`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

ID_MAX = 255  # characters of block_id, action_id, callback_id, external_id


class Rule(Protocol):
    """What a value must be."""

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*, which stands at the JSON pointer *at*."""
        ...


def complaint(what: str, at: str) -> str:
    """Word one complaint about the value at *at*."""
    return f"[ERROR] {what} [json-pointer:{at}]"


@dataclass(frozen=True)
class Str:
    """A string of so many characters."""

    maximum: int
    minimum: int = 1

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*."""
        if not isinstance(value, str):
            yield complaint("must be a string", at)
        elif len(value) > self.maximum:
            yield complaint(f"must be less than {self.maximum + 1} characters", at)
        elif len(value) < self.minimum:
            yield complaint(f"must be more than {self.minimum - 1} characters", at)


@dataclass(frozen=True)
class Shaped:
    """A string of a shape, which is said in words."""

    shape: re.Pattern[str]
    words: str
    maximum: int = 3000

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*."""
        yield from Str(self.maximum).check(value, at)
        if isinstance(value, str) and not self.shape.fullmatch(value):
            yield complaint(f"must be {self.words}", at)


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*."""
        if not isinstance(value, bool):
            yield complaint("must be a boolean", at)


@dataclass(frozen=True)
class Number:
    """A whole number within bounds."""

    minimum: int
    maximum: int

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*."""
        if isinstance(value, bool) or not isinstance(value, int):
            yield complaint("must be an integer", at)
        elif not self.minimum <= value <= self.maximum:
            yield complaint(f"must be between {self.minimum} and {self.maximum}", at)


@dataclass(frozen=True)
class Amount:
    """A number, whole or not."""

    minimum: float

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield complaint("must be a number", at)
        elif value < self.minimum:
            yield complaint(f"must be at least {self.minimum:g}", at)


@dataclass(frozen=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*."""
        if value not in self.words:
            yield complaint(f"must be one of {', '.join(self.words)}", at)


@dataclass(frozen=True)
class Each:
    """A list of so many items, each to a rule."""

    item: Rule
    maximum: int
    minimum: int = 1

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*."""
        if not isinstance(value, list):
            yield complaint("must be an array", at)
            return
        if len(value) > self.maximum:
            yield complaint(f"no more than {self.maximum} items allowed", at)
        if len(value) < self.minimum:
            yield complaint(f"no fewer than {self.minimum} items allowed", at)
        for index, item in enumerate(value):
            yield from self.item.check(item, f"{at}/{index}")


@dataclass(frozen=True)
class Fields:
    """An object: the rule of each field it may have, the names of those it must have.

    At least one of `any_of` is there, where there are any.
    """

    known: Mapping[str, Rule]
    required: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*."""
        if not isinstance(value, dict):
            yield complaint("must be an object", at)
            return
        for name in sorted(self.required - value.keys()):
            yield complaint(f"missing required field: {name}", at)
        if self.any_of and not self.any_of & value.keys():
            yield complaint(f"missing one of: {', '.join(sorted(self.any_of))}", at)
        for name, part in value.items():
            if name in self.known:
                yield from self.known[name].check(part, f"{at}/{name}")
            else:
                yield complaint(f"invalid additional property: {name}", at)


@dataclass(frozen=True)
class Kinds:
    """An object whose `type` says which fields it has; `only` narrows the table."""

    table: Mapping[str, Fields]
    only: tuple[str, ...] = ()

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*."""
        if not isinstance(value, dict):
            yield complaint("must be an object", at)
            return
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in (self.only or self.table):
            yield complaint(f"unsupported type: {kind}", f"{at}/type")
        else:
            yield from self.table[kind].check(value, at)


@dataclass(frozen=True)
class Either:
    """One of two shapes: a plain string, or else an object."""

    string: Rule
    other: Rule

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*."""
        yield from (self.string if isinstance(value, str) else self.other).check(value, at)


@dataclass(frozen=True)
class Anything:
    """Whatever it is, elsewhere it is looked at."""

    def check(self, value: object, at: str) -> Iterator[str]:  # noqa: ARG002 - the rule's shape
        """Yield nothing."""
        yield from ()


TYPE: Rule = Anything()  # `Kinds` has looked at it


def made_of(
    required: Mapping[str, Rule],
    optional: Mapping[str, Rule] | None = None,
    any_of: tuple[str, ...] = (),
) -> Fields:
    """Return the rule of a typed object with these fields."""
    known = {"type": TYPE, **required, **(optional or {})}
    return Fields(known, frozenset({"type", *required}), frozenset(any_of))


@dataclass(frozen=True)
class Text:
    """A text object of so many characters."""

    maximum: int
    kinds: tuple[str, ...] = ("plain_text", "mrkdwn")
    minimum: int = 1
    table: Mapping[str, Fields] = field(init=False)

    def __post_init__(self) -> None:
        words = Str(self.maximum, self.minimum)
        plain = made_of({"text": words}, {"emoji": Flag()})
        table = {"plain_text": plain, "mrkdwn": made_of({"text": words}, {"verbatim": Flag()})}
        object.__setattr__(self, "table", table)

    def check(self, value: object, at: str) -> Iterator[str]:
        """Yield what is wrong with *value*."""
        yield from Kinds(self.table, self.kinds).check(value, at)


def plain(maximum: int) -> Text:
    """Return the rule of a plain text object."""
    return Text(maximum, ("plain_text",))

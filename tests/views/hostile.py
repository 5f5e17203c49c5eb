"""Records in which every free text is somebody else's."""

from collections.abc import Iterator, Mapping
from itertools import cycle
from typing import Final, TypeVar

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from bot.core.codes import LEGACY, Reason, Value
from bot.core.codes.systems import VendorSaid
from bot.core.records import Record

R = TypeVar("R", bound=Record)

NASTY: Final = (
    "<!channel>",
    "<@U0EVIL>",
    "<https://evil.test|our card>",
    "&lt;!here&gt;",
    "```",
    "*_~`:x:",
    "\u202e\u2066 turned",
    "a\n\n> quote\r\x00",
    "",
    " ",
    "<" * 5_000,
    "ש" * 5_000,
    "word " * 2_000,
)
_FOREIGN: Final = frozenset({LEGACY, VendorSaid.key})
TEXTS: Final = st.lists(st.sampled_from(NASTY) | st.text(), min_size=1, max_size=4)


def infested(record: R, texts: list[str]) -> R:
    """Return *record* with the next of *texts* in each place that takes any string."""
    return _infested(record, cycle(texts))


def _infested(record: R, texts: Iterator[str]) -> R:
    changes = {
        name: _changed(getattr(record, name), texts, is_free=_is_free(field))
        for name, field in type(record).model_fields.items()
    }
    return record.model_copy(update=changes)


def _changed(value: object, texts: Iterator[str], *, is_free: bool) -> object:
    if isinstance(value, Reason):
        return _with_foreign_words(value, texts)
    if isinstance(value, Record):
        return _infested(value, texts)
    if isinstance(value, tuple):
        return tuple(_changed(item, texts, is_free=is_free) for item in value)
    if isinstance(value, dict) and is_free:
        return {next(texts) + str(key): next(texts) for key in value}
    return next(texts) if isinstance(value, str) and is_free else value


def _with_foreign_words(reason: Reason, texts: Iterator[str]) -> Reason:
    if reason.key not in _FOREIGN:
        return reason
    return reason.model_copy(update={"params": {name: next(texts) for name in reason.params}})


def _is_free(field: FieldInfo) -> bool:
    """Whether the field takes any string: it has no pattern and is no closed set."""
    free = (str, str | None, tuple[str, ...], dict[str, str], Value, Mapping[str, Value])
    return field.annotation in free and not field.metadata

"""Reasons: codes with parameters, and what older versions kept in words."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest

from bot.core import events, operation, plan, system
from bot.core.codes import Legacy, Reason
from bot.core.operation import Cancelled, Failed, RecoveryOption, Step
from bot.core.records import Record
from tests.journal.builders import ANN, NOON

OLD = Legacy(words="it broke").reason
AN_OPTION = {"name": "retry", "label": "it broke", "explanation": "it broke"}


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        (Failed, {"at": NOON, "code": "e1", "reason": "it broke"}, {"reason": OLD}),
        (Cancelled, {"at": NOON, "by": ANN, "reason": "it broke"}, {"reason": OLD}),
        (Cancelled, {"at": NOON, "by": ANN, "reason": ""}, {"reason": None}),
        (Step, {"name": "deploy", "detail": ""}, {"detail": None}),
        (Step, {"name": "deploy", "notes": ["it broke"]}, {"notes": (OLD,)}),
        (RecoveryOption, AN_OPTION, {"label": OLD, "explanation": OLD}),
    ],
)
def test_what_was_kept_in_words_is_a_reason(
    kind: type[Record], written: dict[str, Any], read: dict[str, Any]
) -> None:
    """Whoever works with a record meets codes alone, whichever version wrote it."""
    found = kind.model_validate(written)

    assert {name: getattr(found, name) for name in read} == read
    assert kind.model_validate_json(found.model_dump_json()) == found


def test_only_values_may_be_words() -> None:
    """Why something is so is a code; what something is may be a foreign name, or a code."""
    of_values = {"Observation", "Change", "PlanDraft", "Plan", "StatusReport", "Entry", "Offer"}
    of_values |= {"WayBack"}
    assert {record.__name__ for record in records() if may_be_words(record)} == of_values


def records() -> Iterator[type[Record]]:
    """Yield what the journal keeps, and what systems answer."""
    for module in (events, operation, plan, system):
        for each in vars(module).values():
            if isinstance(each, type) and issubclass(each, Record):
                yield each


def may_be_words(record: type[Record]) -> bool:
    """Whether a field of *record* takes a reason as well as any text."""
    return any(is_either(field.annotation) for field in record.model_fields.values())


def is_either(shape: Any) -> bool:
    """Whether a type, or a part of it, is a reason or any text."""
    parts = get_args(shape)
    is_union = get_origin(shape) in {Union, UnionType}
    return (is_union and {Reason, str} <= {*parts}) or any(map(is_either, parts))

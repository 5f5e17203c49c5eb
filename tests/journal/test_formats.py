"""The shape of what is stored, by the number of its format."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from pydantic import TypeAdapter
from sqlalchemy import Engine, select, update

from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.rows import OutboxRow
from bot.core.surfaces import Subscription, Surface
from bot.journal import Journal
from bot.journal.columns import FORMAT, FORMATS, WRITTEN
from bot.journal.schema import operations
from tests.journal.builders import an_id, an_operation, apply, create, planned

STORED: Final[Mapping[str, TypeAdapter[Any]]] = {
    "an operation": TypeAdapter(Operation),
    "an event": TypeAdapter(Event),
    "a surface": TypeAdapter(Surface),
    "a subscription": TypeAdapter(Subscription),
    "a row of the outbox": TypeAdapter(OutboxRow),
}
SHAPES: Final[Mapping[int, Mapping[str, str]]] = {
    2: {
        "an operation": "6d8688146549",
        "an event": "41120ccbe522",
        "a surface": "1593508297c7",
        "a subscription": "65500f37c0ae",
        "a row of the outbox": "2571d6e151d1",
    },
    3: {
        "an operation": "fa8006812a82",
        "an event": "b0ad399aa46b",
        "a surface": "1593508297c7",
        "a subscription": "65500f37c0ae",
        "a row of the outbox": "2571d6e151d1",
    },
    4: {
        "an operation": "85b2d9f4a6e1",
        "an event": "e006dd05ef84",
        "a surface": "1593508297c7",
        "a subscription": "65500f37c0ae",
        "a row of the outbox": "2571d6e151d1",
    },
    5: {
        "an operation": "8ec28a6db465",
        "an event": "385e83997595",
        "a surface": "1593508297c7",
        "a subscription": "65500f37c0ae",
        "a row of the outbox": "2571d6e151d1",
    },
    6: {
        "an operation": "2495a1e71672",
        "an event": "8068061eaaa3",
        "a surface": "1593508297c7",
        "a subscription": "65500f37c0ae",
        "a row of the outbox": "2571d6e151d1",
    },
    7: {
        "an operation": "431ae0f863f0",
        "an event": "8068061eaaa3",
        "a surface": "f91bca2398bf",
        "a subscription": "fb4c42dcb62b",
        "a row of the outbox": "882f2620da4a",
    },
    8: {
        "an operation": "368ed860e830",
        "an event": "21c30657c97c",
        "a surface": "f91bca2398bf",
        "a subscription": "fb4c42dcb62b",
        "a row of the outbox": "882f2620da4a",
    },
    9: {
        "an operation": "3edf97ccae7c",
        "an event": "5a16859ab2b9",
        "a surface": "f91bca2398bf",
        "a subscription": "fb4c42dcb62b",
        "a row of the outbox": "882f2620da4a",
    },
    10: {
        "an operation": "896be33ae83c",
        "an event": "5a16859ab2b9",
        "a surface": "486b0b1d5a4e",
        "a subscription": "923de1cfbfd9",
        "a row of the outbox": "e85500b1a95f",
    },
    11: {
        "an operation": "cc07c74520fe",
        "an event": "e67e939d6cca",
        "a surface": "44eeddc0bd70",
        "a subscription": "6a66cd6010b6",
        "a row of the outbox": "0b9313d40632",
    },
    12: {
        "an operation": "ab73a6acaec1",
        "an event": "8f1cebfaf35c",
        "a surface": "44eeddc0bd70",
        "a subscription": "6a66cd6010b6",
        "a row of the outbox": "0b9313d40632",
    },
    13: {
        "an operation": "44b2ceba3f3f",
        "an event": "8f1cebfaf35c",
        "a surface": "4228c7560ba6",
        "a subscription": "5f434f11a8dd",
        "a row of the outbox": "9b4bfdc77959",
    },
    14: {
        "an operation": "41626444066e",
        "an event": "2c4ca0cb1532",
        "a surface": "4228c7560ba6",
        "a subscription": "5f434f11a8dd",
        "a row of the outbox": "9b4bfdc77959",
    },
    15: {
        "an operation": "9a778280e512",
        "an event": "07ab0269394d",
        "a surface": "4228c7560ba6",
        "a subscription": "5f434f11a8dd",
        "a row of the outbox": "9b4bfdc77959",
    },
    16: {
        "an operation": "ef36707b144c",
        "an event": "94b09de7bf9a",
        "a surface": "4228c7560ba6",
        "a subscription": "5f434f11a8dd",
        "a row of the outbox": "9b4bfdc77959",
    },
    17: {
        "an operation": "3b852b67ccf2",
        "an event": "94b09de7bf9a",
        "a surface": "e0af6aa2b42e",
        "a subscription": "e3e3ef2044d9",
        "a row of the outbox": "b32d78a8ba47",
    },
    18: {
        "an operation": "8a68808f8a66",
        "an event": "94b09de7bf9a",
        "a surface": "b9f8b354ffd1",
        "a subscription": "4950f3d984cc",
        "a row of the outbox": "ab1175bde254",
    },
    19: {
        "an operation": "7f777b1f5c69",
        "an event": "94b09de7bf9a",
        "a surface": "09ef9de6373e",
        "a subscription": "943854d039ab",
        "a row of the outbox": "07ef6008fe65",
    },
    20: {
        "an operation": "c61c4409a1a4",
        "an event": "e411a9ab3407",
        "a surface": "09ef9de6373e",
        "a subscription": "943854d039ab",
        "a row of the outbox": "07ef6008fe65",
    },
    21: {
        "an operation": "440c0f1cc739",
        "an event": "e411a9ab3407",
        "a surface": "adce3ee41fe2",
        "a subscription": "083ee77dfddd",
        "a row of the outbox": "66cf150493ce",
    },
    22: {
        "an operation": "440c0f1cc739",
        "an event": "e411a9ab3407",
        "a surface": "b3e11e5012c0",
        "a subscription": "d73dc785a120",
        "a row of the outbox": "8165be1e033f",
    },
}
_WORDS: Final = frozenset({"description", "title"})


@pytest.mark.parametrize("name", STORED)
def test_a_shape_that_changes_has_a_new_format(name: str) -> None:
    """V65: another shape under the same number is a record that older workers stumble over."""
    present = _digest(STORED[name])
    assert present == SHAPES.get(FORMAT, {}).get(name), (
        f"What the journal keeps of {name} has another shape than format {FORMAT} had. Add the "
        "next number to FORMATS in bot/journal/columns.py, and write the new shapes under it here; "
        f"this one is {present}. Where an operation or an event changes, write the number to "
        "Operation.format and WRITTEN as well, and go on reading those before it."
    )


def test_an_operation_says_the_lowest_format_that_reads_it() -> None:
    """V65: what nothing new is in, the release before works with while hosts are upgraded."""
    told = {number: (each["an operation"], each["an event"]) for number, each in SHAPES.items()}
    assert told[WRITTEN - 1] != told[WRITTEN] == told[FORMAT]
    assert an_operation().format == WRITTEN


def test_what_was_written_before_is_read_and_written_anew(journal: Journal, engine: Engine) -> None:
    """V65: format 1 is read as ever; once this version has written it, older ones leave it alone.

    They tell by the column.
    """
    create(journal, an_operation())
    old = an_operation().model_dump(mode="json") | {"format": 1}
    with engine.begin() as connection:
        connection.execute(update(operations).values(format=1, record=json.dumps(old)))
    assert journal.operations.load(an_id(1)) == an_operation()
    apply(journal, an_id(1), planned(an_operation()))
    with engine.begin() as connection:
        [(form, record)] = connection.execute(select(operations.c.format, operations.c.record))
    assert (form, json.loads(record)["format"]) == (WRITTEN, WRITTEN)
    assert tuple(range(1, FORMAT + 1)) == FORMATS


def _digest(stored: TypeAdapter[Any]) -> str:
    shape = json.dumps(_bare(stored.json_schema()), sort_keys=True)
    return hashlib.sha256(shape.encode()).hexdigest()[:12]


def _bare(schema: Any) -> Any:
    """Return the schema without what is only said about it."""
    if isinstance(schema, dict):
        return {
            key: _bare(value)
            for key, value in schema.items()
            if key not in _WORDS or not isinstance(value, str)
        }
    return [_bare(each) for each in schema] if isinstance(schema, list) else schema

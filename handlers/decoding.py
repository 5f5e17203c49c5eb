"""From signed bytes to one object, strictly: whatever could be read in two ways is refused."""

import json
import math
from typing import Final, Literal, NamedTuple, TypeAlias
from urllib.parse import parse_qsl

from bot.core.records import Json

DEPTH_MAX: Final = 64  # Slack's own payloads stay below 20
FIELDS_MAX: Final = 64
Form: TypeAlias = Literal["fields", "payload", "json"]


class UnreadableError(Exception):
    """The body is not what Slack sends."""


class MislabelledError(UnreadableError):
    """The body is labelled as JSON and is none."""


class Decoded(NamedTuple):
    """What one request says: a command's fields, an interaction's payload, or an event's JSON."""

    form: Form
    content: dict[str, Json]


def decode(body: bytes, *, is_json: bool) -> Decoded:
    """Read *body*.

    Raises:
        UnreadableError: not UTF-8, a field or key twice, `payload` no object, NaN, too deep.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError from error
    if is_json:
        if not text.lstrip().startswith("{"):
            raise MislabelledError
        return Decoded(form="json", content=_object(text))
    fields = _fields(text)
    if "payload" in fields:
        return Decoded(form="payload", content=_object(fields["payload"]))
    return Decoded(form="fields", content={**fields})


def _fields(text: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=FIELDS_MAX,
        )
    except ValueError as error:
        raise UnreadableError from error
    return _unique(pairs)


def _object(text: str) -> dict[str, Json]:
    try:
        content = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableError from error
    if not isinstance(content, dict):
        raise UnreadableError
    _check(content)
    return content


def _unique(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableError
    return found


def _refuse(_constant: str) -> float:
    raise UnreadableError


def _finite(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise UnreadableError
    return number


def _check(content: dict[str, Json]) -> None:
    """Refuse what is nested too deeply, and halves of characters, which no database takes."""
    level: list[Json] = [content]
    for _ in range(DEPTH_MAX + 1):  # the innermost container, then what is in it
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return
    raise UnreadableError


def _inside(value: Json) -> list[Json]:
    if isinstance(value, str):
        _check_text(value)
    if isinstance(value, dict):
        for key in value:
            _check_text(key)
        return list(value.values())
    return value if isinstance(value, list) else []


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnreadableError from error

"""The arguments of a call: read from JSON or a form, known by name, of the right kind."""

import json
from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias
from urllib.parse import parse_qsl

from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.records import JsonObject

Kind: TypeAlias = Literal["text", "list", "object", "flag", "count", "ids"]

_OTHERS: Final[Mapping[str, Kind]] = {
    "blocks": "list",
    "files": "list",
    "length": "count",
    "users": "ids",
    "types": "ids",
    "document_content": "object",
    "metadata": "object",
    "view": "object",
    "limit": "count",
    "exclude_archived": "flag",
    "force": "flag",
    "is_private": "flag",
    "include_all_metadata": "flag",
    "include_count": "flag",
    "include_disabled": "flag",
    "include_locale": "flag",
    "include_num_members": "flag",
    "include_users": "flag",
    "inclusive": "flag",
    "link_names": "flag",
    "mrkdwn": "flag",
    "reply_broadcast": "flag",
    "return_im": "flag",
    "unfurl_links": "flag",
    "unfurl_media": "flag",
}
_FLAGS: Final[Mapping[str, bool]] = {"1": True, "true": True, "0": False, "false": False}


def read_body(content_type: str, body: bytes) -> JsonObject:
    """Return the arguments as they were sent; an empty JSON body has none.

    Raises:
        RefusedError: the body is not what its content type says.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _json_object(body) if body.strip() else {}
    if kind in {"application/x-www-form-urlencoded", ""}:
        return dict(parse_qsl(_decoded(body), keep_blank_values=True))
    raise RefusedError(code="invalid_post_type")


def _json_object(body: bytes) -> JsonObject:
    try:
        value = json.loads(body)
        json.dumps(value, ensure_ascii=False).encode()  # lone surrogates are no text
    except (ValueError, RecursionError) as error:
        raise RefusedError(code="invalid_json") from error
    if not isinstance(value, dict):
        raise RefusedError(code="json_not_object")
    return value


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise RefusedError(code="invalid_form_data") from error


def checked(raw: JsonObject, known: frozenset[str], required: frozenset[str]) -> JsonObject:
    """Return *raw* with each value of its argument's kind.

    Raises:
        RefusedError: `invalid_arguments`, for each that the method does not know, that is
            missing, or that is something else.
    """
    messages = [f"[ERROR] unknown argument: {name}" for name in sorted(raw.keys() - known)]
    messages += [
        f"[ERROR] missing required field: {name}" for name in sorted(required - raw.keys())
    ]
    values: JsonObject = {}
    for name in sorted(raw.keys() & known):
        kind = _OTHERS.get(name, "text")
        try:
            values[name] = _READERS[kind](raw[name])
        except (TypeError, ValueError, RecursionError):
            messages.append(f"[ERROR] must be a {kind} [json-pointer:/{name}]")
    if messages:
        raise RefusedError(code="invalid_arguments", messages=messages)
    return values


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _list(value: object) -> list[object]:
    parsed = json.loads(value) if isinstance(value, str) else value
    if not isinstance(parsed, list):
        raise TypeError
    return parsed


def _object(value: object) -> JsonObject:
    parsed = json.loads(value) if isinstance(value, str) else value
    if not isinstance(parsed, dict):
        raise TypeError
    return parsed


def _flag(value: object) -> bool:
    lowered = str(value).lower()
    if lowered not in _FLAGS:
        raise ValueError
    return _FLAGS[lowered]


def _count(value: object) -> int:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()):
        raise ValueError
    return int(text)


def _ids(value: object) -> list[str]:
    if isinstance(value, list):
        return [_text(item) for item in value]
    return [item.strip() for item in _text(value).split(",") if item.strip()]


_READERS: Final[Mapping[Kind, Callable[[object], object]]] = {
    "text": _text,
    "list": _list,
    "object": _object,
    "flag": _flag,
    "count": _count,
    "ids": _ids,
}

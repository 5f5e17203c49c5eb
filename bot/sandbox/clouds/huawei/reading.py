"""Reads queries and bodies as strictly as JSON and the routes allow."""

import json
from typing import Final

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import JsonObject, Request, Route
from bot.sandbox.clouds.huawei.signature import query_pairs

MEDIA_TYPE: Final = "application/json"


def query_of(request: Request, route: Route) -> dict[str, str]:
    """Return the query's fields.

    Raises:
        RefusedError: one is unknown to the route, or given twice.
    """
    pairs = query_pairs(request.query)
    query = dict(pairs)
    if unknown := sorted(set(query) - route.query):
        raise route.bad_request(why=f"the query parameter {unknown[0]} is unknown")
    if len(query) < len(pairs):
        raise route.bad_request(why="a query parameter is given twice")
    return query


def body_of(request: Request, route: Route) -> JsonObject | None:
    """Return the body, or nothing where none belongs.

    Raises:
        RefusedError: it is missing, superfluous, of another type or not an object.
    """
    if not route.takes_body and request.body:
        raise route.bad_request(why=f"{request.method} of this path takes no body")
    if not route.takes_body:
        return None
    if not request.body:
        raise route.bad_request(why="the request body is empty")
    media_type = request.header("content-type").partition(";")[0].strip().lower()
    if media_type != MEDIA_TYPE:
        raise route.bad_request(why=f"the content type {media_type!r} is not {MEDIA_TYPE}")
    return _object(route, request.body)


def _object(route: Route, body: bytes) -> JsonObject:
    try:
        found: JsonValue = json.loads(
            body.decode(), object_pairs_hook=_without_doubles, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise route.bad_request(why=f"the request body cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise route.bad_request(why="the request body is not an object")
    return found


def _without_doubles(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        text = "a name is given twice"
        raise ValueError(text)
    return found


def _no_constant(name: str) -> JsonValue:
    text = f"{name} is not JSON"
    raise ValueError(text)

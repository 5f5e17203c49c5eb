"""The Web API: a call's token, budget, faults and arguments, then the method itself."""

import hmac
import math
from typing import Final, NamedTuple

from bot.sandbox.slack.arguments import checked, read_body
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.methods import METHODS, Method
from bot.sandbox.slack.records import JsonObject
from bot.sandbox.slack.state import State

TOO_MANY: Final = 429
SERVER_ERROR: Final = 500
HTML: Final = "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>"


class Request(NamedTuple):
    """One call as it came in."""

    method: str
    authorization: str
    content_type: str
    body: bytes


class Reply(NamedTuple):
    """What goes back: JSON or a page, after a delay, or nothing on a closed connection."""

    body: JsonObject | str
    status: int = 200
    headers: dict[str, str] = {}  # noqa: RUF012 - a default that nobody changes
    delay: float = 0.0  # seconds
    dropped: bool = False


class _LimitedError(Exception):
    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def answer(state: State, request: Request) -> Reply:
    """Carry *request* out, or refuse it, or let it go wrong as was asked for."""
    with state.lock:
        fault = state.faults.take(request.method)
        unheard = _before(fault)
        if unheard is not None and fault is not None:
            state.note_refused(request.method, _shown(request), f"fault:{fault.kind}")
            return unheard
        return _after(fault, _carried_out(state, request))


def _before(fault: Fault | None) -> Reply | None:
    """Return what a fault answers in place of the method."""
    match fault:
        case Fault(kind="ratelimited"):
            return limited(fault.retry_after)
        case Fault(kind="drop_before"):
            return Reply("", dropped=True)
        case Fault(kind="server_error"):
            return Reply(HTML, status=fault.status)
        case Fault(kind="html"):
            return Reply(HTML)
        case Fault(kind="refused"):
            return Reply({"ok": False, "error": fault.code})
        case Fault(kind="internal_error"):
            return Reply({"ok": False, "error": "internal_error"})
        case _:
            return None


def _after(fault: Fault | None, reply: Reply) -> Reply:
    """Return what a fault makes of the method's own answer."""
    match fault:
        case Fault(kind="drop_after"):
            return reply._replace(dropped=True)
        case Fault(kind="internal_error_after"):
            return Reply({"ok": False, "error": "internal_error"})
        case Fault(kind="slow"):
            return reply._replace(delay=fault.seconds)
        case _:
            return reply


def limited(retry_after: int) -> Reply:
    """Return the answer to a call that came too soon."""
    return Reply(
        {"ok": False, "error": "ratelimited"},
        status=TOO_MANY,
        headers={"Retry-After": str(math.ceil(retry_after))},
    )


def _carried_out(state: State, request: Request) -> Reply:
    try:
        arguments, body, headers = _executed(state, request)
    except _LimitedError as error:
        state.note_refused(request.method, _shown(request), "ratelimited")
        return limited(error.retry_after)
    except RefusedError as error:
        state.note_refused(request.method, _shown(request), error.code, error.messages)
        return Reply(_refusal(state, error))
    state.note_executed(request.method, arguments)
    return Reply({"ok": True, **body}, headers=headers)


def _executed(state: State, request: Request) -> tuple[JsonObject, JsonObject, dict[str, str]]:
    method = METHODS.get(request.method)
    if method is None:
        raise RefusedError(code="unknown_method")
    raw = read_body(request.content_type, request.body)
    granted = _granted(state, method, request.authorization, raw.pop("token", None))
    _check_team(state, raw)
    _take(state, request.method, method, raw)
    for scope in method.scopes:
        if scope not in granted:
            raise RefusedError(code="missing_scope", needed=scope)
    arguments = checked(raw, method.known, method.required)
    body = method.run(state, arguments)
    return arguments, body, {"x-oauth-scopes": ",".join(sorted(granted))}


def _granted(
    state: State, method: Method, authorization: str, in_body: str | None
) -> frozenset[str]:
    """Return the scopes of the call's token.

    Raises:
        RefusedError: there is none, or it is not known, or of the wrong kind.
    """
    scheme, _, bearer = authorization.partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else in_body
    if not token:
        raise RefusedError(code="not_authed")
    config = state.config
    known = {
        "bot": (config.bot_token, state.scopes),
        "app": (config.app_token, config.app_scopes),
    }
    for kind, (own, scopes) in known.items():
        if hmac.compare_digest(own.encode(), str(token).encode()):
            if kind != method.token:
                raise RefusedError(code="not_allowed_token_type")
            return scopes
    raise RefusedError(code="invalid_auth")


def _check_team(state: State, raw: JsonObject) -> None:
    """Drop the `team_id` which Bolt's clients send with every call.

    Raises:
        RefusedError: it is another team's.
    """
    if raw.pop("team_id", state.config.team_id) != state.config.team_id:
        raise RefusedError(code="team_access_not_granted")


def _take(state: State, name: str, method: Method, raw: JsonObject) -> None:
    retry_after = state.buckets.take(name, method.tier, str(raw.get("channel", "")))
    if retry_after is not None:
        raise _LimitedError(retry_after)


def _refusal(state: State, error: RefusedError) -> JsonObject:
    body: JsonObject = {"ok": False, "error": error.code}
    if error.messages:
        body["errors"] = list(error.messages)
        body["response_metadata"] = {"messages": list(error.messages)}
    if error.needed:
        provided = ",".join(sorted(state.scopes))
        body |= {"needed": error.needed, "provided": provided}
    return body


def _shown(request: Request) -> JsonObject:
    """Return the arguments as far as they can be read."""
    try:
        return {
            name: value
            for name, value in read_body(request.content_type, request.body).items()
            if name != "token"
        }
    except RefusedError:
        return {}

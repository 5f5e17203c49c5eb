"""The only caller of Slack's Web API, but for forms. It never repeats a call by itself."""

import json
import logging
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from typing import Any, Final, Protocol, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.core.budget import patience
from bot.core.errors import (
    DirectoryError,
    SlackError,
    SlackHeldError,
    SlackRefusedError,
    SlackUnknownError,
)
from bot.core.policy import Member
from bot.core.records import Json, Record, UserId
from workers.ports import Posted

log = logging.getLogger("slipway.slack")

T = TypeVar("T")

EVENT_TYPE: Final = "slipway_operation"
TIMEOUT_SECONDS: Final = 10
ASK_SECONDS: Final = 1.0  # that an answer must have left before Slack is asked on its way
FORM_TIMEOUT_SECONDS: Final = 2  # a form's trigger lives three seconds
RETRY_AFTER_DEFAULT: Final = 30.0  # seconds, where Slack names none that can be read
RETRY_AFTER_MAX: Final = 900.0
MEMBER_SECONDS: Final = 60  # how old an answer about rights may be
PAGES_MAX: Final = 10
PAGE: Final = 100

# What the methods used here need. Source: https://docs.slack.dev/reference/scopes
SCOPES: Final = (
    "app_mentions:read",
    "channels:history",
    "chat:write",
    "commands",
    "groups:history",
    "usergroups:read",
    "users:read",
)

# These words mean that a part of the call may have been done.
# Source: https://docs.slack.dev/reference/methods/chat.postMessage (errors)
_AMBIGUOUS: Final = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)


class Installation(Record):
    """Where the app is installed, as Slack says of its token."""

    team: str
    team_url: str
    enterprise: str = ""
    bot_user: UserId
    bot: str
    scopes: tuple[str, ...] = ()


class Cache(Protocol):
    """Answers that may be reused for a while."""

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        """Return what is known of *names*."""
        ...

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:
        """Keep *values* for so long."""
        ...


def web_client(
    token: str,
    base_url: str,
    *,
    timeout: int = TIMEOUT_SECONDS,
    tls: ssl.SSLContext | None = None,
) -> WebClient:
    """Return a client without retries; the one place that makes them.

    Without *tls* each call to https reads all certificates anew, about 20 ms.
    """
    return WebClient(token=token, base_url=base_url, timeout=timeout, ssl=tls, retry_handlers=[])


def installation(client: WebClient) -> Installation:
    """Ask whose the token is.

    Raises:
        SlackError: Slack refuses the token, or cannot be reached.
    """
    answer = _made("auth.test", client.auth_test)
    scopes = str(answer.headers.get("x-oauth-scopes", ""))
    return Installation(
        team=answer["team_id"],
        team_url=answer.get("url") or "",
        enterprise=answer.get("enterprise_id") or "",
        bot_user=answer["user_id"],
        bot=answer.get("bot_id") or "",
        scopes=tuple(each.strip() for each in scopes.split(",") if each.strip()),
    )


class SlackMessages:
    """Writes messages and finds them again; every method raises a SlackError."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def post(
        self,
        channel: str,
        text: str,
        blocks: list[dict[str, Json]],
        *,
        operation_id: str,
        sequence: int,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Posted:
        """Post a message that carries its operation and sequence."""
        answer = _made(
            "chat.postMessage",
            lambda: self._client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=blocks or None,
                metadata=_metadata(operation_id, sequence),
                thread_ts=thread_ts,
                reply_broadcast=broadcast if thread_ts else None,
                unfurl_links=False,
                unfurl_media=False,
            ),
        )
        if not answer.get("ts"):
            raise SlackUnknownError(method="chat.postMessage", why="an answer without ts")
        return Posted(ts=answer["ts"])

    def update(
        self,
        channel: str,
        ts: str,
        text: str,
        blocks: list[dict[str, Json]],
        *,
        operation_id: str,
    ) -> None:
        """Bring a message to its newest state."""
        _made(
            "chat.update",
            lambda: self._client.chat_update(
                channel=channel,
                ts=ts,
                text=text,
                blocks=blocks,
                metadata=_metadata(operation_id, 0),
            ),
        )

    def whisper(self, channel: str, user: str, text: str) -> None:
        """Show *text* to one person in the channel."""
        _made(
            "chat.postEphemeral",
            lambda: self._client.chat_postEphemeral(channel=channel, user=user, text=text),
        )

    def find(
        self, channel: str, *, operation_id: str, sequence: int, thread_ts: str | None
    ) -> str | None:
        """Return the ts of our message that tells this sequence of the operation, if it was posted.

        A reply tells all that was not told before it: those of one thread are posted in order.
        """
        cursor: str | None = None
        for _ in range(PAGES_MAX):
            answer = self._page(channel, thread_ts, cursor)
            for message in answer.get("messages") or ():
                if _is_ours(message, operation_id, sequence):
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return None
        return None

    def _page(self, channel: str, thread_ts: str | None, cursor: str | None) -> Any:
        if thread_ts is None:
            return _made(
                "conversations.history",
                lambda: self._client.conversations_history(
                    channel=channel, cursor=cursor, limit=PAGE, include_all_metadata=True
                ),
            )
        return _made(
            "conversations.replies",
            lambda: self._client.conversations_replies(
                channel=channel, ts=thread_ts, cursor=cursor, limit=PAGE, include_all_metadata=True
            ),
        )


class SlackDirectory:
    """Who people are; answers are kept for a minute, and a missing flag is the worst case."""

    def __init__(self, client: WebClient, cache: Cache) -> None:
        self._client = client
        self._cache = cache

    def member(self, user: UserId, among: frozenset[str]) -> Member:
        """Return the person with those of the groups *among* that he or she is in.

        Raises:
            DirectoryError: Slack could not tell.
        """
        groups = sorted(among)
        known = self._cache.get_many([f"user:{user}", *(f"group:{each}" for each in groups)])
        person = known.get(f"user:{user}") or self._fetch_user(user)
        inside = frozenset(
            group
            for group in groups
            if user in json.loads(known.get(f"group:{group}") or self._fetch_group(group))
        )
        return Member.model_validate_json(person).model_copy(update={"groups": inside})

    def _fetch_user(self, user: UserId) -> str:
        answer = self._asked("users.info", lambda: self._client.users_info(user=user))
        found = answer.get("user") or {}
        member = Member(
            id=user,
            team=found.get("team_id") or "",
            is_bot=_may_be(found, "is_bot") or user == "USLACKBOT",
            is_guest=_may_be(found, "is_restricted") or _may_be(found, "is_ultra_restricted"),
            is_stranger=bool(found.get("is_stranger", False)),  # left out for members
            is_deactivated=_may_be(found, "deleted"),
        ).model_dump_json()
        self._cache.put_many({f"user:{user}": member}, MEMBER_SECONDS)
        return member

    def _fetch_group(self, group: str) -> str:
        answer = self._asked(
            "usergroups.users.list", lambda: self._client.usergroups_users_list(usergroup=group)
        )
        users = json.dumps(answer.get("users") or [])
        self._cache.put_many({f"group:{group}": users}, MEMBER_SECONDS)
        return users

    def _asked(self, method: str, call: Callable[[], T]) -> T:
        if patience(time.monotonic(), ASK_SECONDS) < ASK_SECONDS:
            msg = f"{method}: too little time is left to ask"
            raise DirectoryError(msg)
        try:
            return _made(method, call)
        except SlackError as error:
            raise DirectoryError(str(error)) from error


def connected(connect: Callable[[], None]) -> None:
    """Open a Socket Mode connection by *connect*.

    Raises:
        SlackError: Slack refuses the app token, or cannot be reached.
    """
    _made("apps.connections.open", connect)


def form_opener(client: WebClient) -> Callable[[str, dict[str, Any]], None]:
    """Return what opens a form for a trigger; it raises a SlackError where that fails."""

    def open_form(trigger_id: str, view: dict[str, Any]) -> None:
        _made("views.open", lambda: client.views_open(trigger_id=trigger_id, view=view))

    return open_form


def _may_be(found: Mapping[str, Any], flag: str) -> bool:
    """Whether *flag* is set, for all that Slack says: only a plain no is one."""
    return found.get(flag) is not False


def _metadata(operation_id: str, sequence: int) -> dict[str, Any]:
    payload = {"operation_id": operation_id, "sequence": sequence}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def _is_ours(message: Mapping[str, Any], operation_id: str, sequence: int) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return (
        metadata.get("event_type") == EVENT_TYPE
        and payload.get("operation_id") == operation_id
        and _tells(str(payload.get("sequence")), sequence)
    )


def _tells(written: str, sequence: int) -> bool:
    if sequence == 0 or not written.isdecimal():
        return written == str(sequence)
    return int(written) >= sequence


def _made(method: str, call: Callable[[], T]) -> T:
    """Make *call* once and map what can go wrong by what it proves."""
    try:
        return call()
    except SlackApiError as error:
        raise _refusal(method, error) from error
    except (SlackClientError, OSError, HTTPException, ValueError) as error:
        # after the request left, nothing tells whether Slack has executed it
        raise SlackUnknownError(method=method, why=f"{type(error).__name__}: {error}") from error


def _refusal(method: str, error: SlackApiError) -> SlackError:
    response = error.response
    status = getattr(response, "status_code", 200)
    data = response.data if isinstance(getattr(response, "data", None), dict) else {}
    code = str(data.get("error", ""))
    if status == 429 or code in {"ratelimited", "rate_limited"}:  # noqa: PLR2004 - HTTP's own
        return SlackHeldError(method, _retry_after(response))
    if status >= 500 or code in _AMBIGUOUS or " " in code or not code:  # noqa: PLR2004
        return SlackUnknownError(method=method, why=f"HTTP {status} {code[:100]}")
    detail = "; ".join((data.get("response_metadata") or {}).get("messages") or ())
    needed = data.get("needed", "")
    return SlackRefusedError(method, code, detail or (f"needs {needed}" if needed else ""))


def _retry_after(response: Any) -> float:
    headers = {str(name).lower(): value for name, value in dict(response.headers).items()}
    written = headers.get("retry-after", "")
    written = written[0] if isinstance(written, list) else written
    try:
        seconds = float(written)
    except ValueError:
        return RETRY_AFTER_DEFAULT
    return min(seconds, RETRY_AFTER_MAX) if seconds > 0 else RETRY_AFTER_DEFAULT

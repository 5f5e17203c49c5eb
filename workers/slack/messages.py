"""Messages in Slack: written once, with their subject and sequence, and found by these."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from slack_sdk import WebClient

from bot.core.errors import SlackUnknownError
from bot.core.records import Json
from bot.core.surfaces import Subject
from workers.context import Posted
from workers.slack.calls import made
from workers.slack.uploads import send_file

PAGES_MAX: Final = 10
PAGE: Final = 100


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
        about: Subject,
        sequence: int,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Posted:
        """Post a message that carries its subject and sequence."""
        answer = made(
            "chat.postMessage",
            lambda: self._client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=blocks or None,
                metadata=_metadata(about, sequence),
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
        about: Subject,
        sequence: int = 0,
    ) -> None:
        """Bring a message to its newest state."""
        made(
            "chat.update",
            lambda: self._client.chat_update(
                channel=channel,
                ts=ts,
                text=text,
                blocks=blocks,
                metadata=_metadata(about, sequence),
            ),
        )

    def whisper(
        self,
        channel: str,
        user: str,
        text: str,
        blocks: Sequence[dict[str, Json]] = (),
        *,
        thread_ts: str | None = None,
    ) -> None:
        """Show *text* to one person in the channel, or in a thread of it."""
        made(
            "chat.postEphemeral",
            lambda: self._client.chat_postEphemeral(
                channel=channel,
                user=user,
                text=text,
                blocks=list(blocks) or None,
                thread_ts=thread_ts,
            ),
        )

    def publish(self, user: str, channel: str, blocks: list[dict[str, Json]]) -> None:
        """Bring somebody's Home to its newest state; it carries where the app writes to them."""
        kept = json.dumps({"channel": channel})
        view = {"type": "home", "private_metadata": kept, "blocks": blocks}
        made("views.publish", lambda: self._client.views_publish(user_id=user, view=view))

    def do(self, method: str, arguments: Mapping[str, Json]) -> Any:
        """Make a call that writes no message, and return its answer."""
        sent = {name: _flag(value) for name, value in arguments.items()}
        return made(method, lambda: self._client.api_call(method, data=sent))

    def upload(self, url: str, content: bytes) -> None:
        """Send the bytes of a file to where Slack wants them: to Slack alone, without the token."""
        send_file(url, content, home=self._client.base_url, tls=self._client.ssl)

    def find(
        self, channel: str, *, about: Subject, sequence: int, thread_ts: str | None
    ) -> str | None:
        """Return the ts of our message that tells this sequence of the subject, if it was posted.

        A reply tells all that was not told before it: those of one thread are posted in order.
        """
        cursor: str | None = None
        for _ in range(PAGES_MAX):
            answer = self._page(channel, thread_ts, cursor)
            for message in answer.get("messages") or ():
                if _is_ours(message, about, sequence, in_thread=thread_ts is not None):
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return None
        return None

    def _page(self, channel: str, thread_ts: str | None, cursor: str | None) -> Any:
        if thread_ts is None:
            return made(
                "conversations.history",
                lambda: self._client.conversations_history(
                    channel=channel, cursor=cursor, limit=PAGE, include_all_metadata=True
                ),
            )
        return made(
            "conversations.replies",
            lambda: self._client.conversations_replies(
                channel=channel, ts=thread_ts, cursor=cursor, limit=PAGE, include_all_metadata=True
            ),
        )


def _flag(value: Json) -> Json:
    """Return *value* as a form has it."""
    return int(value) if isinstance(value, bool) else value


def _metadata(about: Subject, sequence: int) -> dict[str, Any]:
    payload = {f"{about.kind}_id": about.id, "sequence": sequence}
    return {"event_type": f"slipway_{about.kind}", "event_payload": payload}


def _is_ours(message: Mapping[str, Any], about: Subject, sequence: int, *, in_thread: bool) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return (
        metadata.get("event_type") == f"slipway_{about.kind}"
        and payload.get(f"{about.kind}_id") == about.id
        and _tells(str(payload.get("sequence")), sequence, in_thread=in_thread)
    )


def _tells(written: str, sequence: int, *, in_thread: bool) -> bool:
    if not in_thread or sequence == 0 or not written.isdecimal():
        return written == str(sequence)
    return int(written) >= sequence

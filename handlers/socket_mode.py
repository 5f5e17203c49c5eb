"""Socket Mode's frames: an envelope is read as the request that Slack would have signed.

So one reading, one set of limits and one memory of what was answered hold for both ways. The
proof of who sent it is the connection, which was opened with the app's own token.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode/
"""

import json
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias
from urllib.parse import urlencode

from pydantic import ValidationError
from slack_bolt import BoltResponse

from bot.core.records import Json, Record
from handlers.reception import Request

Kind: TypeAlias = Literal["slash_commands", "interactive", "events_api"]
_OK: Final = 200


class Envelope(Record):
    """One thing that Slack wants to be answered."""

    envelope_id: str
    type: Kind
    payload: dict[str, Json]
    accepts_response_payload: bool = False
    retry_attempt: int | None = None
    retry_reason: str | None = None


def envelope_of(frame: Mapping[str, object]) -> Envelope | None:
    """Return the envelope that *frame* is, if it can be read as one."""
    known = {name: frame[name] for name in Envelope.model_fields if name in frame}
    try:
        return Envelope.model_validate(known)
    except ValidationError:
        return None


def request_of(envelope: Envelope) -> Request:
    """Return the request that would have come over HTTP; an envelope sent again has its key."""
    retry = {
        "x-slack-retry-num": envelope.retry_attempt,
        "x-slack-retry-reason": envelope.retry_reason,
    }
    return Request(
        key=f"envelope:{envelope.envelope_id}",
        body=_body(envelope),
        is_json=envelope.type == "events_api",
        retry={name: str(value) for name, value in retry.items() if value is not None},
    )


def _body(envelope: Envelope) -> bytes:
    if envelope.type == "slash_commands":
        return urlencode(_fields(envelope.payload)).encode()
    text = json.dumps(envelope.payload)
    return text.encode() if envelope.type == "events_api" else urlencode({"payload": text}).encode()


def _fields(payload: Mapping[str, Json]) -> dict[str, str]:
    """Return a command's fields as a form has them, where all are texts."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in payload.items()
        if value is not None
    }


def answer_frame(envelope: Envelope, response: BoltResponse) -> str | None:
    """Return what tells Slack the answer; None: nothing, so that people see Slack's own warning."""
    if response.status != _OK:
        return None
    frame: dict[str, object] = {"envelope_id": envelope.envelope_id}
    if response.body and envelope.accepts_response_payload:
        is_json = response.headers["content-type"][0].startswith("application/json")
        frame["payload"] = json.loads(response.body) if is_json else {"text": response.body}
    return json.dumps(frame)

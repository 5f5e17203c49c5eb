"""CloudEvents 1.0 over HTTP, structured: our own events, and those of registries.

In binary mode, id, type and source are headers; batches want to be agreed on: neither is read.
Source: https://github.com/cloudevents/spec (HTTP protocol binding, HTTP webhooks)
"""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from bot.core.hooks import Event, Hook, Nothing
from bot.core.records import Json
from handlers.hooks import harbor, ours
from handlers.hooks.proofs import Refused, Verified, authorised
from handlers.hooks.request import HookRequest, read_as

_STRUCTURED: Final = "application/cloudevents+json"


class _CloudEvent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str
    id: str
    source: str
    type: str


def verify(request: HookRequest, hook: Hook, now: datetime) -> Verified | Refused:  # noqa: ARG001 - no time is signed
    """Return whether a secret of *hook* is the bearer token; a query is never looked at."""
    return authorised(request, hook)


def read(request: HookRequest, content: dict[str, Json]) -> Event | Nothing:
    """Return what the event proposes; source and id make it the same as another."""
    label, _, _ = request.text("content-type").lower().partition(";")
    event = read_as(_CloudEvent, content)
    if label.strip() != _STRUCTURED or isinstance(event, Nothing):
        return Nothing(ignored="unreadable")
    if event.specversion != "1.0":
        return Nothing(ignored="unreadable")
    found = ours.read(content, "") if ours.is_ours(content) else harbor.read(request, content)
    if isinstance(found, Nothing):
        return found
    return found.model_copy(update={"key": f"{event.source} {event.id}"})

"""Our own events, which come in several envelopes: what they are called, and what they say."""

from typing import Final

from pydantic import BaseModel, ConfigDict

from bot.core.hooks import Deployable, Event, Nothing
from bot.core.records import Json
from handlers.hooks.request import read_as

PROPOSED: Final = "slipway.deploy.proposed"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    target: str
    version: str
    digest: str = ""
    note: str = ""
    by: str = ""


class _Proposed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    data: _Data


def is_ours(content: dict[str, Json]) -> bool:
    """Return whether *content* is an event of ours."""
    return content.get("type") == PROPOSED


def read(content: dict[str, Json], key: str) -> Event | Nothing:
    """Return what an event of ours proposes, delivered under *key*."""
    if not is_ours(content):
        return Nothing(ignored="unwanted_event")
    event = read_as(_Proposed, content)
    if isinstance(event, Nothing):
        return event
    data = event.data
    says = Deployable(
        sources=(data.target,),
        version=data.version,
        digest=data.digest,
        note=data.note,
        by=data.by,
    )
    return Event(key=key, says=says)

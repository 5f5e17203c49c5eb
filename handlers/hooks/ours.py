"""Our own events, which come in several envelopes: what they are called, and what they say."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from bot.core.hooks import Alert, Alerts, Deployable, Event, Nothing
from bot.core.records import Json
from handlers.hooks.monitors import moment_of, severity_of
from handlers.hooks.request import bounded, read_as

PROPOSED: Final = "slipway.deploy.proposed"
INCIDENT: Final = "slipway.incident.proposed"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    target: str
    version: str
    digest: str = ""
    note: str = ""
    by: str = ""


class _Alert(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    title: str = ""
    severity: str = ""
    status: Literal["firing", "resolved"] = "firing"
    targets: list[str]
    started_at: str = ""  # a new fault of the same key begins anew


class _IncidentProposed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    data: _Alert


class _Proposed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    data: _Data


def is_ours(content: dict[str, Json]) -> bool:
    """Return whether *content* is an event of ours."""
    return content.get("type") in (PROPOSED, INCIDENT)


def read(content: dict[str, Json], key: str) -> Event | Nothing:
    """Return what an event of ours proposes, delivered under *key*."""
    if not is_ours(content):
        return Nothing(ignored="unwanted_event")
    if content.get("type") == INCIDENT:
        return _incident(content, key)
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


def _incident(content: dict[str, Json], key: str) -> Event | Nothing:
    event = read_as(_IncidentProposed, content)
    if isinstance(event, Nothing):
        return event
    data = event.data
    alert = Alert(
        key=bounded(f"{data.key}:{data.started_at}"),
        is_firing=data.status == "firing",
        title=data.title,
        severity=severity_of(data.severity),
        sources=tuple(data.targets),
        since=moment_of(data.started_at),
    )
    return Event(key=key, says=Alerts(changes=(alert,)))

"""PagerDuty's webhooks, version 3: incidents that were triggered, resolved, reopened.

No time is signed, but the event's id is. Three refusals in a row switch the hook off for a day.
Source: https://developer.pagerduty.com/docs/webhooks-overview
"""

import re
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from bot.core.hooks import Alert, Alerts, Event, Hook, Nothing
from bot.core.records import Json
from handlers.hooks.monitors import severity_of
from handlers.hooks.proofs import SIGNATURES_MAX, Refused, Verified, hex_signatures, matching
from handlers.hooks.request import HookRequest, bounded, read_as

_SIGNATURE: Final = re.compile(rb"v1=([0-9a-f]{64})")
_FIRING: Final = frozenset({"incident.triggered", "incident.reopened"})
_OVER: Final = "incident.resolved"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Named(_Model):
    id: str = ""
    summary: str = ""


class _Incident(_Model):
    id: str
    title: str = ""
    service: _Named | None = None
    priority: _Named | None = None
    urgency: str = ""


class _Event(_Model):
    id: str
    event_type: str
    data: _Incident


class _Delivery(_Model):
    event: _Event


def verify(request: HookRequest, hook: Hook, now: datetime) -> Verified | Refused:  # noqa: ARG001 - no time is signed
    """Return whether the body was signed with a secret of *hook*."""
    signed = request.header("x-pagerduty-signature").split(b",")[:SIGNATURES_MAX]
    given = [found[1] for each in signed if (found := _SIGNATURE.fullmatch(each.strip()))]
    if not given:
        return Refused(cause="header_grammar")
    return matching(given, hex_signatures(hook, request.body))


def read(request: HookRequest, content: dict[str, Json]) -> Event | Nothing:  # noqa: ARG001 - the body says all
    """Return what became of an incident there; everything but its beginning and end is ignored."""
    event = content.get("event")
    kind = event.get("event_type") if isinstance(event, dict) else None
    if kind != _OVER and str(kind) not in _FIRING:
        return Nothing(ignored="unwanted_event")
    sent = read_as(_Delivery, content)
    if isinstance(sent, Nothing):
        return sent
    told = sent.event.data
    service = told.service or _Named()
    priority = told.priority.summary if told.priority else told.urgency
    alert = Alert(
        key=bounded(told.id),
        is_firing=kind in _FIRING,
        title=told.title,
        severity=severity_of(priority),
        sources=tuple(each for each in (service.id, service.summary) if each),
    )
    return Event(key=sent.event.id, says=Alerts(changes=(alert,)))

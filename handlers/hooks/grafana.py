"""Grafana's alerting: Alertmanager's shape under another version, and a signature of its own.

Where it signs, the time must be signed with it; without a signature a bearer or a password counts.
Source: https://grafana.com/docs/grafana/latest/alerting/ (webhook notifier)
"""

import re
from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from bot.core.hooks import Event, Hook, Nothing
from bot.core.records import Json
from handlers.hooks.monitors import PrometheusAlert, alerts_event
from handlers.hooks.proofs import (
    SKEW_MAX,
    Refused,
    Verified,
    authorised,
    hex_signatures,
    matching,
)
from handlers.hooks.request import HookRequest, read_as

SIGNATURE: Final = "x-grafana-alerting-signature"
TIMESTAMP: Final = "x-grafana-alerting-timestamp"
_HEX: Final = re.compile(rb"[0-9a-f]{64}")
_SECONDS: Final = re.compile(rb"[0-9]{10}")


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Literal["1"]
    alerts: list[PrometheusAlert]


def verify(request: HookRequest, hook: Hook, now: datetime) -> Verified | Refused:
    """Return whether a secret signed time and body within five minutes, or is in the header."""
    signature, stamp = request.header(SIGNATURE), request.header(TIMESTAMP)
    if not any(name == SIGNATURE.encode() for name, _ in request.headers):
        return authorised(request, hook)
    if not _HEX.fullmatch(signature) or not _SECONDS.fullmatch(stamp):
        return Refused(cause="header_grammar")
    if abs(now.timestamp() - int(stamp)) > SKEW_MAX:
        return Refused(cause="outside_time")
    return matching([signature], hex_signatures(hook, stamp + b":" + request.body))


def read(request: HookRequest, content: dict[str, Json]) -> Event | Nothing:  # noqa: ARG001 - the body says all
    """Return what each alert of the group says; templates of one's own are not read."""
    group = read_as(_Group, content)
    return group if isinstance(group, Nothing) else alerts_event(group.alerts)

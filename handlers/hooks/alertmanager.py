"""Prometheus' Alertmanager, version 4 of its webhooks. It signs nothing.

It repeats a group as long as it lasts, byte for byte, so every alert counts by its own key.
Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.core.hooks import Event, Hook, Nothing
from bot.core.records import Json
from handlers.hooks.monitors import PrometheusAlert, alerts_event
from handlers.hooks.proofs import Refused, Verified, authorised
from handlers.hooks.request import HookRequest, read_as


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    version: Literal["4"]
    alerts: list[PrometheusAlert]


def verify(request: HookRequest, hook: Hook, now: datetime) -> Verified | Refused:  # noqa: ARG001 - no time is signed
    """Return whether `Authorization` is a secret of *hook*: a bearer, or a user with a password."""
    return authorised(request, hook)


def read(request: HookRequest, content: dict[str, Json]) -> Event | Nothing:  # noqa: ARG001 - the body says all
    """Return what each alert of the group says; templates of one's own are not read."""
    group = read_as(_Group, content)
    return group if isinstance(group, Nothing) else alerts_event(group.alerts)

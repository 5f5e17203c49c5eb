"""The kinds of senders: how each proves who it is, and how it is read. A kind is a line here."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from bot.core.hooks import Event, Hook, HookKind, Nothing
from bot.core.records import Json
from handlers.hooks import (
    alertmanager,
    cloudevents,
    github,
    gitlab,
    grafana,
    harbor,
    pagerduty,
    smn,
    standard,
)
from handlers.hooks.proofs import Refused, Verified
from handlers.hooks.request import HookRequest

Verify: TypeAlias = Callable[[HookRequest, Hook, datetime], Verified | Refused]
Read: TypeAlias = Callable[[HookRequest, dict[str, Json]], Event | Nothing]


class Sender(NamedTuple):
    """What is known of one kind; both functions are pure."""

    verify: Verify  # whether the owner of a secret sent the request
    read: Read  # what the verified request says, and what makes two of them the same


SENDERS: Final[Mapping[HookKind, Sender]] = {
    "standard": Sender(standard.verify, standard.read),
    "github": Sender(github.verify, github.read),
    "gitlab": Sender(gitlab.verify, gitlab.read),
    "harbor": Sender(harbor.verify, harbor.read),
    "cloudevents": Sender(cloudevents.verify, cloudevents.read),
    "alertmanager": Sender(alertmanager.verify, alertmanager.read),
    "grafana": Sender(grafana.verify, grafana.read),
    "pagerduty": Sender(pagerduty.verify, pagerduty.read),
    "smn": Sender(smn.verify, smn.read),
}

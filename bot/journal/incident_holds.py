"""What an open incident holds, and whose cards its channel has."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, Select, Table, bindparam, delete, insert, select

from bot.core.incidents import (
    ChannelMade,
    Incident,
    IncidentEvent,
    IncidentReopened,
    LeadChanged,
    TargetsAdded,
)
from bot.core.records import ChannelId, TargetName, UserId
from bot.core.rules import IncidentFreeze
from bot.core.surfaces import Subject, Subscription
from bot.core.target import TargetEvent
from bot.journal.broken_glass import say_broken
from bot.journal.holds import held
from bot.journal.incident_tables import incident_freezes
from bot.journal.stale_surfaces import show_anew, show_held
from bot.journal.surfaces import subscribe, unsubscribe

_Freezes: TypeAlias = tuple[IncidentFreeze, ...]
_FREEZE: Final = insert(incident_freezes)
_THAW: Final = delete(incident_freezes).where(incident_freezes.c.incident_id == bindparam("of"))
_HELD: Final[Select[Any]] = select(
    incident_freezes.c.target, incident_freezes.c.by, incident_freezes.c.at
).where(incident_freezes.c.incident_id == bindparam("of"))
_FROZEN: Final = select(incident_freezes).order_by(
    incident_freezes.c.target, incident_freezes.c.at, incident_freezes.c.incident_id
)
_FROZEN_TARGET: Final = _FROZEN.where(incident_freezes.c.target == bindparam("of"))


class IncidentFreezes:
    """What open incidents hold: read as what people did about targets."""

    events: ClassVar[tuple[type[TargetEvent], ...]] = ()  # an incident's own events write it
    table: ClassVar[Table | None] = incident_freezes

    def keep(self, connection: Connection, event: TargetEvent) -> None:
        """Keep nothing: it begins and ends with its incident."""

    def of(self, connection: Connection, target: TargetName, policy: str) -> _Freezes:  # noqa: ARG002 - incidents hold targets alone
        """Return the freezes of *target*."""
        return tuple(map(_freeze, connection.execute(_FROZEN_TARGET, {"of": target})))

    def all(self, connection: Connection) -> tuple[IncidentFreeze, ...]:
        """Return every freeze of an incident."""
        return tuple(map(_freeze, connection.execute(_FROZEN)))


def hold(connection: Connection, incident: Incident, event: IncidentEvent) -> None:
    """Freeze what the incident holds now, and nothing else of it; draw cards anew that say so."""
    rows = connection.execute(_HELD, {"of": incident.id})
    before = {row.target: _Since(by=row.by, at=row.at) for row in rows}
    now = incident.targets if incident.is_open and incident.freezes else ()
    begun = _Since(by=event.by, at=event.at)
    _freeze_all(connection, incident, {each: before.get(each, begun) for each in now})
    is_led_anew = isinstance(event, LeadChanged)  # whom the cards name for the lead's gate
    changed = now if is_led_anew else {*before}.symmetric_difference(now)
    show_held(connection, sorted(changed), event.at)


class _Since(NamedTuple):
    """Who froze a target, and when: at the opening, as it was added, or at the reopening."""

    by: UserId
    at: datetime


def _freeze_all(
    connection: Connection, incident: Incident, targets: Mapping[TargetName, _Since]
) -> None:
    connection.execute(_THAW, {"of": incident.id})
    for target, since in targets.items():
        row = {
            "target": target,
            "incident_id": incident.id,
            **since._asdict(),
            "title": incident.title,
            "channel": incident.channel,
            "is_private": incident.is_private,
            "lead": incident.lead,
        }
        connection.execute(_FREEZE, row)


def follow(connection: Connection, incident: Incident, event: IncidentEvent) -> None:
    """Let the channel have the cards of its targets while it is open."""
    channel = incident.channel
    if channel is None:
        return
    for target in incident.targets:
        wants = _cards_of(target, channel)
        if incident.is_open:
            subscribe(connection, wants, event.at)
        else:
            unsubscribe(connection, wants)
    for target in getattr(event, "targets", ()):
        if target not in incident.targets:
            unsubscribe(connection, _cards_of(target, channel))
    if isinstance(event, ChannelMade | TargetsAdded | IncidentReopened):
        since, targets = incident.opened_at, incident.targets
        say_broken(connection, channel, targets, since=since, at=event.at)
    if isinstance(event, IncidentReopened):  # it may have been archived meanwhile
        show_anew(connection, channel, event.at)


def _cards_of(target: TargetName, channel: ChannelId) -> Subscription:
    subject = Subject(kind="target", id=target)
    return Subscription(subject=subject, kind="operation_card", channel=channel)


def _freeze(row: Row[Any]) -> IncidentFreeze:
    return held(IncidentFreeze, {**row._asdict(), "incident": row.incident_id})

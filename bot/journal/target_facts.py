"""What people did about targets, as far as it stays: a store for each kind of it."""

from collections.abc import Collection, Mapping
from typing import ClassVar, NamedTuple, Protocol

from sqlalchemy import Connection, Engine, Label, Table, exists, literal, select

from bot.core.ports import AuditEntry
from bot.core.records import Moment, TargetName
from bot.core.surfaces import Show
from bot.core.target import TargetEvent
from bot.journal import outbox_write, stale_surfaces
from bot.journal.audit import append
from bot.journal.database import snapshot, writing
from bot.journal.drain import is_held
from bot.journal.schema import drain


class TargetStore(Protocol):
    """Keeps what stays of some kinds of events, within a transaction of its caller."""

    events: ClassVar[tuple[type[TargetEvent], ...]]
    table: ClassVar[Table | None]  # where what stays stands; None: nothing does

    def keep(self, connection: Connection, event: TargetEvent) -> None:
        """Keep what stays of *event*."""
        ...

    def of(
        self, connection: Connection, target: TargetName, policy: str
    ) -> tuple[TargetEvent, ...]:
        """Return what is kept of *target*, of its policy, and of all."""
        ...

    def all(self, connection: Connection) -> tuple[TargetEvent, ...]:
        """Return all that is kept."""
        ...


class Standing(NamedTuple):
    """What stands in the way of several targets at one moment."""

    kept: Mapping[TargetName, tuple[TargetEvent, ...]]
    is_draining: bool


class TargetFacts:
    """Every method raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine, *stores: TargetStore) -> None:
        self._database = database
        self._stores = stores
        tables = {each.table for each in stores if each.table is not None}
        self._used = select(*(_has_rows(each) for each in (*tables, drain)))

    def keep(
        self,
        event: TargetEvent,
        *,
        noted: AuditEntry | None = None,
        held: Collection[TargetName] = (),
        tells: Show | None = None,
    ) -> None:
        """Keep *event*, in the audit as well, with what is *noted* beside it.

        Cards of the targets that are *held* by it, or were, are drawn anew. Whom it *tells* is told
        of it whatever dies afterwards.
        """
        kept = event.model_dump_json(exclude={"at", "by", "kind", "target"})
        entry = AuditEntry(
            at=event.at, who=event.by, what=event.kind, subject=event.target, detail=kept
        )
        store = next(each for each in self._stores if isinstance(event, each.events))
        with writing(self._database) as connection:
            store.keep(connection, event)
            stale_surfaces.show_held(connection, held, event.at)
            if tells is not None:
                outbox_write.show(connection, tells, None, event.at)
            for each in (noted, entry):
                if each is not None:
                    append(connection, each)

    def of(self, target: TargetName, policy: str) -> tuple[TargetEvent, ...]:
        """Return all that is kept of *target*, of its policy, and of all."""
        with snapshot(self._database) as connection:
            return self._of_each(connection, {target: policy}, self._has(connection))[target]

    def standing(self, policies: Mapping[TargetName, str], now: Moment) -> Standing:
        """Return the same of several targets, given with their policies, and of a drain."""
        with snapshot(self._database) as connection:
            has = self._has(connection)
            return Standing(
                self._of_each(connection, policies, has),
                is_draining=has[drain.name] and is_held(connection, now),
            )

    def _has(self, connection: Connection) -> Mapping[str, bool]:
        """Return of each table whether anything is in it: mostly nothing is."""
        return connection.execute(self._used).one()._asdict()

    def _of_each(
        self, connection: Connection, policies: Mapping[TargetName, str], has: Mapping[str, bool]
    ) -> dict[TargetName, tuple[TargetEvent, ...]]:
        used = [
            store for store in self._stores if store.table is not None and has[store.table.name]
        ]
        return {
            target: tuple(event for store in used for event in store.of(connection, target, policy))
            for target, policy in policies.items()
        }

    def everywhere(self) -> tuple[TargetEvent, ...]:
        """Return all that is kept."""
        with snapshot(self._database) as connection:
            found = [store.all(connection) for store in self._stores]
        return tuple(event for events in found for event in events)


def _has_rows(table: Table) -> Label[bool]:
    return exists(select(literal(1)).select_from(table)).label(table.name)

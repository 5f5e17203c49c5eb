"""Whether Slipway can do what people ask: its own parts, and each connection by a read."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Final

from bot.catalogue import Catalogue
from bot.core.errors import CloudError
from bot.core.outcomes import ConnectionHealth, Health
from bot.core.target import Target
from bot.deadline import patience
from bot.live_states import PATIENCE
from bot.service.context import ServiceContext
from bot.systems import system as system_named

_AT_ONCE: Final = 8


def examined(context: ServiceContext, catalogue: Catalogue) -> Health:
    """Try everything at once; *catalogue* has what the person is shown."""
    waiting, oldest = context.journal.outbox.backlog(context.clock())
    return Health(
        parts=context.parts(),
        targets=len(catalogue.targets),
        unknown=tuple(sorted(catalogue.unknown)),
        waiting=waiting,
        oldest=oldest,
        connections=_connections(context, _first_of_each(catalogue.targets.values())),
    )


def _first_of_each(targets: Iterable[Target]) -> dict[str, Target]:
    """Return a target of each connection that has one."""
    found: dict[str, Target] = {}
    for each in targets:
        found.setdefault(each.connection, each)
    return found


def _connections(context: ServiceContext, asked: dict[str, Target]) -> tuple[ConnectionHealth, ...]:
    """Ask all at once; who has not answered in time is told so."""
    if not asked:
        return ()
    pool = ThreadPoolExecutor(_AT_ONCE)
    work = {pool.submit(copy_context().run, _read, context, each): each for each in asked.values()}
    done, late = wait(work, patience(time.monotonic(), PATIENCE))
    pool.shutdown(wait=False, cancel_futures=True)
    read = {work[each].connection: each.result() for each in done}
    too_late = {
        work[each].connection: ConnectionHealth(
            connection=work[each].connection, target=work[each].name, is_late=True
        )
        for each in late
    }
    found = {**read, **too_late}
    return tuple(found[name] for name in asked)


def _read(context: ServiceContext, target: Target) -> ConnectionHealth:
    asked = ConnectionHealth(connection=target.connection, target=target.name)
    try:
        context.cloud.ask(target, system_named(target.system).status(target.settings))
    except CloudError as error:
        return asked.model_copy(update={"why": error.reason})
    return asked

"""What an operation may cost: counts, which are the same on every machine, and no times."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

from bot.core.ports import Limits
from tests.conversations.stage import opened
from tests.conversations.world import World

WRITES_MAX: Final = 17  # 6 for 7 events, 8 of the outbox for 6 messages, 3 of the sealer
_CHANGES: Final = ("INSERT", "UPDATE", "DELETE")
_FIRST: Final = "first_change"


def test_a_deployment_costs_so_much(world: World) -> None:
    """From the request to the last message: so many transactions that write, each a sync."""
    world.edit("    approvals: 1\n", "    approvals: 0\n")
    world.command("/deploy checkout 1.4.0")
    world.settle()  # what is asked once is asked by now
    with synced(world.parts.journal.database) as writes:
        world.command("/deploy checkout 1.5.0")
        world.settle()
    assert "succeeded" in world.card().text
    assert len(writes) <= WRITES_MAX, writes


def test_what_is_refused_together_costs_two_transactions(folder: Path, redis_url: str) -> None:
    """A crowd that comes when no more may begin is answered in time: not each is a sync."""
    with opened(folder, redis_url, limits=Limits(per_person=1)) as world:
        assert "Recorded as" in world.command("/deploy checkout 1.4.0").text
        named = [world.typed("/deploy", "flaky 2.1.0", trigger_id=f"1.2.{n}") for n in range(9)]
        asked = [each for each in map(world.changes.read, named) if each]
        with synced(world.parts.journal.database) as writes:
            said = world.changes.answers(asked)
        assert ["[too_many]" in each.body for each in said] == [True] * len(named)
        assert len(writes) <= 2, writes
        world.parts.journal.audit.seal()
        kept = [each["what"] for each in world.parts.journal.audit.export()]
        assert kept.count("denied") == len(named)


@contextmanager
def synced(database: Engine) -> Iterator[list[str]]:
    """Give the first change of each transaction that writes while the block runs."""
    writes: list[str] = []

    def asked(connection: Connection, _: object, statement: str, *__: Any) -> None:
        if statement.startswith(_CHANGES):
            connection.info.setdefault(_FIRST, statement[:40])

    def committed(connection: Connection) -> None:
        if _FIRST in connection.info:
            writes.append(connection.info.pop(_FIRST))

    event.listen(database, "before_cursor_execute", asked)
    event.listen(database, "commit", committed)
    try:
        yield writes
    finally:
        event.remove(database, "before_cursor_execute", asked)
        event.remove(database, "commit", committed)

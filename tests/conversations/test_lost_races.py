"""Who loses every race in one press is told to try again, and then is not in the way of it."""

from sqlalchemy import text

from tests.conversations.places import ANN, BOB
from tests.conversations.world import World

# Each lock that is written down finds that somebody was faster.
FASTER = """CREATE TRIGGER faster BEFORE INSERT ON target_locks
BEGIN SELECT RAISE(ABORT, 'somebody was faster'); END"""


def test_who_loses_every_race_tries_again(world: World) -> None:
    """After five lost races nothing is kept; typed once more, it works."""
    with world.parts.journal.database.begin() as connection:
        connection.execute(text(FASTER))
    assert "[try_again]" in world.command('/ops lock checkout "stocktaking"', by=ANN).text
    assert "locked" not in world.command("/ops targets", by=BOB).text
    with world.parts.journal.database.begin() as connection:
        connection.execute(text("DROP TRIGGER faster"))
    assert "Locked checkout" in world.command('/ops lock checkout "stocktaking"', by=ANN).text

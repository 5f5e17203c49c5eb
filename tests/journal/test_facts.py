"""Small facts that Redis may not lose: whether nothing new begins, and what was told once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.core.surfaces import Subject
from bot.journal import Journal
from tests.journal.builders import NOON, SECOND, an_id

ABOUT = Subject(kind="operation", id=an_id(1))


def test_nothing_drains_by_itself(journal: Journal) -> None:
    """A journal that was never drained lets new operations in; so does one whose drain ended."""
    assert not journal.drain.is_on(NOON)
    journal.drain.hold("ops:1", NOON)
    assert journal.drain.is_on(NOON)
    journal.drain.end()
    assert not journal.drain.is_on(NOON)


def test_a_drain_lasts_ten_minutes_after_its_holders_last_sign(journal: Journal) -> None:
    """Whoever holds it renews it; whoever died does not."""
    journal.drain.hold("ops:1", NOON)
    journal.drain.hold("ops:2", NOON + timedelta(minutes=9))
    ends = NOON + timedelta(minutes=19)

    assert journal.drain.is_on(ends - SECOND)
    assert not journal.drain.is_on(ends)


def test_a_notice_is_given_once(journal: Journal, other: Journal) -> None:
    """Of many who would give it at once, exactly one does; another notice is another."""

    def give(where: Journal) -> bool:
        return where.notices.first(ABOUT, "direct:failed", NOON)

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(give, [journal, other] * 2))

    assert sorted(given) == [False, False, False, True]
    assert journal.notices.first(ABOUT, "direct:uncertain", NOON)
    assert journal.notices.first(Subject(kind="operation", id=an_id(2)), "direct:failed", NOON)

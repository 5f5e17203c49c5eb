"""Homes: who has looked at theirs lately, and which of them show less than is known."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from sqlalchemy import Engine, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.core.records import ChannelId, Moment, UserId
from bot.core.surfaces import home_of
from bot.journal import outbox_write
from bot.journal.database import reading, writing
from bot.journal.schema import Utc, subscriptions, surfaces

WATCHED: Final = timedelta(hours=12)  # since somebody looked; after that a Home rests
OLD: Final = timedelta(minutes=5)  # it is drawn again though nothing happened: times pass
OVERLAP: Final = timedelta(seconds=3)  # what happens while one is drawn may not be on it

_HOME: Final = "home:"  # what the subject of whoever looks at a Home begins with
_WHOSE: Final = (
    subscriptions.c.subject_kind == "installation",
    subscriptions.c.subject == bindparam("whose"),
    subscriptions.c.kind == "home",
)
_LOOKED: Final = update(subscriptions).where(*_WHOSE).values(at=bindparam("now", type_=Utc))
_BEGIN: Final = insert(subscriptions)
_SINCE: Final = select(subscriptions.c.at).where(*_WHOSE)
_WATCHERS: Final = (
    select(subscriptions.c.subject)
    .where(
        subscriptions.c.subject_kind == "installation",
        subscriptions.c.kind == "home",
        subscriptions.c.at >= bindparam("since", type_=Utc),
    )
    .order_by(subscriptions.c.subject)
)
_BEHIND: Final = (
    select(surfaces.c.id)
    .join(
        subscriptions,
        and_(
            surfaces.c.subject_kind == "person",
            # "home:U0ANN" of U0ANN: so that a Home is found by its index, among all surfaces.
            surfaces.c.subject == func.substr(subscriptions.c.subject, len(_HOME) + 1),
            surfaces.c.kind == "home",
            surfaces.c.channel == subscriptions.c.channel,
        ),
    )
    .where(
        subscriptions.c.subject_kind == "installation",
        subscriptions.c.kind == "home",
        subscriptions.c.at >= bindparam("since", type_=Utc),
        or_(
            surfaces.c.shown_at < bindparam("newest", type_=Utc),
            surfaces.c.shown_at < bindparam("old", type_=Utc),
        ),
    )
    .order_by(surfaces.c.id)
)


class Homes:
    """Every method raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def look(self, user: UserId, channel: ChannelId, now: Moment) -> None:
        """Keep that somebody looks at the own Home, and want it drawn."""
        whose = f"{_HOME}{user}"
        # Another bot may keep the first look in the same moment, and wants it drawn, too.
        with suppress(IntegrityError), writing(self._database) as connection:
            if connection.execute(_LOOKED, {"whose": whose, "now": now}).rowcount == 0:
                row = {"subject_kind": "installation", "subject": whose, "kind": "home"}
                connection.execute(_BEGIN, {**row, "channel": channel, "at": now})
            outbox_write.show(connection, home_of(user, channel), None, now)

    def is_watched(self, user: UserId, now: Moment) -> bool:
        """Return whether somebody has looked at this Home lately."""
        with reading(self._database) as connection:
            at = connection.execute(_SINCE, {"whose": f"{_HOME}{user}"}).scalar_one_or_none()
        return at is not None and now - at <= WATCHED

    def watchers(self, now: Moment) -> tuple[UserId, ...]:
        """Return who has looked lately."""
        with reading(self._database) as connection:
            found = connection.execute(_WATCHERS, {"since": now - WATCHED}).scalars().all()
        return tuple(each.removeprefix(_HOME) for each in found)

    def renew(self, newest: Moment | None, now: Moment) -> int:
        """Want those drawn again that show less than what happened last, at *newest*."""
        told = {"since": now - WATCHED, "old": now - OLD, "newest": (newest or now - OLD) + OVERLAP}
        with writing(self._database) as connection:
            behind = connection.execute(_BEHIND, told).scalars().all()
            for each in behind:
                outbox_write.draw_again(connection, each, "home", "background", now)
        return len(behind)

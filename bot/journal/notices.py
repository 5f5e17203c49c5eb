"""What people were told once, and are not told again."""

from contextlib import suppress
from typing import Final

from sqlalchemy import Engine, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.core.records import Moment
from bot.core.surfaces import Subject
from bot.journal.database import reading, writing
from bot.journal.schema import Utc, notices

_KNOWN: Final = select(notices.c.notice).where(
    notices.c.subject_kind == bindparam("kind"),
    notices.c.subject == bindparam("of"),
    notices.c.notice == bindparam("named"),
)
_ABOUT: Final = (
    select(notices.c.subject)
    .where(notices.c.subject_kind == "operation", notices.c.notice == bindparam("named"))
    .order_by(notices.c.subject)
)
_KEEP: Final = insert(notices).values(
    subject_kind=bindparam("kind"),
    subject=bindparam("of"),
    notice=bindparam("named"),
    at=bindparam("now", type_=Utc),
)


_TRY: Final = {"kind": "installation", "of": "journal", "named": "written"}
_TOUCH: Final = (
    update(notices)
    .where(
        notices.c.subject_kind == bindparam("of_kind"),
        notices.c.subject == bindparam("of"),
        notices.c.notice == bindparam("of_name"),
    )
    .values(at=bindparam("now", type_=Utc))
)


class Notices:
    """Raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def touch(self, now: Moment) -> None:
        """Write something that nobody reads: whether the database takes it is what is asked."""
        row = {"of_kind": _TRY["kind"], "of": _TRY["of"], "of_name": _TRY["named"], "now": now}
        with suppress(IntegrityError), writing(self._database) as connection:
            if connection.execute(_TOUCH, row).rowcount == 0:
                connection.execute(_KEEP, {**_TRY, "now": now})  # unless another one just did

    def about(self, notice: str) -> tuple[str, ...]:
        """Return about which operations *notice* was given."""
        with reading(self._database) as connection:
            return tuple(connection.execute(_ABOUT, {"named": notice}).scalars())

    def was_given(self, subject: Subject, notice: str) -> bool:
        """Return whether *notice* was given about *subject*."""
        asked = {"kind": subject.kind, "of": subject.id, "named": notice}
        with reading(self._database) as connection:
            return connection.execute(_KNOWN, asked).one_or_none() is not None

    def first(self, subject: Subject, notice: str, now: Moment) -> bool:
        """Return whether *notice* is given about *subject* for the first time, and keep that."""
        asked = {"kind": subject.kind, "of": subject.id, "named": notice}
        if self.was_given(subject, notice):
            return False
        try:
            with writing(self._database) as connection:
                connection.execute(_KEEP, {**asked, "now": now})
        except IntegrityError:  # somebody else gave it at the same moment
            return False
        return True

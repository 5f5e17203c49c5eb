"""Why something in ServiceStage is not gone back to."""

from collections.abc import Sequence
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.systems import LabelName, NoSuchRevision, RevisionEndedBadly
from bot.core.near import nearest
from bot.systems._wire.text import plain

_SHOWN: Final = 5


def no_such_revision(
    thing: LabelName, revision: str, there: Sequence[str], status: str | None = None
) -> Denied:
    """Return the refusal of a rollback to *revision*, with the nearest of those *there*.

    *status* is how it ended, where the records of the *thing* have it.
    """
    near = nearest(revision, there, most=_SHOWN) or tuple(there[:_SHOWN])
    name = plain(revision)
    if status is not None:
        return Denied.of(RevisionEndedBadly(revision=name, status=status, near=near))
    return Denied.of(NoSuchRevision(thing=thing, revision=name, near=near))

"""What Slack sends and nobody here can read: answered, left, and told in the log once.

Much of it is as it should be: a bot that mentions us, an emoji on a file. What is not (an id of a
shape that Slack has never had) would otherwise be lost without a trace.
"""

import logging
from threading import Lock
from typing import Final

from pydantic import ValidationError

KINDS_MAX: Final = 50  # so many are told in the life of a process
_log: Final = logging.getLogger(__name__)


class Unread:
    """Tells once of each kind of payload which fields could not be read, never what is in them."""

    def __init__(self) -> None:
        self._told: set[tuple[str, tuple[str, ...]]] = set()
        self._lock = Lock()

    def tell(self, kind: str, error: ValidationError) -> None:
        """Say once that a payload of this *kind*, a word of ours, has fields like these."""
        fields = tuple(sorted({_place(each["loc"]) for each in error.errors(include_input=False)}))
        with self._lock:
            if (kind, fields) in self._told or len(self._told) >= KINDS_MAX:
                return
            self._told.add((kind, fields))
        _log.warning("payload.unread", extra={"kind": kind, "fields": ", ".join(fields)})


def _place(where: tuple[int | str, ...]) -> str:
    """Return the path to a field: names are of our models; a place in a list has none."""
    return ".".join("[]" if isinstance(each, int) else each for each in where)

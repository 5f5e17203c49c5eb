"""The catalogue with ids, by what the journal knows of its names."""

import math
import time
from collections.abc import Mapping
from typing import Final

from bot.catalogue.catalogue import Catalogue
from bot.core.errors import JournalUnavailableError
from bot.journal.names import Names

SECONDS: Final = 1.0  # how old what was read of the journal may be


class KnownNames:
    """Reads what names stand for; without a journal, for nothing."""

    def __init__(self) -> None:
        self._store: Names | None = None
        self._ids: Mapping[str, str] | None = None
        self._asked = -math.inf
        self._made: tuple[Catalogue, Catalogue] | None = None  # of which one, and with its ids

    def read_from(self, store: Names) -> None:
        """Read them from *store* from now on."""
        self._store = store
        self._asked = -math.inf

    def read_anew(self) -> None:
        """Look at the next use, however lately that was done."""
        self._asked = -math.inf

    def present(self, catalogue: Catalogue) -> Catalogue:
        """Return *catalogue* with the ids that are known now.

        Raises:
            JournalUnavailableError: it has names, and nobody ever told what they stand for.
        """
        now = time.monotonic()
        if catalogue.named and self._store is not None and now - self._asked >= SECONDS:
            self._read(self._store)
            self._asked = now
        return self.of(catalogue)

    def of(self, catalogue: Catalogue) -> Catalogue:
        """Return *catalogue* with the ids that were read last."""
        made = self._made
        if made is None or made[0] is not catalogue:
            made = catalogue, catalogue.known_as(self._ids or {})
            self._made = made
        return made[1]

    def _read(self, store: Names) -> None:
        try:
            ids = store.all()
        except JournalUnavailableError:
            if self._ids is None:
                raise
            return
        if ids != self._ids:
            self._ids, self._made = ids, None

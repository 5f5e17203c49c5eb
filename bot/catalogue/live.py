"""slipway.yaml while a process runs: what is in force, for all processes of an installation."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple, Protocol, TypeAlias

from bot.catalogue.catalogue import Catalogue
from bot.catalogue.files import State, state_of
from bot.catalogue.known import KnownNames
from bot.catalogue.reading import catalogue_of, configuration_at
from bot.catalogue.values_files import ValuesFiles
from bot.core.errors import ConfigurationError, JournalUnavailableError
from bot.core.ports import Clock
from bot.journal.configurations import Configuration, Configurations
from bot.journal.names import Names
from bot.redaction import Redactor

log: Final = logging.getLogger("slipway.catalogue")

_UNUSABLE: Final = (
    "the content in force is another one than this process knows, and it cannot use it: "
    "mend slipway.yaml"
)


class _Read(NamedTuple):
    """A content that has no faults, and what it says."""

    hash: str
    content: str
    catalogue: Catalogue

    @property
    def kept(self) -> Configuration:
        """What the journal may have of it: where a secret is written out, the hash alone."""
        shown = Redactor(self.catalogue.secrets).text(self.content)
        return Configuration(self.hash, self.content if shown == self.content else "")


class Announcer(Protocol):
    """Tells people of the configuration; each method raises JournalUnavailableError."""

    def changed(self, before: Catalogue | None, after: Catalogue) -> None:
        """Tell that *after* came into force; of *before*, None: it cannot be read."""
        ...

    def broken(self, digest: str, faults: Sequence[str], in_force: Catalogue) -> None:
        """Tell, once for each *digest*, that a content has faults and *in_force* stays."""
        ...


class _Silent:
    """Tells nobody."""

    def changed(self, before: Catalogue | None, after: Catalogue) -> None: ...

    def broken(self, digest: str, faults: Sequence[str], in_force: Catalogue) -> None: ...


SILENT: Final = _Silent()
_Signature: TypeAlias = tuple[State, ...]
_NEVER: Final[_Signature] = ((-1, -1, -1),)


class LiveCatalogue:
    """The file's present content; a change that has faults leaves the old content in force.

    What that is, the journal knows once `share` was called: a process whose memory is older than
    the last good content (a job of a worker is forked from one that read it long ago) has it from
    there.

    With `tells` set, each change stands in the log once; that is for one process of several, since
    every job of a worker is a process of its own, which reads the change anew.
    """

    def __init__(self, path: Path, environment: Mapping[str, str]) -> None:
        self._path = path
        self._environment = environment
        self._shared: tuple[Configurations, Clock, Announcer] | None = None
        self._files: tuple[Path, ...] = ()  # with values, which the file named last
        self._as_read: _Signature = _NEVER
        self._read = self._read_file()
        self._seen = self._as_read
        self._is_kept = False
        self._names = KnownNames()
        self._reading = Lock()
        self.faults: tuple[str, ...] = ()  # why the newest content is not in force
        self.tells = False

    def __call__(self) -> Catalogue:
        """Return what is in force, reading the file again where it changed.

        While one thread reads, the others go on with what was in force before.

        Raises:
            JournalUnavailableError: the file has faults, and nobody can tell what is in force.
            ConfigurationError: the file has faults, and what is in force cannot be used here.
        """
        if self._signature() != self._seen and self._reading.acquire(blocking=False):
            try:
                self._read_again()
            finally:
                self._reading.release()
        return self._names.present(self._read.catalogue)

    @property
    def present(self) -> Catalogue:
        """What is in force, without looking at the file or the journal."""
        return self._names.of(self._read.catalogue)

    def know(self, names: Names) -> None:
        """Put ids in the place of names from now on, by what the journal has of them."""
        self._names.read_from(names)

    def names_changed(self) -> None:
        """Read at the next call what names stand for."""
        self._names.read_anew()

    @property
    def is_faulty(self) -> bool:
        """Whether the newest content is not in force."""
        with suppress(JournalUnavailableError, ConfigurationError):
            self()
        return bool(self.faults)

    def share(
        self, configurations: Configurations, clock: Clock, announcer: Announcer = SILENT
    ) -> None:
        """Share with all processes, by way of the journal, what is in force."""
        self._shared = configurations, clock, announcer
        self.keep()

    def then(self, configuration: Configuration | None) -> Catalogue | None:
        """Return what *configuration* said; None: it is not known any more, or cannot be read."""
        if configuration is None or _hash(configuration.content) != configuration.hash:
            return None
        with suppress(ConfigurationError):
            return self._names.of(catalogue_of(configuration.content, self._environment))
        return None

    def forget(self) -> None:
        """Read the file anew at the next call, whether it looks changed or not."""
        self._seen = _NEVER

    def keep(self) -> None:
        """Let the journal know what is in force, where it does not yet."""
        if self._is_kept or self._shared is None:
            return
        configurations, clock, announcer = self._shared
        with suppress(JournalUnavailableError):  # the next call tries again
            kept = configurations.keep(self._read.kept, clock())
            self._is_kept = True
            if kept is not None and kept.before is not None:
                announcer.changed(self.then(kept.before), self.present)

    def _read_again(self) -> None:
        if self._signature() == self._seen:
            return  # another thread was faster
        try:
            self._read = self._read_file()
        except ConfigurationError as error:
            self.faults = tuple(error.faults)
            self._have_what_is_in_force()
        else:
            self.faults = ()
            self._is_kept = False
            self.keep()
        self._seen = self._as_read
        if self.tells:
            self._tell()

    def _have_what_is_in_force(self) -> None:
        newest = self._shared[0].newest() if self._shared else None
        if newest is None or newest.hash == self._read.hash:
            return
        if _hash(newest.content) != newest.hash:
            raise ConfigurationError([_UNUSABLE])
        try:
            catalogue = catalogue_of(newest.content, self._environment)
        except ConfigurationError as error:
            raise ConfigurationError([_UNUSABLE, *error.faults]) from error
        self._read = _Read(newest.hash, newest.content, catalogue)

    def _read_file(self) -> _Read:
        files = ValuesFiles(self._path.parent)
        before = state_of(self._path)
        try:
            content = configuration_at(self._path)
            catalogue = catalogue_of(content, self._environment, self._path, files)
        finally:
            self._files = tuple(files.states)
            self._as_read = (before, *files.states.values())
        whole = files.joined(content)
        return _Read(_hash(whole), whole, catalogue)

    def _tell(self) -> None:
        if self.faults:
            log.error("catalogue.faulty", extra={"faults": list(self.faults)})
            self._alarm()
        else:
            log.info("catalogue.reloaded", extra={"path": str(self._path)})

    def _alarm(self) -> None:
        """Let people know that the newest content is not in force."""
        if self._shared is None:
            return
        with suppress(JournalUnavailableError):
            self._shared[2].broken(_hash("\n".join(self.faults)), self.faults, self.present)

    def _signature(self) -> _Signature:
        """Return what changes with the file, or with one of those that it named last."""
        return tuple(state_of(each) for each in (self._path, *self._files))


def _hash(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()

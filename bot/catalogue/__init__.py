"""The catalogue: `slipway.yaml` as connections, targets and policies; validated, reloadable."""

import logging
import stat
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Final

from bot.catalogue.build import NO_POLICY, Catalogue, build
from bot.catalogue.document import SIZE_MAX, read_document
from bot.core.errors import ConfigurationError
from bot.systems import SYSTEMS, VENDORS

__all__ = ["NO_POLICY", "Catalogue", "LiveCatalogue", "load"]

log: Final = logging.getLogger("slipway.catalogue")


def load(path: Path, environment: Mapping[str, str]) -> Catalogue:
    """Read and check the file.

    Raises:
        ConfigurationError: it cannot be read, or has faults: all of them, with their places.
    """
    text = _text(path)
    systems = {system.spec.name: system for system in SYSTEMS}
    vendors = {vendor.kind: vendor for vendor in VENDORS}
    try:
        return build(read_document(text, environment), systems, vendors)
    except ConfigurationError as error:
        raise ConfigurationError([f"{path}: {fault}" for fault in error.faults]) from error


def _text(path: Path) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would keep us waiting, a device for ever
            raise ConfigurationError([f"{path}: is no file"])
        if status.st_size > SIZE_MAX:
            raise ConfigurationError([f"{path}: is larger than {SIZE_MAX} bytes"])
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot be read ({error.strerror})"]) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError([f"{path}: is no UTF-8 text"]) from error


class LiveCatalogue:
    """The file's present content; a change that has faults leaves the old content in force.

    With `tells` set, each change stands in the log once; that is for one process of several, since
    every job of a worker is a process of its own, which reads the change anew.
    """

    def __init__(self, path: Path, environment: Mapping[str, str]) -> None:
        self._path = path
        self._environment = environment
        self._seen = self._signature()
        self._catalogue = load(path, environment)
        self._reading = Lock()
        self.faults: tuple[str, ...] = ()  # why the newest content is not in force
        self.tells = False

    def __call__(self) -> Catalogue:
        """Return what is in force, reading the file again where it changed.

        While one thread reads, the others go on with what was in force before.
        """
        if self._signature() != self._seen and self._reading.acquire(blocking=False):
            try:
                self._read_again()
            finally:
                self._reading.release()
        return self._catalogue

    @property
    def present(self) -> Catalogue:
        """What is in force, without looking at the file."""
        return self._catalogue

    @property
    def is_faulty(self) -> bool:
        """Whether the newest content is not in force."""
        self()
        return bool(self.faults)

    def _read_again(self) -> None:
        signature = self._signature()
        if signature == self._seen:
            return  # another thread was faster
        self._seen = signature
        try:
            self._catalogue = load(self._path, self._environment)
        except ConfigurationError as error:
            self.faults = tuple(error.faults)
        else:
            self.faults = ()
        if self.tells:
            self._tell()

    def _tell(self) -> None:
        if self.faults:
            log.error("catalogue.faulty", extra={"faults": list(self.faults)})
        else:
            log.info("catalogue.reloaded", extra={"path": str(self._path)})

    def _signature(self) -> tuple[int, int, int]:
        try:
            status = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (status.st_mtime_ns, status.st_size, status.st_ino)

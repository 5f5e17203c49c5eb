"""The catalogue: `slipway.yaml` as connections, targets and policies; validated, reloadable."""

from collections.abc import Mapping
from pathlib import Path

from bot.catalogue.build import NO_POLICY, Catalogue, build
from bot.catalogue.document import read_document
from bot.core.errors import ConfigurationError
from bot.systems import SYSTEMS

__all__ = ["NO_POLICY", "Catalogue", "LiveCatalogue", "load"]


def load(path: Path, environment: Mapping[str, str]) -> Catalogue:
    """Read and check the file.

    Raises:
        ConfigurationError: it cannot be read, or has faults: all of them, with their places.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8 text"
        raise ConfigurationError([f"{path}: cannot be read ({reason})"]) from error
    systems = {system.spec.name: system for system in SYSTEMS}
    try:
        return build(read_document(text, environment), systems)
    except ConfigurationError as error:
        raise ConfigurationError([f"{path}: {fault}" for fault in error.faults]) from error


class LiveCatalogue:
    """The file's present content; a change that has faults leaves the old content in force."""

    def __init__(self, path: Path, environment: Mapping[str, str]) -> None:
        self._path = path
        self._environment = environment
        self._seen = self._signature()
        self._catalogue = load(path, environment)
        self.faults: tuple[str, ...] = ()  # why the newest content is not in force

    def __call__(self) -> Catalogue:
        """Return what is in force, reading the file again where it changed."""
        signature = self._signature()
        if signature != self._seen:
            self._seen = signature
            self._reload()
        return self._catalogue

    def _reload(self) -> None:
        try:
            self._catalogue = load(self._path, self._environment)
        except ConfigurationError as error:
            self.faults = tuple(error.faults)
        else:
            self.faults = ()

    def _signature(self) -> tuple[int, int, int]:
        try:
            stat = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (stat.st_mtime_ns, stat.st_size, stat.st_ino)

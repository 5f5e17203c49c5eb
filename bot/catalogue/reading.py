"""Reads `slipway.yaml`: the file, and what its text says."""

import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from bot.catalogue.build import build
from bot.catalogue.catalogue import Catalogue
from bot.catalogue.document import SIZE_MAX, read_document
from bot.core.errors import ConfigurationError
from bot.systems import SYSTEMS, VENDORS


def load(path: Path, environment: Mapping[str, str]) -> Catalogue:
    """Read and check the file.

    Raises:
        ConfigurationError: it cannot be read, or has faults: all of them, with their places.
    """
    return catalogue_of(text_of(path), environment, path)


def catalogue_of(text: str, environment: Mapping[str, str], path: Path | None = None) -> Catalogue:
    """Check *text*, which stands in the file at *path*.

    Raises:
        ConfigurationError: it has faults: all of them, with their places.
    """
    systems = {system.spec.name: system for system in SYSTEMS}
    vendors = {vendor.kind: vendor for vendor in VENDORS}
    try:
        built = build(read_document(text, environment), systems, vendors)
    except ConfigurationError as error:
        place = f"{path}: " if path else ""
        raise ConfigurationError([f"{place}{fault}" for fault in error.faults]) from error
    open_ = tuple(_open_to_all(path)) if path else ()
    return built.model_copy(update={"warnings": (*open_, *built.warnings)}) if open_ else built


def _open_to_all(path: Path) -> Iterator[str]:
    """Warn of what lets everybody on this host say who may change what."""
    for each in (path, path.resolve().parent):
        with suppress(OSError):
            mode = each.stat().st_mode
            if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
                yield f"{each}: everybody may write to it; chmod o-w"


def text_of(path: Path) -> str:
    """Return the text of the file.

    Raises:
        ConfigurationError: it cannot be read.
    """
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

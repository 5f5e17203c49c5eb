"""Reads `slipway.yaml`: the file, and what its text says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.catalogue.build import build
from bot.catalogue.catalogue import Catalogue
from bot.catalogue.document import read_document
from bot.catalogue.files import open_to_all, text_of
from bot.catalogue.values_files import ValuesFiles, include, parted
from bot.core.errors import ConfigurationError
from bot.systems import SYSTEMS, VENDORS

_FIRST: Final = (
    "slipway init writes one, slipway.example.yaml is one to copy, "
    "and SLIPWAY_CONFIG says where it is"
)


def load(path: Path, environment: Mapping[str, str]) -> Catalogue:
    """Read and check the file.

    Raises:
        ConfigurationError: it cannot be read, or has faults: all of them, with their places.
    """
    return catalogue_of(configuration_at(path), environment, path)


def configuration_at(path: Path) -> str:
    """Return the text of slipway.yaml at *path*.

    Raises:
        ConfigurationError: it cannot be read; of one that is not there, how to get one is said.
    """
    if not path.exists():
        raise ConfigurationError([f"{path}: cannot be read (No such file or directory); {_FIRST}"])
    return text_of(path)


def catalogue_of(
    text: str,
    environment: Mapping[str, str],
    path: Path | None = None,
    files: ValuesFiles | None = None,
) -> Catalogue:
    """Check *text*, which stands in the file at *path*; without one, its *files* are joined to it.

    Raises:
        ConfigurationError: it has faults: all of them, with their places.
    """
    systems = {system.spec.name: system for system in SYSTEMS}
    vendors = {vendor.kind: vendor for vendor in VENDORS}
    content, kept = parted(text) if path is None else (text, {})
    files = files or ValuesFiles(path.parent if path else None, kept)
    try:
        document = read_document(content, environment)
        include(document, files, environment)
        built = build(document, systems, vendors)
    except ConfigurationError as error:
        place = f"{path}: " if path else ""
        raise ConfigurationError([f"{place}{fault}" for fault in error.faults]) from error
    paths = (path, *files.states) if path else ()
    open_ = tuple(dict.fromkeys(told for each in paths for told in open_to_all(each)))
    return built.model_copy(update={"warnings": (*open_, *built.warnings)}) if open_ else built

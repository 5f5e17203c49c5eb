"""Reads the files of a configuration."""

import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from bot.catalogue.document import SIZE_MAX
from bot.core.errors import ConfigurationError

State: TypeAlias = tuple[int, int, int]  # of a file: what changes with its content


def state_of(path: Path) -> State:
    """Return the file's state; that of one that is not there is always the same."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    return (status.st_mtime_ns, status.st_size, status.st_ino)


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


def open_to_all(path: Path) -> Iterator[str]:
    """Warn of what lets everybody on this host say who may change what."""
    for each in (path, path.resolve().parent):
        with suppress(OSError):
            mode = each.stat().st_mode
            if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
                yield f"{each}: everybody may write to it; chmod o-w"

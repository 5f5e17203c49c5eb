"""The one line at the start of bot and worker: whom they serve, with what, and where."""

import sys
from importlib.metadata import version
from typing import Final

from bot.settings import Settings

NAME: Final = "slipway"


def greet(settings: Settings, words: str) -> None:
    """Say on standard output, to whoever starts it by hand, that Slipway now does *words*.

    Machines read the log, which has the same: where it is JSON, nothing else is written.
    """
    if settings.slipway_log_format == "text":
        sys.stdout.write(f"Slipway {version(NAME)} {words}\n")
        sys.stdout.flush()


def workspace_words(name: str, team: str) -> str:
    """Return how a workspace is called: `workspace "Acme" (T0ACME)`."""
    return f'workspace "{name}" ({team})' if name else f"workspace {team}"


def counted(number: int, noun: str) -> str:
    """Return "1 target", "6 targets"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

"""How the commands end: each error of ours has its exit code and its words."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

import click

from bot.core.errors import (
    CloudRefusedError,
    ConfigurationError,
    CredentialError,
    SchemaError,
    SlipwayError,
)

P = ParamSpec("P")
T = TypeVar("T")

OK: Final = 0
CHECK_FAILED: Final = 1
USAGE: Final = 2
CONFIGURATION: Final = 3
CREDENTIALS: Final = 4


def ending(command: Callable[P, T]) -> Callable[P, T]:
    """Turn our errors into words on standard error and the exit code that belongs to them."""

    @wraps(command)
    def ended(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except SlipwayError as error:
            _say(error)
            sys.exit(_code(error))

    return ended


def refuses_credentials(error: CloudRefusedError) -> bool:
    """Return whether a cloud says no to who asks, and not to what is asked."""
    is_refused = error.status in {401, 403} and error.verdict != "not_found"
    return is_refused or error.code == "login_refused"


def _code(error: SlipwayError) -> int:
    match error:
        case CredentialError():
            return CREDENTIALS
        case ConfigurationError() | SchemaError():
            return CONFIGURATION
        case _:
            return CHECK_FAILED


def _say(error: SlipwayError) -> None:
    if isinstance(error, ConfigurationError):
        count = len(error.faults)
        click.echo(f"slipway: {count} fault{'s' if count != 1 else ''}", err=True)
        for fault in error.faults:
            click.echo(f"  {fault}", err=True)
    else:
        click.echo(f"slipway: {error}", err=True)

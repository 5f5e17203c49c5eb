"""The command line: `slipway`."""

import atexit
import errno
import gc
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from typing import Any, Final, NoReturn

import click
from typing_extensions import override

from bot.cli.exit_codes import CHECK_FAILED, ending
from bot.collecting import no_collection

# A process that ends looks for garbage several times, which takes half a second of what is loaded.
atexit.register(gc.freeze)

EXIT_CODES: Final = "Exit codes: 0 ok, 1 a check failed, 2 usage, 3 configuration, 4 credentials."
# Each verb's module, and what it is called there.
VERBS: Final[Mapping[str, str]] = {
    "audit": "auditing:audit",
    "backup": "backing_up:backup",
    "bot": "serving:bot",
    "config": "config:config",
    "discover": "discovering:discover",
    "doctor": "doctor:doctor",
    "drain": "serving:drain",
    "incidents": "incidents:incidents",
    "init": "init:init",
    "manifest": "manifest:manifest",
    "migrate": "serving:migrate_",
    "operations": "reading:operations",
    "policy": "policy:policy",
    "prune": "pruning:prune",
    "report": "reporting:report_",
    "sandbox": "playing:sandbox",
    "state": "state:state",
    "systems": "systems:systems",
    "worker": "serving:worker",
}

_SERVING: Final = frozenset({"bot", "worker", "sandbox"})  # write more than what they say
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


class _Verbs(click.Group):
    """Loads a verb when it is asked for: what the others need takes seconds."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return ending(verb)(cmd_name) if cmd_name in VERBS else None

    @override
    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the words of a command, where `--help` and `--version` say something already.

        What is said is UTF-8, as JSON has to be (RFC 8259), whatever the locale would write.
        """
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        try:
            return super().make_context(*args, **kwargs)
        except OSError as error:
            _end_unsaid(error)

    @override
    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if ctx.invoked_subcommand in _SERVING:
                raise
            _end_unsaid(error)


def _end_unsaid(error: OSError) -> NoReturn:
    """End a command that cannot say something; that there is no room for it is no fault of ours."""
    if error.errno not in _NO_ROOM:
        raise error
    with suppress(OSError):
        sys.stdout.close()  # else what is left in it is tried once more at the end
    click.echo(f"slipway: standard output: {error.strerror}", err=True)
    raise SystemExit(CHECK_FAILED) from error


def verb(name: str) -> click.Command:
    """Return the verb of this name, loaded."""
    module, _, called = VERBS[name].partition(":")
    with no_collection():  # it would take a sixth of the time
        loaded: click.Command = getattr(import_module(f"bot.cli.{module}"), called)
    return loaded


@click.group(
    cls=_Verbs, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(version("slipway"), prog_name="slipway")
def main() -> None:
    """Slipway: change production from Slack, one journalled operation at a time."""

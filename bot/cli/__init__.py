"""The command line: `slipway`."""

from importlib.metadata import version

import click

from bot.cli.auditing import audit
from bot.cli.backing_up import backup
from bot.cli.config import config
from bot.cli.discovering import discover
from bot.cli.doctor import doctor
from bot.cli.incidents import incidents
from bot.cli.init import init
from bot.cli.manifest import manifest
from bot.cli.playing import sandbox
from bot.cli.policy import policy
from bot.cli.pruning import prune
from bot.cli.reading import operations
from bot.cli.reporting import report_
from bot.cli.serving import bot, drain, migrate_, worker
from bot.cli.state import state
from bot.cli.systems import systems

EXIT_CODES = "Exit codes: 0 ok, 1 a check failed, 2 usage, 3 configuration, 4 credentials."


@click.group(epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("slipway"), prog_name="slipway")
def main() -> None:
    """Slipway: change production from Slack, one journalled operation at a time."""


for command in (
    bot,
    worker,
    sandbox,
    init,
    doctor,
    discover,
    config,
    manifest,
    operations,
    incidents,
    audit,
    state,
    report_,
    policy,
    migrate_,
    drain,
    backup,
    prune,
    systems,
):
    main.add_command(command)

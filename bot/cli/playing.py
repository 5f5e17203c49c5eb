"""`slipway sandbox`: the whole product without accounts."""

import os
import signal
import sys
import threading
import webbrowser
from functools import partial

import click

from bot.cli.exit_codes import ending
from bot.logs import set_up_logs
from bot.sandbox.stage import ENVIRONMENT, stage
from bot.sandbox.tour import play


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="0: any free port. Default: 8700, or the next one that nobody has.",
)
@click.option("--no-browser", is_flag=True, help="Do not open the page.")
@click.option("--tour", is_flag=True, help="Play the scripted story and exit with 0 or 1.")
@click.option("--keep", is_flag=True, help="Keep the journal, logs and slipway.yaml at the end.")
@ending
def sandbox(*, port: int | None, no_browser: bool, tour: bool, keep: bool) -> None:
    """Start everything on this machine: a Slack-like page, strict clouds, bot and workers."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    os.umask(0o077)
    set_up_logs("text", "WARNING", plain=bool(os.environ.get("NO_COLOR")))
    say = partial(click.echo, err=True)
    with stage(port, job_seconds=1.5 if tour else 4.0, keep=keep, say=say) as scene:
        click.echo(f"Sandbox ready: {scene.url}")
        click.echo(f"A pipeline posts to: {scene.hook}")
        sys.stdout.flush()
        if tour:
            raise SystemExit(0 if play(scene, click.echo, stop) else 1)
        if not no_browser:
            webbrowser.open(scene.url)
        click.echo("Type /deploy checkout 1.4.0 as Ann, approve it as Bob.")
        click.echo(f"Slipway's own commands, in another terminal: . {scene.folder / ENVIRONMENT}")
        click.echo(f"Ctrl-C ends it, and keeps {scene.folder if keep else 'nothing'}.")
        sys.stdout.flush()
        stop.wait()

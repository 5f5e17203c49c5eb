"""`slipway manifest`: the Slack app's manifest, derived from the code."""

import json
import re
from typing import Any, Final

import click

from bot.app.resources import open_catalogue
from bot.cli.exit_codes import ending
from bot.core.errors import ConfigurationError
from bot.readers import Readers
from bot.settings import read_settings
from bot.views.manifest import app_description, global_shortcuts, message_shortcuts, slash_commands
from bot.views.words import DEFAULT, Locale
from handlers.envelopes import EVENTS
from workers.slack import SCOPES

REQUEST_PATH: Final = "/slack/events"
_EXAMPLE: Final = "https://slipway.example"
_ADDRESS: Final = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?(/[^\s?#]*)?")


@click.command()
@click.option("--url", default="", help="Where Slack reaches the bot: https://slipway.example.")
@click.option("--socket-mode", is_flag=True, help="Without a public address.")
@ending
def manifest(*, url: str, socket_mode: bool) -> None:
    """Print the Slack app manifest: scopes and commands as the code uses them."""
    if url and socket_mode:
        msg = "--url and --socket-mode: Slack calls no address in Socket Mode"
        raise click.UsageError(msg)
    if url and not _ADDRESS.fullmatch(url):
        msg = f"--url: Slack wants the bot's public address, such as {_EXAMPLE}"
        raise click.UsageError(msg)
    if not url and not socket_mode:
        click.echo(f"slipway: without --url the address is {_EXAMPLE}: put yours there", err=True)
    address = "" if socket_mode else f"{url.rstrip('/') or _EXAMPLE}{REQUEST_PATH}"
    click.echo(json.dumps(manifest_for(address, _locale()), indent=2))


def manifest_for(address: str, locale: Locale) -> dict[str, Any]:
    """Return the manifest; an empty *address* means Socket Mode.

    Over HTTP, Slack asks the address for options what the pickers of forms offer; without one,
    they are empty. Source: https://docs.slack.dev/tools/bolt-python/concepts/select-menu-options
    """
    url = {"url": address} if address else {}
    request_url = {"request_url": address} if address else {}
    options_url = {"message_menu_options_url": address} if address else {}
    commands = [
        {
            "command": each.command,
            "description": each.description,
            "usage_hint": each.usage_hint,
            "should_escape": each.should_escape,
            **url,
        }
        for each in slash_commands(locale)
    ]
    shortcuts = [
        *({**each.model_dump(), "type": "message"} for each in message_shortcuts(locale)),
        *({**each.model_dump(), "type": "global"} for each in global_shortcuts(locale)),
    ]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Slipway",
            "description": app_description(locale),
            "background_color": "#1d3b4f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "slipway", "always_online": True},
            "slash_commands": commands,
            "shortcuts": shortcuts,
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url, **options_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }


def _locale() -> Locale:
    """Return who reads Slack's own menus: everybody."""
    try:
        catalogue = open_catalogue(read_settings())()
    except ConfigurationError:
        return DEFAULT  # the manifest is wanted before there is a configuration
    return Readers(lambda: catalogue).anybody

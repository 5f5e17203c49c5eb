"""English: one line about each slash command, for Slack's own menu."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Words

MANIFEST: Final[Mapping[str, Words]] = {
    "manifest.deploy": Words("Deploy a version to a target."),
    "manifest.upgrade": Words("The same as {/deploy}."),
    "manifest.rollback": Words("Go back to the previous version, or to a named revision."),
    "manifest.incident": Words("Open, follow and close an incident."),
    "manifest.ops": Words("Help, status, history, and everything else."),
}

"""English: App Home; headers and buttons are plain text."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

HOME: Final[Mapping[str, Template]] = {
    "home.waiting": "Waiting for you ({count})",
    "home.nothing": "Nothing waits for you",
    "home.reviews": "Reviews due ({count})",
    "home.mine": "Yours ({count})",
    "home.running": "Running ({count})",
    "home.incidents": "Open incidents ({count})",
    "home.runs": "What runs where ({count})",
    "home.holds": "Locks and freezes ({count})",
    "home.asked": (
        "{by:named}, {at} in {channel:channel}[[ · “{why:text:150}”]][[ · open until {until}]]"
    ),
    "home.no_way_back": "*No way back*",
    "home.review": "{by:person} broke the glass: “{why:text:200}”[[ · due {due:moment}]]",
    "home.incident": (
        "*{title:text:150}* · severity {severity} · since {since:moment}"
        "[[ · {channel:channel}]] · {incident:code}"
    ),
    "home.policy": "Policy {policy:name}",
    "home.more": "{more} more",
    "home.more_incidents": "{more} more: {/incident list}",
    "home.more_holds": "{more} more: {/ops targets}",
    "home.open_deploy": "Deploy…",
    "home.open_rollback": "Roll back…",
    "home.open_scale": "Scale…",
    "home.open_create": "Create…",
    "home.open_incident": "Open incident…",
    "home.as_of": "Updated {at}",
    "home.title": "Slipway",
    "shortcut.deploy": "Deploy",
    "shortcut.deploy_text": "Deploy a version to a target, by a form.",
}

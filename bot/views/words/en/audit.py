"""English: what the installation says about itself, in the channel of its audit."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

AUDIT: Final[Mapping[str, Template]] = {
    "audit.reloaded": (
        "slipway.yaml has changed and is in force[[. Policies: {policies:list}]]"
        "[[. Targets: {targets:list}]][[. Open operations under them, decided by the new rules "
        "from now on: {operations:list}]]."
    ),
    "audit.broken": (
        "slipway.yaml has {count:count:fault}; what was in force before stays in force: "
        "{faults:text:1500}"
    ),
    "audit.anchored": "Audit anchor of {at:moment}, record {sequence}: `{line:text:600}`",
}

"""English: the help."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

HELP: Final[Mapping[str, Template]] = {
    "app.description": "Deploys to your clouds, with approvals and a way back.",
    "help.slipway": "*Slipway* deploys and operates your cloud targets, with approvals.",
    "help.deploy": (
        '{/deploy <target> 1.4.0 --reason "why"} deploys a version · '
        "`--dry-run` behind any change only shows what it would do"
    ),
    "help.rollback": "{/rollback <target>} goes back to the revision before, or to one you name",
    "help.actions": (
        "{/ops restart <target>} · `start` · `stop` · `scale` · `create` · `delete` do as they say"
    ),
    "help.targets": "{/ops targets} lists what can be changed",
    "help.status": (
        "{/ops status <target>} shows what runs now · {/ops status op-…} shows an operation"
    ),
    "help.history": (
        "{/ops history <target>} · `revisions` · `versions` · `values` show what ran, and what can"
    ),
    "help.cancel": (
        "{/ops cancel op-…} withdraws what was not sent yet · "
        "{/ops why op-…} says what it waits for"
    ),
    "help.more": (
        "{/ops help lock} says how to type that; likewise `unlock` · `queue` · `freeze` · `thaw` · "
        "`can` · `delegate` · `report` · `doctor`; {/incident help} covers incidents"
    ),
    "help.threads": "In threads, type `@slipway status`: Slack has no slash commands there.",
    "help.usage": "{usage:code:300}",
    "help.example": "For example {example:code:200}",
    "help.outsider": ("You can ask, but change nothing here: no policy lists you under `request`."),
    "help.approver": "You can approve: press *Approve* or *Reject* on a card.",
}

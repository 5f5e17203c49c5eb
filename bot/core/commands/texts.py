"""How the commands are written, for people: usage, examples, and what Slack shows of them."""

import re
from typing import Final

from bot.core.codes import Denied
from bot.core.records import Record

USAGE: Final[dict[str, str]] = {
    "deploy": '/deploy <target> <version> [key=value …] [--reason "…"] [--dry-run]',
    "rollback": '/rollback <target> [<revision>] [--reason "…"] [--dry-run]',
    "ops": "/ops help | targets | status [<target>|<op>] | history <target> | revisions <target> "
    "| restart|start|stop <target> | scale <target> <n> | create|delete <target> | cancel <op>",
    "status": "/ops status [<target>|<op>]",
    "history": "/ops history <target>",
    "revisions": "/ops revisions <target>",
    "restart": '/ops restart <target> [--reason "…"] [--dry-run]',
    "start": '/ops start <target> [--reason "…"] [--dry-run]',
    "stop": '/ops stop <target> [--reason "…"] [--dry-run]',
    "scale": '/ops scale <target> <n> [--reason "…"] [--dry-run]',
    "create": '/ops create <target> [<version>] [--reason "…"] [--dry-run]',
    "delete": '/ops delete <target> [--reason "…"] [--dry-run]',
    "cancel": "/ops cancel <op>",
    "help": "/ops help",
    "targets": "/ops targets",
}

EXAMPLES: Final[dict[str, str]] = {
    "deploy": "/deploy checkout 1.4.0",
    "rollback": "/rollback checkout",
    "ops": "/ops help",
    "status": "/ops status checkout",
    "history": "/ops history checkout",
    "revisions": "/ops revisions checkout",
    "restart": "/ops restart checkout",
    "start": "/ops start checkout",
    "stop": "/ops stop checkout",
    "scale": "/ops scale checkout 3",
    "create": "/ops create checkout 1.4.0",
    "delete": "/ops delete checkout",
    "cancel": "/ops cancel op-0123456789",
    "help": "/ops help",
    "targets": "/ops targets",
}
_NAMES: Final = re.compile(r"(?<![\w/-])/(deploy|upgrade|rollback|ops)\b")


class SlashName(Record):
    """A slash command as Slack's manifest names it, without its slash and prefix."""

    name: str
    description: str
    usage_hint: str


SLASH: Final[tuple[SlashName, ...]] = (
    SlashName(
        name="deploy",
        description="Deploy a version to a target",
        usage_hint=USAGE["deploy"].removeprefix("/deploy "),
    ),
    SlashName(
        name="upgrade",
        description="The same as /deploy",
        usage_hint=USAGE["deploy"].removeprefix("/deploy "),
    ),
    SlashName(
        name="rollback",
        description="Return to the version before, or to a named revision",
        usage_hint=USAGE["rollback"].removeprefix("/rollback "),
    ),
    SlashName(
        name="ops",
        description="Help, status, history, and everything else",
        usage_hint="help | targets | status | history | revisions | restart | scale | cancel …",
    ),
)


def under_prefix(denied: Denied, prefix: str) -> Denied:
    """Return *denied* with the names of commands as this workspace has them: `/ship-deploy`."""
    if not prefix:
        return denied
    words = {
        name: _NAMES.sub(rf"/{prefix}\1", text)
        for name, text in (("reason", denied.reason), ("way_out", denied.way_out))
    }
    return denied.model_copy(update=words)

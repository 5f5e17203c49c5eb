"""`/incident`: open one, say what happens in it, and close it."""

from typing import Final

from bot.core.verbs.incident_words import (
    parse_add,
    parse_close,
    parse_export,
    parse_help,
    parse_lead,
    parse_list,
    parse_note,
    parse_open,
    parse_remove,
    parse_reopen,
    parse_severity,
    parse_status,
    parse_update,
)
from bot.core.verbs.verb import Verb

OPEN: Final = Verb(
    name="incident_open",
    commands=("incident open",),
    usage='"<title>" [<target> …] [--severity 1|2|3|4] [--private]',
    example='"checkout 5xx" checkout --severity 2',
    parse=parse_open,
)
STATUS: Final = Verb(
    name="incident_status",
    commands=("incident status",),
    usage="[<incident>]",
    example="inc-7f3k2a",
    parse=parse_status,
)
ADD: Final = Verb(
    name="incident_add",
    commands=("incident add",),
    usage="[<incident>] <target> …",
    example="search",
    parse=parse_add,
)
REMOVE: Final = Verb(
    name="incident_remove",
    commands=("incident remove",),
    usage="[<incident>] <target>",
    example="search",
    parse=parse_remove,
)
LEAD: Final = Verb(
    name="incident_lead",
    commands=("incident lead",),
    usage="[<incident>] [<@user>]",
    parse=parse_lead,
)
SEVERITY: Final = Verb(
    name="incident_severity",
    commands=("incident severity",),
    usage="[<incident>] <1|2|3|4>",
    example="1",
    parse=parse_severity,
)
NOTE: Final = Verb(
    name="incident_note",
    commands=("incident note",),
    usage='[<incident>] "…"',
    example='"errors since 14:02"',
    parse=parse_note,
)
UPDATE: Final = Verb(
    name="incident_update",
    commands=("incident update",),
    usage='[<incident>] "…"',
    example='"rolled back"',
    parse=parse_update,
)
CLOSE: Final = Verb(
    name="incident_close",
    commands=("incident close",),
    usage='[<incident>] "<summary>"',
    example='"bad image"',
    parse=parse_close,
)
REOPEN: Final = Verb(
    name="incident_reopen",
    commands=("incident reopen",),
    usage="[<incident>]",
    parse=parse_reopen,
)
EXPORT: Final = Verb(
    name="incident_export",
    commands=("incident export",),
    usage="[<incident>]",
    parse=parse_export,
)
LIST: Final = Verb(name="incident_list", commands=("incident list",), parse=parse_list)
HELP: Final = Verb(name="incident_help", commands=("incident help",), parse=parse_help)
MARK: Final = "incident_mark"  # the shortcut on messages
INCIDENT_BUTTONS: Final = (LEAD, UPDATE, CLOSE)  # on the card, each with a form
INCIDENT_VERBS: Final = (
    OPEN, STATUS, ADD, REMOVE, LEAD, SEVERITY, NOTE, UPDATE, CLOSE, REOPEN, EXPORT, LIST,
    HELP,
)  # fmt: skip

"""What the stub workspace holds: people, channels, forms, and cards in several states."""

from typing import Final

from pydantic import JsonValue

Record = dict[str, JsonValue]

CHANNEL: Final = "C0DEPLOYS"
SLIPWAY: Final = "U0SLIPWAY"


def _person(user: str, name: str, title: str, *, is_bot: bool = False) -> Record:
    return {
        "id": user,
        "name": name.lower(),
        "real_name": name,
        "title": title,
        "is_bot": is_bot,
    }


PEOPLE: Final[list[Record]] = [
    _person("U0ANN", "Ann", "requester"),
    _person("U0BOB", "Bob", "approver"),
    _person("U0LEAD", "Lea", "lead"),
    _person("U0EVE", "Eve", "outsider"),
    _person(SLIPWAY, "Slipway", "app", is_bot=True),
]
GROUPS: Final[list[JsonValue]] = [
    {"id": "S0DEVS", "handle": "devs", "users": ["U0ANN"]},
    {"id": "S0SRE", "handle": "sre", "users": ["U0BOB", "U0LEAD"]},
]
_EVERYBODY: Final[list[JsonValue]] = ["U0ANN", "U0BOB", "U0LEAD", "U0EVE", SLIPWAY]


def _channel(channel: str, name: str, topic: str = "", *, user: str = "") -> Record:
    return {
        "id": channel,
        "name": name,
        "topic": topic,
        "is_archived": False,
        "is_im": bool(user),
        "members": [user, SLIPWAY] if user else _EVERYBODY,
    }


CHANNELS: Final[list[Record]] = [
    _channel(
        CHANNEL,
        "deploys",
        "What goes out, who asked and who said yes. Ask <!subteam^S0SRE> about prod.",
    ),
    _channel("C0GENERAL", "general", "Anything at all"),
    _channel("C0INCIDENTS", "incidents", "When it burns"),
    _channel("D0ANN", "ann", user="U0ANN"),
    _channel("D0BOB", "bob", user="U0BOB"),
]
COMMANDS: Final[list[JsonValue]] = [
    {
        "command": "/deploy",
        "description": "Deploy a version of a component",
        "usage_hint": "[component] [version]",
    },
    {
        "command": "/upgrade",
        "description": "Upgrade a cluster or a release",
        "usage_hint": "[target] [version]",
    },
    {
        "command": "/rollback",
        "description": "Go back to what ran before",
        "usage_hint": "[target]",
    },
    {"command": "/ops", "description": "Ask what is going on", "usage_hint": "status | why | can"},
]


def _text(kind: str, text: str) -> Record:
    return {"type": kind, "text": text}


def _section(text: str) -> Record:
    return {"type": "section", "text": _text("mrkdwn", text)}


def _context(text: str) -> Record:
    return {"type": "context", "elements": [_text("mrkdwn", text)]}


def button(text: str, action: str, **more: JsonValue) -> Record:
    """Return a button whose value names the card it stands on."""
    words: Record = {"type": "plain_text", "text": text, "emoji": True}
    return {"type": "button", "text": words, "action_id": action, "value": "op-7K2M9Q4T1B", **more}


def _confirm(title: str, text: str, yes: str, style: str) -> Record:
    return {
        "title": _text("plain_text", title),
        "text": _text("mrkdwn", text),
        "confirm": _text("plain_text", yes),
        "deny": _text("plain_text", "Not now"),
        "style": style,
    }


WAITING_BUTTONS: Final[list[JsonValue]] = [
    button("Approve", "slipway.approve", style="primary"),
    button(
        "Reject",
        "slipway.reject",
        style="danger",
        confirm=_confirm(
            "Reject this deployment?",
            "*checkout 1.4.0* will not go to *prod*. Ann is told who said no.",
            "Reject",
            "danger",
        ),
    ),
    button("Cancel", "slipway.cancel", accessibility_label="Cancel checkout 1.4.0 to prod"),
]


def card(state: str, steps: list[str], buttons: list[JsonValue], version: str) -> list[JsonValue]:
    """Return a card's blocks: header, facts, steps, and what can be done."""
    fields: list[JsonValue] = [
        _text("mrkdwn", f"*State*\n{state}"),
        _text("mrkdwn", "*Asked by*\n<@U0ANN>"),
        _text("mrkdwn", f"*Change*\n`1.3.2` → `{version}`"),
        _text("mrkdwn", "*Connection*\nprod · ServiceStage v3"),
    ]
    asked = "<!date^1732150000^{date_short_pretty} at {time}|21 November>"
    blocks: list[JsonValue] = [
        {"type": "header", "text": _text("plain_text", f":rocket: Deploy checkout {version}")},
        {"type": "section", "block_id": "facts", "fields": fields},
        _section("\n".join(steps)),
        _context(f"`op-7K2M9Q4T1B` · asked {asked} · needs one of <!subteam^S0SRE>"),
    ]
    actions: Record = {"type": "actions", "block_id": "decide", "elements": buttons}
    return [*blocks, actions] if buttons else blocks


WAITING: Final = card(
    ":hourglass_flowing_sand: waiting for approval",
    [
        ":white_circle: *Upload* — not begun",
        ":white_circle: *Deploy* — not begun",
        ":white_circle: *Watch the pods* — not begun",
    ],
    WAITING_BUTTONS,
    "1.4.0",
)
RUNNING: Final = card(
    ":arrows_counterclockwise: running, step 2 of 3",
    [
        ":white_check_mark: *Upload* — succeeded, 12 s",
        ":arrows_counterclockwise: *Deploy* — running, 3/5 pods",
        ":white_circle: *Watch the pods* — not begun",
    ],
    [button("Cancel", "slipway.cancel")],
    "1.4.0",
)
SUCCEEDED: Final = card(
    ":large_green_circle: succeeded in 48 s",
    [
        ":white_check_mark: *Upload* — succeeded, 11 s",
        ":white_check_mark: *Deploy* — succeeded, 31 s",
        ":white_check_mark: *Watch the pods* — 5/5 ready, 6 s",
    ],
    [button("Roll back", "slipway.rollback", style="danger")],
    "1.3.2",
)
FAILED: Final = card(
    ":red_circle: failed at Deploy",
    [
        ":white_check_mark: *Upload* — succeeded, 11 s",
        ":x: *Deploy* — 2/5 pods ready after 10 min",
        "> `ImagePullBackOff`: manifest for flaky:2.0.1 not found",
    ],
    [
        button("Roll back", "slipway.rollback", style="primary"),
        button("Try again", "slipway.again"),
        {
            "type": "overflow",
            "action_id": "more",
            "options": [{"text": _text("plain_text", "Show the log"), "value": "log"}],
        },
    ],
    "2.0.1",
)


def _input(block: str, label: str, element: Record, **more: JsonValue) -> Record:
    words = _text("plain_text", label)
    return {"type": "input", "block_id": block, "label": words, "element": element, **more}


def _options(*names: str) -> list[JsonValue]:
    return [{"text": _text("plain_text", name), "value": name} for name in names]


FORM_BLOCKS: Final[list[JsonValue]] = [
    _context("Nothing runs before somebody of <!subteam^S0SRE> says yes."),
    _input(
        "target",
        "What",
        {
            "type": "static_select",
            "action_id": "target",
            "placeholder": _text("plain_text", "Choose a component"),
            "options": _options("checkout", "billing", "edge"),
        },
    ),
    _input(
        "version",
        "Version",
        {
            "type": "plain_text_input",
            "action_id": "version",
            "placeholder": _text("plain_text", "1.4.0"),
        },
        hint=_text("plain_text", "A tag that is in the registry."),
    ),
    _input(
        "speed",
        "How",
        {
            "type": "radio_buttons",
            "action_id": "speed",
            "options": _options("Rolling", "All at once"),
        },
        optional=True,
    ),
    _input(
        "reason",
        "Why",
        {"type": "plain_text_input", "action_id": "reason", "multiline": True},
        optional=True,
    ),
]
FORM: Final[Record] = {
    "id": "V0FORM",
    "callback_id": "slipway.deploy",
    "type": "modal",
    "title": _text("plain_text", "Deploy"),
    "submit": _text("plain_text", "Ask for it"),
    "close": _text("plain_text", "Cancel"),
    "blocks": FORM_BLOCKS,
    "private_metadata": "",
    "hash": "1.a",
    "state": {"values": {}},
}
HOME: Final[Record] = {
    **FORM,
    "id": "V0HOME",
    "type": "home",
    "title": None,
    "submit": None,
    "close": None,
    "blocks": [
        {"type": "header", "text": _text("plain_text", "Waiting for your approval")},
        {
            **_section("*checkout 1.4.0* → prod\nasked by <@U0ANN>, `op-7K2M9Q4T1B`"),
            "accessory": button("Open", "slipway.open"),
        },
        {"type": "divider"},
        {"type": "header", "text": _text("plain_text", "Running")},
        _section(":arrows_counterclockwise: *edge* — Deploy, 3/5 pods"),
        _context("Brought up to date just now"),
    ],
}

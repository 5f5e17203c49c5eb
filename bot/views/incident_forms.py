"""The forms about incidents: what is wrong, who leads, how it stands, how it went."""

from collections.abc import Sequence
from typing import Final

from bot.core.incidents import TEXT_MAX, TITLE_MAX
from bot.core.outcomes import IncidentFormWanted
from bot.core.records import Json
from bot.core.verbs.verb import PREFIX
from bot.views.layout import Block
from bot.views.text import plain
from bot.views.words import Locale, say_plain

TITLE: Final = "slipway.title"  # block_ids: what was filled in is found by them
TARGETS: Final = "slipway.targets"
SEVERITY: Final = "slipway.severity"
PRIVATE: Final = "slipway.private"
LEAD: Final = "slipway.lead"
TEXT: Final = "slipway.text"
OPTIONS_MAX: Final = 100  # of a select; Slack refuses more
_OPTION_MAX: Final = 75  # characters
_TITLE_MAX: Final = 24  # of a view
_SEVERITIES: Final = ("1", "2", "3", "4")


def callback_of(verb: str) -> str:
    """Return the name of the form that belongs to *verb*."""
    return f"{PREFIX}incident_form" if verb == "incident_open" else f"{PREFIX}{verb}_form"


def form_about(wanted: IncidentFormWanted, locale: Locale) -> dict[str, Json]:
    """Return the form; whoever opens it adds what it has to carry."""
    name = wanted.verb.removeprefix("incident_")
    return {
        "type": "modal",
        "callback_id": callback_of(wanted.verb),
        "title": _plain(say_plain(f"incident_form.{name}", locale), _TITLE_MAX),
        "submit": _plain(say_plain(f"incident_form.{name}_yes", locale)),
        "close": _plain(say_plain("incident_form.back", locale)),
        "blocks": [*_fields(name, wanted, locale)],
    }


def _fields(name: str, wanted: IncidentFormWanted, locale: Locale) -> list[Block]:
    match name:
        case "open":
            return _opening(wanted, locale)
        case "lead":
            element: Block = {
                "type": "users_select",
                "action_id": f"{LEAD}.input",
                "initial_user": wanted.person,
            }
            return [_input(LEAD, "who", element, locale)]
        case "close":
            return [_input(TEXT, "summary", _words(TEXT, TEXT_MAX), locale)]
        case _:
            return [_input(TEXT, "said", _words(TEXT, TEXT_MAX), locale)]


def _opening(wanted: IncidentFormWanted, locale: Locale) -> list[Block]:
    title = {**_words(TITLE, TITLE_MAX), "multiline": False}
    severity = _select("static_select", SEVERITY, _SEVERITIES)
    private: Block = {
        "type": "checkboxes",
        "action_id": f"{PRIVATE}.input",
        "options": [_option(say_plain("incident_form.private_option", locale), "private")],
    }
    targets = wanted.targets[:OPTIONS_MAX]
    chosen = _select("multi_static_select", "slipway.pick_target", targets)
    return [
        _input(TITLE, "title", title, locale),
        *([_input(TARGETS, "targets", chosen, locale, is_optional=True)] if targets else []),
        _input(SEVERITY, "severity", {**severity, "initial_option": _option("3", "3")}, locale),
        _input(PRIVATE, "private", private, locale, is_optional=True),
    ]


def _select(kind: str, name: str, values: Sequence[str]) -> Block:
    action_id = name if name.endswith("pick_target") else f"{name}.input"
    options: list[Json] = [_option(each, each) for each in values]
    return {"type": kind, "action_id": action_id, "options": options}


def _words(name: str, most: int) -> Block:
    return {
        "type": "plain_text_input",
        "action_id": f"{name}.input",
        "multiline": True,
        "min_length": 1,
        "max_length": most,
        "focus_on_load": True,
    }


def _input(
    block_id: str, label: str, element: Block, locale: Locale, *, is_optional: bool = False
) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": _plain(say_plain(f"incident_form.{label}", locale)),
        "element": element,
        "optional": is_optional,
    }


def _option(words: str, value: str) -> Block:
    return {"text": _plain(words), "value": value}


def _plain(words: str, most: int = _OPTION_MAX) -> Block:
    return {"type": "plain_text", "text": plain(words, most)}

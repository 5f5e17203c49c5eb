"""The forms about incidents: what is wrong, who leads, how it stands, how it went."""

from collections.abc import Sequence
from typing import Final

from bot.core.incidents import TEXT_MAX, TITLE_MAX
from bot.core.outcomes import IncidentFormWanted
from bot.core.records import Json, TargetName
from bot.core.verbs.forms import PICK_TARGET
from bot.core.verbs.verb import PREFIX
from bot.views.layout import Block
from bot.views.modal import HINT_MAX, Frame, field, label, modal, option, text_box
from bot.views.words import Locale, say_plain

TITLE: Final = "slipway.title"  # block_ids: what was filled in is found by them
TARGETS: Final = "slipway.targets"
SEVERITY: Final = "slipway.severity"
PRIVATE: Final = "slipway.private"
LEAD: Final = "slipway.lead"
TEXT: Final = "slipway.text"
_SEVERITIES: Final = ("1", "2", "3", "4")


def callback_of(verb: str) -> str:
    """Return the name of the form that belongs to *verb*."""
    return f"{PREFIX}incident_form" if verb == "incident_open" else f"{PREFIX}{verb}_form"


def form_about(wanted: IncidentFormWanted, locale: Locale) -> dict[str, Json]:
    """Return the form; whoever opens it adds what it has to carry."""
    name = wanted.verb.removeprefix("incident_")
    does = f"incident_form.{name}"
    frame = Frame(
        title=does,
        submits=f"{does}_yes",
        closes="form.back",
        callback_id=callback_of(wanted.verb),
    )
    return modal(frame, _fields(name, wanted, locale), locale)


def _fields(name: str, wanted: IncidentFormWanted, locale: Locale) -> list[Block]:
    match name:
        case "open":
            return _opening(wanted.targets, locale)
        case "lead":
            element: Block = {"type": "users_select", "initial_user": wanted.person}
            return [_input(LEAD, "who", element, locale)]
        case "close":
            return [_input(TEXT, "summary", _words(TEXT_MAX), locale)]
        case _:
            return [_input(TEXT, "said", _words(TEXT_MAX), locale)]


def _opening(targets: Sequence[TargetName], locale: Locale) -> list[Block]:
    title = {**_words(TITLE_MAX), "multiline": False}
    is_private = say_plain("incident_form.private_option", locale)
    private: Block = {"type": "checkboxes", "options": [option(is_private, "private")]}
    hint = say_plain("change_form.target_hint", locale)
    chosen: Block = {
        "type": "multi_external_select",
        "min_query_length": 0,
        "placeholder": label(hint, HINT_MAX),
    }
    if targets:
        chosen["initial_options"] = [option(each, each) for each in targets]
    return [
        _input(TITLE, "title", title, locale),
        _input(TARGETS, "targets", chosen, locale, is_optional=True),
        _severity(locale),
        _input(PRIVATE, "private", private, locale, is_optional=True),
    ]


def _severity(locale: Locale) -> Block:
    options: list[Json] = [option(each, each) for each in _SEVERITIES]
    element: Block = {
        "type": "static_select",
        "options": options,
        "initial_option": option("3", "3"),
    }
    hint = label(say_plain("incident_form.severity_hint", locale), HINT_MAX)
    return {**_input(SEVERITY, "severity", element, locale), "hint": hint}


def _words(most: int) -> Block:
    return {**text_box(most), "min_length": 1, "focus_on_load": True}


def _input(
    block_id: str, words: str, element: Block, locale: Locale, *, is_optional: bool = False
) -> Block:
    name = PICK_TARGET if block_id == TARGETS else f"{block_id}.input"
    called = say_plain(f"incident_form.{words}", locale)
    return {**field(name, called, element, is_optional=is_optional), "block_id": block_id}

"""The forms of changes: deploy and roll back, with pickers; and what the pickers offer.

Source: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
"""

from collections.abc import Iterator
from typing import Final

from bot.core.codes import Value
from bot.core.outcomes import (
    ChangeFormWanted,
    Choice,
    DryRun,
    Outcome,
    TargetAbout,
    TargetChoice,
    VersionChoice,
)
from bot.core.records import Json
from bot.core.verbs.forms import FIELDS, PICK_TARGET, PICK_VERSION, VALUES_MAX, Filled, FormAction
from bot.core.verbs.reasons import REASON_MAX
from bot.core.verbs.verb import PREFIX
from bot.views.answers import answer
from bot.views.blocks import context, sections
from bot.views.layout import Block
from bot.views.text import plain
from bot.views.words import Locale, say, say_plain, spelled
from bot.views.words.naming import WARNING

DRY_RUN: Final = "dry_run"  # the one option of its checkbox
_OPTION_MAX: Final = 75  # characters of an option's text, and of its description
_TITLE_MAX: Final = 24  # of a view
_HINT_MAX: Final = 150  # of a placeholder


def callback_of(action: FormAction) -> str:
    """Return the name of the form that asks for *action*."""
    return f"{PREFIX}{action}_form"


def change_form(wanted: ChangeFormWanted, locale: Locale) -> dict[str, Json]:
    """Return the form; whoever opens it adds what it has to carry."""
    fields = (
        _deploy(wanted.about, locale) if wanted.action == "deploy" else _back(wanted.about, locale)
    )
    return _modal(wanted.action, f"change_form.{wanted.action}", [*fields], locale)


def planned_form(filled: Filled, planned: DryRun, locale: Locale) -> dict[str, Json]:
    """Return the form's second page: what would be done, and the button that goes on."""
    shown = answer(planned, locale).blocks
    does = "change_form.ask" if planned.approvals else f"change_form.{filled.action}"
    return _modal(filled.action, does, shown, locale)


def told_form(action: FormAction, blocks: list[Block], locale: Locale) -> dict[str, Json]:
    """Return the last page: what came of it, where no channel could tell."""
    title = say_plain(f"change_form.{action}", locale)
    return {
        "type": "modal",
        "title": _plain(title, _TITLE_MAX),
        "close": _plain(say_plain("change_form.close", locale)),
        "blocks": [*blocks],
    }


def notice(outcome: Outcome, locale: Locale) -> dict[str, Json]:
    """Return a view that says what came of a press, where there is no channel to say it in."""
    return {
        "type": "modal",
        "title": _plain(say_plain("home.title", locale), _TITLE_MAX),
        "close": _plain(say_plain("change_form.close", locale)),
        "blocks": [*answer(outcome, locale, recorded_nothing=False).blocks],
    }


def options(choices: tuple[Choice, ...], locale: Locale) -> list[Json]:
    """Return what a picker offers, as Slack lists it."""
    return [_option_of(each, locale) for each in choices]


def _modal(action: FormAction, does: str, blocks: list[Block], locale: Locale) -> dict[str, Json]:
    return {
        "type": "modal",
        "callback_id": callback_of(action),
        "title": _plain(say_plain(f"change_form.{action}", locale), _TITLE_MAX),
        "submit": _plain(say_plain(does, locale), _TITLE_MAX),
        "close": _plain(say_plain("change_form.close", locale)),
        "blocks": [*blocks],
    }


def _deploy(about: TargetAbout | None, locale: Locale) -> Iterator[Block]:
    yield _target(about, locale)
    yield from _said(about, locale)
    is_optional = about is None or about.takes_values
    yield _picker("version", about, locale, is_optional=is_optional)
    yield _reason(about, locale)
    if is_optional:
        yield _input(
            "values", _words(VALUES_MAX, say_plain("change_form.values_hint", locale)), locale
        )
    yield _dry_run(locale)


def _back(about: TargetAbout | None, locale: Locale) -> Iterator[Block]:
    yield _target(about, locale)
    yield from _said(about, locale)
    yield _picker("revision", about, locale, is_optional=True)
    yield _reason(about, locale)
    yield _dry_run(locale)


def _target(about: TargetAbout | None, locale: Locale) -> Block:
    """Return the picker of targets; what is chosen is told at once, so that the form fits it."""
    element: Block = {
        "type": "external_select",
        "action_id": PICK_TARGET,
        "min_query_length": 0,
        "placeholder": _plain(say_plain("change_form.target_hint", locale), _HINT_MAX),
        "focus_on_load": about is None,
    }
    if about is not None:
        element["initial_option"] = _option_of(
            TargetChoice(target=about.target, title=about.title), locale
        )
    return {
        "type": "input",
        "block_id": PICK_TARGET,
        "label": _plain(say_plain("change_form.target", locale)),
        "element": element,
        "dispatch_action": True,
    }


def _picker(name: str, about: TargetAbout | None, locale: Locale, *, is_optional: bool) -> Block:
    """Return the picker of versions; of another target it is another one, and begins empty."""
    where = f".{about.target.name}" if about else ""
    return {
        "type": "input",
        "block_id": f"{PICK_VERSION}{where}",
        "label": _plain(say_plain(f"change_form.{name}", locale)),
        "optional": is_optional,
        "element": {
            "type": "external_select",
            "action_id": PICK_VERSION,
            "min_query_length": 0,
            "placeholder": _plain(say_plain(f"change_form.{name}_hint", locale), _HINT_MAX),
            "focus_on_load": about is not None,
        },
    }


def _said(about: TargetAbout | None, locale: Locale) -> Iterator[Block]:
    """Yield what one should know of the target before one chooses."""
    if about is None:
        return
    what = say(
        "change_form.about_text",
        locale,
        target=about.target.name,
        title=about.title,
        runs=spelled(about.runs, locale) if about.runs else "",
    )
    needs = say("change_form.no_approval_text", locale)
    if about.approvals:
        told = {"approvals": about.approvals, "who": about.approvers}
        needs = say("change_form.approvals_text", locale, **told)
    yield from context((what, needs), "slipway.about")
    held = [f"{WARNING} {say('change_form.held_text', locale, why=each)}" for each in about.holds]
    if about.no_rollback:
        why = say("change_form.no_way_back_text", locale, why=about.no_rollback)
        held.append(f"{WARNING} {why}")
    yield from sections(held, "slipway.held")


def _reason(about: TargetAbout | None, locale: Locale) -> Block:
    hint = say_plain("change_form.reason_public", locale)
    if about is not None and about.wants_reason:
        policy = about.target.policy
        hint = f"{say_plain('change_form.reason_wanted', locale, policy=policy)} {hint}"
    block = _input("reason", _words(REASON_MAX, ""), locale)
    return {**block, "hint": _plain(hint, _HINT_MAX)}


def _dry_run(locale: Locale) -> Block:
    option: Block = {
        "text": _plain(say_plain("change_form.dry_run_option", locale)),
        "value": DRY_RUN,
        "description": _plain(say_plain("change_form.dry_run_says", locale)),
    }
    element: Block = {
        "type": "checkboxes",
        "action_id": FIELDS["dry_run"],
        "options": [option],
    }
    return _input("dry_run", element, locale)


def _words(most: int, hint: str) -> Block:
    element: Block = {"type": "plain_text_input", "multiline": True, "max_length": most}
    return {**element, "placeholder": _plain(hint, _HINT_MAX)} if hint else element


def _input(name: str, element: Block, locale: Locale) -> Block:
    known = FIELDS[name]  # type: ignore[index] # one of ours
    return {
        "type": "input",
        "block_id": known,
        "label": _plain(say_plain(f"change_form.{name}", locale)),
        "optional": True,
        "element": {**element, "action_id": known},
    }


def _option_of(choice: Choice, locale: Locale) -> Block:
    if isinstance(choice, TargetChoice):
        told = {"title": choice.title, "policy": choice.target.policy}
        words = say_plain("choice.target", locale, **told)
        return _option(choice.target.name, choice.target.name, words)
    return _option(choice.version, choice.version, _known_from(choice, locale))


def _known_from(choice: VersionChoice, locale: Locale) -> str:
    says = spelled(choice.says, locale) if choice.says else ""
    if choice.is_current:
        return say_plain("choice.current", locale, says=says)
    match choice.source:
        case "typed":
            return say_plain("choice.typed", locale)
        case "cloud":
            return say_plain("choice.cloud" if says else "choice.listed", locale, says=says)
        case "history":
            phase: Value = say_plain(f"phase.{choice.phase}", locale)
            return say_plain("choice.history", locale, phase=phase)
        case "elsewhere":
            return say_plain("choice.elsewhere", locale, where=choice.where)


def _option(words: str, value: str, description: str) -> Block:
    option: Block = {"text": _plain(words, _OPTION_MAX), "value": value}
    shown = plain(description, _OPTION_MAX).strip()
    return {**option, "description": _plain(shown, _OPTION_MAX)} if shown else option


def _plain(words: str, most: int = _OPTION_MAX) -> dict[str, Json]:
    return {"type": "plain_text", "text": plain(words, most)}

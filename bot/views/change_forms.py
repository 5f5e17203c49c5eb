"""The forms of changes: deploy, roll back, scale and create, with pickers.

Source: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
"""

from collections.abc import Iterator
from typing import Final

from bot.core.codes import Denied
from bot.core.outcomes import ChangeFormWanted, DryRun, Outcome, TargetAbout, TargetChoice
from bot.core.records import Json
from bot.core.verbs.forms import FIELDS, PICK_TARGET, PICK_VERSION, VALUES_MAX, FormAction
from bot.core.verbs.reasons import REASON_MAX
from bot.core.verbs.scale import REPLICAS_MAX
from bot.core.verbs.verb import PREFIX
from bot.views.answers import answer, on_a_page, plan_on_a_page
from bot.views.blocks import context, sections
from bot.views.layout import Block
from bot.views.modal import HINT_MAX, Frame, field, label, modal, option, text_box
from bot.views.pickers import option_of
from bot.views.words import Locale, say, say_plain, sentences, spelled
from bot.views.words.naming import WARNING

DRY_RUN: Final = "dry_run"  # the one option of its checkbox
_REASON: Final = ("reason", "reason_public")


def callback_of(action: FormAction) -> str:
    """Return the name of the form that asks for *action*."""
    return f"{PREFIX}{action}_form"


def change_form(wanted: ChangeFormWanted, locale: Locale) -> dict[str, Json]:
    """Return the form; whoever opens it adds what it has to carry."""
    action, about = wanted.action, wanted.about
    blocks = [
        _target(about, locale),
        *_said(about, locale),
        *_asked(action, about, locale),
        _reason(about, locale),
        *_values(action, about, locale),
        _dry_run(locale),
    ]
    return _form(action, f"change_form.{action}", blocks, locale)


def planned_form(
    action: FormAction, planned: DryRun, locale: Locale, *, asks_reason: bool = False
) -> dict[str, Json]:
    """Return the form's second page: what would be done, and the button that goes on.

    A plan is shown without a reason; where one is wanted for the rest of the way, it *asks_reason*.
    """
    shown = plan_on_a_page(planned, locale)
    if asks_reason:
        words, public = (say_plain(f"change_form.{each}", locale) for each in _REASON)
        box = text_box(REASON_MAX)
        shown.append(field(FIELDS["reason"], words, box, is_optional=False, hint=public))
    does = "change_form.ask" if planned.approvals else f"change_form.{action}"
    return _form(action, does, shown, locale)


def told_form(outcome: Outcome, locale: Locale, *, title: str) -> dict[str, Json]:
    """Return the last page: what came of it, where no channel could tell; *title* by its key."""
    return modal(Frame(title=title), _unpressed(answer(outcome, locale).blocks), locale)


def refused_form(
    denied: Denied, locale: Locale, *, recorded_nothing: bool = True
) -> dict[str, Json]:
    """Return a page that says why not, above one that has no field to say it at."""
    blocks = on_a_page(denied, locale, recorded_nothing=recorded_nothing)
    return modal(Frame(title="home.title"), blocks, locale)


def notice(outcome: Outcome, locale: Locale) -> dict[str, Json]:
    """Return a view that says what came of a press, where there is no channel to say it in."""
    blocks = answer(outcome, locale, recorded_nothing=False).blocks
    return modal(Frame(title="home.title"), _unpressed(blocks), locale)


def _unpressed(blocks: list[Block]) -> list[Block]:
    """Leave out what an answer offers: a press in a view is none of a card, and does nothing."""
    return [each for each in blocks if each["type"] != "actions"]


def _form(action: FormAction, does: str, blocks: list[Block], locale: Locale) -> dict[str, Json]:
    title = f"change_form.{action}"
    frame = Frame(title=title, submits=does, callback_id=callback_of(action))
    return modal(frame, blocks, locale)


def _asked(action: FormAction, about: TargetAbout | None, locale: Locale) -> Iterator[Block]:
    """Yield what the action wants to know: to which version, or how many."""
    match action:
        case "deploy":
            yield _picker("version", about, locale, is_optional=_takes_values(action, about))
        case "rollback":
            yield _picker("revision", about, locale, is_optional=True)
        case "create":
            is_optional = about is None or about.created_version is not None
            yield _picker("version", about, locale, is_optional=is_optional, hint=_created(about))
        case "scale":
            element: Block = {
                "type": "number_input",
                "is_decimal_allowed": False,
                "min_value": "0",
                "max_value": str(REPLICAS_MAX),
            }
            words = say_plain("change_form.replicas", locale)
            yield field(FIELDS["replicas"], words, element, is_optional=False)


def _created(about: TargetAbout | None) -> str:
    """Return which words say what is created where no version is chosen."""
    told = about.created_version if about else None
    if told is None:
        return "version_hint"
    return "created_hint" if told else "default_hint"


def _takes_values(action: FormAction, about: TargetAbout | None) -> bool:
    return action == "deploy" and (about is None or about.takes_values)


def _target(about: TargetAbout | None, locale: Locale) -> Block:
    """Return the picker of targets; what is chosen is told at once, so that the form fits it."""
    element: Block = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": label(say_plain("change_form.target_hint", locale), HINT_MAX),
        "focus_on_load": about is None,
    }
    if about is not None:
        chosen = TargetChoice(target=about.target, title=about.title)
        element["initial_option"] = option_of(chosen, locale)
    words = say_plain("change_form.target", locale)
    return {
        **field(PICK_TARGET, words, element, is_optional=False),
        "dispatch_action": True,
    }


def _picker(
    name: str, about: TargetAbout | None, locale: Locale, *, is_optional: bool, hint: str = ""
) -> Block:
    """Return the picker of versions; of another target it is another one, and begins empty."""
    where = f".{about.target.name}" if about else ""
    told = {"version": about.created_version or ""} if about else {"version": ""}
    hinted = say_plain(f"change_form.{hint or f'{name}_hint'}", locale, **told)
    element: Block = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": label(hinted, HINT_MAX),
        "focus_on_load": about is not None,
    }
    words = say_plain(f"change_form.{name}", locale)
    block = field(PICK_VERSION, words, element, is_optional=is_optional)
    return {**block, "block_id": f"{PICK_VERSION}{where}"}


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
        replicas=spelled(about.replicas, locale) if about.replicas else "",
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
        wanted = say_plain("change_form.reason_wanted", locale, policy=policy)
        hint = sentences((wanted, hint), locale)
    words = say_plain("change_form.reason", locale)
    return field(FIELDS["reason"], words, text_box(REASON_MAX), hint=hint)


def _values(action: FormAction, about: TargetAbout | None, locale: Locale) -> Iterator[Block]:
    if _takes_values(action, about):
        box = text_box(VALUES_MAX, say_plain("change_form.values_hint", locale))
        yield field(FIELDS["values"], say_plain("change_form.values", locale), box)


def _dry_run(locale: Locale) -> Block:
    words = say_plain("change_form.dry_run_option", locale)
    says = say_plain("change_form.dry_run_says", locale)
    element: Block = {"type": "checkboxes", "options": [option(words, DRY_RUN, says)]}
    return field(FIELDS["dry_run"], say_plain("change_form.dry_run", locale), element)

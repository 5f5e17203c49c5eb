"""The buttons of a card: what can be done now. A row is there only while a press could count."""

from datetime import datetime
from typing import Final, Literal

from bot.core.codes import Reason, Value
from bot.core.estimates import Estimate
from bot.core.operation import Operation, RecoveryOption, Succeeded
from bot.core.records import OperationId, Record
from bot.core.rules import (
    Approve,
    Cancel,
    Executed,
    GateState,
    NotExecuted,
    Press,
    Recover,
    Reject,
    RollBack,
    Undone,
)
from bot.core.verbs import action_id, token_of
from bot.views.layout import Button, Confirm, Style
from bot.views.text import plain
from bot.views.words import Locale, say_plain, spelled
from bot.views.words.naming import object_of, plainly_named

WAYS_MAX: Final = 5  # ways on that are offered

_LAST: Final = frozenset({"details", "cancel"})  # whatever else can be done comes before
_BUTTON_MAX: Final = 75  # characters of a button's text and of its label
_CONFIRM_MAX: Final = 300  # characters of a confirmation's text
_TITLE_MAX: Final = 100  # characters of a confirmation's title
_YES_MAX: Final = 30  # characters of a confirmation's button


class CardFacts(Record):
    """What a card says beyond the operation itself."""

    now: datetime
    offers: tuple[Press, ...] = ()  # what `decide` would allow, in the order of the buttons
    rolled_back_by: OperationId | None = None
    gone_on_with: OperationId | None = None
    undone: Undone | None = None  # a rollback that this one goes back behind
    no_rollback_reason: Reason | None = None  # where the API has no way back
    usual: Estimate | None = None  # of all its steps
    left: Estimate | None = None  # of those that are left, from `now` on
    title: str = ""  # the system's name for people
    warned: Reason | None = None  # what a lock says that only warns
    may_decide: tuple[str, ...] = ()  # ids of the users and groups that may approve
    gates: tuple[GateState, ...] = ()  # how far each is, where there are several


def buttons(operation: Operation, facts: CardFacts, locale: Locale) -> tuple[Button, ...]:
    """Return a button for each thing that can be done about *operation* at `facts.now`."""
    options = [each for each in facts.offers if isinstance(each, Recover)][:WAYS_MAX]
    others = [each for each in facts.offers if not isinstance(each, Recover)]
    last = [each for each in others if each.kind in _LAST]
    first = [each for each in others if each not in last]
    ways = (*options, *first) if operation.waits_for_people else (*first, *options)
    shown = (*ways, *last)
    return tuple(_of(press, operation, locale) for press in shown)


def _of(press: Press, operation: Operation, locale: Locale) -> Button:
    match press:
        case Approve():
            return _button(operation, press, locale, style="primary")
        case Reject():
            return _button(operation, press, locale, style="danger")
        case Cancel():
            return _cancel(operation, press, locale)
        case NotExecuted():
            return _not_executed(operation, press, locale)
        case Executed():
            return _executed(operation, press, locale)
        case RollBack():
            return _roll_back(operation, press, locale)
        case Recover():
            return _recover(operation, press, locale)
        case _:
            return _button(operation, press, locale)


def ways_on(operation: Operation, facts: CardFacts) -> tuple[RecoveryOption, ...]:
    """Return the recovery options that are offered."""
    wanted = [each.option for each in facts.offers if isinstance(each, Recover)][:WAYS_MAX]
    found = (operation.option(name) for name in wanted)
    return tuple(option for option in found if option)


def called(way: RecoveryOption, locale: Locale) -> str:
    """Return what stands on the button of *way*."""
    return plain(spelled(way.label, locale), _BUTTON_MAX) or way.name


def _cancel(operation: Operation, press: Cancel, locale: Locale) -> Button:
    asks = _confirm("cancel", locale, subject=plainly_named(operation, locale))
    return _button(operation, press, locale, confirm=asks)


def _not_executed(operation: Operation, press: NotExecuted, locale: Locale) -> Button:
    what = plainly_named(operation, locale)
    asks = _confirm("not_executed", locale, subject=what, connection=operation.connection)
    return _button(operation, press, locale, style="danger", confirm=asks)


def _executed(operation: Operation, press: Executed, locale: Locale) -> Button:
    what = plainly_named(operation, locale)
    asks = _confirm("executed", locale, subject=what, connection=operation.connection)
    return _button(operation, press, locale, confirm=asks)


def _roll_back(operation: Operation, press: RollBack, locale: Locale) -> Button:
    version = spelled(operation.version_before, locale).strip() or operation.revision_before or ""
    is_done = isinstance(operation.phase, Succeeded) or operation.waits_for_people
    style: Literal["primary", "danger"] = "danger" if is_done else "primary"
    where = {"target": operation.target, "connection": operation.connection}
    asks = _confirm("roll_back", locale, **where, version=version)
    text = say_plain("button.roll_back", locale, version=version)
    return Button(
        action_id=action_id(press),
        text=plain(text, _BUTTON_MAX),
        label=_label_of_target(text, operation, locale),
        value=token_of(press).value,
        style=style,
        confirm=asks.model_copy(update={"style": style}),
    )


def _recover(operation: Operation, press: Recover, locale: Locale) -> Button:
    way = operation.option(press.option)
    if way is None:
        msg = f"{operation.id} offers no {press.option}"
        raise ValueError(msg)
    text = called(way, locale)
    where = {"target": operation.target, "connection": operation.connection}
    asks = _confirm("recovery", locale, **where, option=text, what=way.explanation)
    yes = text if len(text) <= _YES_MAX else asks.confirm
    style: Literal["primary", "danger"] = "danger" if way.is_dangerous else "primary"
    return Button(
        action_id=action_id(press),
        text=text,
        label=_label_of_target(text, operation, locale),
        value=token_of(press).value,
        style="danger" if way.is_dangerous else "",
        confirm=None
        if way.wants_reason
        else asks.model_copy(update={"confirm": yes, "style": style}),
    )


def _button(
    operation: Operation,
    press: Press,
    locale: Locale,
    *,
    style: Style = "",
    confirm: Confirm | None = None,
) -> Button:
    text = say_plain(f"button.{press.kind}", locale)
    label = say_plain("button.label", locale, button=text, object=object_of(operation, locale))
    return Button(
        action_id=action_id(press),
        text=text,
        label=plain(label, _BUTTON_MAX),
        value=token_of(press).value,
        style=style,
        confirm=confirm,
    )


def _confirm(name: str, locale: Locale, **params: Value) -> Confirm:
    """Return the question that is asked before a press counts."""
    return Confirm(
        title=plain(say_plain(f"confirm.{name}", locale, **params), _TITLE_MAX),
        text=plain(say_plain(f"confirm.{name}_text", locale, **params), _CONFIRM_MAX),
        confirm=say_plain(f"confirm.{name}_yes", locale),
        deny=say_plain("confirm.back", locale),
    )


def _label_of_target(text: str, operation: Operation, locale: Locale) -> str:
    label = say_plain("button.label_of_target", locale, button=text, target=operation.target)
    return plain(label, _BUTTON_MAX)

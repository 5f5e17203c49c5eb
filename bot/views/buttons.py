"""The buttons of a card: what can be done now. A row is there only while a press could count."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, Literal

from pydantic import Field

from bot.core.codes import Reason, Value
from bot.core.estimates import Estimate
from bot.core.operation import Failed, Operation, RecoveryOption, Succeeded
from bot.core.outcomes import LiveState
from bot.core.queue import Line
from bot.core.records import OperationId, Record
from bot.core.rules import (
    Approve,
    Cancel,
    Executed,
    GateState,
    NotExecuted,
    Press,
    Recover,
    Review,
    RollBack,
    StartNow,
    Undone,
)
from bot.core.verbs import MORE, action_id, choice_of, token_of
from bot.core.verbs.forms import ABOUT, OPEN_INCIDENT
from bot.views.layout import Button, Confirm, Menu, Option, Style
from bot.views.limits import OPTIONS_MAX
from bot.views.text import plain
from bot.views.words import Locale, say_plain, spelled, stopped
from bot.views.words.naming import continued, object_of, plainly_named

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
    is_rolled_back: bool = True  # whether that rollback has succeeded; it is open else
    gone_on_with: OperationId | None = None
    is_gone_on: bool = True  # whether that has begun; it waits else
    undone: Undone | None = None  # a rollback that this one goes back behind
    no_rollback_reason: Reason | None = None  # where the API has no way back
    usual: Estimate | None = None  # of all its steps
    title: str = ""  # the system's name for people
    names: Mapping[str, str] = Field(default_factory=dict)  # what people are called, by id
    console: str = ""  # where the vendor's own console shows the target
    compare: str = ""  # where the change itself can be read
    warned: Reason | None = None  # what a lock says that only warns
    holds: Reason | None = None  # what will hold it, once people have approved it
    held_until: datetime | None = None  # when something that holds the target ends by itself
    held_from: datetime | None = None  # when something begins that will hold it
    opens_incident: bool = False  # whether it failed where incidents are opened, and none is
    left: LiveState | None = None  # of what failed: what ran right after it, as its cloud says
    line: Line | None = None  # where it waits for its turn
    may_decide: tuple[str, ...] = ()  # ids of the users and groups that may approve
    gates: tuple[GateState, ...] = ()  # how far each is, where there are several
    is_previewed: bool = True  # whether a form shows a rollback before it is asked for


def buttons(operation: Operation, facts: CardFacts, locale: Locale) -> tuple[Button, ...]:
    """Return a button for each thing that can be done about *operation* at `facts.now`.

    What has succeeded has a menu instead, but for a review that somebody owes; where there is only
    something to read, there is a button beside.
    """
    if isinstance(operation.phase, Succeeded):
        owed = (each for each in facts.offers if isinstance(each, Review))
        return tuple(button_of(press, operation, facts, locale) for press in owed)
    if _is_only_read(facts):
        return ()
    row = (button_of(press, operation, facts, locale) for press in _row(operation, facts))
    return (*row, *_incident(operation, facts, locale))


def _incident(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[Button]:
    """Yield the button that opens an incident about the target of what failed."""
    if facts.opens_incident and not (facts.rolled_back_by or facts.gone_on_with):
        text = say_plain("home.open_incident", locale)
        yield Button(
            action_id=OPEN_INCIDENT,
            text=text,
            label=_label_of_target(text, operation, locale),
            value=f"{ABOUT}{operation.target}",
        )


def accessory(operation: Operation, facts: CardFacts, locale: Locale) -> Button | None:
    """Return the button beside the head of the card, where nothing can be done but to read."""
    if isinstance(operation.phase, Succeeded) or not _is_only_read(facts):
        return None
    return next((button_of(press, operation, facts, locale) for press in facts.offers), None)


def menu(operation: Operation, facts: CardFacts, locale: Locale) -> Menu | None:
    """Return what can still be done about what has succeeded, folded."""
    if not isinstance(operation.phase, Succeeded):
        return None
    row = [each for each in _row(operation, facts) if not isinstance(each, Review)][:OPTIONS_MAX]
    if not row:
        return None
    options = tuple(
        Option(text=button_of(each, operation, facts, locale).text, value=choice_of(each))
        for each in row
    )
    return Menu(action_id=MORE, options=options)


def _is_only_read(facts: CardFacts) -> bool:
    return all(each.right is None for each in facts.offers)


def _row(operation: Operation, facts: CardFacts) -> tuple[Press, ...]:
    """Return what is offered in the order of the buttons."""
    options = [each for each in facts.offers if isinstance(each, Recover)][:WAYS_MAX]
    others = [each for each in facts.offers if not isinstance(each, Recover)]
    last = [each for each in others if each.kind in _LAST]
    first = [each for each in others if each not in last]
    ways = (*options, *first) if operation.waits_for_people else (*first, *options)
    return (*ways, *last)


def button_of(press: Press, operation: Operation, facts: CardFacts, locale: Locale) -> Button:
    """Return the button that does *press*."""
    match press:
        case Approve():
            return _approve(operation, press, facts, locale)
        case StartNow() | Review():
            return _button(operation, press, locale, style="primary")
        case Cancel():
            return _cancel(operation, press, locale)
        case NotExecuted():
            return _not_executed(operation, press, locale)
        case Executed():
            return _executed(operation, press, locale)
        case RollBack():
            return _roll_back(operation, press, facts, locale)
        case Recover():
            return _recover(operation, press, locale)
        case _:
            return _button(operation, press, locale)


def _approve(operation: Operation, press: Approve, facts: CardFacts, locale: Locale) -> Button:
    """Return the button that opens the gate; it asks first where nothing undoes what follows."""
    why = no_way_back(operation, facts)
    if not why:
        return _button(operation, press, locale, style="primary")
    what = plainly_named(operation, locale)
    more = stopped(continued(operation, locale, is_plain=True), locale)
    asks = _confirm("irreversible", locale, subject=what, why=why, more=more)
    style: Style = "danger" if operation.action == "delete" else "primary"
    return _button(operation, press, locale, style=style, confirm=asks)


def no_way_back(operation: Operation, facts: CardFacts) -> Value | None:
    """Return why nothing undoes *operation*, where that is so."""
    return operation.plan.no_way_back or facts.no_rollback_reason


def called(way: RecoveryOption, locale: Locale) -> str:
    """Return what stands on the button of *way*."""
    return plain(spelled(way.label, locale), _BUTTON_MAX) or way.name


def _cancel(operation: Operation, press: Cancel, locale: Locale) -> Button:
    asks = _confirm("cancel", locale, subject=plainly_named(operation, locale))
    return _button(operation, press, locale, confirm=asks)


def _not_executed(operation: Operation, press: NotExecuted, locale: Locale) -> Button:
    what = plainly_named(operation, locale)
    asks = _confirm("not_executed", locale, subject=what, connection=operation.connection)
    return _button(operation, press, locale, confirm=asks)


def _executed(operation: Operation, press: Executed, locale: Locale) -> Button:
    what = plainly_named(operation, locale)
    asks = _confirm("executed", locale, subject=what, connection=operation.connection)
    return _button(operation, press, locale, confirm=asks)


def _roll_back(operation: Operation, press: RollBack, facts: CardFacts, locale: Locale) -> Button:
    """Return the button; it asks first where no form shows what would be done."""
    version = spelled(operation.version_before, locale).strip() or operation.revision_before or ""
    style: Style = "" if operation.waits_for_people else "primary"
    where = {"target": operation.target, "connection": operation.connection}
    asks = _confirm("roll_back", locale, **where, version=version)
    text = say_plain("button.roll_back", locale, version=version)
    return Button(
        action_id=action_id(press),
        text=plain(text, _BUTTON_MAX),
        label=_label_of_target(text, operation, locale),
        value=token_of(press).value,
        style=style,
        confirm=None if facts.is_previewed else asks.model_copy(update={"style": "primary"}),
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
    has_failed = isinstance(operation.phase, Failed)
    text = say_plain(f"button.{press.kind}", locale, has_failed=has_failed)
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

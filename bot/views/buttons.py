"""The buttons of a card: what can be done now. A row is there only while a press could count."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

from bot.core.codes import Stated
from bot.core.estimates import Estimate
from bot.core.operation import (
    AwaitingApproval,
    Failed,
    Operation,
    Queued,
    RecoveryOption,
    Stalled,
    Succeeded,
    Uncertain,
)
from bot.core.records import OperationId, Record
from bot.views.layout import Button, Confirm, Style
from bot.views.text import plain
from bot.views.words import Locale, say_plain, spelled
from bot.views.words.naming import object_of, plainly_named

APPROVE: Final = "slipway.approve"
REJECT: Final = "slipway.reject"
CANCEL: Final = "slipway.cancel"
ROLL_BACK: Final = "slipway.rollback"
LOOK_AGAIN: Final = "slipway.look_again"
NOT_EXECUTED: Final = "slipway.not_executed"
KEEP_WAITING: Final = "slipway.keep_waiting"
WAY_ON: Final = "slipway.way_on"  # "slipway.way_on.retry": ids are unique in a message
WAYS_MAX: Final = 5  # ways on that are offered

_BUTTON_MAX: Final = 75  # characters of a button's text and of its label
_CONFIRM_MAX: Final = 300  # characters of a confirmation's text
_TITLE_MAX: Final = 100  # characters of a confirmation's title
_YES_MAX: Final = 30  # characters of a confirmation's button
_DIGEST_LENGTH: Final = 12  # characters of the plan's digest in a value


class CardFacts(Record):
    """What a card says beyond the operation itself."""

    now: datetime
    is_newest: bool = False  # of its target
    rolled_back_by: OperationId | None = None
    gone_on_with: OperationId | None = None
    rollback_supported: bool = False
    no_rollback_reason: Stated = ""  # a clause, where the API has no way back
    usual: Estimate | None = None  # of all its steps
    left: Estimate | None = None  # of those that are left, from `now` on
    title: str = ""  # the system's name for people
    may_decide: tuple[str, ...] = ()  # ids of the users and groups that may approve


def buttons(operation: Operation, facts: CardFacts, locale: Locale) -> tuple[Button, ...]:
    """Return what can be done about *operation* at `facts.now`."""
    match operation.phase:
        case AwaitingApproval() if operation.plan.is_made:
            row = (_approve, _reject, _cancel)
            return tuple(button(operation, locale) for button in row)
        case AwaitingApproval() | Queued():
            return (_cancel(operation, locale),)
        case Uncertain(decide_after=decide_after):
            return tuple(_uncertain(operation, locale, may_decide=facts.now >= decide_after))
        case Stalled():
            return (_keep_waiting(operation, locale), _look_again(operation, locale))
        case Succeeded() | Failed():
            version = way_back(operation, facts, locale)
            back = (_roll_back(operation, version, locale),) if version else ()
            return (*back, *(_way_on(operation, way, locale) for way in ways_on(operation, facts)))
        case _:
            return ()


def way_back(operation: Operation, facts: CardFacts, locale: Locale) -> str:
    """Return what a rollback would bring back, or nothing where none can be offered."""
    plan = operation.plan
    observed = plan.observed.revision if plan.observed else None
    is_possible = (
        observed
        and facts.rollback_supported
        and facts.is_newest
        and facts.rolled_back_by is None
        and operation.changed_what_runs
    )
    if not is_possible or observed is None:
        return ""
    if isinstance(operation.phase, Succeeded):
        runs_now = (plan.after, operation.parameters.version, operation.parameters.revision)
        if observed in runs_now:
            return ""
    return spelled(plan.before, locale).strip() or observed


def ways_on(operation: Operation, facts: CardFacts) -> tuple[RecoveryOption, ...]:
    """Return how *operation* can be gone on with: while nothing newer was done to its target."""
    is_open = facts.is_newest and facts.rolled_back_by is None and facts.gone_on_with is None
    if not isinstance(operation.phase, Failed) or not is_open:
        return ()
    by_name = {way.name: way for way in reversed(operation.phase.ways)}  # the first of a name
    ways = (by_name.pop(way.name, None) for way in operation.phase.ways)
    return tuple(way for way in ways if way)[:WAYS_MAX]


def called(way: RecoveryOption, locale: Locale) -> str:
    """Return what stands on the button of *way*."""
    return plain(spelled(way.label, locale), _BUTTON_MAX) or way.name


def _approve(operation: Operation, locale: Locale) -> Button:
    return _button(operation, APPROVE, "approve", locale, style="primary")


def _reject(operation: Operation, locale: Locale) -> Button:
    return _button(operation, REJECT, "reject", locale, style="danger")


def _cancel(operation: Operation, locale: Locale) -> Button:
    asks = _confirm("cancel", locale, subject=plainly_named(operation, locale))
    return _button(operation, CANCEL, "cancel", locale, confirm=asks)


def _uncertain(operation: Operation, locale: Locale, *, may_decide: bool) -> Iterator[Button]:
    yield _look_again(operation, locale)
    if may_decide:
        what = plainly_named(operation, locale)
        asks = _confirm("not_executed", locale, subject=what, connection=operation.connection)
        yield _button(operation, NOT_EXECUTED, "not_executed", locale, style="danger", confirm=asks)


def _look_again(operation: Operation, locale: Locale) -> Button:
    return _button(operation, LOOK_AGAIN, "look_again", locale)


def _keep_waiting(operation: Operation, locale: Locale) -> Button:
    return _button(operation, KEEP_WAITING, "keep_waiting", locale)


def _roll_back(operation: Operation, version: str, locale: Locale) -> Button:
    is_done = isinstance(operation.phase, Succeeded)
    style: Literal["primary", "danger"] = "danger" if is_done else "primary"
    where = {"target": operation.target, "connection": operation.connection}
    asks = _confirm("roll_back", locale, **where, version=version)
    text = say_plain("button.roll_back", locale, version=version)
    return Button(
        action_id=ROLL_BACK,
        text=plain(text, _BUTTON_MAX),
        label=_label_of_target(text, operation, locale),
        value=value(operation),
        style=style,
        confirm=asks.model_copy(update={"style": style}),
    )


def _way_on(operation: Operation, way: RecoveryOption, locale: Locale) -> Button:
    text = called(way, locale)
    where = {"target": operation.target, "connection": operation.connection}
    asks = _confirm("recovery", locale, **where, option=text, what=way.explanation)
    yes = text if len(text) <= _YES_MAX else asks.confirm
    style: Literal["primary", "danger"] = "danger" if way.is_dangerous else "primary"
    return Button(
        action_id=f"{WAY_ON}.{way.name}",
        text=text,
        label=_label_of_target(text, operation, locale),
        value=f"{value(operation)}:{way.name}",
        style="danger" if way.is_dangerous else "",
        confirm=None
        if way.wants_reason
        else asks.model_copy(update={"confirm": yes, "style": style}),
    )


def _button(
    operation: Operation,
    action_id: str,
    name: str,
    locale: Locale,
    *,
    style: Style = "",
    confirm: Confirm | None = None,
) -> Button:
    text = say_plain(f"button.{name}", locale)
    label = say_plain("button.label", locale, button=text, object=object_of(operation, locale))
    return Button(
        action_id=action_id,
        text=text,
        label=plain(label, _BUTTON_MAX),
        value=value(operation),
        style=style,
        confirm=confirm,
    )


def _confirm(name: str, locale: Locale, **params: Stated) -> Confirm:
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


def value(operation: Operation) -> str:
    """Return which card was seen, for a press: it decides nothing."""
    return f"{operation.id}:{operation.round}:{operation.plan.digest[:_DIGEST_LENGTH]}"

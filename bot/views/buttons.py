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
from bot.views.words import spelled
from bot.views.words.naming import ACTIONS

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


def buttons(operation: Operation, facts: CardFacts) -> tuple[Button, ...]:
    """Return what can be done about *operation* at `facts.now`."""
    match operation.phase:
        case AwaitingApproval() if operation.plan.is_made:
            return (_approve(operation), _reject(operation), _cancel(operation))
        case AwaitingApproval() | Queued():
            return (_cancel(operation),)
        case Uncertain(decide_after=decide_after):
            return tuple(_uncertain(operation, may_decide=facts.now >= decide_after))
        case Stalled():
            return (_keep_waiting(operation), _look_again(operation))
        case Succeeded() | Failed():
            version = way_back(operation, facts)
            back = (_roll_back(operation, version),) if version else ()
            return (*back, *(_way_on(operation, way) for way in ways_on(operation, facts)))
        case _:
            return ()


def way_back(operation: Operation, facts: CardFacts) -> str:
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
        runs_now = {plan.after, operation.parameters.version, operation.parameters.revision}
        if observed in runs_now:
            return ""
    return spelled(plan.before).strip() or observed


def ways_on(operation: Operation, facts: CardFacts) -> tuple[RecoveryOption, ...]:
    """Return how *operation* can be gone on with: while nothing newer was done to its target."""
    is_open = facts.is_newest and facts.rolled_back_by is None and facts.gone_on_with is None
    if not isinstance(operation.phase, Failed) or not is_open:
        return ()
    by_name = {way.name: way for way in reversed(operation.phase.ways)}  # the first of a name
    ways = (by_name.pop(way.name, None) for way in operation.phase.ways)
    return tuple(way for way in ways if way)[:WAYS_MAX]


def called(way: RecoveryOption) -> str:
    """Return what stands on the button of *way*."""
    return plain(spelled(way.label), _BUTTON_MAX) or way.name


def _approve(operation: Operation) -> Button:
    return _button(operation, APPROVE, "Approve", style="primary")


def _reject(operation: Operation) -> Button:
    return _button(operation, REJECT, "Reject", style="danger")


def _cancel(operation: Operation) -> Button:
    asks = Confirm(
        title="Cancel this operation?",
        text=plain(f"{_subject(operation)}. Nothing was sent yet.", _CONFIRM_MAX),
        confirm="Cancel it",
    )
    return _button(operation, CANCEL, "Cancel", confirm=asks)


def _uncertain(operation: Operation, *, may_decide: bool) -> Iterator[Button]:
    yield _look_again(operation)
    if may_decide:
        asks = Confirm(
            title="Did the call have no effect?",
            text=plain(
                f"{_subject(operation)} on connection {operation.connection}: it ends as failed "
                "and the target becomes free. Look into the cloud's console first.",
                _CONFIRM_MAX,
            ),
            confirm="Not executed",
        )
        yield _button(operation, NOT_EXECUTED, "Not executed", style="danger", confirm=asks)


def _look_again(operation: Operation) -> Button:
    return _button(operation, LOOK_AGAIN, "Look again")


def _keep_waiting(operation: Operation) -> Button:
    return _button(operation, KEEP_WAITING, "Keep waiting")


def _roll_back(operation: Operation, version: str) -> Button:
    style: Literal["primary", "danger"] = (
        "danger" if isinstance(operation.phase, Succeeded) else "primary"
    )
    asks = Confirm(
        title="Roll back?",
        text=plain(
            f"{operation.target} on connection {operation.connection} goes back to {version}.",
            _CONFIRM_MAX,
        ),
        confirm="Roll back",
        style=style,
    )
    return Button(
        action_id=ROLL_BACK,
        text=plain(f"Roll back to {version}", _BUTTON_MAX),
        label=plain(f"Roll back to {version}: {operation.target}", _BUTTON_MAX),
        value=value(operation),
        style=style,
        confirm=asks,
    )


def _way_on(operation: Operation, way: RecoveryOption) -> Button:
    text = called(way)
    where = f"{operation.target} on connection {operation.connection}"
    asks = Confirm(
        title=f"{text}?",
        text=plain(f"{where}: {spelled(way.explanation)}", _CONFIRM_MAX),
        confirm=text if len(text) <= _YES_MAX else "Go on",
        style="danger" if way.is_dangerous else "primary",
    )
    return Button(
        action_id=f"{WAY_ON}.{way.name}",
        text=text,
        label=plain(f"{text}: {operation.target}", _BUTTON_MAX),
        value=f"{value(operation)}:{way.name}",
        style="danger" if way.is_dangerous else "",
        confirm=None if way.wants_reason else asks,
    )


def _button(
    operation: Operation,
    action_id: str,
    text: str,
    *,
    style: Style = "",
    confirm: Confirm | None = None,
) -> Button:
    return Button(
        action_id=action_id,
        text=text,
        label=plain(f"{text} {_object(operation)}", _BUTTON_MAX),
        value=value(operation),
        style=style,
        confirm=confirm,
    )


def value(operation: Operation) -> str:
    """Return which card was seen, for a press: it decides nothing."""
    return f"{operation.id}:{operation.round}:{operation.plan.digest[:_DIGEST_LENGTH]}"


def _subject(operation: Operation) -> str:
    return f"{ACTIONS[operation.action]} {_object(operation)}"


def _object(operation: Operation) -> str:
    version = operation.plan.after or operation.parameters.version or ""
    return f"{operation.target} {version}".strip()

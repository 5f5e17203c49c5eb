"""The names of actions, phases and step states: a symbol always has its word beside it."""

from typing import Final, NamedTuple, assert_never

from bot.core.codes import Stated
from bot.core.operation import (
    AwaitingApproval,
    Cancelled,
    Expired,
    Failed,
    Operation,
    Queued,
    Rejected,
    Running,
    Stalled,
    StepPhase,
    Succeeded,
    Uncertain,
)
from bot.core.records import Action, Parameters
from bot.views.text import capitalised, escaped
from bot.views.words import worded

VERSION_MAX: Final = 60  # characters kept of a version in a headline
STEP_MAX: Final = 60  # characters kept of a step's name

ACTIONS: Final[dict[Action, str]] = {
    "deploy": "Deploy",
    "rollback": "Roll back",
    "restart": "Restart",
    "start": "Start",
    "stop": "Stop",
    "scale": "Scale",
    "create": "Create",
    "delete": "Delete",
}

ASKING: Final = ":question:"
FAILED: Final = ":x:"
GONE_ON: Final = ":arrow_right_hook:"
INFO: Final = ":information_source:"
REFUSED: Final = ":no_entry_sign:"
ROLLBACK: Final = ":leftwards_arrow_with_hook:"
RUNNING: Final = ":arrows_counterclockwise:"
SENT: Final = ":outbox_tray:"
STALLED: Final = ":raised_hand:"
SUCCEEDED: Final = ":white_check_mark:"
WAITING: Final = ":hourglass_flowing_sand:"
WARNING: Final = ":warning:"
WITHDRAWN: Final = ":wastebasket:"

READING: Final = "reading what runs now…"

STEPS: Final[dict[StepPhase, tuple[str, str]]] = {
    "pending": (":white_circle:", "to come"),
    "submitting": (SENT, "being sent"),
    "watching": (RUNNING, "under way"),
    "succeeded": (SUCCEEDED, "succeeded"),
    "failed": (FAILED, "failed"),
    "uncertain": (WARNING, "uncertain"),
    "stalled": (STALLED, "stalled"),
}


class State(NamedTuple):
    """Where an operation stands: a symbol, its word, and what belongs to the word."""

    symbol: str
    word: str
    more: str = ""

    @property
    def marked(self) -> str:
        """The state as mrkdwn."""
        return f"{self.symbol} *{self.word}*" + (f" {self.more}" if self.more else "")

    @property
    def spoken(self) -> str:
        """The state without its symbol."""
        return self.word + (f" {self.more}" if self.more else "")


def state(operation: Operation) -> State:
    """Return where *operation* stands."""
    match operation.phase:
        case AwaitingApproval() | Queued() if not operation.plan.is_made:
            return State(":mag:", READING)
        case AwaitingApproval():
            given, needed = len(operation.approvals), operation.approvals_needed
            return State(WAITING, "waiting for approval", f"({given} of {needed})")
        case Queued():
            return State(":inbox_tray:", "queued")
        case Running(step=step):
            return State(RUNNING, "running", _step_of(operation, step))
        case Uncertain(step=step):
            return State(WARNING, "uncertain", _step_of(operation, step))
        case Stalled(step=step):
            return State(STALLED, "stalled", _step_of(operation, step))
        case Succeeded():
            return State(SUCCEEDED, "succeeded")
        case Failed():
            return State(FAILED, "failed")
        case Rejected():
            return State(REFUSED, "rejected")
        case Expired():
            return State(":zzz:", "expired")
        case Cancelled():
            return State(WITHDRAWN, "cancelled")
        case _:
            assert_never(operation.phase)


def phase_reason(operation: Operation) -> Stated:
    """Return why *operation* stands where it stands, as it was given."""
    match operation.phase:
        case Uncertain(reason=reason) | Stalled(reason=reason) | Failed(reason=reason):
            return reason
        case Rejected(reason=reason) | Cancelled(reason=reason):
            return reason
        case _:
            return ""


def subject(operation: Operation) -> str:
    """Return what is done to what, without marks: "Deploy checkout 1.3.0 → 1.4.0"."""
    return _joined(f"{ACTIONS[operation.action]} {escaped(operation.target)}", change(operation))


def headline(operation: Operation) -> str:
    """Return the subject as mrkdwn, action and target in bold."""
    name = f"*{ACTIONS[operation.action]} {escaped(operation.target)}*"
    return _joined(name, change(operation))


def named(operation: Operation) -> str:
    """Return action and target: "Deploy checkout"."""
    return f"{ACTIONS[operation.action]} {escaped(operation.target)}"


def change(operation: Operation) -> str:
    """Return from what to what: the plan's words, before it is made those asked for."""
    plan = operation.plan
    if plan.is_made:
        return arrow(plan.before, plan.after)
    return wanted(operation.parameters)


def arrow(before: Stated, after: Stated) -> str:
    """Return "1.3.0 → 1.4.0", or the one of both that there is."""
    old, new = worded(before, VERSION_MAX), worded(after, VERSION_MAX)
    if old and new and old != new:
        return f"{old} → {new}"
    return new or old


def wanted(parameters: Parameters) -> str:
    """Return what was asked for: "to 1.4.0", "to 4 replicas", or nothing."""
    if parameters.version is not None:
        return f"to {escaped(parameters.version, VERSION_MAX)}"
    if parameters.revision is not None:
        return f"to {escaped(parameters.revision, VERSION_MAX)}"
    if parameters.replicas is not None:
        return f"to {counted(parameters.replicas, 'replica')}"
    return ""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return "1 person", "2 people"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def people(number: int) -> str:
    """Return "1 person", "2 people"."""
    return counted(number, "person", "people")


def step_name(operation: Operation, index: int) -> str:
    """Return the name of the step at *index*, for the inside of a sentence."""
    planned = operation.plan.steps
    name = planned[index].name if 0 <= index < len(planned) else ""
    return escaped(name, STEP_MAX) or f"step {index + 1}"


def step_title(name: str) -> str:
    """Return a step's name as the head of its line: "Deploy"."""
    return capitalised(escaped(name, STEP_MAX)) or "Step"


def _step_of(operation: Operation, index: int) -> str:
    total = len(operation.plan.steps)
    return f"(step {index + 1} of {total})" if total > 1 else ""


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)

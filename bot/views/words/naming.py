"""How operations, their actions, phases and steps are called: a symbol always has its word."""

from typing import Final, NamedTuple, assert_never

from bot.core.codes import Reason, Value
from bot.core.codes.operations import Executed
from bot.core.codes.systems import LabelName
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
    Waiting,
)
from bot.core.plan import Change, PlannedStep
from bot.core.records import Action, Parameters
from bot.views.text import capitalised, escaped
from bot.views.words import Locale, Marked, phrases, say, say_plain, spelled, started, worded

NO_CHANGE: Final = "no_change"  # the code of all that says that there is nothing to do
VERSION_MAX: Final = 60  # characters kept of a version in a headline
STEP_MAX: Final = 60  # characters kept of a step's name

ALARM: Final = ":rotating_light:"
CONTINUED: Final = ":arrow_right_hook:"
EXPIRED: Final = ":zzz:"
FAILED: Final = ":x:"
FOUND: Final = ":mag:"
INFO: Final = ":information_source:"
LATE: Final = ":turtle:"
QUEUED: Final = ":inbox_tray:"
NOTHING_DONE: Final = ":heavy_minus_sign:"
RECORDED: Final = ":memo:"
REFUSED: Final = ":no_entry_sign:"
ROLLBACK: Final = ":leftwards_arrow_with_hook:"
RUNNING: Final = ":large_blue_circle:"
SENT: Final = ":outbox_tray:"
STALLED: Final = ":raised_hand:"
SUCCEEDED: Final = ":white_check_mark:"
WAITING: Final = ":hourglass_flowing_sand:"
WARNING: Final = ":warning:"
WITHDRAWN: Final = ":wastebasket:"
YES: Final = ":+1:"

STEPS: Final[dict[StepPhase, str]] = {
    "pending": ":white_circle:",
    "submitting": SENT,
    "watching": RUNNING,
    "succeeded": SUCCEEDED,
    "failed": FAILED,
    "uncertain": WARNING,
    "stalled": STALLED,
}


class State(NamedTuple):
    """Where an operation stands: a symbol, its word, and what belongs to the word."""

    symbol: str
    word: str
    more: str = ""

    @property
    def marked(self) -> Marked:
        """The state as mrkdwn, on a line of its own."""
        more = f" {self.more}" if self.more else ""
        return Marked(f"{self.symbol} *{capitalised(self.word)}*{more}")

    @property
    def spoken(self) -> Marked:
        """The state without its symbol, inside a line."""
        return Marked(self.word + (f" {self.more}" if self.more else ""))


def state(operation: Operation, locale: Locale) -> State:
    """Return where *operation* stands."""
    phase, awaits = operation.phase, operation.awaits
    if awaits is not None:
        waits = say("phase.awaits", locale, connection=awaits.connection, since=awaits.since)
        return State(WARNING, waits)
    word = phase_word(operation, locale)
    if _is_being_read(operation):
        return State(FOUND, word)
    match phase:
        case Waiting():
            return State(WAITING, word)
        case AwaitingApproval():
            return State(WAITING, word, _approvals_of(operation, locale))
        case Queued():
            return State(QUEUED, word)
        case Running(ways=ways) if ways:
            return State(WAITING, word, say("phase.waits", locale))
        case Running(step=step):
            return State(RUNNING, word, _step_of(operation, step, locale))
        case Uncertain(step=step):
            return State(WARNING, word, _step_of(operation, step, locale))
        case Stalled(step=step):
            return State(STALLED, word, _step_of(operation, step, locale))
        case Succeeded():
            return State(SUCCEEDED, word)
        case Failed():
            return State(FAILED if operation.was_sent else NOTHING_DONE, word)
        case Rejected():
            return State(REFUSED, word)
        case Expired():
            return State(EXPIRED, word)
        case Cancelled():
            return State(WITHDRAWN, word)
        case _:
            assert_never(phase)


def phase_word(operation: Operation, locale: Locale, *, is_plain: bool = False) -> str:
    """Return what the phase is called, or what is done in it; what sent nothing has not failed."""
    phase, speak = operation.phase, say_plain if is_plain else say
    if _is_being_read(operation):
        return speak("phase.reading", locale)
    if isinstance(phase, Waiting) and phase.starts_by is not None:
        return speak("phase.offered", locale)
    if not isinstance(phase, Failed) or operation.was_sent:
        return speak(f"phase.{phase.kind}", locale)
    return speak("phase.no_change" if phase.code == NO_CHANGE else "phase.not_begun", locale)


def _is_being_read(operation: Operation) -> bool:
    """Whether its plan is still to be made, from the live state."""
    is_first = isinstance(operation.phase, AwaitingApproval | Queued)
    return is_first and not operation.plan.is_made


def phase_reason(operation: Operation) -> Value | None:
    """Return why *operation* stands where it stands, as it was given."""
    match operation.phase:
        case Running(step=step, ways=ways) if ways:
            return operation.steps[step].detail
        case Uncertain(reason=reason) | Stalled(reason=reason) | Failed(reason=reason):
            return reason
        case Rejected(reason=reason) | Cancelled(reason=reason) | Expired(reason=reason):
            return reason
        case Succeeded(said_by=people) if people:
            return Executed(by=people).reason
        case _:
            return None


def stands(operation: Operation, locale: Locale) -> str:
    """Return where it stands, who ended it where somebody did, and why."""
    phase, why = operation.phase, phase_reason(operation)
    by = phase.by if isinstance(phase, Rejected | Cancelled) else ""
    if isinstance(phase, Expired) and why is None:
        why = say("status.expired", locale)
    return say("status.state", locale, state=state(operation, locale).marked, by=by, why=why)


def action_key(action: Action, system: str, locale: Locale) -> str:
    """Return the key of what an action is called, which may be the system's own word for it."""
    own = f"action.{action}.{system}"
    return own if own in phrases(locale) else f"action.{action}"


def action_name(action: Action, locale: Locale, system: str = "") -> Marked:
    """Return what an action is called: "Roll back"."""
    return say(action_key(action, system, locale), locale)


def subject(operation: Operation, locale: Locale) -> Marked:
    """Return what is done to what, without marks: "Deploy checkout 1.3.0 → 1.4.0"."""
    return _joined(named(operation, locale), change(operation, locale))


def plain_subject(operation: Operation, locale: Locale) -> str:
    """Return the subject as plain text, whose foreign words are as they are."""
    before, after = spelled(operation.plan.before, locale), spelled(operation.plan.after, locale)
    words = plainly_named(operation, locale)
    if not (before and after and before != after and words.endswith(after)):
        return words
    return f"{words.removesuffix(after)}{before} → {after}"


def headline(operation: Operation, locale: Locale) -> Marked:
    """Return the subject as mrkdwn, action and target in bold."""
    return _joined(f"*{named(operation, locale)}*", change(operation, locale))


def named(operation: Operation, locale: Locale) -> Marked:
    """Return action and target: "Deploy checkout"."""
    action = action_name(operation.action, locale, operation.system)
    return say("operation.named", locale, action=action, target=operation.target)


def plainly_named(operation: Operation, locale: Locale) -> str:
    """Return action, target and version for a `plain_text` object: "Deploy checkout 1.4.0"."""
    action = say_plain(action_key(operation.action, operation.system, locale), locale)
    return say_plain("operation.named", locale, action=action, target=object_of(operation, locale))


def continued(operation: Operation, locale: Locale, *, is_plain: bool = False) -> str:
    """Return which operation it continues, and which risks it skips; "" where it is none such."""
    if operation.follows is None:
        return ""
    skipped = (each.after for each in operation.plan.changes if is_about(each, "skipped"))
    told = {"operation": operation.follows, "skipped": next(skipped, None)}
    return (say_plain if is_plain else say)("operation.continues", locale, **told)


def is_about(change: Change, name: LabelName) -> bool:
    """Return whether a change of a plan is one of what systems call *name*."""
    return isinstance(change.name, Reason) and change.name.key == f"label.{name}"


def is_fact(change: Change) -> bool:
    """Return whether it only says how things are done; a value may be new, with no before."""
    is_told = not change.before and isinstance(change.name, Reason)
    return is_told or change.before == change.after


def object_of(operation: Operation, locale: Locale) -> str:
    """Return target and version as plain text: "checkout 1.4.0"."""
    version = spelled(operation.plan.after, locale) or operation.parameters.version or ""
    return f"{operation.target} {version}".strip()


def change(operation: Operation, locale: Locale) -> Marked:
    """Return from what to what: the plan's words, before it is made those asked for."""
    plan = operation.plan
    if plan.is_made:
        return arrow(plan.before, plan.after, locale)
    return wanted(operation.parameters, locale)


def arrow(before: Value, after: Value, locale: Locale) -> Marked:
    """Return "1.3.0 → 1.4.0", or the one of both that there is."""
    old, new = worded(before, locale, VERSION_MAX), worded(after, locale, VERSION_MAX)
    if old and new and old != new:
        return Marked(f"{old} → {new}")
    return new or old


def wanted(parameters: Parameters, locale: Locale) -> Marked:
    """Return what was asked for: "to 1.4.0", "to 4 replicas", "→ cancelled", or nothing."""
    if parameters.way == "cancel":
        return say("wanted.cancel", locale)
    version = parameters.version if parameters.version is not None else parameters.revision
    if version is not None:
        return say("wanted.version", locale, version=version)
    if parameters.replicas is not None:
        return say("wanted.replicas", locale, replicas=parameters.replicas)
    return Marked()


def system_title(title: str, locale: Locale) -> str:
    """Return what a kind of API is called, as plain text."""
    key = f"system.{title}"
    return say_plain(key, locale) if key in phrases(locale) else title


def step_name(operation: Operation, index: int, locale: Locale) -> Marked:
    """Return the name of the step at *index*, for the inside of a sentence."""
    planned = operation.plan.steps
    if not 0 <= index < len(planned):
        return say("step.numbered", locale, number=index + 1)
    return Marked(_spoken(planned[index], locale)) or say("step.numbered", locale, number=index + 1)


def steps_in_all(operation: Operation) -> int:
    """Return how many steps it has; 0 where people add them, one at a time, and may add more."""
    steps = operation.plan.steps
    return 0 if steps and steps[-1].is_detour else len(steps)


def step_title(step: PlannedStep, locale: Locale) -> Marked:
    """Return a step's name as the head of its line: "Deploy"."""
    return titled(_spoken(step, locale), locale)


def titled(name: str, locale: Locale) -> Marked:
    """Return the *name* of a step as the head of its line."""
    return Marked(started(name, locale)) or say("step.nameless", locale)


def step_word(step: PlannedStep, locale: Locale) -> str:
    """Return a step's name as plain text: "precheck", "batch 2 of 3".

    One that its system counts is told from others that are called the same.
    """
    named, counted = f"step_name.{step.name}", f"step_counted.{step.name}"
    if counted in phrases(locale) and "batch" in step.parameters:
        told = {"batch": step.parameters["batch"], "of": step.parameters.get("of")}
        return say_plain(counted, locale, **told)
    return say_plain(named, locale) if named in phrases(locale) else step.name.replace("_", " ")


def _spoken(step: PlannedStep, locale: Locale) -> str:
    return escaped(step_word(step, locale), STEP_MAX)


def _approvals_of(operation: Operation, locale: Locale) -> Marked:
    given, needed = len(operation.approvals), operation.approvals_needed
    return say("phase.approvals_of", locale, given=given, needed=needed)


def _step_of(operation: Operation, index: int, locale: Locale) -> Marked:
    total = steps_in_all(operation)
    if total <= 1:
        return Marked()
    return say("phase.step_of", locale, step=index + 1, total=total)


def _joined(*words: str) -> Marked:
    return Marked(" ".join(word for word in words if word))

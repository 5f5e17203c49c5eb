"""The one decision: whether something may happen now."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from bot.core.codes import Reason
from bot.core.rules import (
    approvals,
    countdown,
    deadline,
    delegate,
    digest,
    drain,
    ends,
    freeze,
    gate,
    halt,
    incident,
    known,
    live,
    lock,
    membership,
    names,
    newest,
    option,
    phase,
    place,
    policy,
    proposed,
    queue,
    readable,
    reason,
    requester,
    review,
    rights,
    secrecy,
    settle,
    supported,
    target,
    twice,
    undone,
    way_back,
)
from bot.core.rules.decision import Decision, Finding, Verdict
from bot.core.rules.delegate import (
    Delegate,
    Delegated,
    DelegateForOther,
    DelegationEnded,
    Undelegate,
    UndelegateForOther,
)
from bot.core.rules.facts import Abilities, Counting, Ends, Facts, Newest, OverdueReview, Undone
from bot.core.rules.freeze import (
    Freeze,
    FreezeAll,
    FreezeBegun,
    FreezeEnded,
    Thaw,
    ThawAll,
    freezes,
    start_of,
)
from bot.core.rules.gates import (
    GateState,
    delegates,
    gates_for,
    late_approvers,
    lists,
    several,
    states,
)
from bot.core.rules.halt import Halt, HaltBegun, HaltEnded, Resume, halt_code
from bot.core.rules.incident import (
    IncidentFreeze,
    freeze_code,
    is_led,
    led_by,
    mended,
    passed,
    wants_lead,
)
from bot.core.rules.incident_intents import (
    AddTargets,
    CloseIncident,
    ExportIncident,
    LeadIncident,
    MarkMessage,
    NoteIncident,
    OpenIncident,
    RemoveTarget,
    ReopenIncident,
    SetSeverity,
    UpdateIncident,
)
from bot.core.rules.intents import (
    Ask,
    Change,
    IncidentIntent,
    Intent,
    LimitedIntent,
    Prepare,
    Press,
    Seen,
    Send,
    TakeTurn,
    TargetIntent,
)
from bot.core.rules.lock import Lock, Locked, Unlock, Unlocked, lock_code, lock_of
from bot.core.rules.membership import barred
from bot.core.rules.presses import (
    Again,
    Approve,
    Cancel,
    Executed,
    GatePress,
    Hold,
    NotExecuted,
    Recover,
    Reject,
    Review,
    RollBack,
    StartNow,
)
from bot.core.rules.proposed import Dismiss, Dismissed, over_of
from bot.core.rules.recorded import Account, Decided, record_of, stands_in_the_way
from bot.core.rules.rights import (
    approve_right,
    asked_right,
    is_approver,
    is_requester,
    request_right,
    reviewers,
    right_of,
)

__all__ = [
    "RULES",
    "Abilities",
    "Account",
    "AddTargets",
    "Again",
    "Approve",
    "Ask",
    "Cancel",
    "Change",
    "CloseIncident",
    "Counting",
    "Decided",
    "Decision",
    "Delegate",
    "DelegateForOther",
    "Delegated",
    "DelegationEnded",
    "Dismiss",
    "Dismissed",
    "Ends",
    "Executed",
    "ExportIncident",
    "Facts",
    "Finding",
    "Freeze",
    "FreezeAll",
    "FreezeBegun",
    "FreezeEnded",
    "GatePress",
    "GateState",
    "Halt",
    "HaltBegun",
    "HaltEnded",
    "Hold",
    "IncidentFreeze",
    "IncidentIntent",
    "Intent",
    "LeadIncident",
    "LimitedIntent",
    "Lock",
    "Locked",
    "MarkMessage",
    "Newest",
    "NotExecuted",
    "NoteIncident",
    "OpenIncident",
    "OverdueReview",
    "Prepare",
    "Press",
    "Recover",
    "Reject",
    "RemoveTarget",
    "ReopenIncident",
    "Resume",
    "Review",
    "RollBack",
    "Rule",
    "Seen",
    "Send",
    "SetSeverity",
    "StartNow",
    "TakeTurn",
    "TargetIntent",
    "Thaw",
    "ThawAll",
    "Undelegate",
    "UndelegateForOther",
    "Undone",
    "Unlock",
    "Unlocked",
    "UpdateIncident",
    "Verdict",
    "allows",
    "approve_right",
    "asked_right",
    "barred",
    "bars",
    "decide",
    "delegates",
    "freeze_code",
    "freezes",
    "gates_for",
    "heeded",
    "held_from",
    "held_once_approved",
    "held_until",
    "holds",
    "is_approver",
    "is_led",
    "is_requester",
    "late_approvers",
    "led_by",
    "lists",
    "lock_code",
    "lock_of",
    "mended",
    "over_of",
    "passed",
    "passes_over",
    "record_of",
    "request_right",
    "reviewers",
    "right_of",
    "several",
    "stands_in_the_way",
    "states",
    "wants_lead",
    "warning",
]

Judge: TypeAlias = Callable[[Intent, Facts], Finding | tuple[Finding, ...] | None]


class Rule(NamedTuple):
    """A rule by its name; it says nothing about intents that are none of its business."""

    name: str
    judge: Judge

    def found(self, intent: Intent, facts: Facts) -> tuple[Finding, ...]:
        """Return what it says: one thing or nothing, and of several gates one thing each."""
        said = self.judge(intent, facts)
        if said is None:
            return ()
        findings = said if isinstance(said, tuple) else (said,)
        return tuple([each.said_by(self.name, facts.placed(each.place)) for each in findings])


PASSED_OVER: Final = frozenset(
    {"lock", "freeze", "incident", "approvals"}
)  # by who breaks the glass

# In this order they speak, and the first that does not say yes decides.
RULES: Final = (
    Rule("known", known.judge),
    Rule("place", place.judge),
    Rule("phase", phase.judge),
    Rule("queue", queue.judge),
    Rule("digest", digest.judge),
    Rule("way_back", way_back.judge),
    Rule("countdown", countdown.judge),
    Rule("option", option.judge),
    Rule("proposed", proposed.judge),
    Rule("review", review.judge),
    Rule("target", target.judge),
    Rule("newest", newest.judge),
    Rule("drain", drain.judge),
    Rule("policy", policy.judge),
    Rule("membership", membership.judge),
    Rule("rights", rights.judge),
    Rule("names", names.judge),
    Rule("requester", requester.judge),
    Rule("settle", settle.judge),
    Rule("twice", twice.judge),
    Rule("gate", gate.judge),
    Rule("supported", supported.judge),
    Rule("undone", undone.judge),
    Rule("reason", reason.judge),
    Rule("secrecy", secrecy.judge),
    Rule("ends", ends.judge),
    Rule("delegate", delegate.judge),
    Rule("halt", halt.judge),
    Rule("lock", lock.judge),
    Rule("freeze", freeze.judge),
    Rule("incident", incident.judge),
    Rule("deadline", deadline.judge),
    Rule("readable", readable.judge),
    Rule("approvals", approvals.judge),
    Rule("live", live.judge),
)
_HOLD: Final = frozenset({"halt", "lock", "freeze", "incident"})
_HOLDING: Final = tuple(each for each in RULES if each.name in _HOLD)  # what people hold


def holds(facts: Facts) -> tuple[Reason, ...]:
    """Return what holds changes of the target now, or warns of them, whoever asks."""
    halted, locked = facts.kept_as(HaltBegun), lock_of(facts)
    found = (
        *((halt_code(halted),) if halted else ()),
        *((lock_code(locked),) if locked else ()),
        *(code for code, _, _ in freezes(facts)),
        *(freeze_code(each) for each in facts.all_kept(IncidentFreeze)),
    )
    return tuple(code.reason for code in found)


def held_once_approved(facts: Facts) -> Reason | None:
    """Return what holds the operation's first permit now, whoever approves it; None: nothing."""
    operation = facts.operation
    if operation is None or operation.was_sent:
        return None
    intent = Send(operation=operation.id, step=operation.present_step)
    found = _heeded(intent, facts, _HOLDING)
    return next((each.why for each in found if each.verdict == "wait"), None)


def bars(change: Change, facts: Facts) -> tuple[Reason, ...]:
    """Return which locks, freezes and halts would refuse *change*, were it no dry run."""
    intent = change.model_copy(update={"dry_run": False})
    found = _heeded(intent, facts, _HOLDING)
    return tuple(each.why for each in found if each.verdict == "no" and each.why)


def passes_over(change: Change, facts: Facts) -> tuple[Reason, ...]:
    """Return which locks and freezes *change* would pass over, were it no dry run."""
    intent = change.model_copy(update={"dry_run": False})
    found = _heeded(intent, facts, _HOLDING)
    return tuple(each.why for each in found if each.verdict == "passed" and each.why)


def held_until(facts: Facts) -> datetime | None:
    """Return when the first of what holds changes of the target ends by itself; None: nothing."""
    lock = lock_of(facts)
    ends = (lock.until if lock else None, *(end for _, _, end in freezes(facts)))
    return min((each for each in ends if each and each > facts.now), default=None)


def held_from(facts: Facts) -> datetime | None:
    """Return when the first freeze of slipway.yaml begins that does not last; None: none does."""
    lines = facts.policy.freezes if facts.policy else ()
    return min((at for each in lines if (at := start_of(each, facts))), default=None)


def warning(facts: Facts) -> Reason | None:
    """Return what a lock says that holds nothing, and only warns; not to its holder."""
    lock = lock_of(facts)
    actors = (
        facts.person.id if facts.person else "",
        facts.operation.requester if facts.operation else "",
    )
    is_own = lock is not None and any(facts.is_same(lock.by, each) for each in actors)
    is_told = lock is not None and lock.is_warning and not is_own
    return lock_code(lock).reason if lock is not None and is_told else None


def decide(intent: Intent, facts: Facts) -> Decision:
    """Return what every rule has to say about *intent*."""
    return Decision(findings=tuple(_heeded(intent, facts, RULES)))


def allows(intent: Intent, facts: Facts) -> bool:
    """Return whether `decide` would allow *intent*; behind the first no, nobody is asked."""
    return all(each.lets_pass for each in _heeded(intent, facts, RULES))


def _heeded(intent: Intent, facts: Facts, rules: Iterable[Rule]) -> Iterator[Finding]:
    """Yield what *rules* find, as it counts, asking one after the other."""
    return (heeded(each, intent, facts) for rule in rules for each in rule.found(intent, facts))


def heeded(finding: Finding, intent: Intent, facts: Facts) -> Finding:
    """Return *finding* as it counts: who broke the glass passes over what people may pass over."""
    is_open = finding.rule in PASSED_OVER and finding.verdict in {"no", "wait"}
    if not is_open or not _breaks_glass(intent, facts):
        return finding
    return finding.model_copy(update={"verdict": "passed"})


def _breaks_glass(intent: Intent, facts: Facts) -> bool:
    match intent:
        case Change(break_glass=is_broken):
            return is_broken
        case TakeTurn() | Prepare() | Send():
            return facts.operation is not None and facts.operation.break_glass is not None
        case _:
            return False

"""What the rules say: why something may not happen now, or has no effect any more."""

from bot.core.codes import Code, Reason, Value
from bot.core.records import Action, Moment, OperationId, TargetName, UserId


class UnknownOperation(Code):
    """There is no operation of this id."""

    key = "unknown_operation"


class WrongPlace(Code):
    """The button stands on no card of its operation."""

    key = "wrong_place"


class NotReady(Code):
    """Slipway still reads what runs: there is no plan to decide on."""

    key = "not_ready"


class Stale(Code):
    """The plan has changed since this card was drawn, or the button does not say what it showed."""

    key = "stale"


class NotNewest(Code):
    """Another operation has changed the target since, or is changing it."""

    key = "not_newest"
    newer: OperationId
    target: TargetName
    is_open: bool


class NoCountdown(Code):
    """No rollback follows by itself (any more): people have acted, or its time is over."""

    key = "unchanged.no_countdown"


class RollbackComing(Code):
    """What failed there is rolled back first, if nobody says no."""

    key = "waiting.rollback_coming"
    operation: OperationId
    until: Moment


class RolledBackLately(Code):
    """What was done to the target a moment ago is a rollback: another one would go further back."""

    key = "rolled_back_lately"
    target: TargetName
    operation: OperationId
    by: UserId
    at: Moment
    before: Value
    after: Value


class GoneOnAlready(Code):
    """Somebody has said how the operation goes on, or it did so by itself."""

    key = "gone_on_already"


class NoSuchOption(Code):
    """The operation did not fail, or its failure offers no such way on."""

    key = "no_way_on"


class TooEarly(Code):
    """A lost call may still surface."""

    key = "too_early"
    until: Moment


class StepsLeft(Code):
    """What comes after the lost call needs what its answer would have told."""

    key = "unsupported_action.steps_left"


class NothingToRollBack(Code):
    """The operation changed nothing that a rollback could undo."""

    key = "no_previous_revision.nothing_changed"
    operation: OperationId


class NothingBefore(Code):
    """The journal knows nothing that ran before the operation and does not run now."""

    key = "no_previous_revision.nothing_before"
    target: TargetName


class FailedBefore(Code):
    """The operation took back what had failed: without it, that would run again."""

    key = "no_previous_revision.failed_before"
    operation: OperationId
    target: TargetName


class NotEnded(Code):
    """The operation has not come to its end."""

    key = "in_progress.not_ended"
    operation: OperationId


class Unsupported(Code):
    """The target's system cannot do this."""

    key = "unsupported_action.by_system"
    action: Action
    system: str
    can: tuple[Action, ...]


class NotCreatable(Code):
    """The target has no create template."""

    key = "not_creatable.no_create"
    target: TargetName


class NoValues(Code):
    """`key=value` words for a system that takes none."""

    key = "bad_values"
    system: str
    target: TargetName


class UnknownConnection(Code):
    """slipway.yaml has no connection of this name."""

    key = "not_found.connection"
    word: str
    known: tuple[str, ...]


class NoValuesShown(Code):
    """The values of a target are asked for whose API has none."""

    key = "unsupported_action.values"
    system: str
    target: TargetName


class NoOption(Code):
    """The target's system has no such option for what is asked."""

    key = "usage.no_option"
    option: str
    system: str
    known: tuple[str, ...]


class NothingToCancel(Code):
    """Something is to be cancelled whose API keeps nothing open."""

    key = "unsupported_action.cancel"
    system: str
    target: TargetName


class NoObjects(Code):
    """A value is typed as JSON for a system that takes single values."""

    key = "bad_values.object"
    system: str
    word: str


class NoStrategies(Code):
    """The target's system brings versions out in one way only."""

    key = "usage.no_strategies"
    system: str
    target: TargetName


class NoVersion(Code):
    """A deployment that names neither a version nor values."""

    key = "usage.no_version"


class Draining(Code):
    """Slipway is being stopped."""

    key = "draining"


class UnknownTarget(Code):
    """No target has this name."""

    key = "unknown_target.named"
    word: str
    near: tuple[str, ...] = ()


class UnknownScope(Code):
    """No target and no policy has this name."""

    key = "unknown_target.scope"
    word: str
    near: tuple[str, ...] = ()


class UnknownPolicy(Code):
    """No policy has this name."""

    key = "unknown_target.policy"
    word: str
    near: tuple[str, ...] = ()


class TargetMoved(Code):
    """The target's name means something else in slipway.yaml than when it was asked for."""

    key = "not_allowed.target_moved"
    target: TargetName
    connection: str
    system: str
    connection_then: str
    system_then: str


class NoPolicy(Code):
    """The target names no policy, so nobody may change it."""

    key = "not_allowed.no_policy"
    target: TargetName


class PolicyGone(Code):
    """The operation's policy left slipway.yaml after it was asked for."""

    key = "not_allowed.policy_gone"
    policy: str


class RightsUnknown(Code):
    """Slack does not tell now who this person is."""

    key = "rights_unknown"


class Barred(Code):
    """Bots, guests, deactivated accounts and people of other workspaces may do nothing."""

    key = "not_allowed.barred"
    kind: str  # "bot", "guest", "stranger", "deactivated"


class MayNotRequest(Code):
    """No rule lets this person ask for it."""

    key = "not_allowed.request"
    action: Action


class MayNotHold(Code):
    """No rule lets this person say no to a rollback that comes by itself."""

    key = "not_allowed.hold"


class MayNotContinue(Code):
    """No rule lets this person go on with what failed, or waits for people."""

    key = "not_allowed.continue"


class MayNotDismiss(Code):
    """No rule lets this person dismiss what was proposed."""

    key = "not_allowed.dismiss"


class MayNotLock(Code):
    """No rule lets this person lock it."""

    key = "not_allowed.lock"


class NamesUnknown(Code):
    """Whoever is listed under these names is unknown, since Slack knows nothing called so."""

    key = "not_allowed.unknown_name"
    names: tuple[str, ...]


class ApproversUnknown(NamesUnknown):
    """The same, where an approver is wanted."""

    key = "not_approver.unknown_name"


class ChannelNameUnknown(Code):
    """Slack has no channel of the name that the target has in slipway.yaml."""

    key = "unknown_name.channel"
    name: str


class ApproverNamesUnknown(Code):
    """Nobody could approve: Slack knows nothing of the names that are listed."""

    key = "unknown_name.approvers"
    names: tuple[str, ...]


class MayNotBreakGlass(Code):
    """The policy does not let this person break the glass."""

    key = "not_allowed.break_glass"


class BreakGlassNeedsReason(Code):
    """Who breaks the glass says why."""

    key = "reason_required.break_glass"


class ReviewOverdue(Code):
    """What this person broke the glass for is not reviewed, though its time is over."""

    key = "review_due"
    operation: OperationId
    due: Moment


class ReviewWanted(Code):
    """The glass was broken for it, and nobody has reviewed that yet."""

    key = "review_due.wanted"
    operation: OperationId
    by: UserId
    due: Moment


class NothingToReview(Code):
    """Nobody broke the glass for it, or it came to nothing."""

    key = "unchanged.nothing_to_review"


class ReviewedAlready(Code):
    """Somebody has reviewed it."""

    key = "unchanged.reviewed_already"
    by: UserId


class OwnReview(Code):
    """Whoever broke the glass does not review it."""

    key = "self_approval.review"


class MayNotReview(Code):
    """Only approvers may review it."""

    key = "not_approver.review"


class MayNotCancel(Code):
    """Only the requester and the approvers may cancel it."""

    key = "not_allowed.cancel"


class NotApprover(Code):
    """Only approvers may approve or reject."""

    key = "not_approver.approve"


class MayNotReject(Code):
    """Only the requester and approvers may reject."""

    key = "not_approver.reject"


class MayNotUnlock(Code):
    """Only the holder and the approvers may unlock the target."""

    key = "not_approver.unlock"


class MayNotFreeze(Code):
    """Only approvers may freeze and thaw it."""

    key = "not_approver.freeze"


class NotAdmin(Code):
    """Only the admins of the installation may do this."""

    key = "not_allowed.admins"


class NoAdmins(Code):
    """No admins are listed in slipway.yaml, so nobody may do this."""

    key = "not_allowed.no_admins"


class NotRequester(Code):
    """Only whoever asked for the change may do this."""

    key = "not_allowed.not_requester"


class NotDecider(Code):
    """Only approvers may decide about what is uncertain or stalled."""

    key = "not_approver.decide"


class SelfApproval(Code):
    """Whoever asked for it may not approve it."""

    key = "self_approval"


class SelfApprovalOfLead(Code):
    """Whoever asked for it may not approve it, also as the incident's lead."""

    key = "self_approval.lead"


class RequesterLost(Code):
    """The requester may not ask for it any more."""

    key = "not_allowed.requester_lost"
    requester: UserId
    action: Action


class MoreApprovals(Code):
    """The policy wants more approvals than when it was asked for."""

    key = "not_allowed.more_approvals"
    needed: int
    needed_then: int
    gate: str = ""  # of several


class ReasonRequired(Code):
    """The policy wants a reason."""

    key = "reason_required.by_policy"


class Frozen(Code):
    """The policy freezes changes now."""

    key = "frozen"
    until: str = ""  # the last day of the freeze, where it is one of dates
    weekday: int | None = None  # 0 is Monday, where it is one of days
    words: str = ""  # why, as slipway.yaml gives it
    ends: Moment | None = None


class DeadlinePassed(Code):
    """The operation's deadline passed before its next step was sent."""

    key = "deadline_passed"
    deadline: float  # seconds


class ApproverLost(Code):
    """Somebody who approved it may not approve it any more."""

    key = "not_allowed.approver_lost"
    approver: UserId


class LiveChanged(Code):
    """Something else runs than when the plan was made."""

    key = "changed_meanwhile.live"
    target: TargetName
    before: str  # "" where nothing ran
    now: str


class PolicyChanged(Code):
    """The policy was changed after the plan was made."""

    key = "changed_meanwhile.policy"


class PlanChanged(Code):
    """What would be done is not what was planned."""

    key = "changed_meanwhile.plan"


class WouldWait(Code):
    """Another operation has the target: what is asked for now waits in line."""

    key = "waiting.would"
    holder: OperationId
    position: int = 1


class NoPlanInLine(Code):
    """A dry run of what would wait in line: its plan is made when its turn comes."""

    key = "unplanned.in_line"
    why: Reason


class WouldReplace(Code):
    """An older wish of the same person waits: what is asked for now takes its place."""

    key = "waiting.would_replace"
    older: OperationId


class WouldRepeat(Code):
    """The same was asked for a moment ago, and has not ended: asked for again, it is that."""

    key = "waiting.would_repeat"
    known: OperationId


class NothingAsked(Code):
    """Nobody has asked for a change of the target yet."""

    key = "unchanged.nothing_asked"
    target: TargetName


class WaitsForCloud(Code):
    """What was sent runs in the cloud."""

    key = "waiting.for_cloud"


class LookedFor(Code):
    """Whether the call was executed is being looked for; people may say so later."""

    key = "waiting.looked_for"
    at: Moment


class WaitsForPeople(Code):
    """What was sent waits for people: nobody else can say how it goes on."""

    key = "waiting.for_people"


class PastGate(Code):
    """The gate is not open any more."""

    key = "unchanged.past_gate"
    how: str  # "approved", "rejected", "expired", "cancelled", "needs_none", "too_late"


class ApprovalsMissing(Code):
    """The gate is closed: people decide."""

    key = "approvals_missing"
    missing: int
    until: Moment
    gate: str = ""  # of several


class WouldNeedApprovals(Code):
    """Whoever breaks the glass passes over so many approvals."""

    key = "approvals_missing.passed_over"
    missing: int


class NothingToApprove(Code):
    """Nothing of this target waits for an approval."""

    key = "unchanged.nothing_to_approve"
    target: TargetName


class ApprovedAlready(Code):
    """The person approved it before."""

    key = "unchanged.approved_already"


class ApprovedInPlace(Code):
    """The right was used already: by its owner, or by somebody in the owner's place."""

    key = "unchanged.approved_in_place"
    by: UserId
    of: UserId


class GatesOpen(Code):
    """What the person could open is open, or opened by others; other gates are not."""

    key = "unchanged.gates_open"
    gates: tuple[str, ...]  # those that the person can open
    missing: tuple[str, ...]  # those that are closed


class SaidAlready(Code):
    """The person said so before."""

    key = "unchanged.said_already"


class NotCancellable(Code):
    """It has ended, or its call was sent."""

    key = "unchanged.not_cancellable"
    has_ended: bool


class MovedOn(Code):
    """It does not stand any more where the press would have an effect."""

    key = "unchanged.moved_on"


class RolledBackAlready(Code):
    """Another operation rolls it back, or did."""

    key = "unchanged.rolled_back_already"
    by: OperationId


class ContinuedAlready(Code):
    """Another operation goes on with it."""

    key = "unchanged.continued_already"
    by: OperationId


class LookingAgain(Code):
    """A poller looks at it now."""

    key = "unchanged.looking_again"


class TooLargeToRead(Code):
    """The plan is longer than a view of Slack has room for: nobody could read what is approved."""

    key = "too_large.to_read"
    length: int
    most: int

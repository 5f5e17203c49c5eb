"""What is said of proposals that hooks made."""

from bot.core.codes import Code
from bot.core.records import IncidentId, OperationId, UserId


class UnknownProposal(Code):
    """There is no proposal of this id."""

    key = "unknown_proposal"


class ProposalTaken(Code):
    """Somebody has asked for what was proposed."""

    key = "proposal_over.taken"
    by: UserId
    operation: OperationId


class ProposalDismissed(Code):
    """Somebody has dismissed what was proposed."""

    key = "proposal_over.dismissed"
    by: UserId


class ProposalSuperseded(Code):
    """A newer proposal of the same target has taken its place."""

    key = "proposal_over.superseded"


class ProposalExpired(Code):
    """Nobody has taken it up in time."""

    key = "proposal_over.expired"


class ProposalResolved(Code):
    """Nothing of what a monitor saw is there any more."""

    key = "proposal_over.resolved"


class AlertTaken(Code):
    """Somebody has opened an incident for the alert."""

    key = "proposal_over.alert_taken"
    by: UserId
    incident: IncidentId


class AlertDismissed(Code):
    """Somebody has dismissed the alert."""

    key = "proposal_over.alert_dismissed"
    by: UserId


class AlertSuperseded(Code):
    """A newer card of the same hook has taken over what still fires."""

    key = "proposal_over.alert_superseded"


class AlertExpired(Code):
    """Nobody has opened an incident for the alert in time."""

    key = "proposal_over.alert_expired"


class AlertsOver(Code):
    """A monitor says that it is over: told below the card of its alert, or in its incident."""

    key = "told.alerts_over"
    hook: str
    titles: tuple[str, ...]  # foreign words
    more: int | None = None  # further ones


class ConfirmSubscription(Code):
    """A sender waits for a person to open an address: told in the channel of its hook."""

    key = "told.confirm_subscription"
    hook: str
    topic: str
    url: str

"""What surfaces of a proposal show: its card."""

from bot.core.errors import UnknownOperationError
from bot.core.proposal import AlertProposal
from bot.core.rows import OutboxRow
from bot.views.alert_proposals import alert_blocks, alert_text
from bot.views.layout import Drawn
from bot.views.proposals import proposal_blocks, proposal_text
from workers.context import WorkerContext


def proposal_card(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn:
    """Return the card as it is now."""
    proposal = context.journal.proposals.find(rows[0].subject.id)
    if proposal is None:
        msg = f"{rows[0].id} is about no proposal"
        raise UnknownOperationError(msg)
    locale = context.reader(rows[0])
    if isinstance(proposal, AlertProposal):
        shown = alert_text(proposal, locale), alert_blocks(proposal, locale)
        return Drawn(text=shown[0], blocks=shown[1], sequence=1)
    text = proposal_text(proposal, locale)
    return Drawn(text=text, blocks=proposal_blocks(proposal, locale), sequence=1)

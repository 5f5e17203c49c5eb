"""How it stands with what an event led to, as the pipeline that waits for it reads it."""

from datetime import datetime

from bot.core.incidents import Incident
from bot.core.operation import Operation, Succeeded
from bot.core.proposal import AlertProposal, Proposal
from bot.core.records import Json


def proposal_json(proposal: Proposal, operation: Operation | None) -> dict[str, Json]:
    """Return how *proposal* stands, and the operation that it became; times are RFC 3339.

    How an operation ended that has left the journal, nobody knows any more.
    """
    became = operation_status(operation) if operation else None
    is_done = became["done"] if became else not proposal.is_open
    came_to_nothing = is_done and proposal.operation is None
    return {
        "id": proposal.id,
        "phase": proposal.phase,
        "target": proposal.target,
        "version": proposal.version,
        "created_at": _time(proposal.created_at),
        "expires_at": _time(proposal.expires_at),
        "by": proposal.ended_by,
        "newer": proposal.newer,
        "operation": became,
        "done": is_done,
        "succeeded": became["succeeded"] if became else (False if came_to_nothing else None),
    }


def operation_status(operation: Operation) -> dict[str, Json]:
    """Return how *operation* stands."""
    did_succeed = isinstance(operation.phase, Succeeded)
    return {
        "id": operation.id,
        "phase": operation.phase.kind,
        "target": operation.target,
        "version": operation.parameters.version,
        "created_at": _time(operation.created_at),
        "finished_at": _time(operation.finished_at),
        "done": operation.is_final,
        "succeeded": did_succeed if operation.is_final else None,
    }


def incident_status(incident: Incident) -> dict[str, Json]:
    """Return how *incident* stands; of a private one no more than that."""
    return {
        "id": incident.id,
        "phase": incident.phase.kind,
        "severity": incident.severity,
        "targets": [] if incident.is_private else list(incident.targets),
        "opened_at": _time(incident.opened_at),
        "closed_at": _time(incident.closed_at),
        "done": not incident.is_open,
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None


def alert_json(proposal: AlertProposal) -> dict[str, Json]:
    """Return how it stands with what a monitor saw."""
    return {
        "id": proposal.id,
        "phase": proposal.phase,
        "targets": list(proposal.targets),
        "firing": len(proposal.firing),
        "created_at": _time(proposal.created_at),
        "expires_at": _time(proposal.expires_at),
        "by": proposal.ended_by,
        "newer": proposal.newer,
        "incident": proposal.incident,
        "done": not proposal.is_open,
    }

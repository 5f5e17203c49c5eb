"""What runs of a target, as the journal knows: what was last brought there."""

from bot.core.codes import Value
from bot.core.incidents import Incident
from bot.core.operation import Operation, Succeeded
from bot.core.records import TargetName
from bot.journal import Journal


def running(journal: Journal, incident: Incident) -> dict[TargetName, Value]:
    """Return what runs of each target of *incident* of which the journal knows it."""
    found = {target: runs(journal, target) for target in incident.targets}
    return {target: version for target, version in found.items() if version is not None}


def runs(journal: Journal, target: TargetName) -> Value | None:
    """Return what runs of *target*; None: the journal does not know it."""
    last = journal.operations.last_sent(target)
    if isinstance(last, Operation) and isinstance(last.phase, Succeeded):
        return last.plan.after
    return None

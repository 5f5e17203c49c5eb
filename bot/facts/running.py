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
    """Return which version runs of *target*; None: the journal does not know, or nothing runs.

    A restart, or another number of copies, leaves the version as it was brought there.
    """
    last = journal.operations.last_sent(target)
    if not isinstance(last, Operation) or not isinstance(last.phase, Succeeded):
        return None
    if last.action == "stop":
        return None
    brought = journal.operations.last_well(target)
    return brought.plan.after if brought else None

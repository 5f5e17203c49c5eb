"""What Slack was told in the storm, how late, and how late it had to be."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bot.core.records import OperationId
from bot.journal import Journal
from bot.sandbox.slack import Executed, RateLimits, Workspace
from bot.views.words.naming import SENT, YES

CHANGES: Final = 12
REFUSALS_MAX: Final = 5
LATER_MAX: Final = 1.2  # times the best possible


class Told(NamedTuple):
    """What Slack has of the finals, and what it cost."""

    recorded: dict[OperationId, tuple[float, float]]  # when request and final were journalled
    posted: dict[OperationId, float]
    best: list[float]  # seconds from each final's record to its message, sorted
    faults: list[str]
    calls: int
    refused: int


def judged(
    workspace: Workspace,
    journal: Journal,
    recorded: dict[OperationId, tuple[float, float]],
    limits: RateLimits,
) -> Told:
    """Return what came of the storm, and what is wrong with it."""
    posted = finals_in(workspace, journal)
    best = sorted(_best(recorded, limits))
    delays = sorted(at - recorded[each][1] for each, at in posted.items())
    refused = refusals(workspace)
    faults = list(_thread_faults(workspace, recorded))
    faults += [f"no final of {each} in its thread" for each in recorded if each not in posted]
    if refused > REFUSALS_MAX:
        faults.append(f"{refused} refusals")
    if delays and delays[-1] > LATER_MAX * best[-1]:
        faults.append(f"the last final came {delays[-1] / best[-1]:.2f} times the best later")
    return Told(recorded, posted, best, faults, len(workspace.executed), refused)


def finals_in(workspace: Workspace, journal: Journal) -> dict[OperationId, float]:
    """Return when each operation's final reached its thread."""
    last = {
        each.id: (each.sequence, journal.surfaces.cards_of(each.id)[0])
        for each in journal.operations.recent(1_000)
    }
    found: dict[OperationId, float] = {}
    for call in _posts(workspace):
        sequence, card = last[_of(call)]
        in_thread = call.arguments.get("thread_ts") == card.ts
        if in_thread and _sequence(call) == sequence and sequence >= CHANGES:
            found.setdefault(_of(call), call.at)
    return found


def _best(recorded: dict[OperationId, tuple[float, float]], limits: RateLimits) -> Iterator[float]:
    """Yield how many seconds after its record each final could be in its thread, at best."""
    rate = limits.rate("post")
    cards = sorted(asked for asked, _ in recorded.values())
    finals = sorted(ended for _, ended in recorded.values())
    first, posted = cards[0], 0
    free = first
    while finals:
        posted += 1
        earliest = max(free, first + (posted - rate.burst) / rate.per_second)
        due = min(cards[0] if cards else finals[0], finals[0])
        free = max(earliest, due)
        has_card = len(cards) < len(finals)
        if has_card and finals[0] <= free:
            yield free - finals.pop(0)
        elif cards:
            cards.pop(0)
        else:
            free = max(free, finals[0])
            yield free - finals.pop(0)


def _thread_faults(
    workspace: Workspace, recorded: dict[OperationId, tuple[float, float]]
) -> Iterator[str]:
    """Yield what is told twice, not at all, or in the wrong order."""
    threads: dict[OperationId, list[Executed]] = {each: [] for each in recorded}
    for call in _posts(workspace):
        threads[_of(call)].append(call)
    for operation_id, calls in threads.items():
        order = [_sequence(call) for call in calls]
        if order != sorted(set(order)) or not order or order[0] != 0:
            yield f"{operation_id}: told in the order {order}"
        text = " ".join(str(call.arguments["text"]) for call in calls[1:])
        if [text.count(each) for each in (YES, SENT)] != [1, 1]:
            yield f"{operation_id}: not everything was told once: {text}"


def _posts(workspace: Workspace) -> list[Executed]:
    return [each for each in list(workspace.executed) if each.method == "chat.postMessage"]


def _of(call: Executed) -> OperationId:
    return str(call.arguments["metadata"]["event_payload"]["operation_id"])


def _sequence(call: Executed) -> int:
    return int(call.arguments["metadata"]["event_payload"]["sequence"])


def refusals(workspace: Workspace) -> int:
    """Return how often Slack said that it was too much."""
    return sum(each.error == "ratelimited" for each in list(workspace.refused))

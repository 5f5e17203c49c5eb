"""Several gates: who counts at which. One person counts at one gate only."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from bot.core.operation import Operation, Quorum
from bot.core.policy import Policy, gates_of
from bot.core.records import Action

LEAD: Final = "lead"  # the gate of an incident's lead


def placed(needed: Mapping[str, int], fits: Sequence[Collection[str]]) -> tuple[str | None, ...]:
    """Return the gate at which each person counts; None: there is no room for this one.

    *needed* says how many each gate takes, *fits* which gates each person can open. As many as
    can be are placed, whoever came first: those before make room where they can stand elsewhere.
    """
    at: dict[str, list[int]] = {gate: [] for gate in needed}
    for person in range(len(fits)):
        _place(person, needed, fits, at, set())
    gate_of = {person: gate for gate, people in at.items() for person in people}
    return tuple(gate_of.get(person) for person in range(len(fits)))


def _place(
    person: int,
    needed: Mapping[str, int],
    fits: Sequence[Collection[str]],
    at: dict[str, list[int]],
    tried: set[str],
) -> bool:
    """Place *person*, moving others on where that helps; return whether it could be done."""
    for gate in needed:
        if gate not in fits[person] or gate in tried:
            continue
        tried.add(gate)
        if len(at[gate]) < needed[gate]:
            at[gate].append(person)
            return True
        for number, other in enumerate(at[gate]):
            if _place(other, needed, fits, at, tried):
                at[gate][number] = person
                return True
    return False


def stood_at(operation: Operation) -> tuple[str | None, ...]:
    """Return the gate of each approval, by what its person could open when it was given.

    An incident's lead stands at the lead's gate first, since nobody else opens that one.
    """
    gates = sorted(operation.gates, key=lambda each: each.gate != LEAD)
    needed = {each.gate: each.needed for each in gates}
    return placed(needed, [each.gates for each in operation.approvals])


def quorums(policy: Policy, action: Action) -> tuple[Quorum, ...]:
    """Return how many people each gate of *action* wants; none where it has one without a name."""
    found = gates_of(policy, action)
    return tuple(Quorum(gate=each.name, needed=each.approvals) for each in found if each.name)

"""Who somebody is to the rules: with those groups alone that a decision needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from bot.core.errors import DirectoryError
from bot.core.operation import Operation
from bot.core.policy import ANYONE, Member, Policy
from bot.core.ports import Clock, Directory
from bot.core.records import HOOK, SLIPWAY, UserId, is_person
from bot.core.rules import (
    Delegated,
    Facts,
    GatePress,
    Intent,
    gates_for,
    late_approvers,
    right_of,
)


@dataclass(frozen=True)
class People:
    """Asks the directory for whoever acts, approves or lends a right."""

    directory: Directory
    clock: Clock
    team: Callable[[], str]  # the workspace that Slipway is installed in

    def known(self, by: UserId, among: frozenset[str]) -> Member | None:
        """Return who *by* is, in which of the groups *among*; None: Slack does not tell."""
        return self._told(lambda: self._member(by, among))

    def _told(self, ask: Callable[[], Member]) -> Member | None:
        try:
            return ask()
        except DirectoryError:
            return None

    def acting(
        self, by: UserId, intent: Intent, policy: Policy | None, operation: Operation | None
    ) -> Member | None:
        """Return who *by* is, with those groups alone that this decision needs."""
        if isinstance(intent, GatePress) and policy is not None and operation is not None:
            late = late_approvers(operation, policy, self.clock())
            return self._told(lambda: self._at_gates(by, policy, operation, late))
        right = right_of(intent, policy, operation) if policy else None
        return self.known(by, groups_for(by, right.listed if right else ()))

    def meet(self, among: Mapping[UserId, frozenset[str]]) -> None:
        """Let several people be asked for at once, each with these groups.

        One by one, Slack would be waited for as often as there are people.
        """
        self.directory.meet({by: groups for by, groups in among.items() if is_person(by)})

    def lenders(self, by: UserId, facts: Facts) -> tuple[Member, ...]:
        """Return in whose place *by* may approve, as Slack knows them now."""
        policy, operation = facts.policy, facts.operation
        if policy is None or operation is None:
            return ()
        late = late_approvers(operation, policy, facts.now)
        lent = [each for each in facts.all_kept(Delegated) if not each.is_over(facts.now)]
        names = dict.fromkeys(each.delegator for each in lent if facts.is_same(each.delegate, by))
        found = (
            self._told(partial(self._at_gates, each, policy, operation, late)) for each in names
        )
        return tuple(each for each in found if each is not None)

    def approvers(self, operation: Operation, policy: Policy | None) -> tuple[Member, ...]:
        """Return who approved *operation*, as Slack knows them now."""
        if policy is None:
            return tuple(self.listed(each.by, ()) for each in operation.approvals)
        return tuple(
            self._at_gates(each.by, policy, operation, policy.escalate * each.is_escalated)
            for each in operation.approvals
        )

    def principals(self, operation: Operation, policy: Policy | None) -> tuple[Member | None, ...]:
        """Return of each approval whose right it was, where that was not the approver's own."""
        return tuple(
            self._at_gates(each.behalf, policy, operation, policy.escalate * each.is_escalated)
            if each.behalf and policy
            else None
            for each in operation.approvals
        )

    def _at_gates(
        self, by: UserId, policy: Policy, operation: Operation, late: tuple[str, ...]
    ) -> Member:
        """Return who *by* is, with the groups that decide which of the gates are open to *by*.

        Each gate is asked for by itself: of one list's groups, the directory may leave some out.
        """
        lists = [each.approve for each in gates_for(policy, operation.action)]
        found = [self.listed(by, each) for each in (*lists, *([late] if late else []))]
        groups = frozenset().union(*(each.groups for each in found))
        return found[0].model_copy(update={"groups": groups})

    def listed(self, user: UserId, listed: tuple[str, ...]) -> Member:
        """Return who *user* is, with the groups that decide whether *listed* has *user*.

        Raises:
            DirectoryError: Slack does not tell.
        """
        return self._member(user, groups_for(user, listed))

    def _member(self, user: UserId, among: frozenset[str]) -> Member:
        if user.startswith(HOOK) or user == SLIPWAY:  # its secret proved the one; this is the other
            return hook_member(user, self.team())
        return self.directory.member(user, among)


def hook_member(hook: UserId, team: str) -> Member:
    """Return a hook as rules see who acts: in no group, and listed by its own name alone."""
    return Member(
        id=hook,
        team=team,
        is_bot=False,
        is_guest=False,
        is_stranger=False,
        is_deactivated=False,
    )


def groups_for(user: UserId, listed: tuple[str, ...]) -> frozenset[str]:
    """Return the groups that decide whether *listed* has *user*: none where it does by itself."""
    if ANYONE in listed or user in listed:
        return frozenset()
    return frozenset(name for name in listed if name.startswith("S"))

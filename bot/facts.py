"""The one gatherer of what the rules need: from journal, catalogue, directory and clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot.catalogue import Catalogue
from bot.core.codes import Reason, Value
from bot.core.errors import DirectoryError
from bot.core.incidents import Incident, OutsideSeen
from bot.core.near import nearest
from bot.core.operation import Operation, Succeeded
from bot.core.outcomes import Suspects
from bot.core.plan import Plan
from bot.core.policy import ANYONE, Member, Policy
from bot.core.ports import Clock, Directory
from bot.core.proposal import AnyProposal
from bot.core.queue import Line
from bot.core.records import (
    HOOK,
    SLIPWAY,
    ChannelId,
    OperationId,
    TargetName,
    UserId,
    is_person,
)
from bot.core.rows import Standing
from bot.core.rules import (
    LEAD,
    Abilities,
    Change,
    Counting,
    Delegate,
    Delegated,
    Dismiss,
    Ends,
    Facts,
    GatePress,
    HaltBegun,
    IncidentIntent,
    Intent,
    LimitedIntent,
    Newest,
    OverdueReview,
    Press,
    RollBack,
    TargetIntent,
    Undelegate,
    Undone,
    asked_right,
    decide,
    gates_for,
    late_approvers,
    led_by,
    lists,
    passed,
    right_of,
)
from bot.core.system import System
from bot.core.target import ALL, Scope, Target, TargetEvent
from bot.incident_facts import Cause, cause_of, ranking
from bot.journal import Journal
from bot.systems import system as system_named


@dataclass(frozen=True)
class Gatherer:
    """Reads facts; whoever decides asks it for those of one intent at one moment."""

    catalogue: Callable[[], Catalogue]
    journal: Journal
    directory: Directory
    clock: Clock
    team: Callable[[], str]  # the workspace that Slipway is installed in
    is_draining: Callable[[], bool] = lambda: False

    def seen_by(self, by: UserId) -> Catalogue:
        """Return slipway.yaml with those targets alone that *by* is shown.

        Nothing else of it names the others: to this person they are not there.
        """
        catalogue = self.catalogue()
        listed = {name: each.seen_by for name, each in catalogue.policies.items()}
        kept = {name: who for name, who in listed.items() if ANYONE not in who}
        if not kept or not is_person(by):
            return catalogue
        among = frozenset().union(*(groups_for(by, who) for who in kept.values()))
        person = self.known(by, among)
        is_shown = {name: person is not None and lists(who, person) for name, who in kept.items()}
        return catalogue.without({name for name in kept if not is_shown[name]})

    def of_change(self, change: Change, by: UserId, asked_in: ChannelId | None = None) -> Facts:
        """Return what is known where *by* asks for a new operation, in the channel *asked_in*."""
        catalogue = self.seen_by(by)
        target = catalogue.find(change.target)
        if target is None:
            near = nearest(change.target, catalogue.words)
            return self._facts(None, word=change.target, near=near)
        kept = self.journal.target_facts.of(target.name, target.policy)
        freeze = passed(change, kept, asked_in)
        policy = catalogue.policy_of(target)
        if freeze is not None and freeze.lead != by:
            policy = led_by(policy, freeze.lead)
        return self._facts(
            policy,
            team=self.team(),
            person=self._person(by, change, policy, None),
            word=change.target,
            asked_in=asked_in,
            target=target,
            kept=kept,
            admins=catalogue.admins,
            abilities=abilities(target),
            undone=self._undone(target.name) if _is_back(change) else None,
            proposal=self._proposal(change),
            overdue=self._overdue(by) if change.break_glass else None,
        )

    def _overdue(self, by: UserId) -> OverdueReview | None:
        """Return for what *by* broke the glass that nobody has reviewed in time."""
        now, aliases = self.clock(), self.catalogue().aliases
        accounts = {by}.union(*(each for each in aliases if by in each))
        rows = self.journal.operations.reviews_due()
        late = (each for each in rows if each.requester in accounts and each.due <= now)
        return next((OverdueReview(operation=each.id, due=each.due) for each in late), None)

    def of_target(self, target: Target) -> Facts:
        """Return what is known of a target, whoever asks: what holds it."""
        catalogue = self.catalogue()
        kept = self.journal.target_facts.of(target.name, target.policy)
        policy = catalogue.policies.get(target.policy)
        return self._facts(policy, target=target, kept=kept, admins=catalogue.admins)

    def of_wish(self, wish: TargetIntent, by: UserId) -> Facts:
        """Return what is known where *by* wishes something about a target, a policy, or all."""
        catalogue = self.seen_by(by)
        if isinstance(wish, Delegate | Undelegate):
            return self._of_delegation(catalogue, wish, by)
        scope = scope_of(catalogue, wish)
        if scope is None:
            words = (*catalogue.words, *(catalogue.policies if wish.is_of_policies else ()))
            return self._facts(None, word=wish.target, near=nearest(wish.target, words))
        target = catalogue.targets[scope.name] if scope.kind == "target" else None
        named = catalogue.policies.get(scope.name) if scope.kind == "policy" else None
        policy = catalogue.policy_of(target) if target else named
        known = self._facts(
            policy,
            team=self.team(),
            word=wish.target,
            target=target,
            scope=scope,
            admins=catalogue.admins,
            kept=self._kept(scope),
            proposal=self._proposal(wish),
        )
        ends = _ends(wish, policy, known.now) if isinstance(wish, LimitedIntent) else None
        return known.model_copy(update={"ends": ends, "person": self._wisher(by, wish, known)})

    def _of_delegation(
        self, catalogue: Catalogue, wish: Delegate | Undelegate, by: UserId
    ) -> Facts:
        """Return what is known where approvals are handed over, or taken back."""
        policy = catalogue.policies.get(wish.target)
        if policy is None and wish.target != ALL:
            near = nearest(wish.target, tuple(catalogue.policies))
            return self._facts(None, word=wish.target, near=near)
        policies = [policy] if policy else list(catalogue.policies.values())
        listed = tuple(dict.fromkeys(who for each in policies for who in each.approve))
        owner = wish.delegator or by
        groups = groups_for(by, catalogue.admins) if wish.right == "admin" else frozenset()
        known = self._facts(
            policy,
            team=self.team(),
            word=wish.target,
            scope=Scope(kind="policy" if policy else "all", name=wish.target),
            admins=catalogue.admins,
            person=self.known(by, groups),
            approve_somewhere=listed,
            kept=tuple(
                each
                for each in self.journal.target_facts.everywhere()
                if isinstance(each, Delegated) and each.delegator == owner
            ),
        )
        if isinstance(wish, Undelegate):
            return known
        ends = _ends(wish, policy, known.now)
        delegator = self.known(owner, groups_for(owner, listed))
        delegate = self.known(wish.delegate, frozenset())
        people = {"ends": ends, "delegator": delegator, "delegate": delegate}
        return known.model_copy(update=people)

    def _wisher(self, by: UserId, wish: TargetIntent, facts: Facts) -> Member | None:
        if wish.right == "admin":
            return self.known(by, groups_for(by, facts.admins))
        return self._person(by, wish, facts.policy, None)

    def _proposal(self, wish: Change | TargetIntent) -> AnyProposal | None:
        named = wish.proposal if isinstance(wish, Change | Dismiss) else None
        return self.journal.proposals.find(named) if named else None

    def _kept(self, scope: Scope) -> tuple[TargetEvent, ...]:
        """Return what is kept of exactly this, and what holds everything."""
        return tuple(
            each
            for each in self.journal.target_facts.everywhere()
            if isinstance(each, HaltBegun)
            or (each.target == scope.name and getattr(each, "scope", "target") == scope.kind)
        )

    def of_press(
        self,
        press: Press,
        operation: Operation | None,
        by: UserId,
        *,
        is_on_card: bool,
        asked_in: ChannelId | None = None,
    ) -> Facts:
        """Return what is known where *by* presses a button, or types its word."""
        if operation is None:
            return self._facts(None)
        facts = self.of_card(operation)
        person = self._person(by, press, facts.policy, operation)
        lenders = self._delegators(by, facts) if isinstance(press, GatePress) else ()
        changed = {
            "team": self.team(),
            "person": person,
            "delegators": lenders,
            "is_on_card": is_on_card,
            "asked_in": asked_in,
            "is_anybody": False,
        }
        return facts.model_copy(update=changed)

    def of_card(self, operation: Operation) -> Facts:
        """Return what is known of an operation, whoever looks at it: for its buttons."""
        catalogue = self.catalogue()
        target = catalogue.targets.get(operation.target)
        newest = self.journal.operations.standing(operation.target)
        undone = self.journal.operations.rollback_of(operation.id) if operation.is_final else None
        follower = self.journal.operations.follower_of(operation.id) if operation.is_final else None
        return self._facts(
            self._policy_of(operation),
            is_anybody=True,
            target=target,
            abilities=abilities(target) if target else None,
            operation=operation,
            newest=_newest(newest),
            rolled_back_by=undone,
            replaces_what_failed=self._replaces_what_failed(operation),
            continued_by=follower,
            undone=self._undone_before(operation),
            kept=self.journal.target_facts.of(operation.target, operation.policy),
            admins=catalogue.admins,
        )

    def _replaces_what_failed(self, operation: Operation) -> bool:
        is_back = operation.action == "rollback" and operation.is_final
        return is_back and self.journal.operations.replaces_what_failed(operation.id)

    def _undone_before(self, operation: Operation) -> Undone | None:
        """Return what a rollback that was not sent yet goes back behind."""
        is_back = operation.action == "rollback" and not (operation.was_sent or operation.is_final)
        return self._undone(operation.target) if is_back else None

    def _undone(self, target: TargetName) -> Undone | None:
        last = self.journal.operations.last_sent(target)
        if not isinstance(last, Operation) or last.action != "rollback":
            return None
        if not isinstance(last.phase, Succeeded):
            return None
        return Undone(
            operation=last.id,
            by=last.requester,
            at=last.phase.at,
            before=last.plan.before,
            after=last.plan.after,
        )

    def of_plan(self, operation: Operation) -> Facts:
        """Return what is known before the plan is made: nothing of people, who are asked later."""
        catalogue = self.catalogue()
        return self._facts(
            self._policy_of(operation),
            target=catalogue.targets.get(operation.target),
            operation=operation,
        )

    def of_turn(self, operation: Operation, line: Line | None = None) -> Facts:
        """Return what is known where its turn may come; *line* is who has and waits for what."""
        catalogue = self.catalogue()
        facts = self._facts(
            catalogue.policies.get(operation.policy),
            target=catalogue.targets.get(operation.target),
            operation=operation,
            kept=self.journal.target_facts.of(operation.target, operation.policy),
            admins=catalogue.admins,
            newest=_newest(self.journal.operations.standing(operation.target)),
            counting=self._counting(operation.target),
            line=line,
        )
        return facts.model_copy(update={"is_draining": self.journal.drain.is_on(facts.now)})

    def _counting(self, target: TargetName) -> Counting | None:
        """Return what failed there last and is rolled back by itself, if nobody says no."""
        last = self.journal.operations.last_sent(target)
        found = last.countdown if isinstance(last, Operation) else None
        if not isinstance(last, Operation) or found is None:
            return None
        return Counting(operation=last.id, until=found.until)

    def of_send(self, operation: Operation, live_plan: Plan | None) -> Facts:
        """Return what is known right before a permit.

        Raises:
            DirectoryError: the people's rights could not be read.
        """
        catalogue = self.catalogue()
        policy = self._policy_of(operation)
        asks = asked_right(policy, operation).listed if policy else ()
        return self._facts(
            policy,
            team=self.team(),
            target=catalogue.targets.get(operation.target),
            operation=operation,
            kept=self.journal.target_facts.of(operation.target, operation.policy),
            admins=catalogue.admins,
            requester=self._listed(operation.requester, asks),
            approvers=self._approvers(operation, policy),
            principals=self._principals(operation, policy),
            live_plan=live_plan,
        )

    def _approvers(self, operation: Operation, policy: Policy | None) -> tuple[Member, ...]:
        """Return who approved *operation*, as Slack knows them now."""
        if policy is None:
            return tuple(self._listed(each.by, ()) for each in operation.approvals)
        return tuple(
            self._at_gates(each.by, policy, operation, policy.escalate * each.is_escalated)
            for each in operation.approvals
        )

    def of_incident(self, wish: IncidentIntent, by: UserId, asked_in: ChannelId) -> Facts:
        """Return what is known where *by* wishes something about an incident."""
        catalogue = self.seen_by(by)
        incident = None if wish.begins else self.incident(wish.incident, by, asked_in)
        found = [catalogue.find(word) for word in wish.targets]
        missing = [word for word, each in zip(wish.targets, found, strict=True) if each is None]
        openers = tuple(catalogue.incidents.open)
        ending = self._enders(incident) if incident else ()
        return self._facts(
            None,
            team=self.team(),
            word=missing[0] if missing else "",
            near=nearest(missing[0], catalogue.words) if missing else (),
            asked_in=asked_in,
            incident=incident,
            named=tuple(dict.fromkeys(each.name for each in found if each)),
            openers=openers,
            ending=ending,
            person=self.known(by, groups_for(by, openers) | groups_for(by, ending)),
        )

    def incident(self, word: str, by: UserId, asked_in: ChannelId) -> Incident | None:
        """Return the incident that *word* names, or whose channel it is.

        Outside its channel a private one is there for its opener and its lead alone.
        """
        incidents = self.journal.incidents
        found = incidents.find(word) if word else incidents.of_channel(asked_in)
        if found is None or not found.is_private or asked_in == found.channel:
            return found
        return found if by in {found.opener, found.lead} else None

    def suspects(self, incident: Incident) -> Suspects:
        """Return what may have caused *incident*, with the ways back that somebody may take now."""
        catalogue = self.catalogue()
        window = catalogue.incidents.window
        found = ranking(self.journal, catalogue.targets, incident, window)
        named = [each.candidate.operation for each in found.suspects]
        operations = self.journal.operations.load_many(named) if named else {}
        ways: dict[OperationId, RollBack] = {}
        reasons: dict[OperationId, Reason] = {}
        for operation_id, operation in operations.items():
            way = RollBack.of(operation)[0]
            why = decide(way, self.of_card(operation)).decisive
            if why is None:
                ways[operation_id] = way
            elif why.why is not None:
                reasons[operation_id] = why.why
        return Suspects(
            ranking=found,
            operations=operations,
            ways=ways,
            reasons=reasons,
            unshown=tuple(each for each in ways if not self._is_previewed(operations[each])),
            **self._outside(incident),
            hours=round(window.total_seconds() / 3600),
        )

    def _outside(self, incident: Incident) -> dict[str, Any]:
        """Return what was changed outside of Slipway, as the incident's events have it."""
        seen = [
            event
            for _, event in self.journal.incidents.events(incident.id)
            if isinstance(event, OutsideSeen)
        ]
        changes = tuple(each for event in seen for each in event.changes)
        return {"outside": changes, "unread": seen[-1].unread if seen else ()}

    def cause(self, incident: Incident) -> Cause | None:
        """Return the change that was taken back last while *incident* was open, and its rank."""
        catalogue = self.catalogue()
        found = ranking(self.journal, catalogue.targets, incident, catalogue.incidents.window)
        return cause_of(self.journal, incident, found)

    def _is_previewed(self, operation: Operation) -> bool:
        policy = self._policy_of(operation)
        return policy is None or policy.rollback_preview

    def _policy_of(self, operation: Operation) -> Policy | None:
        """Return the policy of *operation*, with the gate of an incident's lead if it has one."""
        policy = self.catalogue().policies.get(operation.policy)
        is_led = any(each.gate == LEAD for each in operation.gates)
        if policy is None or operation.incident is None or not is_led:
            return policy
        incident = self.journal.incidents.find(operation.incident)
        return led_by(policy, incident.lead) if incident else policy

    def running(self, incident: Incident) -> dict[TargetName, Value]:
        """Return what runs of each target, as the journal knows: what was last brought there."""
        found = {target: self.runs(target) for target in incident.targets}
        return {target: version for target, version in found.items() if version is not None}

    def runs(self, target: TargetName) -> Value | None:
        """Return what runs of *target*, as the journal knows; None: it does not."""
        last = self.journal.operations.last_sent(target)
        if isinstance(last, Operation) and isinstance(last.phase, Succeeded):
            return last.plan.after
        return None

    def _enders(self, incident: Incident) -> tuple[str, ...]:
        """Return who may approve on a target of the incident."""
        catalogue = self.catalogue()
        targets = (catalogue.targets.get(name) for name in incident.targets)
        policies = [catalogue.policy_of(each) for each in targets if each]
        return tuple(dict.fromkeys(who for policy in policies for who in policy.approve))

    def _principals(self, operation: Operation, policy: Policy | None) -> tuple[Member | None, ...]:
        """Return of each approval whose right it was, where that was not the approver's own."""
        return tuple(
            self._at_gates(each.behalf, policy, operation, policy.escalate * each.is_escalated)
            if each.behalf and policy
            else None
            for each in operation.approvals
        )

    def of_question(self, by: UserId, among: frozenset[str] = frozenset()) -> Facts:
        """Return what is known where *by* only asks: that needs no group but for the help."""
        return self._facts(None, team=self.team(), person=self.known(by, among))

    def _facts(self, policy: Policy | None, **known: Any) -> Facts:
        now = self.clock()
        zones = {each.zone for each in policy.freezes} if policy else set()
        lines, target = self.catalogue().lines, known.get("target")
        names = (
            "admins",
            "incidents",
            f"policies.{policy.name}" if policy else "",
            f"targets.{target.name}" if target else "",
        )
        return Facts(
            now=now,
            lines={place: line for name in names for place, line in lines.get(name, {}).items()},
            is_draining=self.is_draining(),
            policy=policy,
            aliases=self.catalogue().aliases,
            local={zone: now.astimezone(ZoneInfo(zone)) for zone in zones},
            **known,
        )

    def _person(
        self, by: UserId, intent: Intent, policy: Policy | None, operation: Operation | None
    ) -> Member | None:
        """Return who *by* is, with those groups alone that this decision needs."""
        if isinstance(intent, GatePress) and policy is not None and operation is not None:
            late = late_approvers(operation, policy, self.clock())
            return self._known(lambda: self._at_gates(by, policy, operation, late))
        right = right_of(intent, policy, operation) if policy else None
        return self.known(by, groups_for(by, right.listed if right else ()))

    def _delegators(self, by: UserId, facts: Facts) -> tuple[Member, ...]:
        """Return in whose place *by* may approve, as Slack knows them now."""
        policy, operation = facts.policy, facts.operation
        if policy is None or operation is None:
            return ()
        late = late_approvers(operation, policy, facts.now)
        lent = [each for each in facts.all_kept(Delegated) if not each.is_over(facts.now)]
        names = dict.fromkeys(each.delegator for each in lent if facts.is_same(each.delegate, by))
        found = (
            self._known(partial(self._at_gates, each, policy, operation, late)) for each in names
        )
        return tuple(each for each in found if each is not None)

    def _at_gates(
        self, by: UserId, policy: Policy, operation: Operation, late: tuple[str, ...]
    ) -> Member:
        """Return who *by* is, with the groups that decide which of the gates are open to *by*.

        Each gate is asked for by itself: of one list's groups, the directory may leave some out.
        """
        lists = [each.approve for each in gates_for(policy, operation.action)]
        found = [self._listed(by, each) for each in (*lists, *([late] if late else []))]
        groups = frozenset().union(*(each.groups for each in found))
        return found[0].model_copy(update={"groups": groups})

    def known(self, by: UserId, among: frozenset[str]) -> Member | None:
        """Return who *by* is, in which of the groups *among*; None: Slack does not tell."""
        return self._known(lambda: self._member(by, among))

    def _known(self, ask: Callable[[], Member]) -> Member | None:
        try:
            return ask()
        except DirectoryError:
            return None

    def _listed(self, user: UserId, listed: tuple[str, ...]) -> Member:
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


def _newest(standing: Standing | None) -> Newest | None:
    return Newest.model_validate(standing.model_dump()) if standing else None


def _is_back(wish: Change | TargetIntent) -> bool:
    return isinstance(wish, Change) and wish.asked.action == "rollback"


def groups_for(user: UserId, listed: tuple[str, ...]) -> frozenset[str]:
    """Return the groups that decide whether *listed* has *user*: none where it does by itself."""
    if ANYONE in listed or user in listed:
        return frozenset()
    return frozenset(name for name in listed if name.startswith("S"))


def scope_of(catalogue: Catalogue, wish: TargetIntent) -> Scope | None:
    """Return what *wish* is about: all, a target by name or alias, a policy; None: nothing."""
    if wish.is_of_policies and wish.target == ALL:
        return Scope(kind="all", name=ALL)
    target = catalogue.find(wish.target)
    if target is not None:
        return Scope(kind="target", name=target.name)
    is_policy = wish.is_of_policies and wish.target in catalogue.policies
    return Scope(kind="policy", name=wish.target) if is_policy else None


def _ends(wish: LimitedIntent, policy: Policy | None, now: datetime) -> Ends | None:
    """Return when *wish* ends; a time without a zone is meant in that of the policy's freezes."""
    if wish.length is not None:
        return Ends(at=now + wish.length)
    if wish.until is None:
        return None
    if wish.until.tzinfo is not None:
        return Ends(at=wish.until.astimezone(UTC))
    zones = [each.zone for each in policy.freezes] if policy else []
    name = zones[0] if zones else "UTC"
    zone = ZoneInfo(name)
    # Of an hour that comes twice the later one is meant: nothing is let go too early.
    moment = wish.until.replace(tzinfo=zone, fold=1).astimezone(UTC)
    is_there = moment.astimezone(zone).replace(tzinfo=None) == wish.until
    typed = f"{wish.until:%Y-%m-%d %H:%M}"
    return Ends(at=moment if is_there else None, zone=name, typed=typed)


def abilities(target: Target) -> Abilities:
    """Return what the system of *target* can do."""
    system: System[Any] = system_named(target.system)
    spec = system.spec
    return Abilities(
        title=spec.title,
        actions=spec.actions,
        takes_values=spec.takes_values,
        options=spec.options,
        cancels=spec.cancels,
        takes_json=spec.takes_json,
        strategies=spec.strategies,
        no_rollback=spec.no_rollback,
    )

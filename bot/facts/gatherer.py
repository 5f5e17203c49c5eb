"""The one gatherer of what the rules need: from journal, catalogue, directory and clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bot.catalogue import Catalogue
from bot.core.incidents import Incident
from bot.core.near import nearest
from bot.core.operation import Operation, Succeeded
from bot.core.plan import Plan
from bot.core.policy import ANYONE, Member, Policy
from bot.core.ports import Clock, Directory
from bot.core.proposal import AnyProposal
from bot.core.queue import Line
from bot.core.records import (
    ChannelId,
    TargetName,
    UserId,
    is_person,
)
from bot.core.rows import Standing
from bot.core.rules import (
    Change,
    Counting,
    Delegate,
    Delegated,
    Dismiss,
    Facts,
    GatePress,
    HaltBegun,
    IncidentIntent,
    LeadIncident,
    LimitedIntent,
    Newest,
    OverdueReview,
    Press,
    TargetIntent,
    Undelegate,
    Undone,
    asked_right,
    is_led,
    led_by,
    lists,
    passed,
    right_of,
)
from bot.core.target import ALL, Scope, Target, TargetEvent
from bot.facts.abilities import abilities
from bot.facts.people import People, groups_for
from bot.facts.scopes import ends_of, scope_of
from bot.journal import Journal


class Asking(NamedTuple):
    """A change that somebody asks for."""

    change: Change
    by: UserId
    asked_in: ChannelId | None = None


@dataclass(frozen=True)
class Gatherer:
    """Reads facts; whoever decides asks it for those of one intent at one moment."""

    catalogue: Callable[[], Catalogue]
    journal: Journal
    directory: Directory
    clock: Clock
    team: Callable[[], str]  # the workspace that Slipway is installed in
    is_draining: Callable[[], bool] = lambda: False

    @property
    def people(self) -> People:
        """Who is asked for whoever acts."""
        return People(self.directory, self.clock, self.team)

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
        person = self.people.known(by, among)
        is_shown = {name: person is not None and lists(who, person) for name, who in kept.items()}
        return catalogue.without({name for name in kept if not is_shown[name]})

    def of_change(self, change: Change, by: UserId, asked_in: ChannelId | None = None) -> Facts:
        """Return what is known where *by* asks for a new operation, in the channel *asked_in*."""
        [facts] = self.of_changes([Asking(change, by, asked_in)])
        return facts

    def of_changes(self, asked: Sequence[Asking]) -> tuple[Facts, ...]:
        """Return the same for several, as at one moment: what is of all is read once."""
        catalogue = self.catalogue()
        moment = replace(self, catalogue=lambda: catalogue)
        if len({each.by for each in asked}) > 1:
            self.people.meet(_among(catalogue, asked))
        seen = [moment.seen_by(each.by) for each in asked]
        pairs = zip(seen, asked, strict=True)
        targets = [shown.find(each.change.target) for shown, each in pairs]
        standing = self.journal.target_facts.standing(
            {each.name: each.policy for each in targets if each}, self.clock()
        )
        moment = replace(moment, is_draining=lambda: standing.is_draining)
        return tuple(
            moment._of_change(each, shown, target, standing.kept.get(target.name, ()))  # noqa: SLF001 - its own
            if target
            else moment._of_no_target(each, shown)  # noqa: SLF001 - likewise
            for each, shown, target in zip(asked, seen, targets, strict=True)
        )

    def _of_no_target(self, asked: Asking, catalogue: Catalogue) -> Facts:
        word = asked.change.target
        return self._facts(None, word=word, near=nearest(word, catalogue.words))

    def _of_change(
        self, asked: Asking, catalogue: Catalogue, target: Target, kept: tuple[TargetEvent, ...]
    ) -> Facts:
        change, by, asked_in = asked
        freeze = passed(change, kept, asked_in)
        policy = catalogue.policy_of(target)
        if freeze is not None and freeze.lead != by:
            policy = led_by(policy, freeze.lead)
        return self._facts(
            policy,
            team=self.team(),
            person=self.people.acting(by, change, policy, None),
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
        ends = ends_of(wish, policy, known.now) if isinstance(wish, LimitedIntent) else None
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
            person=self.people.known(by, groups),
            approve_somewhere=listed,
            kept=tuple(
                each
                for each in self.journal.target_facts.everywhere()
                if isinstance(each, Delegated) and each.delegator == owner
            ),
        )
        if isinstance(wish, Undelegate):
            return known
        ends = ends_of(wish, policy, known.now)
        delegator = self.people.known(owner, groups_for(owner, listed))
        delegate = self.people.known(wish.delegate, frozenset())
        people = {"ends": ends, "delegator": delegator, "delegate": delegate}
        return known.model_copy(update=people)

    def _wisher(self, by: UserId, wish: TargetIntent, facts: Facts) -> Member | None:
        if wish.right == "admin":
            return self.people.known(by, groups_for(by, facts.admins))
        return self.people.acting(by, wish, facts.policy, None)

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
        person = self.people.acting(by, press, facts.policy, operation)
        lenders = self.people.lenders(by, facts) if isinstance(press, GatePress) else ()
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
            requester=self.people.listed(operation.requester, asks),
            approvers=self.people.approvers(operation, policy),
            principals=self.people.principals(operation, policy),
            live_plan=live_plan,
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
            lead=self._lead(wish),
            named=tuple(dict.fromkeys(each.name for each in found if each)),
            openers=openers,
            ending=ending,
            person=self.people.known(by, groups_for(by, openers) | groups_for(by, ending)),
        )

    def _lead(self, wish: IncidentIntent) -> Member | None:
        """Return who shall lead the incident, where the wish names somebody."""
        if not isinstance(wish, LeadIncident) or wish.lead is None:
            return None
        return self.people.known(wish.lead, frozenset())

    def incident(self, word: str, by: UserId, asked_in: ChannelId) -> Incident | None:
        """Return the incident that *word* names, or whose channel it is.

        Outside its channel a private one is there for its opener and its lead alone.
        """
        incidents = self.journal.incidents
        found = incidents.find(word) if word else incidents.of_channel(asked_in)
        if found is None or not found.is_private or asked_in == found.channel:
            return found
        return found if by in {found.opener, found.lead} else None

    def _policy_of(self, operation: Operation) -> Policy | None:
        """Return the policy of *operation*, with the gate of an incident's lead if it has one."""
        policy = self.catalogue().policies.get(operation.policy)
        if policy is None or operation.incident is None or not is_led(operation):
            return policy
        incident = self.journal.incidents.find(operation.incident)
        if incident is None:
            return policy
        return led_by(policy, incident.lead, is_over=not incident.is_open)

    def _enders(self, incident: Incident) -> tuple[str, ...]:
        """Return who may approve on a target of the incident."""
        catalogue = self.catalogue()
        targets = (catalogue.targets.get(name) for name in incident.targets)
        policies = [catalogue.policy_of(each) for each in targets if each]
        return tuple(dict.fromkeys(who for policy in policies for who in policy.approve))

    def of_question(self, by: UserId, among: frozenset[str] = frozenset()) -> Facts:
        """Return what is known where *by* only asks: that needs no group but for the help."""
        return self._facts(None, team=self.team(), person=self.people.known(by, among))

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


def _among(catalogue: Catalogue, asked: Sequence[Asking]) -> dict[UserId, frozenset[str]]:
    """Return the groups that decide what those who ask may see and change."""
    shown = {each.seen_by for each in catalogue.policies.values()}
    among: dict[UserId, frozenset[str]] = {}
    for change, by, _ in asked:
        target = catalogue.find(change.target)
        right = right_of(change, catalogue.policy_of(target), None) if target else None
        lists_ = {*shown, *([right.listed] if right else [])}
        groups = (groups_for(by, each) for each in lists_)
        among[by] = among.get(by, frozenset()).union(*groups)
    return among


def _newest(standing: Standing | None) -> Newest | None:
    return Newest.model_validate(standing.model_dump()) if standing else None


def _is_back(wish: Change | TargetIntent) -> bool:
    return isinstance(wish, Change) and wish.asked.action == "rollback"

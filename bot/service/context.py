"""What every part of the service works with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import TypeVar

from bot.catalogue import Catalogue
from bot.core.codes import Denied
from bot.core.codes.clouds import NoRoom, NoRoomAbout, NothingAbout, RefusedAbout, UnknownThere
from bot.core.errors import CloudError, CloudRateLimitedError, CloudRefusedError
from bot.core.operation import Operation
from bot.core.outcomes import Caller, Outcome, Unchanged
from bot.core.ports import AuditEntry, Cache, Clock, CloudReader, Limits
from bot.core.records import IncidentId, Json, OperationId, UserId
from bot.core.rules import Decided, Decision, Facts
from bot.engine import Engine
from bot.facts import Gatherer
from bot.journal import Journal
from bot.journal.audit_entries import compact, entry_of_decision
from bot.live_states import StateReader

T = TypeVar("T")


@dataclass(frozen=True)
class ServiceContext:
    """The service's dependencies, handed in by the composition root."""

    catalogue: Callable[[], Catalogue]
    journal: Journal
    engine: Engine
    facts: Gatherer
    cloud: CloudReader
    cache: Cache
    clock: Clock
    team_url: str  # "https://team.slack.com/"; links to cards begin with it
    new_id: Callable[[], OperationId]
    new_incident_id: Callable[[], IncidentId]
    limits: Limits
    # What slipway.yaml said at a moment; None: it is not known any more.
    catalogue_then: Callable[[datetime], Catalogue | None] = lambda _: None
    # What is wrong with each part that commands need, by its name; "": nothing.
    parts: Callable[[], Mapping[str, str]] = dict

    @property
    def states(self) -> StateReader:
        """Who asks the clouds how targets are."""
        return StateReader(self.cloud, self.cache, self.clock)

    def stopped(
        self,
        decision: Decision,
        by: Caller,
        about: Operation | None,
        decided: Decided | None = None,
    ) -> Outcome | None:
        """Return what *decision* answers, with a refusal in the audit; None: nothing is in the way.

        Where another operation made the wish void, the answer is how that one stands.
        """
        found = decision.decisive
        if found is None:
            return None
        denied = decision.denied
        if denied is not None:
            return self.denied(by, about.id if about else "", denied, decided)
        named = self.journal.operations.find(found.operation) if found.operation else None
        shown = named or about
        if shown is None or found.why is None:
            msg = f"a finding of {found.rule} names nothing that could be shown"
            raise ValueError(msg)
        return Unchanged(operation=shown, why=found.why)

    def denied(
        self, by: Caller, subject: str, denial: Denied, decided: Decided | None = None
    ) -> Denied:
        """Put a refusal into the audit, with all that was *decided*, and return it."""
        self.journal.audit.add(self.refused(by, subject, denial, decided))
        return denial

    def refused(
        self, by: Caller, subject: str, denial: Denied, decided: Decided | None = None
    ) -> AuditEntry:
        """Return what the audit keeps of a refusal, with all that was *decided*."""
        return AuditEntry(
            at=self.clock(),
            who=by.user,
            what="denied",
            subject=subject[:100],
            detail=compact(_kept(denial, decided)),
        )

    def allowed(self, by: Caller, subject: str, decided: Decided) -> AuditEntry:
        """Return what the audit keeps of a decision that allows; it comes there with its act."""
        return entry_of_decision(decided, at=self.clock(), by=by.user, subject=subject)

    def link(self, operation: Operation) -> str:
        """Return the address of the operation's card; "" while it has none."""
        card = next(iter(self.journal.surfaces.cards_of(operation.id)), None)
        if card is None or card.ts is None or not self.team_url:
            return ""
        return f"{self.team_url}archives/{card.channel}/p{card.ts.replace('.', '')}"


def _kept(denial: Denied, decided: Decided | None) -> dict[str, Json]:
    """Return what the audit keeps of a refusal: its code with the parameters, and the rule."""
    told: dict[str, Json] = {"code": denial.code, "why": denial.why.model_dump(mode="json")}
    if denial.rule:
        told["rule"] = denial.rule
    if decided is not None:
        told["decided"] = decided.model_dump(mode="json", exclude_defaults=True)
    return told


def accounts(facts: Facts, user: UserId) -> frozenset[UserId]:
    """Return the accounts of whoever has *user*."""
    return frozenset({user}).union(*(each for each in facts.aliases if user in each))


def cloud_denial(error: CloudError, target: str) -> Denied:
    """Return what people are told where *target*'s cloud gave no usable answer."""
    reason = error.reason
    match error:
        case CloudRateLimitedError(retry_after=wait):
            said = None if reason.key == NoRoom.key else reason
            return Denied.of(NoRoomAbout(target=target, because=said, retry_after=ceil(wait)))
        case CloudRefusedError(verdict="not_found"):
            return Denied.of(UnknownThere(target=target, because=reason), rule=f"targets.{target}")
        case CloudRefusedError():
            return Denied.of(RefusedAbout(target=target, because=reason))
        case _:
            return Denied.of(NothingAbout(target=target, because=reason))

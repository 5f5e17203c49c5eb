"""What every part of the service stands on, and the checks that they share."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot.catalogue import Catalogue
from bot.core.codes import Denied
from bot.core.codes.clouds import NoRoom, NoRoomAbout, NothingAbout, RefusedAbout, UnknownThere
from bot.core.errors import CloudError, CloudRateLimitedError, CloudRefusedError, DirectoryError
from bot.core.flow import Flow
from bot.core.operation import Operation
from bot.core.outcomes import Caller
from bot.core.policy import Member, Policy, frozen
from bot.core.ports import AuditEntry, Clock, Directory, Limits
from bot.core.records import OperationId
from bot.core.target import Target
from bot.engine import Engine
from bot.journal import Journal

T = TypeVar("T")


class CloudReader(Protocol):
    """Asks a target's cloud, in the time that an answer to Slack has."""

    def ask(self, target: Target, flow: Flow[T]) -> T:
        """Drive a flow that only reads.

        Raises:
            CloudError: no usable answer came in time.
        """
        ...


@dataclass(frozen=True)
class ServiceContext:
    """The service's dependencies, handed in by the composition root."""

    catalogue: Callable[[], Catalogue]
    journal: Journal
    engine: Engine
    directory: Directory
    cloud: CloudReader
    clock: Clock
    team: str  # the workspace that Slipway is installed in
    team_url: str  # "https://team.slack.com/"; links to cards begin with it
    new_id: Callable[[], OperationId]
    limits: Limits
    is_draining: Callable[[], bool]

    def member(self, by: Caller, policies: tuple[Policy, ...]) -> Member | Denied:
        """Return who *by* is now, with the groups that *policies* name; else no."""
        among = frozenset().union(*(policy.groups for policy in policies))
        try:
            return self.directory.member(by.user, among)
        except DirectoryError:
            return Denied(
                code="rights_unknown",
                reason="your rights cannot be checked now, since Slack does not tell them",
                way_out="Try again in a minute.",
            )

    def frozen(self, policy: Policy) -> Denied | None:
        """Return the denial where the policy freezes changes now."""
        now = self.clock()
        local = {each.zone: now.astimezone(ZoneInfo(each.zone)) for each in policy.freezes}
        return frozen(policy, local)

    def denied(self, by: Caller, subject: str, denial: Denied) -> Denied:
        """Put a refusal into the audit and return it."""
        entry = AuditEntry(
            at=self.clock(),
            who=by.user,
            what="denied",
            subject=subject[:100],
            detail=f"[{denial.code}] {denial.reason} ({denial.rule or 'no rule'})",
        )
        self.journal.audit.add(entry)
        return denial

    def link(self, operation: Operation) -> str:
        """Return the address of the operation's card; "" while it has none."""
        card = next(iter(self.journal.surfaces.cards_of(operation.id)), None)
        if card is None or card.ts is None or not self.team_url:
            return ""
        return f"{self.team_url}archives/{card.channel}/p{card.ts.replace('.', '')}"


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

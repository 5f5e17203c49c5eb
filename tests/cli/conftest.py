"""The command line, in a process of its own or, where nothing global is touched, in this one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.journal import Journal, journal_on, migrate, open_engine
from tests.catalogue.files import ENVIRONMENT, a_file

_OURS: Final = ("SLACK_", "SLIPWAY_", "CLOUD_", "NO_COLOR")


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Run: TypeAlias = Callable[..., Done]
Forker: TypeAlias = "subprocess.Popen[str]"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A scratch environment: a right slipway.yaml and an empty journal's address."""
    (tmp_path / "slipway.yaml").write_text(a_file())
    return {
        **ENVIRONMENT,
        "SLIPWAY_CONFIG": str(tmp_path / "slipway.yaml"),
        "SLIPWAY_DATABASE_URL": f"sqlite:///{tmp_path / 'slipway.db'}",
        "SLIPWAY_REDIS_URL": "redis://127.0.0.1:1/0",
    }


@pytest.fixture
def here(environment: dict[str, str]) -> Run:
    """Run a command in this process, in the scratch environment with some changes."""

    def run(*words: str, **changes: str) -> Done:
        inherited = dict.fromkeys(name for name in os.environ if name.startswith(_OURS))
        result = CliRunner().invoke(
            main, words, env={**inherited, **environment, **changes}, catch_exceptions=False
        )
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture(scope="session")
def forker() -> Iterator[Forker]:
    """What runs commands in processes of their own, without a second of importing for each."""
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "forker.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as started:
        yield started


@pytest.fixture
def process(environment: dict[str, str], forker: Forker, tmp_path: Path) -> Run:
    """Run a command in a process of its own, in the scratch environment with some changes."""

    def run(*words: str, **changes: str) -> Done:
        out, err = tmp_path / "out", tmp_path / "err"
        out.unlink(missing_ok=True)
        err.unlink(missing_ok=True)
        wanted = {
            "words": words,
            "environment": {"PATH": os.environ["PATH"], **environment, **changes},
            "folder": str(tmp_path),
            "out": str(out),
            "err": str(err),
        }
        assert forker.stdin is not None
        assert forker.stdout is not None
        forker.stdin.write(json.dumps(wanted) + "\n")
        forker.stdin.flush()
        code = int(forker.stdout.readline())
        done = Done(code, out.read_text(), err.read_text())
        assert "Traceback" not in done.err, done.err
        return done

    return run


@pytest.fixture
def journal(environment: dict[str, str]) -> Journal:
    """The migrated journal of the scratch environment."""
    engine = open_engine(environment["SLIPWAY_DATABASE_URL"])
    migrate(engine)
    return journal_on(engine)

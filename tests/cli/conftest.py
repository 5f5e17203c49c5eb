"""The command line, in a process of its own or, where nothing global is touched, in this one."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.journal import Journal, journal_on, open_engine
from tests.catalogue.files import ENVIRONMENT, a_file
from tests.processes.forks import PATIENCE, Preloaded

_OURS: Final = ("SLACK_", "SLIPWAY_", "CLOUD_", "NO_COLOR")


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Run: TypeAlias = Callable[..., Done]


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


@pytest.fixture
def process(environment: dict[str, str], forks: Preloaded, tmp_path: Path) -> Run:
    """Run a command in a process of its own, in the scratch environment with some changes."""

    def run(*words: str, **changes: str) -> Done:
        out, err = tmp_path / "out", tmp_path / "err"
        out.unlink(missing_ok=True)
        err.unlink(missing_ok=True)
        changed = {"PATH": os.environ["PATH"], **environment, **changes}
        started = forks.start(words, changed, out=out, err=err, folder=tmp_path)
        code = started.wait(PATIENCE)
        done = Done(code, out.read_text(), err.read_text())
        assert "Traceback" not in done.err, done.err
        return done

    return run


@pytest.fixture
def journal(environment: dict[str, str], migrated: Path, tmp_path: Path) -> Journal:
    """The migrated journal of the scratch environment."""
    shutil.copy(migrated, tmp_path / "slipway.db")
    return journal_on(open_engine(environment["SLIPWAY_DATABASE_URL"]))

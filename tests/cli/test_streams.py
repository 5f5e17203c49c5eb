"""Commands whose standard streams are closed, or have no room for what is said."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.journal import Journal
from tests.journal.builders import an_operation, create
from tests.processes.forks import PATIENCE


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("state --json >/dev/full", 1, "slipway: standard output: No space left on device\n"),
        ("config schema >/dev/full", 1, "slipway: standard output: No space left on device\n"),
        ("--help >/dev/full", 1, "slipway: standard output: No space left on device\n"),
        ("--version >/dev/full", 1, "slipway: standard output: No space left on device\n"),
        ("init --help >/dev/full", 1, "slipway: standard output: No space left on device\n"),
        ("prune --before 2020-01-01 >&-", 3, "standard output is closed; --archive names a file"),
        ("init --force <&-", 2, "--kind"),
    ],
)
def test_what_is_wrong_with_a_stream_is_told(
    environment: dict[str, str], tmp_path: Path, line: str, code: int, says: str
) -> None:
    """A full disk is the world's doing, nothing leaves to nowhere, and nobody can be asked."""
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -m bot.cli {line}', sys.executable],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert says in done.stderr


def test_what_is_said_is_utf_8(
    environment: dict[str, str], journal: Journal, tmp_path: Path
) -> None:
    """JSON is nothing else, and an arrow ends no list, where the locale is of former times."""
    create(journal, an_operation(reason="für alle"))
    for words in (["operations", "list"], ["operations", "list", "--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", *words],
            env={"PATH": os.environ["PATH"], **environment, "PYTHONIOENCODING": "latin-1"},
            cwd=tmp_path,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        said = done.stdout.decode("utf-8")
        assert "--json" not in words or json.loads(said)[0]["reason"] == "für alle"

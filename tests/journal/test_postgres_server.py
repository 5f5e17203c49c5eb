"""The server that the tests run on leaves with them, however they end."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.journal.postgres import GIVEN

ROOT = Path(__file__).parents[2]
STARTS = """
import sys
from tests.journal.postgres import postgres
with postgres() as address:
    print(address, flush=True)
    sys.stdin.read()
"""


def test_the_server_dies_with_a_killed_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is killed, and can clear nothing up, leaves no server behind."""
    monkeypatch.delenv(GIVEN, raising=False)
    with subprocess.Popen(
        [sys.executable, "-c", STARTS],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stdout is not None
        address = run.stdout.readline().strip()
        if not address:
            pytest.skip("no PostgreSQL can be started here")
        with psycopg.connect(address) as connection:
            run.kill()
            run.wait()

            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT pg_sleep(30)")

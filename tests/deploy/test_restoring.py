"""Going back to a copy as the README of this folder has it: nothing is sent a second time."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.journal.databases import Server
from tests.journal.postgres import Kept, excused, served
from tests.processes.forks import Preloaded
from tests.processes.house import APPROVE, House, house

README: Final = Path(__file__).parents[2] / "deploy" / "README.md"


def words(pattern: str) -> str:
    """Return what the README has people type."""
    found = re.search(pattern, README.read_text())
    assert found
    return found[1]


def told(server: Kept, program: str, *options: str) -> bool:
    """Let a program of PostgreSQL do something; return whether it did."""
    command = [str(server.programs / program), *options]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def stop(home: House) -> None:
    """Stop bots and workers, as before a copy is put in place."""
    programs = (*home.bots, *home.workers)
    for each in programs:
        each.terminate()
    for each in programs:
        assert each.code() == 0, each.text()


@pytest.mark.timeout(240)
def test_a_dump_is_gone_back_to(tmp_path: Path, forks: Preloaded) -> None:
    """Approved and sent after the copy was made: it is uncertain on two hosts, and sent once."""
    dump, options = tmp_path / "journal.dump", words(r"pg_restore (--.*?) --dbname=").split()
    with (
        excused(),
        served() as server,
        Server("postgres", server.url).empty() as url,
        house(tmp_path, forks, database=url, hosts=2) as home,
    ):
        address = url.replace("+psycopg", "")
        operation = home.deploy(home.target())
        home.card_with(operation, APPROVE)
        home.until_all_told()
        assert told(server, "pg_dump", "--format=custom", f"--file={dump}", address)
        damaged = tmp_path / "damaged.dump"
        damaged.write_bytes(dump.read_bytes()[:-64])
        home.approve(operation)
        home.until_phase(operation, "succeeded")
        home.until_all_told()
        home.until_witnessed()
        stop(home)

        assert not told(server, "pg_restore", *options, f"--dbname={address}", str(damaged))
        home.until_phase(operation, "succeeded")  # what cannot be restored whole changes nothing
        assert told(server, "pg_restore", *options, f"--dbname={address}", str(dump))
        home.start()

        home.reply_with(operation, "restored copy")
        home.until_phase(operation, "succeeded")
        assert home.executed(home.operation(operation).target) == 1
        assert home.journal.audit.verify().faults == ()


@pytest.mark.timeout(240)
def test_a_file_is_gone_back_to(tmp_path: Path, forks: Preloaded) -> None:
    """The commands for systemd, in another folder: the same of a copy that `backup` made."""
    copy = tmp_path / "backups" / "slipway-2026-11-29T023412.db"
    copy.parent.mkdir()
    lines = words(r"(?s)systemctl stop slipway-bot slipway-worker\n(.*?)\nsystemctl start")
    script = lines.replace("/var/lib/slipway", str(tmp_path)).replace("-o slipway -g slipway ", "")
    with house(tmp_path, forks) as home:
        operation = home.deploy(home.target())
        home.card_with(operation, APPROVE)
        home.until_all_told()
        assert home.another("backup", "backup", str(copy)).code() == 0
        home.approve(operation)
        home.until_phase(operation, "succeeded")
        home.until_all_told()
        home.until_witnessed()
        stop(home)
        home.let_go()

        subprocess.run(["/bin/sh", "-euc", script], check=True)
        home.start()

        home.reply_with(operation, "restored copy")
        home.until_phase(operation, "succeeded")
        assert home.executed(home.operation(operation).target) == 1

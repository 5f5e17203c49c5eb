"""A real PgBouncer in transaction mode, in front of a server, where the machine has one."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest

from bot.sandbox.ports import free_port
from tests.journal.pooler import Place
from tests.journal.postgres import NOBODY

REQUIRED: Final = "SLIPWAY_REQUIRE_PGBOUNCER"
SECONDS: Final = 20.0  # to start
# As README has it: nothing is set for Slipway's sake. Few sessions, so that they change hands.
_SETTINGS: Final = """\
[databases]
* = {where}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {sessions}
reserve_pool_size = {sessions}
max_client_conn = 500
server_login_retry = 1
logfile = {folder}/log
"""
# It ends with the pipe that whoever started it holds, however that ends.
_KEPT: Final = 'pgbouncer "$@" >/dev/null 2>&1 & cat >/dev/null; kill $!; wait'


class NoPgBouncerError(Exception):
    """There is none on this machine."""


@contextmanager
def excused() -> Iterator[None]:
    """Let a test be skipped where there is none, unless one is required."""
    try:
        yield
    except NoPgBouncerError as error:
        if os.environ.get(REQUIRED):
            pytest.fail(f"PgBouncer is required: {error}")
        pytest.skip(f"no PgBouncer: {error}")


@contextmanager
def bouncing(place: Place, sessions: int = 3) -> Iterator[str]:
    """Give the address of one in front of the server at *place*, to be filled with a database.

    Raises:
        NoPgBouncerError: there is none, or it does not start.
    """
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin"))
    if shutil.which("pgbouncer", path=path) is None:
        msg = "the program pgbouncer is not installed"
        raise NoPgBouncerError(msg)
    with tempfile.TemporaryDirectory(prefix="bouncer-") as folder:
        port = free_port()
        words = _furnished(Path(folder), place, port, sessions)
        with subprocess.Popen(
            ["/bin/sh", "-c", _KEPT, "sh", *words],
            stdin=subprocess.PIPE,
            start_new_session=True,  # an interrupt at the terminal is the tests' matter
            env={"PATH": path},
        ) as kept:
            try:
                _await(port, Path(folder, "log"))
                yield f"postgresql://slipway@127.0.0.1:{port}/{{}}"
            finally:
                kept.communicate()


def _furnished(folder: Path, place: Place, port: int, sessions: int) -> list[str]:
    """Write its settings, and return the words to start it by; it refuses root."""
    host, its_port = (Path(place).parent, 5_432) if isinstance(place, str) else place
    where = f"host={host} port={its_port} user=slipway"
    (folder / "users").write_text('"slipway" ""\n')
    settings = _SETTINGS.format(where=where, port=port, folder=folder, sessions=sessions)
    (folder / "settings").write_text(settings)
    if os.geteuid():
        return [str(folder / "settings")]
    for each in (folder, *folder.iterdir()):
        os.chown(each, NOBODY, NOBODY)
    return ["-u", "nobody", str(folder / "settings")]


def _await(port: int, log: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            psycopg.connect(
                f"postgresql://slipway@127.0.0.1:{port}/postgres", prepare_threshold=None
            ).close()
        except psycopg.OperationalError:
            continue
        return
    msg = f"it does not start: {log.read_text()[-500:] if log.exists() else ''}"
    raise NoPgBouncerError(msg)

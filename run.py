#!/usr/bin/env python3
"""Sets Slipway up in `.venv`, then starts it; needs nothing but the interpreter that reads this.

    python3 run.py [options]          the sandbox
    python3 run.py test [options]     the test suite; options are pytest's
    python3 run.py <verb> [options]   slipway <verb>

The syntax stays that of Python 3.6: older interpreters have to read as far as their refusal.
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit(f"Slipway needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")
if os.name != "posix":
    sys.exit("Slipway runs on Linux and macOS; on Windows, start it inside WSL 2.")

import contextlib
import fcntl
import hashlib
import importlib.util
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
RUNTIME = "requirements.lock"
DEVELOPMENT = "requirements-dev.lock"  # holds all of RUNTIME too
UV = "requirements-uv.lock"
OFFLINE = """\
The packages could not be installed; the lines above say why.
Without a network: set-up has to reach a package index once. A mirror is named the usual way
(pip: PIP_INDEX_URL or pip.conf; uv: UV_DEFAULT_INDEX or uv.toml). Then start again."""
NO_ENSUREPIP = """\
This Python cannot make environments: its module ensurepip is missing.
On Debian and Ubuntu: sudo apt install python3-venv, then start again."""


class SetUpError(Exception):
    """Set-up cannot go on; the text says what to do about it."""


@dataclass(frozen=True)
class Command:
    """What set-up ends in.

    Attributes:
        lock: what has to be installed.
        words: the program's name in the environment, then its arguments.
        home: where it is started; None where the user stands.
    """

    lock: str
    words: "tuple[str, ...]"
    home: "Path | None" = None


def command(arguments: Sequence[str], cores: int) -> Command:
    """What the given arguments ask for: the sandbox, the tests, or a verb of the CLI."""
    if not arguments or arguments[0].startswith("-"):
        return Command(RUNTIME, ("slipway", "sandbox", *arguments))
    if arguments[0] != "test":
        return Command(RUNTIME, ("slipway", *arguments))
    # Two more than there are cores: those of tests/order.py that mostly wait for processes.
    workers = str(min(cores + 2, 8))
    spread = ("-n", workers, "--dist", "worksteal") if cores > 1 else ()
    return Command(DEVELOPMENT, ("pytest", *spread, *arguments[1:]), ROOT)


@dataclass(frozen=True)
class Environment:
    """A virtual environment that remembers, lock by lock, what was installed completely.

    Attributes:
        path: its folder.
        project: where the locks lie.
        inputs: the project's other files that an installation is made from.
    """

    path: Path
    project: Path = ROOT
    inputs: "tuple[str, ...]" = ("pyproject.toml",)

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.path / "bin" / "python")

    def stamp(self, lock: str) -> Path:
        """Where it is noted that `lock` is installed."""
        return self.path / f".installed-{lock}"

    def fingerprint(self, lock: str) -> str:
        """All that makes an installation stale when it changes."""
        parts = [sys.version.encode(), str(self.path).encode()]
        parts += [(self.project / name).read_bytes() for name in (lock, *self.inputs)]
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def has(self, lock: str) -> bool:
        """Whether `lock` is installed as it stands today and the interpreter still runs."""
        try:
            noted = self.stamp(lock).read_text()
            return noted == self.fingerprint(lock) and quiet([self.python, "-S", "-c", ""])
        except OSError:
            return False

    def note(self, lock: str) -> None:
        """Set-up's last act, so that an interrupted one is repeated."""
        self.stamp(lock).write_text(self.fingerprint(lock))

    def forget(self) -> None:
        """Set-up's first act."""
        for stamp in self.path.glob(".installed-*"):
            stamp.unlink()


def say(text: str) -> None:
    """Tell the person who waits."""
    print(text, file=sys.stderr, flush=True)


def surroundings() -> "dict[str, str]":
    """The environment variables of uv and pip: the user's, with what set-up depends on."""
    own = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_USER": "0", "UV_PYTHON_DOWNLOADS": "never"}
    return {"PIP_RETRIES": "2", "UV_SYSTEM_CERTS": "1", **os.environ, **own}


def watched(words: Sequence[str], doing: str) -> bool:
    """Run, and show what is done meanwhile and how long it takes; whether it succeeded."""
    done = threading.Event()
    teller = threading.Thread(target=tell_time, args=(doing, done), daemon=True)
    teller.start()
    try:
        return quiet(words)
    finally:
        done.set()
        teller.join()


def tell_time(doing: str, done: threading.Event) -> None:
    """Say what is done, then how long it has taken: each second in a terminal, else each five."""
    say(f"  {doing} …")
    begun = time.monotonic()
    moving = sys.stderr.isatty()
    while not done.wait(1 if moving else 5):
        up = "\x1b[A" if moving else ""  # over the line before
        say(f"{up}  {doing} … {time.monotonic() - begun:.0f} s")


def quiet(words: Sequence[str]) -> bool:
    """Run without showing anything; whether it succeeded."""
    try:
        done = subprocess.run(words, cwd=ROOT, env=surroundings(), capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def loud(words: Sequence[str]) -> bool:
    """Run with what it has to say going to standard error; whether it succeeded."""
    return not subprocess.run(
        words, cwd=ROOT, env=surroundings(), stdout=sys.stderr, check=False
    ).returncode


def is_any_lock_kept(environment: Environment) -> bool:
    """Whether something installed completely can be added to."""
    return any(environment.has(lock) for lock in (RUNTIME, DEVELOPMENT))


def need_ensurepip() -> None:
    """Make sure that this interpreter can make an environment with pip in it.

    Raises:
        SetUpError: it cannot.
    """
    if importlib.util.find_spec("ensurepip") is None:
        raise SetUpError(NO_ENSUREPIP)


def find_uv(tools: Environment) -> "str | None":
    """The user's uv, else the pinned one, fetched if need be; None where it cannot be had."""
    found = shutil.which("uv")
    own = tools.path / "bin" / "uv"
    if found or tools.has(UV):
        return found or str(own)
    need_ensurepip()
    tools.forget()
    fetch = [tools.python, "-m", "pip", "install", "-q", "--require-hashes"]
    if quiet([sys.executable, "-m", "venv", "--clear", str(tools.path)]) and watched(
        [*fetch, "-r", UV], "fetching uv, which installs packages"
    ):
        tools.note(UV)
        return str(own)
    return None


def install_with_uv(uv: str, environment: Environment, lock: str) -> bool:
    """Whether uv could install the lock and the project; it adds to what is complete already."""
    make = [uv, "venv", "-q", "--clear", "--python", sys.executable, str(environment.path)]
    install = [uv, "pip", "install", "-q", "--python", environment.python]
    fresh = not is_any_lock_kept(environment)
    environment.forget()
    packages = [*install, "--require-hashes", "--compile-bytecode", "-r", lock]
    ours = [*install, "--no-build-isolation", "--no-deps", "-e", str(ROOT)]
    lines = (environment.project / lock).read_text().splitlines()
    count = sum(line[:1].isalnum() for line in lines)
    return (
        (not fresh or quiet(make))
        and watched(packages, f"installing {count} packages")
        and watched(ours, "installing Slipway")
    )


def install_with_pip(environment: Environment, lock: str) -> bool:
    """Whether the pip of a fresh environment could install the lock and the project."""
    need_ensurepip()
    environment.forget()
    install = [environment.python, "-m", "pip", "install", "-q"]
    return (
        loud([sys.executable, "-m", "venv", "--clear", str(environment.path)])
        and loud([*install, "--require-hashes", "-r", lock])
        and loud([*install, "--no-build-isolation", "--no-deps", "-e", str(ROOT)])
    )


def set_up(environment: Environment, tools: Environment, lock: str) -> None:
    """Install `lock` and the project, by uv or else by pip.

    Raises:
        SetUpError: neither could.
    """
    begun = time.monotonic()
    say(f"Setting up in {environment.path.name} (once, about 15 s) …")
    uv = find_uv(tools)
    if not (uv and install_with_uv(uv, environment, lock)):
        say("uv did not get it done; going on with pip (about 40 s) …")
        if not install_with_pip(environment, lock):
            raise SetUpError(OFFLINE)
    environment.note(lock)
    say(f"Set up in {time.monotonic() - begun:.0f} s.")


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One set-up at a time: a second start waits for the first."""
    folder.mkdir(exist_ok=True)
    with (folder / "set-up.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another start to finish the set-up …")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def prepare(lock: str) -> Environment:
    """The environment with `lock` in it, set up if it is not there yet.

    Raises:
        SetUpError: it cannot be set up.
    """
    environment = Environment(ROOT / ".venv")
    enough = (lock, DEVELOPMENT)
    if not any(environment.has(each) for each in enough):
        with alone(ROOT / ".tools"):
            if not any(environment.has(each) for each in enough):
                set_up(environment, Environment(ROOT / ".tools" / "uv", inputs=()), lock)
    return environment


def main(arguments: Sequence[str]) -> NoReturn:
    """Become the command that was asked for, so that signals and exit codes are its own."""
    asked = command(arguments, os.cpu_count() or 1)
    try:
        environment = prepare(asked.lock)
    except SetUpError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        say("Set-up was stopped; the next start begins it again.")
        sys.exit(130)  # as a shell reports an interrupted program
    if asked.home:
        os.chdir(asked.home)
    if asked.lock == DEVELOPMENT:
        # Images of Python often set it; then every test process compiles all tests anew.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    program = str(environment.path / "bin" / asked.words[0])
    os.execv(program, [program, *asked.words[1:]])  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(sys.argv[1:])

"""Runs a PostgreSQL server for as long as whoever started it lives.

A server outlives a parent that was killed. This program waits on a pipe that ends with its
parent, however that ends, and then takes the server and its folder away. Meanwhile each line of
the pipe is what `pg_ctl` is to do (`stop -m fast`, `start`, `promote`), and is answered `done`.

Usage: keeper.py <folder with the programs> <root folder> <user id, or "-"> [<port> [<primary>]]

With a port it listens on loopback as well; with that of a primary it begins as its standby.
"""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

OPTIONS: Final = (
    "-F -c listen_addresses='{host}' -c port={port} -c unix_socket_directories='{socket}'"
)
INITIAL: Final = ("-U", "slipway", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
OWN_PORT: Final = "5432"  # of a socket that nobody else has


def main(programs: str, root: str, user: str, port: str = "", primary: str = "") -> None:
    """Set up and start the server, say so, do as told until the input ends, take it all away."""
    owner: dict[str, Any] = {"cwd": root, "stdin": subprocess.DEVNULL, "stdout": sys.stderr}
    if user != "-":
        owner |= {"user": int(user), "group": int(user), "extra_groups": []}
    data = Path(root, "data")
    options = OPTIONS.format(host="127.0.0.1" * bool(port), port=port or OWN_PORT, socket=root)

    def control(*words: str) -> int:
        start = ["-l", str(Path(root, "log")), "-o", options] if words[0] == "start" else []
        command = [str(Path(programs, "pg_ctl")), "-D", str(data), "-w", *start, *words]
        return subprocess.run(command, **owner, check=False).returncode

    try:
        subprocess.run([*_made(programs, data, primary)], **owner, check=True)
        if control("start"):
            sys.exit(1)
        try:
            _say("ready")
            for line in sys.stdin:
                _say("failed" if control(*line.split()) else "done")
        finally:
            control("stop", "-m", "immediate")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _made(programs: str, data: Path, primary: str) -> Sequence[str]:
    """Return the words that make a server's folder."""
    if not primary:
        return [str(Path(programs, "initdb")), "-D", str(data), *INITIAL]
    whose = ["-h", "127.0.0.1", "-p", primary, "-U", "slipway"]
    copied = ["-D", str(data), "-R", "-X", "stream", "-c", "fast", "--no-sync"]
    return [str(Path(programs, "pg_basebackup")), *copied, *whose]


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Runs a PostgreSQL server for as long as whoever started it lives.

A server outlives a parent that was killed. This program waits on a pipe that ends with its
parent, however that ends, and then takes the server and its folder away.

Usage: keeper.py <folder with the programs> <root folder> <user id, or "-">
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

OPTIONS: Final = "-F -c listen_addresses='' -c unix_socket_directories='{socket}'"


def main(programs: str, root: str, user: str) -> None:
    """Set up and start the server, say so, wait for the end of the input, take it all away."""
    owner: dict[str, Any] = {"cwd": root, "stdin": subprocess.DEVNULL, "stdout": sys.stderr}
    if user != "-":
        owner |= {"user": int(user), "group": int(user), "extra_groups": []}
    data = Path(root, "data")
    control = [str(Path(programs, "pg_ctl")), "-D", str(data), "-w"]
    initial = ["-U", "slipway", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    try:
        subprocess.run(
            [str(Path(programs, "initdb")), "-D", str(data), *initial], **owner, check=True
        )
        started = ["-l", str(Path(root, "log")), "-o", OPTIONS.format(socket=root), "start"]
        subprocess.run([*control, *started], **owner, check=True)
        try:
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            sys.stdin.read()
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **owner, check=False)
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

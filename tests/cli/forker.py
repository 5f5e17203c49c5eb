"""Runs `slipway` in processes of their own, forked from one that has everything imported.

Reads a line of JSON for each: words, environment, folder, files for standard out and error;
answers with a line that has the exit code.
"""

import gc
import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.cli import main


def become(wanted: dict[str, Any]) -> NoReturn:
    """Turn this child into the command; an error that nobody caught is shown as ever."""
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    for number, path in ((0, os.devnull), (1, wanted["out"]), (2, wanted["err"])):
        opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, number)
    code = 0
    try:
        main(wanted["words"], prog_name="slipway")
    except SystemExit as ending:
        code = int(ending.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)  # without taking apart what was only inherited


def serve() -> None:
    """Fork for each line, until there are no more."""
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            become(json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()

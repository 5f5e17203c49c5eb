"""The release before this one, as it was: its code, to be run beside this one's.

    python -m tests.processes.release_before COMMIT    packs the code of a commit, from git

A clone need not have its history, so the code is packed beside this file. It runs with this
release's environment. Whoever makes a release packs the one before it, and tells `migrations`.
"""

import lzma
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final

PACKED: Final = Path(__file__).with_name("release_before.tar.xz")
CODE: Final = ("bot", "handlers", "workers")
LEFT_OUT: Final = (":!bot/sandbox/page", ":!bot/sandbox/static")  # what nobody needs here


def unpacked(folder: Path) -> Path:
    """Unpack its code into *folder*, and return that."""
    with tarfile.open(PACKED) as packed:
        packed.extractall(folder, filter="data")
    return folder


def pack(commit: str) -> None:
    """Pack the code of *commit*."""
    words = ["git", "archive", "--format=tar", commit, *CODE, *LEFT_OUT]
    code = subprocess.run(words, check=True, capture_output=True).stdout
    PACKED.write_bytes(lzma.compress(code, preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    pack(sys.argv[1])

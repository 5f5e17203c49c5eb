"""Systems from outside: a package that is installed beside Slipway joins by an entry point."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = """\
from bot.systems.servicestage_v3.system import ServiceStageV3


class Elsewhere(ServiceStageV3):
    spec = ServiceStageV3.spec.model_copy(update={"name": "elsewhere"})


SYSTEM = Elsewhere()
"""


def _asked(folder: Path, package: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python beside an installed package `elsewhere`."""
    (folder / "elsewhere.py").write_text(package)
    info = folder / "elsewhere-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[slipway.systems]\nelsewhere = elsewhere:SYSTEM\n")
    path = os.pathsep.join((str(ROOT), str(folder)))
    return subprocess.run(
        [sys.executable, *words],
        env={"PYTHONPATH": path, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_package_from_outside_joins_by_its_entry_point(tmp_path: Path) -> None:
    """It is a system like all others: the registry has it, and finds it by its name."""
    asked = "from bot.systems import SYSTEMS, system; print(system('elsewhere') is SYSTEMS[-1])"
    told = _asked(tmp_path, PACKAGE, "-c", asked)
    assert (told.stdout.strip(), told.stderr) == ("True", "")


@pytest.mark.parametrize(
    ("package", "says"),
    [
        ("raise RuntimeError('boom')", "the package elsewhere: elsewhere:SYSTEM cannot be loaded"),
        ("SYSTEM = 5", "the package elsewhere: elsewhere:SYSTEM cannot be loaded"),
        (PACKAGE.replace('"elsewhere"', '"servicestage-v3"'), "servicestage-v3 is offered twice"),
    ],
)
def test_a_package_that_does_not_fit_is_a_fault_of_configuration(
    tmp_path: Path, package: str, says: str
) -> None:
    """It is named, with exit code 3: nothing runs without it, or with another in its place."""
    done = _asked(tmp_path, package, "-m", "bot.cli", "systems", "list", "--json")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("slipway: 1 fault\n")
    assert says in done.stderr

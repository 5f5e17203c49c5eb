"""Systems from outside: a package that is installed beside Slipway joins by an entry point."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = """\
from bot.systems.servicestage_v3.system import ServiceStageV3


class Elsewhere(ServiceStageV3):
    spec = ServiceStageV3.spec.model_copy(update={"name": "elsewhere"})


SYSTEM = Elsewhere()
"""


def test_a_package_from_outside_joins_by_its_entry_point(tmp_path: Path) -> None:
    """It is a system like all others: the registry has it, and finds it by its name."""
    (tmp_path / "elsewhere.py").write_text(PACKAGE)
    info = tmp_path / "elsewhere-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: elsewhere\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[slipway.systems]\nelsewhere = elsewhere:SYSTEM\n")
    asked = "from bot.systems import SYSTEMS, system; print(system('elsewhere') is SYSTEMS[-1])"
    path = os.pathsep.join((str(ROOT), str(tmp_path)))
    told = subprocess.run(
        [sys.executable, "-c", asked],
        env={"PYTHONPATH": path, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "True"

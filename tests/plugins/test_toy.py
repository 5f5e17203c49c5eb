"""A system from outside: built, installed, listed, checked and documented as its author would."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
TOY: Final = Path(__file__).parent / "toy"
GUIDE: Final = ROOT / "docs" / "write-a-system.md"
CREDENTIALS: Final = {
    "CLOUD_SDK_AK": "AKAKAKAKAKAKAKAKAKAK",
    "CLOUD_SDK_SK": "s3cret-s3cret-s3cret",
}
BUILD: Final = (
    "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a place into which the toy's wheel is installed."""
    dist, site = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-c", BUILD, str(dist)],
        cwd=TOY,
        capture_output=True,
        text=True,
        check=True,
    )
    with zipfile.ZipFile(dist / built.stdout.strip()) as wheel:
        wheel.extractall(site)
    path = os.pathsep.join((str(ROOT), str(site)))
    return {"PYTHONPATH": path, "PATH": os.environ["PATH"], **CREDENTIALS}


def _slipway(
    installed: dict[str, str], *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *words],
        env={**installed, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_listed_checked_and_configured(installed: dict[str, str], tmp_path: Path) -> None:
    """It stands beside those that are built in, keeps every promise, and may be a target."""
    listed = _slipway(installed, "systems", "list")
    assert re.search(r"^toy +slipway-toy +Toy: deploy$", listed.stdout, re.MULTILINE)
    checked = _slipway(installed, "systems", "check", "toy")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.endswith("16 promises, 0 broken\n")
    (tmp_path / "slipway.yaml").write_text(_configuration())
    configured = _slipway(
        installed, "config", "check", SLIPWAY_CONFIG=str(tmp_path / "slipway.yaml")
    )
    assert configured.returncode == 0, configured.stderr


def test_its_own_tests_have_the_contract_by_the_plug_in(
    installed: dict[str, str], tmp_path: Path
) -> None:
    """A test that takes `slipway_contract` runs once for each promise."""
    test = shutil.copy(TOY / "test_contract.py", tmp_path)  # away from our own settings of pytest
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "bot.contract.pytest_plugin",
         "-p", "no:cacheprovider", str(test)],
        cwd=tmp_path,
        env={**installed, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "16 passed" in ran.stdout, ran.stdout


def test_whoever_installs_slipway_has_the_plug_in() -> None:
    """The plug-in is found by its entry point; the test above names it instead."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"slipway": "bot.contract.pytest_plugin"}


def test_the_guide_shows_the_toy_as_it_is() -> None:
    """Every file of the toy stands whole in docs/write-a-system.md: the example is tested."""
    guide = GUIDE.read_text()
    files = [each for each in sorted(TOY.rglob("*")) if each.suffix in {".py", ".toml"}]
    assert files
    missing = [each.name for each in files if each.read_text().strip() not in guide]
    assert missing == []


def _configuration() -> str:
    """Return the slipway.yaml that the guide shows at its end."""
    shown = re.search(r"## 6\. .*?```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert shown is not None
    return shown[1]

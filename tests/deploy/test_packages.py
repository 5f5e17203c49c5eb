"""Wheel, source archive and the list of what is in them, as `make dist` makes them."""

import json
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[2]
PROJECT: Final[Mapping[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
START: Final = f"""
from {PROJECT["scripts"]["slipway"].replace(":", " import ")}
import bot
print(bot.__file__)
main(["--version"], prog_name="slipway", standalone_mode=False)
main(["migrate"], prog_name="slipway", standalone_mode=False)
"""
SHOWN: Final = ("bot/", "handlers/", "workers/")
NOT_SHOWN: Final = "bot/sandbox/page/"  # sources of what is built


class Built(NamedTuple):
    """The two files."""

    wheel: Path
    sdist: Path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both, built as a release is."""
    wheel, sdist = build(ROOT, tmp_path_factory.mktemp("dist"))
    return Built(wheel, sdist)


def build(project: Path, folder: Path, *what: str) -> list[Path]:
    """Build the project that lies there."""
    run(sys.executable, "-m", "hatchling", "build", "-d", str(folder), *what, at=project)
    return sorted(folder.iterdir())


def run(*words: str, at: Path = ROOT, environment: Mapping[str, str] | None = None) -> str:
    """Run, and return what was said."""
    done = subprocess.run(
        words, cwd=at, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def names(wheel: Path) -> set[str]:
    """What a wheel puts beside other packages."""
    with zipfile.ZipFile(wheel) as archive:
        return {each for each in archive.namelist() if each.startswith(SHOWN)}


def test_a_wheel_has_all_that_runs(built: Built) -> None:
    """Each file of the packages is in it, also migrations, the page as built and its words."""
    wanted = {
        str(each.relative_to(ROOT))
        for folder in SHOWN
        for each in (ROOT / folder).rglob("*")
        if each.is_file() and "__pycache__" not in each.parts
    }
    assert names(built.wheel) == {each for each in wanted if not each.startswith(NOT_SHOWN)}


def test_a_source_archive_builds_the_same_wheel(built: Built, tmp_path: Path) -> None:
    """What pipx makes of it is what it makes of the wheel."""
    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    [source] = tmp_path.iterdir()
    [again] = build(source, tmp_path / "dist", "-t", "wheel")
    assert names(again) == names(built.wheel)


def test_the_wheel_runs_in_an_environment_of_its_own(built: Built, tmp_path: Path) -> None:
    """`slipway` is there, of this version, and migrates a journal.

    The packages that it depends on are those of the tests: what is tried is ours alone.
    """
    home = tmp_path / "home"
    venv.create(home, symlinks=True)
    [own] = home.glob("lib/python*/site-packages")
    with zipfile.ZipFile(built.wheel) as archive:
        archive.extractall(own)  # noqa: S202 - our own, as pip does
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    python = str(home / "bin" / "python")
    environment = {"SLIPWAY_DATABASE_URL": f"sqlite:///{tmp_path / 'slipway.db'}"}
    said = run(python, "-c", START, at=tmp_path, environment=environment).splitlines()
    assert Path(said[0]).is_relative_to(home)
    assert said[1:] == [
        f"slipway, version {PROJECT['version']}",
        "The database is at this version's schema.",
    ]


def test_the_list_of_what_is_in_it_is_the_lock() -> None:
    """Each package of the lock is in the SBOM with its version and hashes, and so are we.

    `make dist` also holds it against CycloneDX's schema, which takes a quarter of a minute.
    """
    [line] = [each for each in (ROOT / "Makefile").read_text().splitlines() if "cyclonedx" in each]
    words = line.replace("$(BIN)", f"{sysconfig.get_path('scripts')}/").split()
    told = json.loads(run(*words[: words.index("--output-file")], "--no-validate"))
    assert (told["bomFormat"], told["metadata"]["component"]["name"]) == ("CycloneDX", "slipway")
    locked = (ROOT / "requirements.lock").read_text()
    pins = [line.split(";")[0].split() for line in locked.splitlines() if line[:1].isalnum()]
    assert {f"{each['name']}=={each['version']}" for each in told["components"]} == {
        pin[0] for pin in pins
    }
    assert all(
        any(reference.get("hashes") for reference in each["externalReferences"])
        for each in told["components"]
    )

"""`run.py`: what it is asked for, who is refused, and when it sets up again."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import run

ROOT: Final = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ("slipway", "sandbox")),
        (["--no-browser"], ("slipway", "sandbox", "--no-browser")),
        (["--port", "0"], ("slipway", "sandbox", "--port", "0")),
        (["doctor", "--json"], ("slipway", "doctor", "--json")),
        (["sandbox", "--tour"], ("slipway", "sandbox", "--tour")),
        (["operations", "show", "op-1"], ("slipway", "operations", "show", "op-1")),
    ],
    ids=["nothing", "option", "option with value", "verb", "sandbox by name", "two verbs"],
)
def test_words_go_to_the_cli(arguments: list[str], words: tuple[str, ...]) -> None:
    """Alone or with options it is the sandbox; every other word is the CLI's."""
    assert run.command(arguments, cores=2) == run.Command(run.RUNTIME, words)


def test_test_is_pytest_on_every_core() -> None:
    """`test` runs pytest in the project's folder, spread when there is something to spread to."""
    one = run.command(["test", "-k", "lock"], cores=1)
    many = run.command(["test", "-k", "lock"], cores=16)
    assert one == run.Command(run.DEVELOPMENT, ("pytest", "-k", "lock"), ROOT)
    four = run.command(["test"], cores=4)
    assert four.words == ("pytest", "-n", "6", "--dist", "worksteal")
    assert many.words == ("pytest", "-n", "8", "--dist", "worksteal", "-k", "lock")


def test_old_pythons_can_read_run_py() -> None:
    """An old Python gets as far as the refusal: nothing newer in syntax, nothing before it."""
    module = ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 6))
    check = next(i for i, node in enumerate(module.body) if isinstance(node, ast.If))
    before = [ast.unparse(node) for node in module.body[1:check]]
    assert before == ["import os", "import sys"]


def test_old_pythons_are_refused_in_one_line() -> None:
    """The refusal says what is needed and what is there, and is no traceback."""
    pretend = "import runpy, sys; sys.version_info = (3, 10, 9); runpy.run_path('run.py')"
    done = subprocess.run(
        [sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert re.fullmatch(r"Slipway needs Python 3\.11 or newer; .+ is .+\.\n", done.stderr)


@pytest.fixture
def environment(tmp_path: Path) -> run.Environment:
    """An environment in which everything was installed."""
    (tmp_path / "some.lock").write_text("a==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    made = run.Environment(tmp_path / ".venv", project=tmp_path)
    Path(made.python).parent.mkdir(parents=True)
    Path(made.python).symlink_to(sys.executable)
    made.note("some.lock")
    return made


def test_nothing_is_set_up_twice(environment: run.Environment) -> None:
    """What was installed completely is believed."""
    assert environment.has("some.lock")


@pytest.mark.parametrize("name", ["some.lock", "pyproject.toml"])
def test_a_changed_file_is_set_up_again(environment: run.Environment, name: str) -> None:
    """An installation is stale as soon as what it was made from changes."""
    (environment.project / name).write_text("b==2\n")
    assert not environment.has("some.lock")


def test_an_interrupted_set_up_is_repeated(environment: run.Environment) -> None:
    """Set-up forgets first and notes last, so half of one is never believed."""
    environment.forget()
    assert not environment.has("some.lock")


def test_a_lost_interpreter_is_noticed(environment: run.Environment) -> None:
    """After an upgrade of Python the environment's own may point nowhere."""
    Path(environment.python).unlink()
    Path(environment.python).symlink_to(environment.project / "gone")
    assert not environment.has("some.lock")


def test_a_moved_environment_is_set_up_again(environment: run.Environment) -> None:
    """Programs in an environment carry its path: elsewhere they are of no use."""
    moved = environment.path.rename(environment.project / "moved")
    assert not run.Environment(moved, project=environment.project).has("some.lock")


def test_a_missing_ensurepip_is_named() -> None:
    """Debian ships it apart: the message names the package."""
    pretend = "import sys; sys.modules['ensurepip'] = None; import run; run.need_ensurepip()"
    done = subprocess.run(
        [sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "apt install python3-venv" in done.stderr

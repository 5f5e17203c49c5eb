"""What stands on the terminal of whoever starts bot and worker by hand."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pytest

from tests.processes.forks import Preloaded, preloaded
from tests.processes.house import house
from tests.processes.running import until
from tests.processes.scenery import TARGETS

LOG: Final = re.compile(
    r"20\S+Z \[(?P<level>info|warning|error) *\] (?P<event>[a-z_]+\.[a-z_]+) +\[slipway\.[a-z]+\]"
)


@pytest.fixture(scope="module")
def warned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preloaded]:
    """What starts programs that are warned of everything; to be loaded is no reason to warn."""
    err = tmp_path_factory.mktemp("warned") / "err"
    with err.open("wb") as said, preloaded({"PYTHONWARNINGS": "default"}, err=said) as forks:
        yield forks
    assert err.read_text() == ""


@pytest.mark.parametrize("socket_mode", [False, True], ids=["http", "socket mode"])
def test_a_start_is_one_line_and_nothing_warns(
    tmp_path: Path, warned: Preloaded, *, socket_mode: bool
) -> None:
    """Each says once whom it serves, with what and where; all else are our own events.

    Libraries have nothing to say, neither at the start, nor while a change is made, nor at the end.
    """
    with house(tmp_path, warned, socket_mode=socket_mode, started=False) as home:
        for each in (home.bot, home.worker):
            each.environment["SLIPWAY_LOG_FORMAT"] = "text"
        home.launch()
        home.bot.await_start(home.is_ready)
        home.worker.await_start(lambda: "works for" in home.worker.text())
        operation = home.deploy(home.target())
        home.approve(operation)
        until(lambda: home.operation(operation).is_final, "the end of the deployment")
        for each in (home.bot, home.worker):
            each.terminate()
            assert each.code() == 0
        said = {each.name: each.text().splitlines() for each in (home.bot, home.worker)}

    whom = f'workspace "Slipway sandbox" (T0SLIPWAY): {TARGETS} targets'
    reached = "connected by Socket Mode, health" if socket_mode else "listening"
    lines = {
        "bot": f"Slipway {version('slipway')} serves {whom}, {reached} on {home.url}",
        "worker": f"Slipway {version('slipway')} works for {whom}, 5 processes",
    }
    for name, line in lines.items():
        rest = [each for each in said[name] if each != line]
        assert len(rest) == len(said[name]) - 1, said[name]
        told = [(each, LOG.match(each)) for each in rest]
        assert [each for each, found in told if found is None] == []
        assert [each for each, found in told if found and found["level"] != "info"] == []


def test_machines_read_the_same_in_the_log(tmp_path: Path, forks: Preloaded) -> None:
    """Where the log is JSON, there is no line that is not; the event has what the line says."""
    with house(tmp_path, forks) as home:
        (ready,) = home.bot.events("bot.ready")
        text = home.bot.text()
    assert (ready["workspace"], ready["targets"]) == ("Slipway sandbox", TARGETS)
    assert [line for line in text.splitlines() if not line.startswith("{")] == []

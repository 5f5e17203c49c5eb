"""Logins of several real processes that share their tokens, at a simulated Cloudpods."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from bot.sandbox.clouds import CloudpodsCloud, cloudpods_app, sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.content import PASSWORD
from bot.sandbox.slack import served_app
from tests.processes.forks import Preloaded

PROGRAM: Final = "from tests.workers.cloud.login_program import main; main(*{words})"


@dataclass(frozen=True)
class Lab:
    """A simulated installation and its address."""

    cloud: CloudpodsCloud
    address: str
    forks: Preloaded
    folder: Path

    def run(self, how: str, password: str = PASSWORD) -> list[str]:
        """Start the processes, and return what each of them said."""
        words = (self.address, password, how)
        told = self.forks.told(PROGRAM.format(words=words), folder=self.folder)
        assert told.err == ""
        return told.out.splitlines()

    @property
    def logins(self) -> list[int]:
        """How the logins ended."""
        return [each.status for each in self.cloud.logins]


@pytest.fixture
def lab(forks: Preloaded, tmp_path: Path) -> Iterator[Lab]:
    """Serve the sandbox's installation."""
    cloud = CloudpodsCloud(sandbox_cloudpods())
    with served_app(cloudpods_app(cloud)) as address:
        yield Lab(cloud, address, forks, tmp_path)


def test_a_second_process_does_not_log_in_again(lab: Lab) -> None:
    """The token outlives the process that fetched it, as a job's does."""
    assert lab.run("in_turn") == ["200", "200"]
    assert lab.logins == [200]


def test_of_many_processes_at_once_one_logs_in(lab: Lab) -> None:
    """The others wait for its token."""
    assert lab.run("at_once") == ["200"] * 5
    assert lab.logins == [200]


def test_a_refused_password_is_tried_once(lab: Lab) -> None:
    """Repeated, it would lock the user; the second process is told when it may be tried again."""
    first, second = lab.run("in_turn", "wrong")
    refused = "cloud_refused.login identity=Keystone status=401 word=WrongPassword"
    assert first == f"log in at Keystone: {refused}"
    assert second == f"{first} until=2026-11-21T12:05:00+00:00"
    assert lab.logins == [401]


def test_who_dies_while_logging_in_holds_nobody_up(lab: Lab) -> None:
    """The turn ends with its process, and the next one logs in."""
    assert lab.run("after_a_death") == ["taken: True", "200"]
    assert lab.logins == [200]

"""The sandbox's own part: trouble is armed for one change, is shown, and can be taken back."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from starlette.applications import Starlette

from bot.catalogue import load
from bot.sandbox.clouds import (
    CloudpodsCloud,
    HuaweiCloud,
    StoppableClock,
    huawei_app,
    sandbox_cloudpods,
    sandbox_config,
)
from bot.sandbox.content import SECRETS, stage_configuration, workspace_config
from bot.sandbox.controls import Controls
from bot.sandbox.guide import GUIDE
from bot.sandbox.processes import Processes, children
from bot.sandbox.slack import Workspace
from bot.sandbox.trouble import troubles
from bot.systems import SYSTEMS
from tests.processes.running import lives, until
from tests.sandbox.servicestage_client import COMPONENT, Clock, InProcess, Signer, an_upgrade

LOST: Final = {"lose_answer": 1, "lose_call": 0}  # how often the cloud carries the change out
FIRST: Final = ["checkout", "billing", "edge", "search", "etcd", "flaky"]


class Sandbox:
    """The controls over two real clouds and a workspace, without processes."""

    def __init__(self) -> None:
        """Begin with nothing armed, and nothing frozen."""
        self.wall = Clock()
        self.clock = StoppableClock(self.wall)
        config = sandbox_config()
        self.cloud = HuaweiCloud(config, self.clock, wall=self.wall)
        self.lab = CloudpodsCloud(sandbox_cloudpods(), self.clock)
        self.workspace = Workspace(workspace_config())
        self.killed = list[int]()
        self.alerts = list[tuple[str, int]]()
        self.is_heard = True
        self.is_frozen = False
        clouds = (self.cloud.faults, self.lab.faults)
        made = troubles(self.workspace, clouds, self.clock, self._kill, self._alert)
        controls = Controls(made, lambda: self.is_frozen)
        self.page = httpx.Client(
            transport=InProcess(Starlette(routes=controls.routes())),
            base_url="http://sandbox.test",
        )
        key = config.credentials[0]
        self.client = httpx.Client(
            transport=InProcess(huawei_app(self.cloud)),
            base_url="http://servicestage.test",
            auth=Signer(key.ak, key.sk, self.wall),
        )

    def _kill(self) -> int:
        self.killed.append(1)
        return 1

    def _alert(self, state: str, number: int) -> bool:
        self.alerts.append((state, number))
        return self.is_heard

    def trouble(self, name: str, *, armed: bool = True) -> dict[str, Any]:
        """Arm a trouble or take it back; return how it stands."""
        body = {"as": "U0ANN", "name": name, "armed": armed}
        answer = self.page.post("/sandbox/trouble", json=body)
        assert answer.status_code == 200, answer.text
        return self.shown(name)

    def shown(self, name: str) -> dict[str, Any]:
        """Return what the page shows of a trouble."""
        found: list[dict[str, Any]] = self.page.get("/sandbox/state").json()["troubles"]
        return next(each for each in found if each["name"] == name)

    def deploy(self, version: str) -> httpx.Response:
        """Change a component."""
        return self.client.put(COMPONENT, json=an_upgrade(version))


@pytest.fixture
def sandbox() -> Sandbox:
    """Give each test a sandbox of its own."""
    return Sandbox()


@pytest.mark.parametrize("name", LOST)
def test_one_change_is_lost(sandbox: Sandbox, name: str) -> None:
    """Armed in all clouds, it befalls the first change of any; reads and later changes go right."""
    assert sandbox.trouble(name)["is_armed"]
    assert sandbox.client.get(COMPONENT).status_code == 200
    with pytest.raises((httpx.TransportError, ConnectionError)):
        sandbox.deploy("1.4.0")
    assert len(sandbox.cloud.executed) == LOST[name]
    assert (sandbox.shown(name)["is_armed"], sandbox.shown(name)["happened"]) == (False, 1)
    assert not [each for each in sandbox.lab.faults.waiting if each.match is None]


def test_an_answer_is_lost_with_the_next_looks(sandbox: Sandbox) -> None:
    """People see *uncertain* for a while, since the first looks get no answer either."""
    sandbox.trouble("lose_answer")
    with pytest.raises(ConnectionError):
        sandbox.deploy("1.4.0")
    with pytest.raises(ConnectionError):
        sandbox.client.get(COMPONENT)


@pytest.mark.parametrize("name", ["lose_answer", "lose_call", "throttle"])
def test_what_is_armed_can_be_taken_back(sandbox: Sandbox, name: str) -> None:
    """Taken back, nothing befalls anybody; armed twice, it befalls one change."""
    sandbox.trouble(name)
    sandbox.trouble(name)
    assert not sandbox.trouble(name, armed=False)["is_armed"]
    assert sandbox.deploy("1.4.0").status_code == 200
    assert sandbox.shown(name)["happened"] == 0


def test_a_throttled_change_is_told_when_to_come_again(sandbox: Sandbox) -> None:
    """429 with `Retry-After`, nothing executed; the next try is taken."""
    sandbox.trouble("throttle")
    refused = sandbox.deploy("1.4.0")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "10")
    assert not sandbox.cloud.executed
    assert sandbox.deploy("1.4.0").status_code == 200


def test_while_the_clouds_stand_still_nothing_ends(sandbox: Sandbox) -> None:
    """A job runs on for hours, requests are let in all the while, and then it has ended."""
    sandbox.trouble("hang")
    job = sandbox.deploy("1.4.0").json()["job_id"]
    sandbox.wall.turn(7200)
    path = COMPONENT.partition("/applications/")[0]
    running = sandbox.client.get(f"{path}/jobs/{job}")
    assert running.json()["job"]["execution_status"] in {"SUBMITTED", "RUNNING"}
    assert not sandbox.trouble("hang", armed=False)["is_armed"]
    ended = sandbox.client.get(f"{path}/jobs/{job}")
    assert ended.json()["job"]["execution_status"] == "SUCCEEDED"


def test_slack_refuses_one_of_each(sandbox: Sandbox) -> None:
    """Posts and updates are refused once, and no more once it is taken back."""
    assert sandbox.trouble("slack_429")["is_armed"]
    assert sandbox.workspace.faults.take("chat.update") is not None
    assert (sandbox.shown("slack_429")["is_armed"], sandbox.shown("slack_429")["happened"]) == (
        False,
        1,
    )
    sandbox.trouble("slack_429", armed=False)
    assert sandbox.workspace.faults.take("chat.postMessage") is None


def test_a_kill_is_done_at_once(sandbox: Sandbox) -> None:
    """A worker dies as the button is pressed, and nothing stays armed."""
    shown = sandbox.trouble("kill_worker")
    assert (shown["is_armed"], shown["happened"], len(sandbox.killed)) == (False, 1, 1)


def test_the_oldest_child_is_killed(tmp_path: Path) -> None:
    """Of a process' own children the first one dies; the process itself lives on."""
    processes = Processes(tmp_path)
    # Nothing hangs on which of them is older: of two that start in one tick, the numbers tell.
    sleep = "s.Popen(['sleep', '60'])"
    two = f"import subprocess as s, time; both = [{sleep}, {sleep}]; time.sleep(60)"
    processes.start("worker", [sys.executable, "-c", two], dict(os.environ))
    until(lambda: len(processes.children_of("worker")) == 2, "both children")
    first, second = processes.children_of("worker")
    assert processes.kill_a_child("worker") == first
    until(lambda: not lives(first), "the first to be dead")
    assert processes.children_of("worker") == [second]
    assert processes.kill_a_child("nobody") is None
    subprocess.run(["kill", str(second)], check=True)  # noqa: S607 - our own child
    processes.stop()
    assert second not in children(os.getpid())


def test_what_is_no_trouble_is_refused(sandbox: Sandbox) -> None:
    """Unknown names, and forms of other sites, arm nothing."""
    body = {"as": "U0ANN", "name": "rain", "armed": True}
    assert sandbox.page.post("/sandbox/trouble", json=body).status_code == 400
    assert sandbox.page.post("/sandbox/trouble", data=body).status_code == 415


def test_the_freeze_shown_is_the_journals(sandbox: Sandbox) -> None:
    """The switch shows what is in force, whoever typed it."""
    assert not sandbox.page.get("/sandbox/state").json()["freeze"]["is_on"]
    sandbox.is_frozen = True
    assert sandbox.page.get("/sandbox/state").json()["freeze"]["is_on"]


def test_every_system_can_be_played_whole(tmp_path: Path) -> None:
    """The six targets come first; each system that can create has a target with a template."""
    path = tmp_path / "slipway.yaml"
    clouds = ("http://127.0.0.1:1", "http://127.0.0.1:2")
    path.write_text(stage_configuration(*clouds, tmp_path / "anchors.jsonl"))
    catalogue = load(path, SECRETS)
    assert list(catalogue.targets)[:6] == FIRST
    assert set(catalogue.policies) == {"dev", "prod", "cluster"}
    assert [each.name for each in catalogue.policies["cluster"].gates] == ["ops", "security"]
    able = [each.spec.name for each in SYSTEMS if "create" in each.spec.actions]
    templates = [each.system for each in catalogue.targets.values() if each.create is not None]
    assert sorted(templates) == sorted(able)
    played = {each.system for each in catalogue.targets.values()}
    assert played == {each.spec.name for each in SYSTEMS}


def test_the_guides_steps_can_be_done() -> None:
    """Whoever a step names is there, in a channel, and what it types is a command."""
    config = workspace_config()
    people = {each.id for each in config.people}
    commands = {each.command for each in config.commands}
    for line in (line for chapter in GUIDE for line in chapter.lines):
        assert line.by in people
        assert line.types or line.opens or line.says
        assert not line.types or line.types.split()[0] in commands
        assert any(line.by in each.members for each in config.channels)


def test_an_alert_fires_until_it_is_taken_back(sandbox: Sandbox) -> None:
    """Each time it is another one; taken back, the monitor says that the same one is over."""
    assert sandbox.trouble("alert")["is_armed"]
    sandbox.trouble("alert")
    assert not sandbox.trouble("alert", armed=False)["is_armed"]
    sandbox.trouble("alert")
    assert sandbox.alerts == [("firing", 1), ("resolved", 1), ("firing", 2)]
    assert sandbox.shown("alert")["happened"] == 2


def test_an_alert_that_nobody_took_is_not_said_to_fire(sandbox: Sandbox) -> None:
    """Where Slipway does not take it, the menu shows nothing of it, and the next press tries."""
    sandbox.is_heard = False
    assert not sandbox.trouble("alert")["is_armed"]
    assert sandbox.shown("alert")["happened"] == 0


def test_what_others_need_ends_after_them(tmp_path: Path) -> None:
    """Redis goes on until bot and workers have ended: their last words are no complaint of it."""
    script = (
        "import signal, sys, time\n"
        "def end(*_): sum(range(int(sys.argv[1]))); print(time.monotonic_ns()); exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "while True: signal.pause()\n"
    )
    processes = Processes(tmp_path)
    work = {"redis": "0", "bot": "5000000", "worker": "5000000"}  # after the signal: some to do
    for name, much in work.items():
        processes.start(name, [sys.executable, "-c", script, much], {})
    until(lambda: all(map(processes.output, work)), "all to be ready")
    processes.stop()
    ended = {name: int(processes.output(name).removeprefix("ready\n")) for name in work}
    assert max(ended, key=ended.__getitem__) == "redis"

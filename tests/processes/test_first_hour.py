"""The first hour, as the README tells it: each of its commands, typed one after the other."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from bot.sandbox.clouds import (
    CloudpodsCloud,
    HuaweiCloud,
    cloudpods_app,
    huawei_app,
    sandbox_cloudpods,
    sandbox_config,
)
from bot.sandbox.clouds.cloudpods import content as lab
from bot.sandbox.clouds.huawei.seeds.cce_clusters import EDGE_ID
from bot.sandbox.clouds.huawei.seeds.cce_releases import SEARCH_CLUSTER_ID
from bot.sandbox.content import SECRETS
from bot.sandbox.ports import free_port
from bot.sandbox.slack import SANDBOX, Command, Workspace, WorkspaceConfig, served, served_app
from tests.processes.forks import PATIENCE, Preloaded
from tests.processes.running import Program, until

ROOT: Final = Path(__file__).parents[2]
CHANNEL: Final = "C0DEPLOYS"
STEPS: Final = re.compile(r"^[1-9]\. ", re.MULTILINE)
COMMAND: Final = re.compile(r"`((?:slipway |/)[^`]*)`")
NOT_HERE: Final = frozenset({"slipway init"})  # tests/cli/test_init.py answers its questions
YOURS: Final = (  # what somebody with other clouds changes in the example, and nothing else
    (
        '    auth: {access_key: "${CLOUD_SDK_AK}"',
        '    endpoints: CLOUDS\n    auth: {access_key: "${CLOUD_SDK_AK}"',
    ),
    ("1d3a0c6e-53ad-11ef-8e70-0255ac100b03", EDGE_ID),
    ("7f2b9c14-53ad-11ef-8e70-0255ac100b03", SEARCH_CLUSTER_ID),
    ("namespace: search", "namespace: monitoring"),
    ("https://cloudpods.example.com:30500/v3", "LAB/v3"),
    ("username: slipway", f"username: {lab.USERNAME}"),
    ("project: system", f"project: {lab.PROJECT}"),
    ("domain: Default", f"domain: {lab.DOMAIN}\n    endpoints: {{k8s: LAB/api}}"),
    ("cluster: edge ", f"cluster: {lab.CLUSTER} "),
    ("namespace: storage", f"namespace: {lab.NAMESPACE}"),
    ("release: etcd\n", f"release: {lab.RELEASE}\n"),
    ("chart: bitnami/etcd", f"chart: {lab.REPO}/{lab.CHART}"),
)


def commands() -> list[str]:
    """Return the commands of the README's path, as they are written and in their order."""
    text = (ROOT / "README.md").read_text()
    section = text.partition("## Five minutes to a real workspace\n")[2].partition("\n## ")[0]
    steps = section[: section.index("With containers")]
    assert len(STEPS.findall(steps)) == 8
    return COMMAND.findall(steps)


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


class Newcomer:
    """Somebody who has a workspace and clouds, a folder, and the README."""

    def __init__(self, folder: Path, addresses: tuple[str, str, str], forks: Preloaded) -> None:
        self.folder: Final = folder
        self.port: Final = free_port()
        self._clouds, self._lab, redis_url = addresses
        self._forks = forks
        self.environment: Final = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "SLIPWAY_REDIS_URL": redis_url,
            "SLIPWAY_LISTEN": f"127.0.0.1:{self.port}",
            **SECRETS,
        }
        self.running: Final[list[Program]] = []

    def has_app(self, workspace: Workspace) -> None:
        """Put the app's tokens into the environment."""
        config = workspace.config
        self.environment["SLACK_BOT_TOKEN"] = config.bot_token
        self.environment["SLACK_SIGNING_SECRET"] = config.signing_secret
        self.environment["SLACK_API_URL"] = workspace.api_url

    def copies_the_example(self) -> None:
        """Copy the example and put other ids and addresses there."""
        text = (ROOT / "slipway.example.yaml").read_text()
        for old, new in YOURS:
            assert old in text, old
            text = text.replace(old, new)
        services = ", ".join(f"{each}: {self._clouds}" for each in ("servicestage", "cce", "iam"))
        text = text.replace("CLOUDS", f"{{{services}}}").replace("LAB", self._lab)
        text = text.replace(f"{self._lab}_PASSWORD", "LAB_PASSWORD")
        (self.folder / "slipway.yaml").write_text(text)

    def types(self, line: str) -> Done:
        """Type a command of `slipway` in the folder and wait for its end."""
        out, err = (self.folder / name for name in ("out", "err"))
        for each in (out, err):
            each.unlink(missing_ok=True)
        words = line.split()[1:]
        begun = self._forks.start(words, self.environment, out=out, err=err, folder=self.folder)
        return Done(begun.wait(PATIENCE), out.read_text(), err.read_text())

    def starts(self, line: str) -> Program:
        """Start what runs until it is ended."""
        name = line.split()[1]
        places = {
            "SLIPWAY_CONFIG": str(self.folder / "slipway.yaml"),
            "SLIPWAY_DATABASE_URL": f"sqlite:///{self.folder / 'slipway.db'}",
        }
        environment = {**self.environment, **places}
        program = Program(name, [name], environment, self.folder, forks=self._forks)
        program.start()
        self.running.append(program)
        return program


@pytest.fixture
def newcomer(tmp_path: Path, valkey_url: str, forks: Preloaded) -> Iterator[Newcomer]:
    """A newcomer, whose programs end with the test."""
    with (
        served_app(huawei_app(HuaweiCloud(sandbox_config()))) as clouds,
        served_app(cloudpods_app(CloudpodsCloud(sandbox_cloudpods()))) as lab_url,
    ):
        somebody = Newcomer(tmp_path, (clouds, lab_url, valkey_url), forks)
        yield somebody
        for each in somebody.running:
            each.end()


def made_from(manifest: dict[str, Any]) -> WorkspaceConfig:
    """Return a workspace with the app that this manifest makes, in no channel yet."""
    features, scopes = manifest["features"], manifest["oauth_config"]["scopes"]["bot"]
    registered = tuple(
        Command(
            command=each["command"],
            description=each["description"],
            usage_hint=each["usage_hint"],
            should_escape=each["should_escape"],
        )
        for each in features["slash_commands"]
    )
    channels = tuple(
        each.model_copy(
            update={"members": tuple(who for who in each.members if who != SANDBOX.bot_user_id)}
        )
        for each in SANDBOX.channels
    )
    events = frozenset(manifest["settings"]["event_subscriptions"]["bot_events"])
    return SANDBOX.model_copy(
        update={
            "commands": registered,
            "scopes": frozenset(scopes),
            "bot_events": events,
            "channels": channels,
            "answer_limit": 20.0,  # seconds: a busy machine is no fault of the product
        }
    )


def invited(workspace: Workspace) -> None:
    """Let somebody type /invite @slipway."""
    channels = workspace.state.channels
    channel = channels[CHANNEL]
    members = (*channel.members, workspace.config.bot_user_id)
    channels[CHANNEL] = channel.model_copy(update={"members": members})


def test_the_readme_is_followed_to_the_letter(newcomer: Newcomer) -> None:
    """Each command does what its step says, with the example file, up to the first dry run."""
    path = [each for each in commands() if each not in NOT_HERE]
    assert path == [
        "slipway manifest --url https://slipway.example",
        "slipway manifest --socket-mode",
        "slipway config check",
        "slipway discover huawei",
        "slipway migrate",
        "slipway doctor",
        "/invite @slipway",
        "slipway bot",
        "slipway worker",
        "/ops targets",
        "/deploy checkout 1.4.0 --dry-run",
    ]
    over_http, in_socket_mode = (newcomer.types(each) for each in path[:2])
    assert (over_http.code, over_http.err, in_socket_mode.code) == (0, "", 0)
    assert json.loads(in_socket_mode.out)["settings"]["socket_mode_enabled"]
    with served(Workspace(made_from(json.loads(over_http.out)))) as workspace:
        workspace.request_url = f"http://127.0.0.1:{newcomer.port}/slack/events"
        newcomer.has_app(workspace)
        newcomer.copies_the_example()
        follow(newcomer, workspace, path[2:])


def follow(newcomer: Newcomer, workspace: Workspace, path: list[str]) -> None:
    """Follow the rest, with the tokens in the environment."""
    check, discover, migrate, doctor, _, bot, worker, *typed = path
    checked = newcomer.types(check)
    assert (checked.code, checked.err) == (0, "")
    discovered = newcomer.types(discover)
    assert (discovered.code, discovered.err) == (0, "")
    assert "# component · checkout · shop" in discovered.out
    assert newcomer.types(migrate).code == 0

    asked = newcomer.types(doctor)
    assert asked.code == 1
    assert re.search("^#deploys +C0DEPLOYS +not_in_channel ", asked.out, re.MULTILINE)
    assert "→ type /invite @slipway there" in asked.out
    invited(workspace)
    asked = newcomer.types(doctor)
    assert asked.code == 0, asked.out
    assert [line for line in asked.out.splitlines() if line.startswith("fail")] == []

    programs = [newcomer.starts(each) for each in (bot, worker)]
    until(lambda: all("4 targets" in each.text() for each in programs), "both to be there")
    names = ("C0DEPLOYS", "S0DEVS", "S0SRE", "U0ANN")
    until(lambda: all(f"id={name}" in told(programs) for name in names), "the names")
    answers = [workspace.command(each, by="U0ANN", channel=CHANNEL) for each in typed]
    for answer in answers:
        assert answer.notice is None, answer
        assert "checkout" in answer.text
        assert "[" not in answer.text, answer.text  # no code of a refusal
    assert "1.4.0" in answers[-1].text
    assert "<!subteam^S0SRE>" in answers[-1].text


def told(programs: list[Program]) -> str:
    """Return what they wrote, one after the other."""
    return "".join(each.text() for each in programs)


@pytest.mark.parametrize("target", ["edge v1.31", "search 1.2.0", "etcd 8.12.0"])
def test_every_target_of_the_example_can_be_tried(newcomer: Newcomer, target: str) -> None:
    """D7: a dry run is refused by no policy of the example, at whichever target."""
    manifest = json.loads(newcomer.types("slipway manifest --url https://slipway.example").out)
    with served(Workspace(made_from(manifest))) as workspace:
        workspace.request_url = f"http://127.0.0.1:{newcomer.port}/slack/events"
        newcomer.has_app(workspace)
        newcomer.copies_the_example()
        invited(workspace)
        assert newcomer.types("slipway migrate").code == 0
        bot = newcomer.starts("slipway bot")
        until(lambda: "id=U0ANN" in bot.text(), "the names")
        command = f"/deploy {target} --dry-run"
        answer = workspace.command(command, by="U0ANN", channel=CHANNEL)
        assert "<!subteam^S0SRE>" in answer.text, answer

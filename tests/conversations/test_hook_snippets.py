"""What docs/hooks.md and the README tell senders to send is sent here, as it stands there."""

import hashlib
import hmac
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot.sandbox.content import HOOK_SECRET
from tests.conversations.pipelines import HOOKS, Pipeline, proposals
from tests.conversations.stage import opened
from tests.conversations.world import World

ROOT: Final = Path(__file__).parents[2]
TOOLS: Final = Path(__file__).with_name("tools")  # for machines that have none
SNIPPET: Final = re.compile(r"<!-- snippet: ([a-z-]+) -->\n```[a-z]+\n(.*?)```", re.DOTALL)
MORE: Final = """
  harbor:
    kind: harbor
    secrets: ["${HOOK_CI}"]
    targets: [checkout]
    map: {shop/checkout: checkout}
  events:
    kind: cloudevents
    secrets: ["${HOOK_CI}"]
    targets: [checkout]
  alerts:
    kind: alertmanager
    secrets: ["${HOOK_CI}"]
    targets: [checkout]
  grafana:
    kind: grafana
    secrets: ["${HOOK_CI}"]
    targets: [checkout]
  pagerduty:
    kind: pagerduty
    secrets: ["${HOOK_CI}"]
    targets: [checkout]
"""
SNIPPETS: Final = dict(SNIPPET.findall((ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")))


@pytest.fixture
def world(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world that has a hook of each kind."""
    with opened(folder, redis_url, more=HOOKS.rstrip() + MORE) as here:
        yield here


def run(world: World, script: str, folder: Path, **environment: str) -> str:
    """Run *script* as a pipeline's shell does, at the world's time, and return what it prints."""
    clock = folder / "bin" / "date"
    clock.parent.mkdir()
    clock.write_text(f"#!/bin/sh\necho {int(world.clock.seconds())}\n")
    clock.chmod(0o755)
    path = os.pathsep.join((str(clock.parent), os.environ["PATH"], str(TOOLS)))
    slipway = Pipeline(world).address.removesuffix("/hooks/ci")
    given = {"PATH": path, "NO_PROXY": "*", "HOOK_CI": HOOK_SECRET, "SLIPWAY": slipway}
    done = subprocess.run(
        ["/bin/sh", "-euc", script],
        env={**given, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def scripts() -> dict[str, str]:
    """What each pipeline's shell is given."""
    [step] = yaml.safe_load(SNIPPETS["github-actions"])
    job = yaml.safe_load(SNIPPETS["gitlab-ci"])["propose"]
    return {"shell": SNIPPETS["shell"], "github": step["run"], "gitlab": job["script"][0]}


@pytest.mark.parametrize("name", ["shell", "github", "gitlab"])
def test_a_pipeline_proposes_by_its_snippet(world: World, tmp_path: Path, name: str) -> None:
    """The lines as they stand in the document make a proposal, and the question is answered."""
    (tmp_path / "snippet").mkdir()
    told = run(world, scripts()[name], tmp_path / "snippet", VERSION="1.4.0", BUILD="163")
    world.settle()
    [card] = proposals(world)
    assert "1.4.0" in card.text
    (tmp_path / "wait").mkdir()
    wanted = json.loads(told)["id"]
    status = json.loads(run(world, SNIPPETS["wait"], tmp_path / "wait", PROPOSAL=wanted))
    assert (status["phase"], status["done"], status["succeeded"]) == ("proposed", False, None)


def test_the_variables_of_a_snippet_are_those_of_its_pipeline() -> None:
    """What the lines use is what the step or the job sets."""
    [step] = yaml.safe_load(SNIPPETS["github-actions"])
    assert step["env"].keys() == {"HOOK_CI", "SLIPWAY", "VERSION", "BUILD"}
    job = yaml.safe_load(SNIPPETS["gitlab-ci"])["propose"]
    assert job["variables"].keys() == {"SLIPWAY", "VERSION", "BUILD"}


def posted(world: World, hook: str, body: str, label: str) -> Any:
    """Send what a registry sends."""
    headers = {"authorization": f"Bearer {HOOK_SECRET}", "content-type": label}
    address = Pipeline(world, hook=hook).address
    return world.http.post(address, content=body.encode(), headers=headers)


def test_what_registries_send_proposes(world: World) -> None:
    """The documented bodies of Harbor and of a CloudEvent."""
    harbor = posted(world, "harbor", SNIPPETS["harbor"], "application/json")
    assert harbor.status_code == 202
    event = posted(world, "events", SNIPPETS["cloudevents"], "application/cloudevents+json")
    assert event.status_code == 202
    world.settle()
    [card] = proposals(world)
    assert "1.4.1" in card.text


def test_the_readmes_curl_works(world: World, tmp_path: Path) -> None:
    """The lines of the README, with the address that the sandbox prints."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [script] = re.findall(r"```sh\n(HOOK=.*?)```", readme, re.DOTALL)
    where = script.replace("http://127.0.0.1:3000/hooks/ci", Pipeline(world).address)
    assert where != script
    assert "HTTP/1.1 202" in run(world, where, tmp_path)
    world.settle()
    assert len(proposals(world)) == 1


def test_what_alertmanager_sends_proposes_an_incident(world: World) -> None:
    """Its documented body, with the header that the snippet's configuration makes."""
    [receiver] = yaml.safe_load(SNIPPETS["alertmanager"])["receivers"]
    [config] = receiver["webhook_configs"]
    kind = config["http_config"]["authorization"]["type"]
    hook = config["url"].rpartition("/")[2]
    headers = {"authorization": f"{kind} {HOOK_SECRET}", "content-type": "application/json"}
    body = SNIPPETS["alertmanager-body"].encode()
    address = Pipeline(world, hook=hook).address
    assert world.http.post(address, content=body, headers=headers).status_code == 202
    world.settle()
    [card] = proposals(world)
    assert "5xx above 5 %" in card.text


def test_what_grafana_sends_proposes_an_incident(world: World) -> None:
    """The headers that the snippet names carry the signature and its time."""
    [point] = yaml.safe_load(SNIPPETS["grafana"])["contactPoints"]
    told = point["receivers"][0]["settings"]["hmacConfig"]
    body = SNIPPETS["alertmanager-body"].replace('"version": "4"', '"version": "1"').encode()
    at = str(int(world.clock.seconds()))
    made = hmac.new(HOOK_SECRET.encode(), at.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {told["header"]: made, told["timestampHeader"]: at}
    address = Pipeline(world, hook="grafana").address
    assert world.http.post(address, content=body, headers=headers).status_code == 202


def test_what_pagerduty_sends_proposes_an_incident(world: World) -> None:
    """The documented body under its signature."""
    body = SNIPPETS["pagerduty"].encode()
    made = hmac.new(HOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()
    address = Pipeline(world, hook="pagerduty").address
    headers = {"x-pagerduty-signature": f"v1={made}"}
    assert world.http.post(address, content=body, headers=headers).status_code == 202


def test_any_monitor_proposes_an_incident(world: World) -> None:
    """Our own event of it, signed as pipelines sign."""
    answer = Pipeline(world).sends(SNIPPETS["incident"].encode())
    assert answer.status_code == 202
    world.settle()
    assert "5xx above 5 %" in proposals(world)[0].text

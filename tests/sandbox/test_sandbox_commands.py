"""Slipway's own commands on a sandbox that runs: the history it made, under another policy."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from typing import Final, TypeAlias

import pytest

from bot.core.verbs import verb_of
from bot.sandbox.guide import ANN, BOB, EVE
from bot.sandbox.stage import STRICTER, Stage
from bot.sandbox.teller import Teller, operation_in
from tests.cli.conftest import Done
from tests.processes.forks import PATIENCE, Preloaded

APPROVE: Final = verb_of("approve").action_id()
Slipway: TypeAlias = Callable[..., Done]


@pytest.fixture(scope="module")
def deployed(scene: Stage) -> str:
    """Deploy checkout with one approval, and have Eve refused; return the operation."""
    teller = Teller(scene, lambda _: None, Event())
    operation = operation_in(teller.types("/deploy checkout 1.4.0", ANN))
    teller.presses(APPROVE, teller.card(operation, button=APPROVE), BOB)
    teller.card(operation, "succeeded")
    teller.types("/deploy checkout 1.5.0", EVE)
    return operation


@pytest.fixture
def slipway(forks: Preloaded, scene: Stage, tmp_path: Path) -> Slipway:
    """Run a command with the environment that the sandbox writes down, or another one."""

    def run(*words: str, environment: Mapping[str, str] = scene.environment) -> Done:
        out, err = tmp_path / "out", tmp_path / "err"
        out.unlink(missing_ok=True)
        err.unlink(missing_ok=True)
        there = {"PATH": os.environ["PATH"], **environment}
        code = forks.start(words, there, out=out, err=err).wait(PATIENCE)
        return Done(code, out.read_text(), err.read_text())

    return run


def test_another_policy_is_tried_on_its_history(
    scene: Stage, deployed: str, slipway: Slipway
) -> None:
    """With two approvals in prod, the deployment would have waited; nothing else differs."""
    done = slipway("policy", "test", str(scene.folder / STRICTER), "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    differences = [(each["operation"], each["intent"]) for each in found["would_block"]]
    assert differences == [(deployed, "send")]
    assert found["would_block"][0]["rule"] == "policies.prod"
    assert (found["would_allow"], found["unknown"]) == ([], [])
    assert found["same"] >= 2


@pytest.mark.usefixtures("deployed")
def test_its_audit_is_anchored(scene: Stage, slipway: Slipway) -> None:
    """An anchor goes to the file and the channel, and the audit is verified against it."""
    assert slipway("audit", "anchor").code == 0
    verified = slipway("audit", "verify", "--anchors", str(scene.folder / "anchors.jsonl"))
    assert verified.code == 0, verified.err
    assert "the chain holds" in verified.out


def test_a_shell_can_read_the_environment(scene: Stage, slipway: Slipway) -> None:
    """What is written down is what the commands need, secrets of the sandbox included."""
    words = ["/bin/sh", "-c", f". {scene.folder / 'environment.sh'}; exec env -0"]
    read = subprocess.run(words, env={}, capture_output=True, text=True, check=True)
    lines = (each.partition("=") for each in read.stdout.split("\0") if each)
    done = slipway("config", "check", environment={name: value for name, _, value in lines})
    assert done.code == 0, done.err
    assert "no faults" in done.out

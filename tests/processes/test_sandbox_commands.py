"""Slipway's own commands on a sandbox that runs: the history it made, under another policy."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Final

import pytest

from bot.core.verbs import verb_of
from bot.sandbox.guide import ANN, BOB, EVE
from bot.sandbox.stage import STRICTER, Stage, stage
from bot.sandbox.teller import Teller, operation_in

APPROVE: Final = verb_of("approve").action_id()


@pytest.fixture(scope="module")
def scene() -> Iterator[Stage]:
    """Set up the whole sandbox, and let it make some history."""
    with stage(0, job_seconds=0.5) as running:
        yield running


@pytest.fixture(scope="module")
def deployed(scene: Stage) -> str:
    """Deploy checkout with one approval, and have Eve refused; return the operation."""
    teller = Teller(scene, lambda _: None, Event())
    operation = operation_in(teller.types("/deploy checkout 1.4.0", ANN))
    teller.presses(APPROVE, teller.card(operation, button=APPROVE), BOB)
    teller.card(operation, "succeeded")
    teller.types("/deploy checkout 1.5.0", EVE)
    return operation


def slipway(scene: Stage, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command with the environment that the sandbox writes down."""
    there = {"PATH": os.environ["PATH"], **scene.environment}
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *words],
        env=there,
        capture_output=True,
        text=True,
        check=False,
    )


def test_another_policy_is_tried_on_its_history(scene: Stage, deployed: str) -> None:
    """With two approvals in prod, the deployment would have waited; nothing else differs."""
    done = slipway(scene, "policy", "test", str(scene.folder / STRICTER), "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    differences = [(each["operation"], each["intent"]) for each in found["would_block"]]
    assert differences == [(deployed, "send")]
    assert found["would_block"][0]["rule"] == "policies.prod"
    assert (found["would_allow"], found["unknown"]) == ([], [])
    assert found["same"] >= 2


@pytest.mark.usefixtures("deployed")
def test_its_audit_is_anchored(scene: Stage) -> None:
    """An anchor goes to the file and the channel, and the audit is verified against it."""
    assert slipway(scene, "audit", "anchor").returncode == 0
    verified = slipway(scene, "audit", "verify", "--anchors", str(scene.folder / "anchors.jsonl"))
    assert verified.returncode == 0, verified.stderr
    assert "the chain holds" in verified.stdout


def test_a_shell_can_read_the_environment(scene: Stage) -> None:
    """What is written down is what the commands need, secrets of the sandbox included."""
    script = f". {scene.folder / 'environment.sh'}; exec {sys.executable} -m bot.cli config check"
    there = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        ["/bin/sh", "-c", script], env=there, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "no faults" in done.stdout

"""The manifests: by the schemas of Kubernetes, by kustomize's rules, and by what Slipway needs."""

import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import click
import kubernetes_validate
import pytest
import rq
import yaml

from bot.cli import main
from bot.redis.doorbell import open_redis
from bot.sandbox.ports import free_port
from tests.redis.test_sentinels import Watched, watched

__all__ = ["watched"]  # a fixture

HERE: Final = Path(__file__).parents[2] / "deploy" / "kubernetes"
KUSTOMIZATIONS: Final = sorted(HERE.rglob("kustomization.yaml"))
PARTS: Final = sorted(
    each for each in HERE.rglob("*.yaml") if each.name not in {"kustomization.yaml", "slipway.yaml"}
)
OBJECTS: Final[list[Any]] = [
    found for each in PARTS for found in yaml.safe_load_all(each.read_text())
]
VERSIONS: Final = ("1.31", kubernetes_validate.latest_version())
GRACE: Final = 110  # seconds that a supervisor gives its children


def _named(thing: Any) -> str:
    return f"{thing['kind']} {thing['metadata']['name']}" if isinstance(thing, dict) else str(thing)


def _pods() -> list[Any]:
    """The specification of every pod."""
    found = []
    for each in OBJECTS:
        spec = each.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            found.append(spec["template"]["spec"])
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("thing", OBJECTS, ids=_named)
def test_an_object_is_what_kubernetes_takes(thing: Any, version: str) -> None:
    """It holds against the schema of an older and of the newest version, without odd fields."""
    kubernetes_validate.validate(thing, version, strict=True)


@pytest.mark.parametrize("path", KUSTOMIZATIONS, ids=lambda each: each.parent.name)
def test_a_kustomization_names_what_is_there(path: Path) -> None:
    """Every resource and file exists, and every manifest beside it is named."""
    told = yaml.safe_load(path.read_text())
    assert (told["apiVersion"], told["kind"]) == (
        "kustomize.config.k8s.io/v1beta1",
        "Kustomization",
    )
    assert set(told) <= {
        *("apiVersion", "kind", "labels", "resources", "images", "namespace"),
        *("configMapGenerator", "generatorOptions"),
    }
    assert all((path.parent / each).exists() for each in told["resources"])
    files = [name for each in told.get("configMapGenerator", ()) for name in each["files"]]
    assert all((path.parent / each).is_file() for each in files)
    beside = {each.name for each in path.parent.glob("*.yaml")} - {path.name, *files}
    assert beside == {each for each in told["resources"] if each.endswith(".yaml")}


def test_the_image_is_one_that_can_be_pulled() -> None:
    """No registry has one that is called `slipway` alone: the example says where yours is."""
    told = yaml.safe_load((HERE / "example" / "kustomization.yaml").read_text())
    based = yaml.safe_load((HERE / "base" / "kustomization.yaml").read_text())
    [image], [base] = told["images"], based["images"]
    assert (image["name"], image["newTag"]) == (base["name"], base["newTag"])
    assert "/" in image["newName"]


@pytest.mark.parametrize("pod", _pods(), ids=lambda each: each["containers"][0]["name"])
def test_a_pod_is_locked_up_and_runs_what_slipway_has(pod: Any) -> None:
    """No root, no rights, nothing to write but its volumes; a bound of memory; a verb of ours."""
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    volumes = {each["name"] for each in pod["volumes"]}
    for each in (*pod.get("initContainers", ()), *pod["containers"]):
        assert each["securityContext"]["readOnlyRootFilesystem"] is True
        assert each["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in each["resources"]["limits"]
        assert main.get_command(click.Context(main), each["args"][0]) is not None
        assert {mount["name"] for mount in each.get("volumeMounts", ())} <= volumes


@pytest.mark.parametrize("name", ["slipway-bot", "slipway-worker"])
def test_an_update_starts_before_it_ends(name: str) -> None:
    """The schema first, then one more, then one less; and time to end what was begun."""
    [deployment] = [each for each in OBJECTS if _named(each) == f"Deployment {name}"]
    spec = deployment["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    pod = spec["template"]["spec"]
    assert pod["initContainers"][0]["args"] == ["migrate"]
    assert pod["terminationGracePeriodSeconds"] > GRACE
    assert spec["replicas"] > 1
    [budget] = [each for each in OBJECTS if _named(each) == f"PodDisruptionBudget {name}"]
    assert budget["spec"]["selector"] == spec["selector"]


def test_figures_stay_inside() -> None:
    """The way in from outside leads to Slack's door and to hooks alone."""
    [ingress] = [each for each in OBJECTS if each["kind"] == "Ingress"]
    [rule] = ingress["spec"]["rules"]
    assert [each["path"] for each in rule["http"]["paths"]] == ["/slack/events", "/hooks/"]


def _lives(address: str) -> bool:
    """What the worker's liveness probe says: its command, run here."""
    [worker] = [pod for pod in _pods() if pod["containers"][0]["name"] == "worker"]
    _, *words = worker["containers"][0]["livenessProbe"]["exec"]["command"]
    done = subprocess.run(
        [sys.executable, *words],
        env={"SLIPWAY_REDIS_URL": f"{address}\n"},  # as many a secret ends
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def test_a_worker_that_sentinels_lead_lives(watched: Watched) -> None:
    """The probe reads the address as the worker does: else each pod would be killed for ever."""
    assert not _lives(watched.url)
    rq.Worker(["some"], connection=open_redis(watched.url)).register_birth()
    assert _lives(watched.url)


@pytest.mark.parametrize("address", ["redis://127.0.0.1:{}", "redis+sentinel://127.0.0.1:{}/it"])
def test_where_redis_is_away_no_worker_is_killed(address: str) -> None:
    """A restart would help nobody."""
    assert _lives(address.format(free_port()))

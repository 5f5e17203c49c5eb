"""`slipway discover`: what a connection has, from the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.redis.doorbell import open_redis
from bot.sandbox.clouds import (
    CloudpodsCloud,
    HuaweiCloud,
    cloudpods_app,
    huawei_app,
    sandbox_cloudpods,
    sandbox_config,
)
from bot.sandbox.content import SECRETS, configuration
from bot.sandbox.slack import served_app
from tests.cli.conftest import Run


@pytest.fixture
def clouds(environment: dict[str, str], valkey_url: str) -> Iterator[None]:
    """Let both clouds be there, and slipway.yaml lead to them."""
    open_redis(valkey_url).flushall()
    with (
        served_app(huawei_app(HuaweiCloud(sandbox_config()))) as huawei,
        served_app(cloudpods_app(CloudpodsCloud(sandbox_cloudpods()))) as lab,
    ):
        Path(environment["SLIPWAY_CONFIG"]).write_text(configuration(huawei, lab))
        environment |= {**SECRETS, "SLIPWAY_REDIS_URL": valkey_url}
        yield


@pytest.mark.usefixtures("clouds")
def test_what_is_there_comes_as_yaml(here: Run, environment: dict[str, str]) -> None:
    """Comments tell all that there is; what is no target yet can be pasted under `targets:`."""
    file = Path(environment["SLIPWAY_CONFIG"])
    text = file.read_text().replace(", search, metrics", "")  # which a hook names
    begin, end = text.index("  search:\n"), text.index("  etcd:\n")
    file.write_text(text[:begin] + text[end:])
    done = here("discover", "huawei")
    assert done.code == 0, done.err
    assert "# component · checkout · shop" in done.out
    assert "target checkout" in done.out
    entries = yaml.safe_load(done.out)
    assert entries["search"]["system"] == "cce-release"
    assert entries["search"]["namespace"] == "monitoring"
    file.write_text(text[:begin] + done.out[done.out.index("  search:") :] + text[end:])
    assert here("config", "check").code == 0


@pytest.mark.usefixtures("clouds")
def test_json_has_all_of_it(here: Run) -> None:
    """Each thing with its state, its system, and the target that it is already."""
    rows = json.loads(here("discover", "lab", "release", "--json").out)
    (row,) = [each for each in rows if each["kind"] == "release"]
    assert (row["name"], row["target"], row["system"]) == (
        "etcd-release", "etcd", "cloudpods-release",
    )  # fmt: skip
    assert row["settings"]["chart"] == "bitnami-new/etcd"


@pytest.mark.usefixtures("clouds")
def test_nothing_is_told_beside_the_output(here: Run) -> None:
    """What is to be pasted stays empty, and people are not left with a blank screen."""
    done = here("discover", "lab", "release", "no-such-thing")
    assert (done.code, done.out) == (0, "")
    assert done.err == "lab has nothing that fits release no-such-thing.\n"


@pytest.mark.usefixtures("clouds")
def test_an_unknown_connection_is_a_fault_of_configuration(here: Run) -> None:
    """Exit code 3, with the names that there are."""
    done = here("discover", "nowhere")
    assert done.code == 3
    assert "huawei-user" in done.err


@pytest.mark.usefixtures("clouds")
@pytest.mark.parametrize(
    ("connection", "secret"), [("huawei", "CLOUD_SDK_SK"), ("lab", "LAB_PASSWORD")]
)
def test_refused_credentials_have_their_exit_code(here: Run, connection: str, secret: str) -> None:
    """A key that does not sign, and a login that is refused, are 4, as `doctor` has it."""
    done = here("discover", connection, "--json", **{secret: "wrong-as-can-be"})
    assert (done.code, json.loads(done.out)) == (4, [])
    assert "cannot be listed" in done.err

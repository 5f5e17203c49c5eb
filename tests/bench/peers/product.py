"""Slipway as a peer: bot, worker, journal and Redis, with a cloud that has a target per command.

python -m tests.bench.peers.product PORT     the cloud, in a process of its own
"""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

import uvicorn

from bot.journal import migrate, open_engine
from bot.sandbox.clouds import HuaweiCloud, huawei_app, sandbox_config
from bot.sandbox.clouds.huawei.config import HuaweiConfig
from bot.sandbox.clouds.huawei.content import CHECKOUT_ID, PROJECT_ID, REGION, SHOP_ID
from bot.sandbox.content import SECRETS
from bot.sandbox.ports import free_port
from bot.sandbox.processes import Processes, python
from bot.sandbox.redis import start_redis
from bot.sandbox.slack import loopback_socket
from tests.bench.peers import phases
from tests.bench.peers.fake import CHANNEL
from tests.bench.peers.field import RECORDING, SLIPWAY, Peer
from tests.bench.peers.running import BOOTING, Start, started

JOB_SECONDS: Final = 1.0  # how long the cloud takes for a deployment
NUMBERS: Final = (*phases.NUMBERS, *BOOTING)
_MIGRATING: Final = threading.Lock()  # Alembic has one context in a process
_HEAD: Final = f"""\
connections:
  huawei:
    kind: huaweicloud
    region: {REGION}
    project_id: {PROJECT_ID}
    auth: {{access_key: "${{CLOUD_SDK_AK}}", secret_key: "${{CLOUD_SDK_SK}}"}}
    endpoints: {{servicestage: "%s"}}
policies:
  free: {{request: [anyone], approve: [U0BOB, U0LEAD], approvals: 0}}
  gated: {{request: [anyone], approve: [U0BOB, U0LEAD], approvals: 1}}
targets:
"""


@contextmanager
def slipway(folder: Path, environment: dict[str, str]) -> Iterator[list[int]]:
    """Run it; give its processes: Redis, bot, worker."""
    apart = folder / "apart"
    apart.mkdir()
    around, processes = Processes(apart), Processes(folder)
    port = free_port()
    around.start("cloud", python("tests.bench.peers.product", str(port)), os.environ)
    try:
        text = configuration(f"http://127.0.0.1:{port}", NUMBERS)
        own = prepared(folder, environment, start_redis(processes, folder), text)
        processes.start("bot", python("bot.cli", "bot"), own)
        processes.start("worker", python("bot.cli", "worker"), own)
        yield [pid for pid, _ in json.loads((folder / "processes.json").read_text())]
    finally:
        processes.stop()
        around.stop()


def prepared(
    folder: Path, environment: dict[str, str], redis_url: str, text: str
) -> dict[str, str]:
    """Write slipway.yaml, make the journal, and return the environment for bot and worker."""
    (folder / "slipway.yaml").write_text(text)
    url = f"sqlite:///{folder / 'slipway.db'}"
    with _MIGRATING:
        engine = open_engine(url)
        migrate(engine)
        engine.dispose()
    own = {
        "SLIPWAY_CONFIG": str(folder / "slipway.yaml"),
        "SLIPWAY_DATABASE_URL": url,
        "SLIPWAY_REDIS_URL": redis_url,
        "SLIPWAY_LISTEN": f"127.0.0.1:{environment['PORT']}",
        "SLIPWAY_LOG_LEVEL": "WARNING",
    }
    # The bot of the bench is driven over HTTP, so it is given no token for sockets.
    kept = {name: each for name, each in environment.items() if name != "SLACK_APP_TOKEN"}
    return {**kept, **SECRETS, **own}


@contextmanager
def recording(folder: Path, environment: dict[str, str]) -> Iterator[list[int]]:
    """Run the Bolt app that records what it is told, with a Redis of its own."""
    processes = Processes(folder)
    try:
        address = start_redis(processes, folder)
        with started(RECORDING, folder, {**environment, "BENCH_REDIS": address}) as pids:
            yield pids
    finally:
        processes.stop()


def start_of(peer: Peer) -> Start:
    """Return what runs this peer."""
    if peer is SLIPWAY:
        return slipway
    return recording if peer is RECORDING else partial(started, peer)


def own_channel(number: int) -> str:
    """Return the channel of one target: Slipway keeps to a message a second in each.

    Under the limit there is one channel for all.
    """
    return CHANNEL if number in phases.LIMITED else f"C0BENCH{number:05}"


def one_channel(_number: int) -> str:
    """Return the channel of all targets."""
    return CHANNEL


def configuration(
    cloud: str,
    free: Sequence[int],
    gated: Sequence[int] = (),
    channel: Callable[[int], str] = own_channel,
) -> str:
    """Return slipway.yaml with a target for each number; the *gated* ones are approved first."""
    policies = {**dict.fromkeys(free, "free"), **dict.fromkeys(gated, "gated")}
    targets = "".join(
        f"""  bench-{number}:
    system: servicestage-v3
    connection: huawei
    application_id: {SHOP_ID}
    component_id: {component(number)}
    source_url: "swr.{REGION}.myhuaweicloud.com/shop/checkout:{{version}}"
    channel: {channel(number)}
    policy: {policy}
"""
        for number, policy in policies.items()
    )
    return f"{_HEAD % cloud}{targets}"


def component(number: int) -> str:
    """Return the id of a target's component."""
    return str(UUID(int=number + 1))


def cloud_config(numbers: Sequence[int] = NUMBERS, seconds: float = JOB_SECONDS) -> HuaweiConfig:
    """Return a project with a component for each number, each like checkout."""
    config = sandbox_config(job_seconds=seconds)
    [checkout] = [each for each in config.components if each.id == CHECKOUT_ID]
    components = tuple(
        checkout.model_copy(update={"id": component(number), "name": f"bench-{number}"})
        for number in numbers
    )
    return config.model_copy(update={"components": components})


def main() -> None:
    """Serve the cloud until the end."""
    config = uvicorn.Config(
        huawei_app(HuaweiCloud(cloud_config())), log_level="warning", access_log=False
    )
    uvicorn.Server(config).run(sockets=[loopback_socket(int(sys.argv[1]))])


if __name__ == "__main__":
    main()

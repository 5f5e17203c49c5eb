"""How late people are told, when much happens at once: 50 deployments with 12 changes each.

All begin together and end together, in one channel, while Slack takes one message a second there
and 50 updates a minute, and refuses the rest with 429 and `Retry-After`. The events are recorded
by the real engine in the real journal; two senders, in processes of their own, bring Slack up to
date. Beside it, at the same time and at a Slack of its own, the plain way: each change is posted
where it happens, one after the other, waiting as long as Slack says.

The best possible: Slack lets the n-th message of a channel come no earlier than
(n - burst) / rate seconds after the first one. A thread begins with its card, so each final needs
two messages. Whoever knew everything would post a final whenever one is there, and else a card:
`told.py` plays that, with the moments at which the journal had each request and each final.

    python -m tests.bench.storm [--operations 50] [--seconds 30] [--plain 240] [--strict]
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

from slack_sdk import WebClient
from typing_extensions import override

from bot.app.resources import now
from bot.core import events as ev
from bot.core.events import Event
from bot.core.operation import AwaitingApproval, Operation
from bot.core.plan import Observation, Plan, PlanDraft, PlannedStep
from bot.core.ports import Clock, Limits
from bot.core.records import OperationId, Parameters
from bot.engine import Engine, engine_on
from bot.journal import Journal, journal_on, migrate, open_engine
from bot.journal.entering import NewOperation
from bot.redis.doorbell import RedisDoorbell, open_redis
from bot.sandbox.content import workspace_config
from bot.sandbox.processes import Processes, python
from bot.sandbox.redis import start_redis
from bot.sandbox.slack import RateLimits, Workspace, served
from tests.bench.plain import Change, PlainApp
from tests.bench.told import (
    CHANGES,
    LATER_MAX,
    REFUSALS_MAX,
    Told,
    finals_in,
    judged,
    refusals,
)
from tests.core.builders import foreign

CHANNEL: Final = "C0DEPLOYS"
SENDERS: Final = 2
FAILS: Final = 10  # one deployment of so many
AFTERWARDS: Final = 90.0  # seconds that the cards are waited for, once all finals are there
LAST: Final = 330.0  # seconds of the whole run, at most


class Silent(RedisDoorbell):
    """Wakes the outbox; there are no other workers."""

    @override
    def ring(self, *operation_ids: OperationId) -> None:
        """Ring for nobody."""

    @override
    def look_again(self, operation_id: OperationId, at: object) -> None:
        """Watch nothing."""


def main() -> None:
    """Let it storm; print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30.0, help="until the deployments end")
    parser.add_argument("--plain", type=float, default=240.0, help="how long the plain app posts")
    parser.add_argument("--strict", action="store_true", help="Slack allows no bursts")
    wanted = parser.parse_args()
    limits = RateLimits(bursts=not wanted.strict)
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder:
        told, plain, untold, refused = _stormed(
            Path(folder), wanted.operations, wanted.seconds, wanted.plain, limits
        )
    _print(wanted.operations, told)
    _print_plain(wanted.operations, plain, untold, refused)
    _print_verdict(told)
    sys.exit(1 if told.faults else 0)


def _stormed(
    folder: Path, count: int, seconds: float, plain_seconds: float, limits: RateLimits
) -> tuple[Told, PlainApp, int, int]:
    ours = Workspace(workspace_config(), limits=limits)
    other = Workspace(workspace_config(), limits=limits)
    began = time.time()
    with served(ours), served(other), senders(folder, count, ours) as storm:
        plain = PlainApp(WebClient(other.config.bot_token, base_url=other.api_url), CHANNEL)
        plain.start()
        stormy = time.time()
        recorded = _let_it_storm(storm, plain, count, seconds)
        _await_told(ours, storm, began)
        told = judged(ours, storm.journal, recorded, limits)
        _sleep_until(min(stormy + plain_seconds, began + LAST))
        return told, plain, plain.stop(), refusals(other)


class Storm(NamedTuple):
    """The journal of the storm, with the engine that writes it."""

    journal: Journal
    engine: Engine


@contextmanager
def senders(
    folder: Path, count: int, workspace: Workspace, *words: str, of: int = SENDERS
) -> Iterator[Storm]:
    """Run so many senders, each with these *words*, over a journal with so many targets."""
    processes = Processes(folder)
    try:
        redis_url = start_redis(processes, folder)
        (folder / "slipway.yaml").write_text(_configuration(count))
        url = f"sqlite:///{folder / 'slipway.db'}"
        database = open_engine(url)
        migrate(database)
        environment = {
            **os.environ,
            "SLACK_BOT_TOKEN": workspace.config.bot_token,
            "SLACK_API_URL": workspace.api_url,
            "SLIPWAY_CONFIG": str(folder / "slipway.yaml"),
            "SLIPWAY_DATABASE_URL": url,
            "SLIPWAY_REDIS_URL": redis_url,
        }
        for number in range(of):
            processes.start(f"sender-{number}", python("tests.bench.sender", *words), environment)
        journal = journal_on(database)
        yield Storm(journal, engine_on(journal, Silent(open_redis(redis_url))))
        dead = processes.dead()
        if dead:
            sys.exit(processes.output(dead))
    finally:
        processes.stop()


def _configuration(count: int) -> str:
    targets = "".join(
        f"""  t{number}:
    system: servicestage-v3
    connection: huawei
    application_id: {UUID(int=1)}
    component_id: {UUID(int=number)}
    source_url: "example.com/shop/t{number}:{{version}}"
    channel: {CHANNEL}
    policy: prod
"""
        for number in range(count)
    )
    return f"""connections:
  huawei:
    kind: huaweicloud
    region: cn-north-4
    project_id: 063a3158b1a34710b36ad208b9497d00
    auth: {{access_key: BENCHAK, secret_key: bench-not-real}}
    endpoints: {{servicestage: "http://127.0.0.1:9"}}
policies:
  prod: {{request: [U0ANN], approve: [U0BOB]}}
targets:
{targets}"""


def _let_it_storm(
    storm: Storm, plain: PlainApp, count: int, seconds: float
) -> dict[OperationId, tuple[float, float]]:
    """Record everything at its moment; return when each request and each final was."""
    began = time.time()
    recorded: dict[OperationId, tuple[float, float]] = {}
    operations = [an_operation(number) for number in range(count)]
    for number, operation in enumerate(operations):
        limits = Limits(per_person=count, total=count)
        storm.engine.begin(NewOperation(operation, operation.id, limits))
        recorded[operation.id] = (time.time(), 0.0)
        plain.tell(Change(number, "requested", time.time()))
    for change in range(1, CHANGES):
        _sleep_until(began + seconds * change / (CHANGES - 1))
        for number, operation in enumerate(operations):
            event = _event(number, operation, change)
            storm.engine.apply(operation.id, event)
            at = time.time()
            is_final = change == CHANGES - 1
            plain.tell(Change(number, event.kind, at, is_final=is_final))
            if is_final:
                recorded[operation.id] = (recorded[operation.id][0], at)
    return recorded


def planned(operation: Operation) -> Plan:
    """Return the plan that is made for it."""
    return operation.plan.made(
        PlanDraft(
            observed=Observation(revision="1.3.0"),
            steps=(PlannedStep(name="deploy"),),
            before="1.3.0",
            after="1.4.0",
        )
    )


def _event(number: int, operation: Operation, change: int, clock: Clock = now) -> Event:
    plan, at = planned(operation), clock()
    match change:
        case 1:
            return ev.Planned(at=at, plan=plan)
        case 2:
            return ev.ApprovalGiven(at=at, by="U0BOB", digest=plan.digest)
        case 3:
            return ev.PermitGranted(at=at, step=0, attempt=1)
        case 4:
            return ev.TaskAccepted(at=at, step=0, attempt=1, task=f"job-{number}")
        case _ if change < CHANGES - 1:
            return ev.TaskSeen(at=at, step=0, detail=foreign(f"pods {change - 4}/6"))
        case _ if number % FAILS == 0:
            return ev.StepFailed(at=at, step=0, reason=foreign("readiness probe failed"))
        case _:
            return ev.StepSucceeded(at=at, step=0)


def an_operation(number: int) -> Operation:
    """Return one that was just asked for."""
    at = now()
    window = timedelta(hours=1)
    parameters = Parameters(version="1.4.0")
    return Operation(
        id=f"op-{number + 1:010}",
        target=f"t{number}",
        system="servicestage-v3",
        connection="huawei",
        action="deploy",
        parameters=parameters,
        policy="prod",
        requester="U0ANN",
        channel=CHANNEL,
        created_at=at,
        plan=Plan(target=f"t{number}", action="deploy", parameters=parameters, policy_version=""),
        phase=AwaitingApproval(expires_at=at + window),
        approvals_needed=1,
        approval_window=window,
        deadline=window,
    )


def _await_told(workspace: Workspace, storm: Storm, began: float) -> None:
    """Wait until Slack was told everything, or nothing more is waited for."""
    ids = [each.id for each in storm.journal.operations.recent(1_000)]
    quiet = None
    while time.time() < began + LAST - 5 and storm.journal.outbox.next_due(now()) is not None:
        finals = {each for each in ids if each in finals_in(workspace, storm.journal)}
        if quiet is None and len(finals) == len(ids):
            quiet = time.time()
        if quiet is not None and time.time() > quiet + AFTERWARDS:
            return
        time.sleep(1.0)  # noqa: TID251 - looks at its own pace


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))  # noqa: TID251 - the measurement's own pace


def _spread(delays: list[float]) -> str:
    if not delays:
        return f"{'-':>8} {'-':>8} {'-':>8}"
    return f"{min(delays):8.1f} {statistics.median(delays):8.1f} {max(delays):8.1f}"


def _print(count: int, told: Told) -> None:
    delays = sorted(at - told.recorded[each][1] for each, at in told.posted.items())
    print(f"{count} deployments x {CHANGES} changes, one channel")  # noqa: T201
    print("seconds from a final's record to its message, each at best and in fact:")  # noqa: T201
    pairs = [f"{best:.0f}/{fact:.0f}" for best, fact in zip(told.best, delays, strict=False)]
    for first in range(0, len(pairs), 10):
        print("  " + " ".join(f"{each:>9}" for each in pairs[first : first + 10]))  # noqa: T201
    names = ("first", "p50", "last", "finals", "refused", "calls each")
    print(f"{'':16}" + "".join(f"{each:>11}" for each in names))  # noqa: T201
    print(_row("best possible", told.best, 0, 2.0))  # noqa: T201
    print(_row("slipway", delays, told.refused, told.calls / count))  # noqa: T201


def _print_plain(count: int, plain: PlainApp, untold: int, refused: int) -> None:
    calls = (count * CHANGES - untold + refused) / count
    print(_row("plain app", plain.delays, refused, calls))  # noqa: T201
    print(f"{'':16} {untold} changes untold when it was stopped")  # noqa: T201


def _row(name: str, delays: list[float], refused: int, calls: float) -> str:
    middle = (min(delays), statistics.median(delays), max(delays)) if delays else ()
    spread = "".join(f"{each:11.1f}" for each in middle) or f"{'none':>33}"
    return f"{name:16}{spread}{len(delays):11}{refused:11}{calls:11.1f}"


def _print_verdict(told: Told) -> None:
    for each in told.faults:
        print(f"FAULT {each}")  # noqa: T201
    last = max((at - told.recorded[each][1] for each, at in told.posted.items()), default=0.0)
    verdict = "does not hold" if told.faults else "holds"
    wanted = f"wanted <= {LATER_MAX:g}, every final told, refused <= {REFUSALS_MAX}: {verdict}"
    print(f"the last final took {last / told.best[-1]:.2f} times the best; {wanted}")  # noqa: T201


if __name__ == "__main__":
    main()

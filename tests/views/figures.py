"""Figures of a month, as reports show them."""

from datetime import timedelta
from typing import Final

from bot.core.codes.rules import Draining
from bot.core.codes.systems import Ready, StatusOf
from bot.core.figures import Bucket, Figures, Ranks, Report, Spread
from bot.core.outcomes import LiveState, TargetRun, WhatRuns
from tests.views.samples import NOON, told

MONTH: Final = timedelta(days=30)
MIDNIGHT: Final = NOON.replace(hour=0)
BUSY: Final = Figures(
    deployments=41,
    failed=3,
    rolled_back=2,
    per_day=1.37,
    bad_share=5 / 41,
    lead=Spread(p50=900.0, p90=5_400.0, samples=38),
    approval=Spread(p50=480.0, p90=4_000.0, samples=40),
    running=Spread(p50=240.0, p90=360.0, samples=38),
    restore=Spread(p50=600.0, p90=1_900.0, samples=5),
    error=0.12,
    within_p90=0.9,
    buckets=tuple(
        Bucket(
            since=MIDNIGHT - timedelta(days=2 * number + 1), days=2, deployments=3, bad=number % 2
        )
        for number in reversed(range(15))
    ),
)
QUIET: Final = Figures(
    deployments=1,
    per_day=0.03,
    bad_share=0.0,
    buckets=(Bucket(since=MIDNIGHT, deployments=1, bad=0),),
)
REPORT: Final = Report(
    scope="all",
    days=30,
    since=NOON - MONTH,
    until=NOON,
    whole=BUSY,
    policies=(("etcd", QUIET), ("prod", BUSY)),
    targets=(("lab", QUIET), ("checkout", BUSY)),
    ranks=Ranks(incidents=3, first=2, within_three=3, median=1, mean=4 / 3),
)
EMPTY: Final = Report(
    scope="target", name="checkout", days=30, since=NOON - MONTH, until=NOON, whole=Figures()
)
RUNS: Final = WhatRuns(
    rows=(
        TargetRun(
            target="checkout",
            version="1.3.0",
            since=NOON,
            by="Ann",
            live=LiveState(
                headline=StatusOf(status="running", version="1.3.0").reason,
                replicas=Ready(ready=2, wanted=2).reason,
                at=NOON,
            ),
            holder=told("watching"),
            holds=(Draining().reason,),
        ),
        TargetRun(target="lab", waiting=2, holds=(Draining().reason,)),
        TargetRun(target="etcd"),
        TargetRun(  # Slipway has never changed it
            target="search",
            live=LiveState(headline=StatusOf(status="deployed", version="1.1.0").reason, at=NOON),
        ),
        TargetRun(  # somebody else has changed it since
            target="billing",
            version="2.3.0",
            since=NOON,
            by="Ann",
            live=LiveState(headline=StatusOf(status="FAILED", version="2.4.0").reason, at=NOON),
        ),
    ),
    as_of=NOON,
)

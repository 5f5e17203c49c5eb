"""docs/benchmarks.md: what was measured, on what, and what it does not say."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Final

from tests.bench.peers.deployments import (
    JOB_SECONDS,
    PATIENCE,
    STORM_PATIENCE,
    STORM_SECONDS,
    Result,
    told,
)
from tests.bench.peers.figures import Measured
from tests.bench.peers.table import CALM, HARD, Machine, of_field, table

_PAGE: Final = Path(__file__).with_name("page.md")


def written(
    field: Mapping[str, Measured],
    versions: Mapping[str, str],
    results: Sequence[Result],
    machine: Machine,
) -> str:
    """Return the page."""
    finals = [each for measured in field.values() for run in measured.calm for each in run.finals]
    return Template(_PAGE.read_text()).substitute(
        machine=_told(machine),
        answers=of_field(CALM, field),
        finals=_finals(finals),
        hard=of_field(HARD, field),
        deployments=told(results),
        job=f"{JOB_SECONDS:.0f}",
        storm=f"{STORM_SECONDS:.0f}",
        killed=f"{PATIENCE:.0f}",
        patience=f"{STORM_PATIENCE:.0f}",
        versions=table(["bot", "version"], [list(each) for each in versions.items()]),
    )


def _told(machine: Machine) -> str:
    before, after = machine.load
    return (
        f"Measured on {machine.date} in {machine.seconds / 60:.0f} minutes: {machine.cores} cores,"
        f" {machine.kernel}, Python {machine.python}, Node {machine.node}; load {before:.1f} before"
        f" and {after:.1f} after; runs: {machine.runs}, each with {machine.commands} commands at 20"
        f" a second and {machine.burst} at once."
    )


def _finals(finals: list[float]) -> str:
    if not finals:
        return "Of Slipway's deployments none was seen to end while it was waited for."
    ordered = sorted(finals)
    return (
        f"Of Slipway's steady deployments {len(ordered)} were seen to end, half of them within"
        f" {ordered[len(ordered) // 2]:.1f} s of their card; the cloud takes one second of that."
    )

"""Schedules of crashes and faults: every single one, and a sample of those with up to four things.

FM-1 to FM-3, FM-5, FM-7 to FM-10, FM-12 to FM-14, FM-16, FM-17 and FM-26 at every point; FM-31,
FM-55 to FM-59, FM-62, FM-66, FM-79, FM-85, FM-90 and FM-91 alone and together with them.
"""

import pytest

from tests.faults.points import Crash, Points, Process
from tests.faults.schedules import (
    SCENARIOS,
    Bounds,
    Outcome,
    Scenario,
    Schedule,
    explored,
    read,
    run,
    sampled,
)
from tests.faults.stage import Ledger

SHARES = 6  # so that test processes can work side by side, and a slow machine is in time
SEEDS = 3
RUNS = 15
UNREAD = ("lost-before", "502-before")
ENDS = ("kill", "kill~", "stop", "alarm")
SINGLE = Bounds(things=1, tier="wide", ends=ENDS)
FEWER = Bounds(things=1, ends=("kill",))  # where the rest is as in a deployment
SECOND = Bounds(crashes=1, things=2, faults=1, ends=("kill",))
PART = 4  # of what is held or waits, a part is run here, and all in the long form
HOLDS = ("queue", "aside", "lock", "freeze", "halt", "incident")
# Of an incident: each step may be lost, and who stood still may go on after another has done it.
STEPS = Bounds(things=1, tier="wide", ends=("kill", "stop"))
SEVERAL = Bounds(tier="wide", ends=ENDS)

pytestmark = pytest.mark.usefixtures("unlogged")


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_whatever_single_thing_happens(book: Ledger, scenario: Scenario, share: int) -> None:
    """One death, one standstill or one fault, at whatever point: nothing is lost or doubled."""
    runs, bounds = 0, {"deploy": SINGLE, "incident": STEPS}.get(scenario, FEWER)
    part = 2 * PART if scenario == "incident" else PART
    shares = SHARES * part if scenario in HOLDS else SHARES
    for outcome in explored(Schedule(scenario), bounds, book, share=(share, shares)):
        runs += 1
        assert not outcome.findings, _told(outcome)
    assert runs > (1 if scenario in HOLDS else 5)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("scenario", ["deploy", "rollback"])
def test_whatever_happens_together(book: Ledger, scenario: Scenario, seed: int) -> None:
    """Two deaths and two faults, drawn by chance: nothing is lost or doubled."""
    for outcome in sampled(Schedule(scenario), SEVERAL, book, seed, RUNS):
        assert not outcome.findings, _told(outcome)


@pytest.mark.parametrize("scenario", ["deploy", "rollback"])
def test_a_busy_answer_to_what_was_executed_sends_nothing_again(
    book: Ledger, scenario: Scenario
) -> None:
    """FM-81: the change that runs there may be our own, whether or not it can be read now."""
    base = run(Schedule(scenario), book)
    [busy] = [each for each in base.grown(SINGLE) if each.things[0][1] == "409-after"]
    outcome = run(busy, book)
    assert (outcome.findings, outcome.phase) == ((), "succeeded")
    unread = [child for child in outcome.grown(SEVERAL) if child.things[1][1] in UNREAD]
    assert unread
    for child in unread[:4]:
        assert not (again := run(child, book)).findings, _told(again)


def test_a_second_attempt_may_end_anywhere(book: Ledger) -> None:
    """After a 429 the next attempt waits a minute, and what is lost then counts from then on."""
    base = run(Schedule("cce-release"), book)
    [held] = [
        each for each in base.grown(SINGLE) if each.things[0][1] == "429" and _sends(base, each)
    ]
    for outcome in explored(held, SECOND, book):
        assert not outcome.findings, _told(outcome)


def test_an_undisturbed_run_ends_well(book: Ledger) -> None:
    """Without any fault each scenario succeeds, is sent once, and is at rest within seconds."""
    for scenario in SCENARIOS:
        outcome = run(Schedule(scenario), book)
        ended = "nothing" if scenario == "incident" else "succeeded"  # which begins no operation
        assert (outcome.findings, outcome.phase) == ((), ended)
        assert outcome.rest < 20 or scenario in HOLDS  # which are held for minutes


def test_a_schedule_is_the_same_run_each_time(book: Ledger) -> None:
    """What failed once can be replayed from its words alone."""
    schedule = read("deploy 57:kill 71:kill~ 110:429")
    assert str(schedule) == "deploy 57:kill 71:kill~ 110:429"
    first, second = run(schedule, book), run(schedule, book)
    assert first == second


def test_growing_runs_no_schedule_twice(book: Ledger) -> None:
    """Every schedule is met once, and everything that it says comes about."""
    base = run(Schedule("rollback"), book)
    pairs = Bounds(things=2)
    late = [child for child in base.grown(pairs) if child.last > len(base.reached) - 5]
    seen = [str(each.schedule) for child in late for each in explored(child, pairs, book)]
    assert len(seen) == len(set(seen)) > len(late)


def test_a_dead_process_does_nothing_more() -> None:
    """Not even what stands in a `finally`: a killed process has none."""
    points, done = Points({1: "kill"}), list[str]()
    points.watch()

    def work() -> None:
        try:
            points.io("first", lambda: done.append("first"), changes=True)
        finally:
            points.io("last", lambda: done.append("last"), changes=True)

    assert Process("worker", 1).run(points, work) is None
    assert done == ["first"]


def test_a_stopped_process_goes_on_where_it_stood() -> None:
    """It stands at its point until it is woken, and then does the rest."""
    points, done = Points({1: "stop"}), list[str]()
    points.watch()
    process = Process("worker", 1)

    def work() -> None:
        for name in ("first", "second"):
            points.io(name, lambda name=name: done.append(name), changes=True)  # type: ignore[misc]

    process.run_apart(points, work)
    assert (process.is_stopped, done) == (True, ["first"])
    process.resume()
    assert done == ["first", "second"]


def test_a_crash_is_no_error() -> None:
    """Nothing of the product may take a death for an error of the world outside."""
    assert not issubclass(Crash, Exception)


def _sends(base: Outcome, schedule: Schedule) -> bool:
    return base.reached[schedule.last].place == "put"


def _told(outcome: Outcome) -> str:
    replay = f"python -m tests.faults.all_schedules --only '{outcome.schedule}'"
    return "\n".join((replay, *outcome.findings))

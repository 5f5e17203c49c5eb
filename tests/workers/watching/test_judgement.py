"""One look at an operation: what a reading means in each phase, and when to look again."""

from datetime import datetime, timedelta
from typing import Any, Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.codes.systems import VendorSaid
from bot.core.errors import (
    CloudError,
    CloudRefusedError,
    CloudUnavailableError,
    IllegalEventError,
    OutcomeUnknownError,
    UnreadableReplyError,
    Verdict,
)
from bot.core.lifecycle import transition
from bot.core.operation import Failed, Operation, RecoveryOption, TaskLine
from bot.core.system import (
    Adopted,
    NothingFound,
    PollResult,
    Recovery,
    RemoteTask,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
)
from bot.core.target import Target
from bot.systems import SYSTEMS
from tests.core.builders import ON, PLACES, fitting, foreign, led
from tests.journal.builders import HOUR, NOON, SECOND
from workers.watching.judgement import (
    LATEST,
    LATEST_UNCERTAIN,
    PATIENCE_UNKNOWN,
    PROGRESS_REST,
    SOONEST,
    happened,
    look,
    next_look,
    unreadable,
    work,
)

BATCH: Final = foreign("a batch is out")
SOON: Final = NOON + 4 * SECOND
ROWS: Final = (TaskLine(name="roll out", status="RUNNING"),)
SEEN: Final[dict[str, PollResult | Recovery]] = {
    "busy": TaskRunning(detail=foreign("rolling"), tasks=ROWS),
    "done": TaskSucceeded(detail=foreign("rolled out")),
    "broken": TaskFailed(reason=foreign("crash")),
    "waits": TaskRunning(detail=BATCH, ways=(ON,)),
    "vanished": TaskNotFound(reason=foreign("no such job")),
    "adopted": Adopted(task=RemoteTask(id="job-9"), evidence=foreign("same second")),
    "nothing": NothingFound(reason=foreign("no trace")),
}
TABLE: Final[dict[tuple[str, str], str]] = {
    ("watching", "busy"): "task_seen",
    ("watching", "waits"): "task_waits",
    ("waiting", "busy"): "task_seen",
    ("waiting", "done"): "step_succeeded",
    ("waiting", "broken"): "step_failed",
    ("watching", "done"): "step_succeeded",
    ("watching", "broken"): "step_failed",
    ("uncertain", "adopted"): "task_adopted",
    ("stalled", "done"): "step_succeeded",
    ("stalled", "broken"): "step_failed",
}


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("place", ["watching", "waiting", "uncertain", "stalled"])
def test_a_reading_means_what_the_table_says(place: str, seen: str) -> None:
    """Each phase takes what can end or move it; all that is no news writes nothing."""
    operation = PLACES[place]()
    kinds = {"uncertain": ("adopted", "nothing")}
    if seen not in kinds.get(place, tuple(SEEN)) or (
        place != "uncertain" and seen in {"adopted", "nothing"}
    ):
        return  # no system's flow says this of such an operation
    event = happened(operation, SEEN[seen], SOON)
    assert (event.kind if event else None) == TABLE.get((place, seen))
    if event:
        transition(operation, event)  # and the lifecycle takes it


@pytest.mark.parametrize("place", [name for name in PLACES if name not in {
    "watching", "watching the last", "waiting", "uncertain", "stalled", "submitting", "postponed",
    "ready for the last", "uncertain for two", "uncertain at the last",
    "uncertain at the last, for two", "not executed"}])  # fmt: skip
def test_where_nothing_is_watched_nothing_happens(place: str) -> None:
    """A look that came too late, after the end or before the start, changes nothing."""
    operation = PLACES[place]()
    assert all(happened(operation, seen, SOON) is None for seen in SEEN.values())
    assert (
        unreadable(operation, CloudUnavailableError(doing="x", why=VendorSaid(words="y")), SOON)
        is None
    )
    with pytest.raises(ValueError, match="waits for nothing"):
        look(operation, a_target(), SYSTEMS[0])


def a_target() -> Target:
    """Return a target; its settings are looked at by its system only."""
    return Target(name="checkout", system="servicestage-v3", connection="h", policy="prod")


def test_people_have_no_deadline() -> None:
    """What waits for them is no stall; what goes on after its deadline is one."""
    operation = PLACES["waiting"]()
    late = SOON + operation.deadline
    assert happened(operation, SEEN["waits"], late) is None
    stalled = happened(operation, SEEN["busy"], late)
    assert stalled is not None
    assert stalled.kind == "watch_stalled"


def test_what_waits_for_people_is_looked_at_each_minute() -> None:
    """They may also act in the cloud's console, which nobody tells Slipway."""
    operation = PLACES["waiting"]()
    assert next_look(operation, SOON + HOUR) == SOON + HOUR + timedelta(minutes=1)


def test_what_may_be_done_about_a_failure_is_kept() -> None:
    """The ways on that the system sees stand in the failure, with the rows that it found."""
    way = RecoveryOption(
        name="skip", label=foreign("Skip 1 risk"), explanation=foreign("as it is"), items=("disk",)
    )
    operation = PLACES["watching"]()
    event = happened(operation, TaskFailed(reason=foreign("a risk"), tasks=ROWS, ways=(way,)), SOON)
    assert event is not None
    failed = led(operation, event)
    assert isinstance(failed.phase, Failed)
    assert (failed.phase.ways, failed.steps[0].tasks) == ((way,), ROWS)


def test_a_later_step_is_looked_at_with_what_came_before() -> None:
    """What the steps before it started is there in order, a detour's as well."""
    operation = PLACES["ready for the last"]()
    longer = led(operation, fitting("plan_extended", operation))
    sent = led(longer, fitting("permit_granted", longer))
    watched = led(sent, fitting("task_accepted", sent, task="job-2"))
    ready = led(watched, fitting("step_succeeded", watched))
    assert [each.id for each in work(ready, 2).earlier] == ["job-1", "job-2"]
    assert [work(ready, step).step.name for step in range(3)] == ["step-0", "again", "step-1"]


def test_a_look_knows_when_the_call_was_permitted_and_what_was_seen_last() -> None:
    """A system can tell what failed before from what fails now, and what has begun meanwhile."""
    operation = PLACES["watching"]()
    step = operation.steps[0]
    assert step.permitted_at is not None
    assert (work(operation, 0).permitted_at, work(operation, 0).seen) == (
        step.permitted_at,
        step.detail,
    )


def test_the_same_again_is_no_news() -> None:
    """A poll that shows nothing new writes nothing to the journal."""
    operation = PLACES["watching"]()
    first = happened(operation, SEEN["busy"], SOON)
    assert first is not None
    after, later = led(operation, first), SOON + PROGRESS_REST
    assert happened(after, SEEN["busy"], later) is None
    assert happened(after, TaskRunning(detail=foreign("rolling"), tasks=()), later) is not None
    assert happened(after, TaskRunning(detail=foreign("half"), tasks=ROWS), later) is not None


def test_progress_is_kept_no_oftener_than_it_is_drawn() -> None:
    """What only a card shows waits until the card may be drawn again; warnings and ends do not."""
    operation = PLACES["watching"]()
    first = happened(operation, TaskRunning(detail=foreign("rolling")), SOON)
    assert first is not None
    after = led(operation, first)
    half, odd = foreign("half"), foreign("status 'ODD'")
    too_soon = SOON + PROGRESS_REST - timedelta(milliseconds=1)
    assert happened(after, TaskRunning(detail=half), too_soon) is None
    assert happened(after, TaskRunning(detail=half), SOON + PROGRESS_REST) is not None
    for told in (TaskRunning(detail=half, note=odd), SEEN["waits"], SEEN["done"], SEEN["broken"]):
        assert happened(after, told, SOON) is not None


def test_progress_rests_where_nothing_is_expected_either() -> None:
    """A first deployment has no history: its permit tells since when it rests, then its reader."""
    known = PLACES["watching"]()
    operation = known.model_copy(update={"expected": None})
    permitted_at = operation.steps[0].permitted_at
    assert permitted_at is not None
    seen, soon = TaskRunning(detail=foreign("half")), permitted_at + PROGRESS_REST
    assert happened(operation, seen, soon - timedelta(milliseconds=1)) is None
    assert happened(operation, seen, soon) is not None
    assert happened(operation, seen, soon, moved_at=soon) is None
    assert happened(operation, seen, soon + PROGRESS_REST, moved_at=soon) is not None
    assert happened(operation, SEEN["done"], soon, moved_at=soon) is not None


def test_a_warning_is_given_once() -> None:
    """A status that nobody listed is told the first time, however often it is seen."""
    operation = PLACES["watching"]()
    odd = TaskRunning(detail=foreign("rolling"), tasks=ROWS, note=foreign("status 'ODD'"))
    event = happened(operation, odd, SOON)
    assert event is not None
    assert happened(led(operation, event), odd, SOON) is None


def test_the_deadline_stalls_and_never_fails() -> None:
    """What has not ended in time is for people to decide; a failure is the API's word alone."""
    operation = PLACES["watching"]()
    assert operation.deadline_at is not None
    late = operation.deadline_at
    for seen, kind in (("busy", "watch_stalled"), ("done", "step_succeeded"),
                       ("broken", "step_failed")):  # fmt: skip
        event = happened(operation, SEEN[seen], late)
        assert event is not None
        assert event.kind == kind
    before = happened(operation, SEEN["busy"], late - SECOND)
    assert before is not None
    assert before.kind == "task_seen"


def test_a_task_that_the_api_does_not_show_yet_is_waited_for() -> None:
    """An API may show an accepted task a little later; only then is it called vanished."""
    operation = PLACES["watching"]()
    assert happened(operation, SEEN["vanished"], NOON + PATIENCE_UNKNOWN - SECOND) is None
    event = happened(operation, SEEN["vanished"], NOON + PATIENCE_UNKNOWN)
    assert event is not None
    assert event.kind == "watch_stalled"
    stalled = led(operation, event)
    assert happened(stalled, SEEN["vanished"], NOON + HOUR) is None


def refused(verdict: Verdict) -> CloudRefusedError:
    """Return the API's refusal to let anybody look."""
    return CloudRefusedError(
        doing="look", why=VendorSaid(words="no right"), status=403, verdict=verdict, code="E1"
    )


FORBIDDEN: Final = ("refused", "misdirected")
READINGS: Final[dict[str, tuple[CloudError, str | None]]] = {
    **{each: (refused(each), "watch_stalled" if each in FORBIDDEN else None)
       for each in get_args(Verdict)},
    "unavailable": (CloudUnavailableError(doing="look", why=VendorSaid(words="silence")), None),
    "unknown outcome": (OutcomeUnknownError(doing="look", why=VendorSaid(words="cut")), None),
    "unreadable": (UnreadableReplyError(doing="look", why=VendorSaid(words="no json")), None),
}  # fmt: skip


@pytest.mark.parametrize("case", READINGS)
def test_a_failed_reading_never_fails_the_operation(case: str) -> None:
    """Only a right that is gone stalls it; all else is looked at again, until the deadline."""
    error, kind = READINGS[case]
    operation = PLACES["watching"]()
    event = unreadable(operation, error, SOON)
    assert (event.kind if event else None) == kind
    late = unreadable(operation, error, NOON + operation.deadline)
    assert late is not None
    assert late.kind == "watch_stalled"
    for place in ("uncertain", "stalled"):
        assert unreadable(PLACES[place](), error, NOON + HOUR) is None


MOMENTS: Final = st.timedeltas(timedelta(0), timedelta(days=2)).map(lambda after: NOON + after)


@given(st.sampled_from(["watching", "watching the last", "uncertain", "stalled"]), MOMENTS, MOMENTS)
def test_looks_come_ever_less_often_within_bounds(place: str, one: datetime, two: datetime) -> None:
    """The longer it takes, the longer the pause, from a second to ten, or to five minutes."""
    operation = PLACES[place]()
    first, second = sorted((one, two))
    latest = LATEST if place.startswith("watching") else LATEST_UNCERTAIN
    pauses = [next_look(operation, moment) - moment for moment in (first, second)]
    assert all(SOONEST <= pause <= latest for pause in pauses)
    if place != "uncertain":  # which is looked at when its settle time is over
        assert pauses == sorted(pauses)


@given(st.sampled_from(["watching", "uncertain", "stalled"]), MOMENTS, st.integers(0, 60))
def test_limits_make_looks_rarer_and_never_more_frequent(
    place: str, moment: datetime, seconds: int
) -> None:
    """Where an API has limits, no look comes before the pause that they leave to each."""
    operation, least = PLACES[place](), timedelta(seconds=seconds)
    assert next_look(operation, moment, least) == max(next_look(operation, moment), moment + least)


def test_the_end_of_the_settle_time_is_not_slept_through() -> None:
    """People may decide from then on, so the look comes at that moment, and says so once."""
    operation = PLACES["uncertain"]()
    due = NOON + HOUR
    assert next_look(operation, due - 2 * SECOND) == due
    assert happened(operation, SEEN["nothing"], due - SECOND) is None
    event = happened(operation, SEEN["nothing"], due)
    assert event is not None
    assert event.kind == "settle_time_passed"
    assert happened(led(operation, event), SEEN["nothing"], due + HOUR) is None


@given(
    st.sampled_from(sorted(PLACES)),
    st.sampled_from(sorted(SEEN)),
    MOMENTS,
)
def test_what_a_look_says_is_accepted_or_was_overtaken(
    place: str, seen: str, now: datetime
) -> None:
    """Whatever was read, the event is one that the lifecycle judges; none breaks it."""
    operation = PLACES[place]()
    event = happened(operation, SEEN[seen], now)
    if event is None:
        return
    try:
        after: Operation = transition(operation, event).operation
    except IllegalEventError:
        assert operation.phase.kind in {"running", "uncertain", "stalled"}
    else:
        assert after.sequence == operation.sequence + 1


def test_a_lost_call_is_looked_for_with_what_was_seen_before() -> None:
    """What was observed before the call, and when it left, is what the search compares with."""
    asked: list[Any] = []

    class Searching:
        spec = SYSTEMS[0].spec

        def recover(self, target: object, sent: object) -> str:
            asked.append((target, sent))
            return "a flow"

    operation = PLACES["uncertain"]()
    flow: Any = look(operation, a_target(), Searching())  # type: ignore[arg-type] # as much of a system as is asked
    assert flow == "a flow"
    [(_, sent)] = asked
    assert sent.observed == operation.plan.observed
    assert sent.permitted_at == getattr(operation.phase, "sent_at", None)
    assert sent.work == work(operation, 0)
    assert sent.work.step == operation.plan.steps[0]


def test_waiting_on_gives_a_vanished_task_time_again() -> None:
    """Who decides to keep waiting is not told at the very next look that it vanished."""
    stalled = PLACES["stalled"]()
    operation = led(stalled, fitting("wait_extended", stalled, at=NOON + HOUR,
                                     extra=stalled.deadline))  # fmt: skip
    assert happened(operation, SEEN["vanished"], NOON + HOUR + SECOND) is None

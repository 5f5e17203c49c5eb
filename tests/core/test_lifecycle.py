"""The table of transitions: every pair of a phase and an event, and what follows from it."""

from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import events as ev
from bot.core.effects import LookAgain, ReleaseLock, TakeLock
from bot.core.errors import IllegalEventError
from bot.core.lifecycle import DETOURS_MAX, begun, may_detour, transition
from bot.core.operation import Operation, Quorum, RecoveryOption, Running, Succeeded
from bot.core.plan import Change, Observation, Plan, PlannedStep
from bot.core.reminders import remind_at
from tests.core.builders import KINDS, ON, PLACES, a_plan, fitting, foreign, led
from tests.journal.builders import ANN, BOB, HOUR, NOON, SECOND, an_operation, permitted, planned

FINAL: Final = ("succeeded", "failed", "rejected", "expired", "cancelled")

# What each place makes of each event that it accepts; all other pairs are refused.
TABLE: Final[dict[str, dict[str, str]]] = {
    "in line": {
        "held_back": "waiting",
        "turn_came": "awaiting_approval",
        "turn_offered": "waiting",
        "withdrawn": "cancelled",
    },
    "offered": {
        "turn_came": "awaiting_approval",
        "turn_lapsed": "expired",
        "stepped_aside": "waiting",
        "withdrawn": "cancelled",
    },
    "asked": {
        "answer_awaited": "awaiting_approval",
        "planned": "awaiting_approval",
        "plan_refused": "failed",
        "approval_refused": "rejected",
        "approval_lapsed": "expired",
        "stepped_aside": "waiting",
        "withdrawn": "cancelled",
    },
    "asked, no gate": {
        "answer_awaited": "queued",
        "held_back": "queued",
        "planned": "queued",
        "plan_refused": "failed",
        "stepped_aside": "waiting",
        "withdrawn": "cancelled",
    },
    "planned": {
        "approval_reminded": "awaiting_approval",
        "plan_refused": "failed",
        "approval_given": "queued",
        "approvals_voided": "awaiting_approval",
        "approval_refused": "rejected",
        "approval_lapsed": "expired",
        "stepped_aside": "waiting",
        "withdrawn": "cancelled",
    },
    "queued": {
        "answer_awaited": "queued",
        "held_back": "queued",
        "plan_refused": "failed",
        "approvals_voided": "awaiting_approval",
        "stepped_aside": "waiting",
        "withdrawn": "cancelled",
        "permit_granted": "running submitting",
    },
    "submitting": {
        "not_accepted": "running ready",
        "task_accepted": "running watching",
        "call_refused": "failed",
        "answer_lost": "uncertain",
    },
    "postponed": {
        "answer_awaited": "running ready",
        "held_back": "running ready",
        "permit_granted": "running submitting",
        "plan_refused": "failed",
    },
    "watching": {
        "task_seen": "running watching",
        "task_waits": "running watching",
        "ran_late": "running watching",
        "seemed_stuck": "running watching",
        "step_succeeded": "running ready",
        "step_failed": "failed",
        "watch_stalled": "stalled",
    },
    "waiting": {
        "task_seen": "running watching",
        "task_waits": "running watching",
        "decision_awaited": "running watching",
        "step_added": "running ready",
        "taken_back": "failed",
        "step_succeeded": "running ready",
        "step_failed": "failed",
        "watch_stalled": "stalled",
    },
    "ready for the last": {
        "answer_awaited": "running ready",
        "held_back": "running ready",
        "permit_granted": "running submitting",
        "plan_refused": "failed",
        "plan_extended": "running ready",
    },
    "watching the last": {
        "task_seen": "running watching",
        "task_waits": "running watching",
        "step_succeeded": "succeeded",
        "step_failed": "failed",
        "watch_stalled": "stalled",
    },
    "uncertain": {
        "task_accepted": "running watching",
        "call_refused": "failed",
        "task_adopted": "running watching",
        "settle_time_passed": "uncertain",
        "not_executed": "failed",
    },
    "uncertain for two": {
        "task_accepted": "running watching",
        "call_refused": "failed",
        "task_adopted": "running watching",
        "settle_time_passed": "uncertain",
        "not_executed_said": "uncertain",
        "executed_said": "uncertain",
    },
    "uncertain at the last": {
        "task_accepted": "running watching",
        "call_refused": "failed",
        "task_adopted": "running watching",
        "settle_time_passed": "uncertain",
        "not_executed": "failed",
        "executed": "succeeded",
    },
    "uncertain at the last, for two": {
        "task_accepted": "running watching",
        "call_refused": "failed",
        "task_adopted": "running watching",
        "settle_time_passed": "uncertain",
        "not_executed_said": "uncertain",
        "executed_said": "uncertain",
    },
    "not executed": {"executed_late": "failed"},
    "glass broken": {"reviewed": "succeeded", "review_reminded": "succeeded"},
    "counting": {
        "rollback_held": "failed",
        "rollback_begun": "failed",
        "rollback_forgone": "failed",
    },
    "stalled": {
        "wait_extended": "running watching",
        "step_succeeded": "running ready",
        "step_failed": "failed",
    },
    **{place: {} for place in FINAL},
}


def phase_of(operation: Operation) -> str:
    """Return the phase in words, with its stage where it has one."""
    stage = f" {operation.phase.stage}" if isinstance(operation.phase, Running) else ""
    return operation.phase.kind + stage


def test_the_table_speaks_of_every_place() -> None:
    """No place is forgotten here, and no event that the table names is unknown."""
    assert set(TABLE) == set(PLACES)
    assert {kind for row in TABLE.values() for kind in row} == {*KINDS} - {"requested"}


@pytest.mark.parametrize("place", PLACES)
def test_every_pair_is_in_the_table_or_refused(place: str) -> None:
    """A phase accepts exactly the events of the table, and a refusal names both."""
    for kind in KINDS:
        operation = PLACES[place]()
        event = fitting(kind, operation)
        wanted = TABLE[place].get(kind)
        if wanted is None:
            with pytest.raises(IllegalEventError) as caught:
                pytest.fail(f"{kind} leads to {transition(operation, event)}")
            refused = (caught.value.phase, caught.value.event)
            assert refused == (operation.phase.kind, kind), kind
            assert all(repr(each) in str(caught.value) for each in refused), kind
            continue
        after, effects = transition(operation, event)
        assert phase_of(after) == wanted, kind
        assert after.sequence == operation.sequence + 1, kind
        released, taken = ReleaseLock() in effects, TakeLock() in effects
        assert released is (operation.has_target and not after.has_target), kind
        assert taken is (after.has_target and not operation.has_target), kind


ELSEWHERE: Final = (
    ("submitting", "task_accepted", {"step": 1}),
    ("submitting", "task_accepted", {"attempt": 2}),
    ("submitting", "call_refused", {"attempt": 0}),
    ("submitting", "answer_lost", {"attempt": 2}),
    ("submitting", "not_accepted", {"attempt": 2}),
    ("queued", "permit_granted", {"step": 1}),
    ("queued", "permit_granted", {"attempt": 2}),
    ("postponed", "permit_granted", {"attempt": 1}),
    ("ready for the last", "permit_granted", {"step": 0, "attempt": 2}),
    ("ready for the last", "plan_extended", {"step": 0}),
    ("ready for the last", "plan_extended", {"step": 2}),
    ("watching", "step_succeeded", {"step": 1}),
    ("watching the last", "step_failed", {"step": 0}),
    ("stalled", "step_succeeded", {"step": 1}),
    ("uncertain", "task_adopted", {"step": 1}),
    ("uncertain", "task_accepted", {"attempt": 2}),
    ("uncertain", "not_executed", {"at": NOON + HOUR - SECOND}),
    ("uncertain at the last", "executed", {"at": NOON + HOUR - SECOND}),
    ("uncertain at the last, for two", "executed_said", {"at": NOON + HOUR - SECOND}),
    ("uncertain for two", "not_executed_said", {"at": NOON + HOUR - SECOND}),
    ("uncertain", "settle_time_passed", {"at": NOON + HOUR - SECOND}),
    ("offered", "turn_came", {"at": NOON + HOUR}),
    ("offered", "turn_lapsed", {"at": NOON + HOUR - SECOND}),
    ("planned", "approval_given", {"digest": "of another plan"}),
    ("planned", "approval_given", {"at": NOON + HOUR}),
    ("planned", "approval_lapsed", {"at": NOON + HOUR - SECOND}),
    ("counting", "rollback_begun", {"at": NOON + HOUR - SECOND}),
    ("counting", "rollback_forgone", {"at": NOON + HOUR - SECOND}),
)


@pytest.mark.parametrize(("place", "kind", "changes"), ELSEWHERE)
def test_what_belongs_elsewhere_is_refused(place: str, kind: str, changes: dict[str, Any]) -> None:
    """Another step, attempt, digest or hour than the present one changes nothing."""
    operation = PLACES[place]()
    with pytest.raises(IllegalEventError):
        transition(operation, fitting(kind, operation, **changes))


def test_a_failure_that_nobody_decided_on_counts_down() -> None:
    """What changed nothing, was people's own decision, or is a rollback itself, is left to people.

    Once somebody has spoken, or something came of it, there is no second time.
    """
    after = {"rollback_after": HOUR}
    failing = ev.StepFailed(at=NOON, step=0, reason=foreign("crash"))
    watched = PLACES["watching"]().model_copy(update=after)
    assert led(watched, failing).countdown is not None
    others = (
        led(watched.model_copy(update={"rollback_after": None}), failing),
        led(watched.model_copy(update={"action": "rollback"}), failing),
        led(watched.model_copy(update={"action": "restart"}), failing),
        led(PLACES["submitting"]().model_copy(update=after), fitting("call_refused", watched)),
        led(PLACES["waiting"]().model_copy(update=after), fitting("taken_back", watched)),
    )
    assert [each.phase.kind for each in others] == ["failed"] * 5
    assert [each.countdown for each in others] == [None] * 5
    for kind in ("rollback_held", "rollback_begun", "rollback_forgone"):
        counting = PLACES["counting"]()
        ended = led(counting, fitting(kind, counting))
        assert ended.countdown is None
        assert remind_at(counting) is not None
        assert remind_at(ended) is None
        with pytest.raises(IllegalEventError):
            transition(ended, fitting("rollback_begun", ended))


@pytest.mark.parametrize(("approvals", "needed"), [(0, 2), (1, 2), (3, 3)])
def test_what_nothing_undoes_takes_more_people(approvals: int, needed: int) -> None:
    """As soon as the plan says so, be it the first one or one that comes instead of it."""
    phase = PLACES["asked" if approvals else "asked, no gate"]()
    rules = {"approvals_needed": approvals, "irreversible_approvals": 2}
    asked = phase.model_copy(update=rules)
    plain = led(asked, fitting("planned", asked))
    final = a_plan(asked, "1.3.1").model_copy(update={"no_way_back": foreign("it is one way")})
    assert plain.approvals_needed == approvals
    for after in (
        led(asked, ev.Planned(at=NOON, plan=final)),
        led(plain, ev.ApprovalsVoided(at=NOON, plan=final, reason=foreign("changed"))),
    ):
        assert after.approvals_needed == needed
        assert phase_of(after) == "awaiting_approval"


@pytest.mark.parametrize("approvals", [0, 1, 2])
def test_in_an_incident_the_people_before_the_lead_are_more(approvals: int) -> None:
    """What it takes more is wanted at the first gate: so it can be opened, and the lead is one."""
    gates = (Quorum(gate="approvers", needed=approvals), Quorum(gate="lead", needed=1))
    rules = {"approvals_needed": approvals + 1, "irreversible_approvals": 3, "gates": gates}
    asked = PLACES["asked"]().model_copy(update=rules)
    final = a_plan(asked, "1.3.1").model_copy(update={"no_way_back": foreign("it is one way")})
    after = led(asked, ev.Planned(at=NOON, plan=final))
    assert after.approvals_needed == 3
    assert [each.needed for each in after.gates] == [2, 1]


def test_a_plan_that_was_not_made_opens_nothing() -> None:
    """Without an observation nothing is planned, and nothing is voided for it."""
    blank = an_operation().plan
    for place, event in (
        ("asked", ev.Planned(at=NOON, plan=blank)),
        ("planned", ev.ApprovalsVoided(at=NOON, plan=blank, reason=foreign("?"))),
    ):
        with pytest.raises(IllegalEventError):
            transition(PLACES[place](), event)


def test_a_gate_opens_by_distinct_people() -> None:
    """Two are wanted: one of them twice is one."""
    operation = led(an_operation(approvals_needed=2), fitting("planned", an_operation()))
    once = led(operation, fitting("approval_given", operation))
    assert phase_of(once) == "awaiting_approval"
    with pytest.raises(IllegalEventError, match="approved before"):
        led(once, fitting("approval_given", once))
    assert phase_of(led(once, fitting("approval_given", once, by=ANN))) == "queued"


@pytest.mark.parametrize("place", ["planned", "queued"])
def test_approvals_do_not_survive_another_digest(place: str) -> None:
    """When something else would happen, everybody is asked again, in a new window."""
    operation = PLACES[place]()
    event = fitting("approvals_voided", operation, at=NOON + SECOND)
    after = led(operation, event)
    assert after.approvals == ()
    assert after.round == operation.round + 1
    assert after.plan.digest != operation.plan.digest
    assert phase_of(after) == "awaiting_approval"
    assert getattr(after.phase, "expires_at", None) == NOON + SECOND + after.approval_window
    with pytest.raises(IllegalEventError):
        led(after, fitting("approval_given", after, digest=operation.plan.digest))


def test_without_a_gate_a_changed_plan_goes_on() -> None:
    """Where nobody has to approve, nobody is asked because the live state changed."""
    operation = PLACES["asked, no gate"]()
    ready = led(operation, fitting("planned", operation))
    assert phase_of(led(ready, fitting("approvals_voided", ready))) == "queued"


def test_the_fifth_void_asks_people() -> None:
    """V3: what is voided again and again goes on only by a person's approval."""
    operation = PLACES["asked, no gate"]()
    operation = led(operation, fitting("planned", operation))
    for _ in range(4):
        operation = led(operation, fitting("approvals_voided", operation))
        assert phase_of(operation) == "queued"
    operation = led(operation, fitting("approvals_voided", operation))
    assert (phase_of(operation), operation.approvals_needed) == ("awaiting_approval", 1)


def test_the_first_permit_starts_the_clock() -> None:
    """The deadline counts from the first permit; later attempts and steps do not move it."""
    first = led(PLACES["queued"](), permitted())
    assert first.deadline_at == NOON + first.deadline
    again = PLACES["postponed"]()
    later = led(again, fitting("permit_granted", again, at=NOON + HOUR))
    assert later.deadline_at == NOON + later.deadline
    assert later.steps[0].started_at == NOON
    assert later.steps[0].permitted_at == NOON + HOUR


def test_peoples_word_ends_a_lost_call() -> None:
    """D17: as many as had to approve say that it took effect; who they were is kept."""
    operation = PLACES["uncertain at the last, for two"]()
    heard = led(operation, fitting("executed_said", operation))
    done = led(heard, fitting("executed", heard, by=ANN))
    assert done.phase == Succeeded(at=NOON + HOUR, said_by=(BOB, ANN))
    assert (done.steps[1].phase, done.steps[1].remote_task) == ("succeeded", None)
    assert done.changed_what_runs
    with pytest.raises(IllegalEventError):
        transition(heard, fitting("executed", heard))


def test_keeping_waiting_moves_the_deadline() -> None:
    """People who decide to wait give it as long as they said, from then on."""
    stalled = PLACES["stalled"]()
    after = led(stalled, fitting("wait_extended", stalled, at=NOON + HOUR))
    assert after.deadline_at == NOON + HOUR + timedelta(minutes=30)


def test_a_lost_answer_is_looked_for_at_once() -> None:
    """Uncertainty is read back without waiting."""
    operation = PLACES["submitting"]()
    effects = transition(operation, fitting("answer_lost", operation)).effects
    assert LookAgain(at=NOON) in effects


NAMES: Final = st.lists(st.sampled_from(["check", "save", "move"]), min_size=1, max_size=3)


@given(st.lists(st.tuples(st.integers(1, 3), NAMES), max_size=DETOURS_MAX + 2), st.integers(2, 4))
@example([(1, ["check"])] * (DETOURS_MAX + 1), 2)
def test_a_detour_skips_and_repeats_nothing(
    detours: list[tuple[int, list[str]]], length: int
) -> None:
    """Whatever is put in: every step is sent once and in order, and what was approved is done.

    The digest that people approved stands, and so do their approvals; after so many detours the
    next one is refused.
    """
    planned_ = planned(an_operation(), steps=length)
    operation = led(an_operation(), planned_)
    operation = led(operation, fitting("approval_given", operation))
    wanted, taken, permits = list(detours), 0, []
    while not operation.is_final:
        step = getattr(operation.phase, "step", 0)
        at = next((each for each in wanted if each[0] == step), None)
        if at and operation.phase.kind == "running":
            wanted.remove(at)
            steps = tuple(PlannedStep(name=name) for name in at[1])
            event = fitting("plan_extended", operation, steps=steps)
            if taken < DETOURS_MAX:
                taken += 1
                operation = led(operation, event)
                continue
            assert not may_detour(operation, step)
            with pytest.raises(IllegalEventError):
                transition(operation, event)
            continue
        permits.append(step)
        sent = led(operation, fitting("permit_granted", operation))
        watched = led(sent, fitting("task_accepted", sent, task=f"job-{step}"))
        operation = led(watched, fitting("step_succeeded", watched))
    assert phase_of(operation) == "succeeded"
    assert permits == list(range(len(operation.plan.steps)))
    assert [each.attempt for each in operation.steps] == [1] * len(operation.steps)
    assert [each.name for each in operation.steps] == [each.name for each in operation.plan.steps]
    approved = [each for each in operation.plan.steps if not each.is_detour]
    assert approved == list(planned_.plan.steps)
    assert operation.plan.digest == planned_.plan.digest == operation.approvals[0].digest
    assert operation.detours == taken <= DETOURS_MAX


def test_what_was_tried_is_not_put_off() -> None:
    """A permit is kept by the number of its step, so no other step may take that number."""
    ready = PLACES["ready for the last"]()
    sent = led(ready, fitting("permit_granted", ready))
    tried = led(sent, fitting("not_accepted", sent))
    assert may_detour(ready, 1)
    for operation, step in ((tried, 1), (ready, 0), (ready, 2), (PLACES["asked"](), 1)):
        assert not may_detour(operation, step)
    with pytest.raises(IllegalEventError, match="cannot be put off"):
        transition(tried, fitting("plan_extended", tried))


def test_what_answers_proved_is_kept_for_the_next_attempt() -> None:
    """A system sends another form of a call that a server does not know: on proof alone."""
    sent = PLACES["submitting"]()
    unsaid = led(sent, fitting("not_accepted", sent))
    assert unsaid.steps[0].declined == ()
    declined = led(sent, fitting("not_accepted", sent, verdict="unsupported"))
    again = led(declined, fitting("permit_granted", declined))
    busy = led(again, fitting("not_accepted", again, verdict="busy"))
    assert busy.steps[0].declined == ("unsupported", "busy")


def test_the_ways_on_stand_in_the_failure() -> None:
    """What the API leaves open is kept with the end, for people to choose from."""
    watched = PLACES["watching"]()
    way = RecoveryOption(name="retry", label=foreign("Retry"), explanation=foreign("once more"))
    failed = led(watched, fitting("step_failed", watched, ways=(way,)))
    assert getattr(failed.phase, "ways", None) == (way,)


def test_a_chosen_step_comes_next_and_needs_no_other_approval() -> None:
    """It stands behind the one that waited, whose work is done, with a deadline of its own."""
    waiting = PLACES["waiting"]()
    later = NOON + 9 * HOUR
    after = led(waiting, fitting("step_added", waiting, at=later))
    assert [each.name for each in after.plan.steps] == ["step-0", "more", "step-1"]
    assert [each.phase for each in after.steps] == ["succeeded", "pending", "pending"]
    assert after.steps[0].finished_at == NOON
    assert after.plan.digest == waiting.plan.digest == waiting.approvals[0].digest
    assert (after.ways, after.waits_for_people) == ((), False)
    assert after.deadline_at == later + after.deadline
    assert after.round == waiting.round + 1


def test_only_what_is_offered_is_chosen() -> None:
    """A choice that nobody offered, and one that has no step, changes nothing."""
    waiting = PLACES["waiting"]()
    with pytest.raises(IllegalEventError, match="nothing of the kind"):
        transition(waiting, fitting("step_added", waiting, option="off"))
    stepless = ON.model_copy(update={"step": None})
    again = led(waiting, fitting("task_waits", waiting, ways=(stepless,)))
    with pytest.raises(IllegalEventError, match="nothing of the kind"):
        transition(again, fitting("step_added", again))


def test_what_is_seen_to_go_on_waits_no_more() -> None:
    """Somebody chose in the vendor's console: nothing is offered, and time counts again."""
    waiting = PLACES["waiting"]()
    assert waiting.steps[0].finished_at == NOON
    on = led(waiting, fitting("task_seen", waiting))
    assert (on.ways, on.steps[0].finished_at) == ((), None)


def test_what_is_taken_back_keeps_its_ways() -> None:
    """Should its rollback come to nothing, people choose again, on the same card."""
    waiting = PLACES["waiting"]()
    ended = led(waiting, fitting("taken_back", waiting))
    assert (ended.ways, getattr(ended.phase, "code", "")) == ((ON,), "taken_back")
    assert ended.changed_what_runs is True


def test_a_note_is_kept() -> None:
    """What the remote task was warned about stays with its step."""
    operation = PLACES["watching"]()
    warned = transition(operation, fitting("task_seen", operation, note="status 'ODD'"))
    assert warned.operation.steps[0].notes == (foreign("status 'ODD'"),)


def test_the_beginning_shows_and_rings() -> None:
    """A request is the first of the events that are counted."""
    assert begun(an_operation(sequence=0)).operation.sequence == 1


TEXT: Final = st.text(max_size=5)


@given(TEXT, TEXT, st.dictionaries(TEXT, TEXT, max_size=2), st.booleans())
def test_the_digest_covers_what_is_approved_and_no_more(
    status: str,
    task: str,
    facts: dict[str, str],
    shown: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    """What fluctuates by itself or is only shown does not void an approval."""
    plan = a_plan(an_operation())
    observed = Observation(revision="1.3.0", status=status, last_task=task, facts=facts)
    changes = (Change(name="image", before="a", after="b"),) if shown else ()
    other = plan.model_copy(
        update={"observed": observed, "before": status, "after": task, "changes": changes}
    )
    assert other.digest == plan.digest


def test_the_digest_of_an_older_plan_stands() -> None:
    """Fields that came later do not change the digest of what was approved before they did."""
    plan = a_plan(an_operation())
    old = "c29f4d0f3912430b986497b8c69901f767977fb8dc907752987fbc6d31e237f0"
    assert plan.digest == old
    for parameters in ({"way": "retry"}, {"items": ("disk",)}):
        asked = plan.parameters.model_copy(update=parameters)
        assert plan.model_copy(update={"parameters": asked}).digest != old


COVERED: Final[dict[str, Any]] = {
    "target": "billing",
    "action": "restart",
    "parameters": an_operation().parameters.model_copy(update={"version": "1.5.0"}),
    "steps": (PlannedStep(name="deploy", parameters={"url": "elsewhere"}),),
    "observed": Observation(revision="1.3.1"),
    "policy_version": "v2",
}


@pytest.mark.parametrize("field", COVERED)
def test_the_digest_covers_every_word_of_the_promise(field: str) -> None:
    """Target, action, parameters, steps, live revision, policy: each change is another digest."""
    plan = a_plan(an_operation())
    assert plan.model_copy(update={field: COVERED[field]}).digest != plan.digest


@given(st.permutations(["a", "b", "c"]))
def test_the_digest_does_not_depend_on_the_order_of_keys(order: list[str]) -> None:
    """The same plan read back from the database has the same digest."""
    step = PlannedStep(name="deploy", parameters=dict.fromkeys(order, 1))
    plan = a_plan(an_operation()).model_copy(update={"steps": (step,)})
    sorted_step = PlannedStep(name="deploy", parameters=dict.fromkeys(sorted(order), 1))
    assert plan.digest == plan.model_copy(update={"steps": (sorted_step,)}).digest
    assert Plan.model_validate_json(plan.model_dump_json()).digest == plan.digest


@pytest.mark.parametrize("place", PLACES)
def test_an_operation_survives_its_record(place: str) -> None:
    """What the journal reads back is what was written."""
    operation = PLACES[place]()
    assert Operation.model_validate_json(operation.model_dump_json()) == operation

"""The one decision: its whole truth table against an oracle of its own, and what always holds."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any, Final, Literal, TypeAlias

import pytest

from bot.core.operation import (
    AwaitingApproval,
    Operation,
    Queued,
    Stalled,
    Succeeded,
    Uncertain,
    Waiting,
)
from bot.core.plan import Change
from bot.core.policy import Freeze, Member, Policy
from bot.core.records import SLIPWAY
from bot.core.rules import RULES, Abilities, Facts, Intent, Newest, Seen, Undone, allows, decide
from bot.core.verbs import offers
from tests.core.builders import TEAM, a_member
from tests.core.rules.known import (
    AFTER,
    INTENTS,
    LATE,
    PEOPLE,
    POLICIES,
    SRE,
    a_change,
    a_target,
    an_intent,
    facts,
    local,
    operations,
)
from tests.journal.builders import ANN, BOB, an_id

Answer: TypeAlias = Literal["yes", "no", "moot"]
OPERATIONS: Final = operations()
BEGINS: Final = frozenset(
    {"deploy", "rollback command", "restart", "break glass", "roll back", "recover", "again"}
)


def expected(intent: str, operation: Operation, policy: Policy, person: Member) -> Answer:
    """Say the same again from the words of the contract, by other means."""
    standing = _standing(intent, operation)
    if intent == "hold" and policy.on_failure != "rollback":
        standing = "moot"
    if standing != "yes":
        return standing
    if intent == "prepare" and operation.break_glass is not None:
        return "yes"
    if intent == "prepare":
        return "yes" if policy.approvals <= operation.approvals_needed else "no"
    if intent == "take turn":
        return "yes"
    if intent == "send":
        return _sending(operation, policy)
    flags = (person.is_bot, person.is_guest, person.is_stranger, person.is_deactivated)
    if any(flags) or person.team != TEAM:
        return "no"
    if intent in {"ask", "details"}:
        return "yes"
    return _entitled(intent, policy, person)


def _standing(intent: str, operation: Operation) -> Answer:
    """Say whether the operation stands where the wish can have an effect."""
    phase = operation.phase
    is_gate = isinstance(phase, AwaitingApproval)
    changed = operation.is_final and any(step.remote_task for step in operation.steps)
    table: dict[str, Answer] = {
        "approve": "moot" if not is_gate else "yes" if operation.plan.is_made else "no",
        "reject": "moot" if not is_gate else "yes" if operation.plan.is_made else "no",
        "cancel": "yes" if isinstance(phase, Waiting | AwaitingApproval | Queued) else "moot",
        "start now": "yes" if getattr(phase, "starts_by", None) else "moot",
        "take turn": "no" if getattr(phase, "starts_by", None) else "yes",
        "look again": "yes" if isinstance(phase, Uncertain | Stalled) else "moot",
        "not executed": "yes" if isinstance(phase, Uncertain) else "moot",
        "executed": "yes" if isinstance(phase, Uncertain) else "moot",
        "keep waiting": "yes" if isinstance(phase, Stalled) else "moot",
        "roll back": "yes" if changed and phase.kind in {"succeeded", "failed"} else "no",
        "review": "yes" if operation.needs_review else "moot",
        "details": "moot" if phase.kind in {"rejected", "expired", "cancelled"} else "yes",
        "again": _again(operation),
        "recover": "yes" if getattr(phase, "ways", ()) else "no",
        "hold": "yes" if operation.countdown else "moot",
    }
    if phase.kind == "running":
        table["roll back"] = "yes" if operation.waits_for_people else "no"
        table["recover"] = "yes" if operation.waits_for_people else "moot"
    return table.get(intent, "yes")


def _again(operation: Operation) -> Answer:
    """What ended is asked for again, unless nothing was sent or its system says how to go on."""
    phase = operation.phase
    if phase.kind not in {"succeeded", "failed"}:
        return "moot"
    was_sent = any(step.attempt for step in operation.steps)
    is_told = phase.kind == "failed" and (bool(getattr(phase, "ways", ())) or not was_sent)
    return "no" if is_told else "yes"


def _sending(operation: Operation, policy: Policy) -> Answer:
    """Ann asked, in every group; Bob approved, and is in one of them; the gate is open."""
    if isinstance(operation.phase, Waiting | AwaitingApproval | Uncertain | Stalled):
        return "no"
    if getattr(operation.phase, "stage", "") == "watching":
        return "no"
    is_broken = operation.break_glass is not None
    asks = {ANN, "S0DEVS", SRE, "anyone"} & set(policy.break_glass if is_broken else policy.request)
    if is_broken:
        return "yes" if asks else "no"
    approves = {BOB, SRE, "anyone"} & set(
        policy.approve or (() if policy.approvals else policy.request)
    )
    is_approved = not operation.approvals or bool(approves)
    is_enough = policy.approvals <= operation.approvals_needed
    return "yes" if asks and is_enough and is_approved else "no"


def _entitled(intent: str, policy: Policy, person: Member) -> Answer:
    names = {person.id, *person.groups, "anyone"}

    def lists(listed: tuple[str, ...]) -> bool:
        return person.id != SLIPWAY and not names.isdisjoint(listed)

    is_requester = person.id == ANN
    back = policy.request if policy.rollback is None else policy.rollback
    gate = policy.approve or (() if policy.approvals else policy.request)
    approves = lists(gate) and (policy.self_approval or not is_requester)
    may: dict[str, bool] = {
        "deploy": lists(policy.request),
        "restart": lists(policy.request),
        "break glass": lists(policy.break_glass),
        "review": not is_requester and lists(policy.approve or policy.request),
        "recover": lists(policy.request),
        "again": lists(policy.request),
        "rollback command": lists(back),
        "roll back": lists(back) or (person.id == SLIPWAY and policy.on_failure == "rollback"),
        "hold": is_requester or lists(back),
        "approve": approves,
        "reject": is_requester or approves,
        "start now": is_requester,
        "cancel": is_requester or lists(policy.approve),
        "look again": lists(policy.approve or policy.request),
        "keep waiting": lists(policy.approve or policy.request),
        "not executed": False,  # its settle time is not over
        "executed": False,
    }
    return "yes" if may[intent] else "no"


def answer(intent: Intent, known: Facts, person: Member) -> Answer:
    """Return what the rules say, with void taken for a no: nothing is sent."""
    found = decide(intent, known.model_copy(update={"person": person})).decisive
    if found is None:
        return "yes"
    return "moot" if found.verdict == "moot" else "no"


@pytest.mark.parametrize("intent", INTENTS)
def test_the_whole_truth_table(intent: str, record_property: Callable[[str, object], None]) -> None:
    """Each wish by each person under each policy at each place is what the contract says."""
    wrong = []
    for (place, operation), (rules, policy) in product(OPERATIONS.items(), POLICIES.items()):
        if (place, intent, rules) == ("planned", "approve", "nobody to approve"):
            continue
        known, wish = facts(operation, None, policy), an_intent(intent, operation)
        wrong += [
            (place, rules, who)
            for who, person in PEOPLE.items()
            if answer(wish, known, person) != expected(intent, operation, policy, person)
        ]
    record_property("rows", len(OPERATIONS) * len(POLICIES) * len(PEOPLE))
    assert wrong == []


@pytest.mark.parametrize("intent", INTENTS)
def test_what_allows_says_is_what_decide_says(intent: str) -> None:
    """Whoever only wants to know whether it may be, hears what the whole decision says."""
    for operation, person in product(OPERATIONS.values(), PEOPLE.values()):
        known = facts(operation, person, POLICIES["groups"])
        wish = an_intent(intent, operation)
        assert allows(wish, known) is decide(wish, known).is_allowed


NEWER: Final = Newest(id=an_id(9), is_open=False)
UNDONE: Final = Undone(
    operation=an_id(9), by=BOB, at=AFTER - timedelta(minutes=9), before="1.5.0", after="1.4.0"
)
FROZEN: Final = (Freeze(days=tuple(range(7))),)
CHANGED: Final[dict[str, tuple[dict[str, Any], str, frozenset[str]]]] = {
    # what is known besides, the code that stands in the way, and of what
    "draining": ({"is_draining": True}, "draining", BEGINS),
    "the target moved": (
        {"target": a_target(connection="other")},
        "not_allowed",
        frozenset({"roll back", "recover"}),
    ),
    "the target is gone": (
        {"target": None},
        "unknown_target",
        frozenset({"deploy", "rollback command", "restart", "roll back", "recover"}),
    ),
    "the policy is gone": ({"policy": None}, "not_allowed", frozenset({"approve", "cancel"})),
    "something newer": ({"newest": NEWER}, "not_newest", frozenset({"roll back", "recover"})),
    "it was rolled back a moment ago": (
        {"undone": UNDONE},
        "rolled_back_lately",
        frozenset({"rollback command"}),
    ),
    "not on a card": ({"is_on_card": False}, "wrong_place", frozenset({"approve", "roll back"})),
    "nobody knows the person": (
        {"person": None},
        "rights_unknown",
        frozenset({"deploy", "restart", "approve", "cancel", "roll back", "recover", "ask"}),
    ),
    "the API cannot": (
        {"abilities": Abilities(title="thing", actions=frozenset({"scale"}))},
        "unsupported_action",
        frozenset({"deploy", "rollback command", "restart", "roll back"}),
    ),
}


def _place(intent: str) -> str:
    """Return where *intent* is allowed."""
    gates = dict.fromkeys(("approve", "reject", "cancel"), "planned")
    gates["start now"] = "offered"
    doubts = {"look again": "uncertain", "not executed": "uncertain", "keep waiting": "stalled"}
    doubts["executed"] = "uncertain at the last"
    return {**gates, **doubts, "recover": "failed", "hold": "counting"}.get(intent, "succeeded")


@pytest.mark.parametrize("changed", CHANGED)
def test_what_else_stands_in_the_way(changed: str) -> None:
    """Each fact forbids what it concerns, under its code, and nothing else."""
    known, code, concerned = CHANGED[changed]
    policy, person = POLICIES["anyone"], PEOPLE["unlisted"]
    for intent in INTENTS:
        operation = OPERATIONS[_place(intent)]
        wanted = an_intent(intent, operation)
        denied = decide(wanted, facts(operation, person, policy).model_copy(update=known)).denied
        if intent in concerned:
            assert denied is not None, intent
            assert denied.code == code, intent


@pytest.mark.parametrize("intent", ["deploy", "restart", "recover"])
def test_a_freeze_holds_changes(intent: str) -> None:
    """While a freeze lasts nothing but a way back begins, and it says until when."""
    policy = POLICIES["anyone"].model_copy(update={"freezes": FROZEN})
    operation = OPERATIONS["failed"]
    known = facts(operation, PEOPLE["unlisted"], policy, local=local(AFTER))
    denied = decide(an_intent(intent, operation), known).denied
    assert denied is not None
    assert (denied.code, denied.rule) == ("frozen", "policies.prod.freezes")
    assert denied.why is not None
    assert denied.why.params["weekday"] == AFTER.weekday()


@pytest.mark.parametrize("intent", ["rollback command", "roll back", "ask"])
def test_a_freeze_lets_a_way_back_and_questions_pass(intent: str) -> None:
    """What undoes a change, and what changes nothing, is refused by no freeze."""
    policy = POLICIES["anyone"].model_copy(update={"freezes": FROZEN})
    operation = OPERATIONS["failed"]
    known = facts(operation, PEOPLE["unlisted"], policy, local=local(AFTER))
    assert decide(an_intent(intent, operation), known).is_allowed


def test_a_dry_run_needs_no_reason_and_is_held_by_nothing_of_time() -> None:
    """Dry runs pass freezes, draining and the want of a reason."""
    rules = {"freezes": FROZEN, "reason": "required"}
    policy = POLICIES["anyone"].model_copy(update=rules)
    known = facts(
        OPERATIONS["failed"],
        PEOPLE["unlisted"],
        policy,
        local=local(AFTER),
        is_draining=True,
    )
    dry = a_change("deploy", version="1").model_copy(update={"dry_run": True})
    assert decide(dry, known).is_allowed
    wet = decide(a_change("deploy", version="1"), known.model_copy(update={"is_draining": False}))
    assert wet.denied is not None
    assert [each.rule for each in wet.findings if each.verdict == "no"] == ["reason", "freeze"]


@pytest.mark.parametrize(
    "seen",
    [
        None,
        Seen(round=1, digest=""),
        Seen(round=2, digest=OPERATIONS["planned"].plan.digest),
        Seen(round=1, digest="0" * 12),
    ],
    ids=["nothing", "no digest", "another round", "another plan"],
)
def test_an_approval_counts_for_the_plan_that_was_seen(seen: Seen | None) -> None:
    """Without the present plan's digest nothing is approved: no default is open."""
    operation = OPERATIONS["planned"]
    intent = an_intent("approve", operation).model_copy(update={"seen": seen})
    denied = decide(intent, facts(operation, PEOPLE["in the group"], POLICIES["groups"])).denied
    assert denied is not None
    assert denied.code == "stale"


ONE_WAY: Final = Abilities(title="thing", actions=frozenset({"deploy"}))
WAYS: Final = ("one-batch", "rolling:N", "gray:P%")


@pytest.mark.parametrize(
    ("word", "known", "key"),
    [
        ("one-batch", WAYS, ""),
        ("rolling:3", WAYS, ""),
        ("gray:99%", WAYS, ""),
        ("rolling:N", WAYS, "usage.strategy"),
        ("rolling:0", WAYS, "usage.strategy"),
        ("rolling:100", WAYS, "usage.strategy"),
        ("gray:20", WAYS, "usage.strategy"),
        ("fast", WAYS, "usage.strategy"),
        ("one-batch", (), "usage.no_strategies"),
    ],
)
def test_a_version_is_brought_out_as_its_system_can(
    word: str, known: tuple[str, ...], key: str
) -> None:
    """Another way is refused before anything is recorded, with those that there are."""
    abilities = ONE_WAY.model_copy(update={"strategies": known})
    given = facts(OPERATIONS["failed"], PEOPLE["unlisted"], POLICIES["anyone"], abilities=abilities)
    denied = decide(a_change("deploy", version="1", strategy=word), given).denied
    assert (denied.why.key if denied else "") == key


@pytest.mark.parametrize("takes_json", [False, True])
def test_a_value_may_be_an_object_where_the_api_has_some(*, takes_json: bool) -> None:
    """Elsewhere JSON would be taken for text, and nobody would say so."""
    able = {"takes_values": True, "takes_json": takes_json}
    given = facts(
        OPERATIONS["failed"],
        PEOPLE["unlisted"],
        POLICIES["anyone"],
        abilities=ONE_WAY.model_copy(update=able),
    )
    wanted = a_change("deploy", version="1", values={"affinity": '{"az": ["a"]}'})
    denied = decide(wanted, given).denied
    assert (denied.why.key if denied else "") == ("" if takes_json else "bad_values.object")


def test_a_choice_counts_once() -> None:
    """A press on a card from before the last choice chooses nothing, and says why."""
    operation = OPERATIONS["waiting"]
    later = operation.model_copy(update={"round": operation.round + 1})
    stale = an_intent("recover", operation)
    given = facts(later, PEOPLE["unlisted"], POLICIES["anyone"])
    found = decide(stale, given).decisive
    assert found is not None
    assert (found.verdict, found.why.key if found.why else "") == ("moot", "gone_on_already")


@pytest.mark.parametrize("what", ["a freeze", "draining"])
def test_what_waits_may_finish(what: str) -> None:
    """Another step of what runs is no new change; a rollback while draining is one."""
    policy = POLICIES["anyone"].model_copy(update={"freezes": FROZEN})
    operation = OPERATIONS["waiting"]
    rules = policy if what == "a freeze" else POLICIES["anyone"]
    given = facts(
        operation,
        PEOPLE["unlisted"],
        rules,
        local=local(AFTER),
        is_draining=what == "draining",
    )
    assert decide(an_intent("recover", operation), given).is_allowed
    back = decide(an_intent("roll back", operation), given).denied
    assert (back.code if back else "") == ("" if what == "a freeze" else "draining")


@pytest.mark.parametrize("said", ["not executed", "executed"])
def test_nobody_decides_about_a_lost_call_too_early(said: str) -> None:
    """Before the settle time is over people's word is refused; after it, it counts."""
    operation = OPERATIONS["uncertain at the last"]
    intent = an_intent(said, operation)
    early = decide(intent, facts(operation, PEOPLE["in the group"], POLICIES["groups"]))
    late = decide(intent, facts(operation, PEOPLE["in the group"], POLICIES["groups"], now=LATE))
    assert early.denied is not None
    assert early.denied.code == "too_early"
    assert late.is_allowed


def test_nobody_says_that_it_is_done_while_there_are_steps_left() -> None:
    """D17: what follows needs what the lost answer would have told; that it failed can be said."""
    operation = OPERATIONS["uncertain"]
    known = facts(operation, PEOPLE["in the group"], POLICIES["groups"], now=LATE)
    refused = decide(an_intent("executed", operation), known)
    assert refused.denied is not None
    assert refused.denied.code == "unsupported_action"
    assert decide(an_intent("not executed", operation), known).is_allowed


def test_before_a_permit_an_approver_who_left_voids_or_stops() -> None:
    """Before anything was sent people decide again; between two steps the operation stops."""
    stranger = a_member(BOB, is_deactivated=True)
    for place, verdict in (("queued", "void"), ("ready for the last", "no")):
        operation = OPERATIONS[place]
        known = facts(operation, None, POLICIES["anyone"], approvers=(stranger,))
        found = decide(an_intent("send", operation), known).decisive
        assert found is not None
        assert (found.rule, found.verdict) == ("approvals", verdict)


def test_before_a_permit_another_live_state_voids() -> None:
    """What would be sent now is not what was planned: the difference is named."""
    operation = OPERATIONS["queued"]
    plan = operation.plan
    assert plan.observed is not None
    observed = plan.observed.model_copy(update={"revision": "9.9.9"})
    known = facts(
        operation,
        None,
        POLICIES["anyone"],
        live_plan=plan.model_copy(update={"observed": observed}),
    )
    found = decide(an_intent("send", operation), known).decisive
    assert found is not None
    assert found.why is not None
    assert (found.verdict, found.why.key) == ("void", "changed_meanwhile.live")
    assert (found.why.params["before"], found.why.params["now"]) == ("1.3.0", "9.9.9")


@pytest.mark.parametrize("place", OPERATIONS)
@pytest.mark.parametrize("rules", POLICIES)
def test_what_is_offered_is_what_somebody_may_do(place: str, rules: str) -> None:
    """A button is shown where there is a person whom the press would be allowed, and only there."""
    operation, policy = OPERATIONS[place], POLICIES[rules]
    for now in (AFTER, LATE):
        known = facts(operation, None, policy, now=now)
        offered = {each.kind for each in offers(operation, known)}
        presses = [an_intent(name, operation) for name in INTENTS]
        allowed = {
            each.kind
            for each in presses
            for person in (*PEOPLE.values(), a_member("U0ANY", "S0DEVS", SRE))
            if each.kind not in {"change", "ask", "send", "prepare", "take_turn"}
            if decide(each, known.model_copy(update={"person": person})).is_allowed
        }
        assert offered == allowed


@pytest.mark.parametrize("place", OPERATIONS)
def test_nothing_is_offered_of_what_is_not_the_newest(place: str) -> None:
    """Where something newer was done to the target, no way back or on is offered."""
    operation = OPERATIONS[place]
    known = facts(operation, None, POLICIES["anyone"], newest=NEWER)
    assert not {"rollback", "recover"} & {each.kind for each in offers(operation, known)}


@pytest.mark.parametrize("minutes", [9, 10])
@pytest.mark.parametrize("revision", [None, "1.3.0"])
@pytest.mark.parametrize("dry_run", [False, True])
def test_who_goes_back_once_more_says_to_what(
    minutes: int, revision: str | None, *, dry_run: bool
) -> None:
    """V44: ten minutes long, and only where nothing names it; a dry run shows what would be."""
    wish = a_change("rollback", revision=revision).model_copy(update={"dry_run": dry_run})
    done = UNDONE.model_copy(update={"at": AFTER - timedelta(minutes=minutes)})
    known = facts(OPERATIONS["succeeded"], PEOPLE["unlisted"], POLICIES["anyone"], undone=done)
    denied = decide(wish, known).denied
    is_refused = minutes == 9 and revision is None and not dry_run
    assert (denied and denied.code) == ("rolled_back_lately" if is_refused else None)
    if denied is not None:
        assert denied.operation == UNDONE.operation
        assert denied.why.params["by"] == BOB


def test_every_rule_speaks_in_its_order() -> None:
    """A decision lists each rule that has something to say once, in the order of the tuple."""
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    for intent, (place, operation) in product(INTENTS, OPERATIONS.items()):
        known = facts(operation, PEOPLE["listed"], POLICIES["people"])
        spoke = [each.rule for each in decide(an_intent(intent, operation), known).findings]
        assert spoke == sorted(spoke, key=names.index), place


def test_what_stands_in_the_way_is_told_whole() -> None:
    """Each no has its reason; each rule of slipway.yaml that decided is named."""
    person = PEOPLE["unlisted"]
    for intent, operation, policy in product(INTENTS, OPERATIONS.values(), POLICIES.values()):
        found = decide(an_intent(intent, operation), facts(operation, person, policy)).decisive
        if found is None:
            continue
        assert found.why is not None
        is_own = intent == "start now"  # nobody is listed for what is the requester's alone
        if found.rule in {"rights", "requester", "policy"} and found.verdict == "no" and not is_own:
            assert found.place.startswith(("policies.", "targets."))


def test_a_succeeded_operation_that_changed_nothing_has_no_way_back() -> None:
    """A deployment of the version that ran before anyway has nothing to go back to."""
    operation = OPERATIONS["succeeded"]
    assert isinstance(operation.phase, Succeeded)
    plan = operation.plan
    assert plan.observed is not None
    same = plan.observed.model_copy(update={"revision": plan.after})
    after = operation.model_copy(update={"plan": plan.model_copy(update={"observed": same})})
    denied = decide(
        an_intent("roll back", after), facts(after, PEOPLE["unlisted"], POLICIES["anyone"])
    ).denied
    assert denied is not None
    assert denied.code == "no_previous_revision"


def test_a_plan_that_no_view_could_show_is_refused() -> None:
    """Before people are asked, and where a card of older times is pressed."""
    planned = OPERATIONS["planned"]
    rows = tuple(Change(name=f"key{n}", before="", after="y" * 1_000) for n in range(140))
    large = planned.plan.model_copy(update={"changes": rows})
    known = facts(planned, PEOPLE["listed"], POLICIES["people"], live_plan=large)
    assert code_of(an_intent("prepare", planned), known) == "too_large"
    shown = planned.model_copy(update={"plan": large})
    pressed = facts(shown, PEOPLE["listed"], POLICIES["people"])
    assert code_of(an_intent("approve", shown), pressed) == "too_large"
    assert "approve" not in {each.kind for each in offers(shown, pressed)}


def code_of(intent: Intent, known: Facts) -> str:
    """Return the code of the refusal."""
    denied = decide(intent, known).denied
    return denied.code if denied else ""

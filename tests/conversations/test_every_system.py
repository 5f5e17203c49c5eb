"""Each of the sandbox's five targets, by each verb that its system has, from the typed word on."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from pydantic import JsonValue

from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.huawei.content import CHECKOUT_ID
from bot.sandbox.clouds.huawei.seeds.cce_releases import SEARCH_CLUSTER_ID
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import BILLING_INSTANCE_ID
from bot.sandbox.content import configuration
from bot.sandbox.slack import Message
from bot.systems import SYSTEMS
from tests.conversations.cards import ROLL_BACK, labels
from tests.conversations.invariants import check
from tests.conversations.places import EVE
from tests.conversations.stage import opened
from tests.conversations.test_change_forms import opened as form_of
from tests.conversations.test_change_forms import pick, told_of
from tests.conversations.world import World

CHANGES: Final[dict[str, tuple[str, ...]]] = {
    # what is typed one after the other, each to be approved and to succeed
    "checkout": (
        "/deploy checkout 1.4.0",
        "/rollback checkout",
        "/ops scale checkout 3",
        "/ops restart checkout",
        "/ops stop checkout",
        "/ops start checkout",
        "/ops delete checkout",
    ),
    "billing": (
        "/deploy billing 2.4.0",
        "/rollback billing 2.2.0",
        "/ops scale billing 3",
        "/ops restart billing",
        "/ops stop billing",
        "/ops start billing",
        "/ops delete billing",
    ),
    "edge": ("/upgrade edge v1.30", "/deploy edge v1.31"),
    "search": (
        "/deploy search 1.2.0",
        "/deploy search 1.2.0 image.tag=v3 replicas=2",
        "/rollback search",
        "/rollback search 1",
        "/ops delete search",
    ),
    "etcd": (
        "/deploy etcd 8.12.0",
        "/rollback etcd 1",
        "/ops delete etcd",
    ),
}
# A deletion is watched until what was deleted is not found any more.
GONE: Final = {
    *("CCE.01404001", "ResourceNotFoundError"),
    *("SVCSTG.00100401", "SVCSTG.00100404", "SVCSTG.00100412"),
}
SYSTEM_OF: Final = {
    "checkout": "servicestage-v3",
    "billing": "servicestage-v2",
    "edge": "cce-cluster",
    "search": "cce-release",
    "etcd": "cloudpods-release",
}

SAME_JOB: Final[JsonValue] = {
    "error_code": "SVCSTG.00100400",
    "error_msg": "another operation is in progress",
}
SAME_TASK: Final[JsonValue] = {
    "errorCode": "CCE.01409002",
    "errorMessage": "another task is in progress",
}
SAME_RELEASE: Final[JsonValue] = {
    "class": "UnclassifiedError",
    "code": 500,
    "details": "update release: another operation (install/upgrade/rollback) is in progress",
}
# what each API answers while something changes the target
BUSY: Final[dict[str, tuple[int, JsonValue]]] = {
    "checkout": (409, SAME_JOB),
    "billing": (409, SAME_JOB),
    "edge": (409, SAME_TASK),
    "search": (409, SAME_TASK),
    "etcd": (500, SAME_RELEASE),
}


@pytest.fixture
def five(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with the sandbox's own slipway.yaml."""
    with opened(folder, redis_url, configured=configuration) as here:
        here.expected |= GONE
        yield here
        check(here)
        assert {each.code for each in here.lab.strictness} <= GONE


@pytest.mark.parametrize("target", CHANGES)
def test_every_verb_ends_right(five: World, target: str) -> None:
    """Whatever a target's system can do, is asked for, approved, done by the cloud and told."""
    for text in CHANGES[target]:
        answer = five.command(text).text
        assert "Recorded" in answer, (text, answer)
        five.settle()
        card = five.card()
        operation = five.operation(card)
        if operation.approvals_needed:
            card = five.approve(card)
        assert five.operation(card).phase.kind == "succeeded", (text, five.thread(card))
        assert "succeeded" in card.text, text


def test_a_revision_is_offered_with_its_chart(five: World) -> None:
    """A number alone says nothing; it also stands in that version, which is not the same."""
    form_of(five, "/rollback")
    pick(five, "search")
    assert "1.0.0" in told_of(five)["1"]


@pytest.mark.parametrize("wrong", ["busy", "drop"])
@pytest.mark.parametrize("target", CHANGES)
def test_what_was_executed_is_adopted_whatever_was_answered(
    five: World, target: str, wrong: str
) -> None:
    """Without an answer, or told that something runs there: each system finds its own change."""
    cloud = five.lab if target == "etcd" else five.cloud
    status, body = BUSY[target]
    busy = Fault(kind="answer", when="after", status=status, body=body)
    for text in CHANGES[target]:
        before = len(cloud.executed)
        cloud.faults.add(busy if wrong == "busy" else Fault(kind="drop", when="after"))
        five.command(text)
        five.settle()
        card = five.card()
        if five.operation(card).approvals_needed:
            card = five.approve(card)
        five.settle()
        operation = five.operation(card)
        assert not cloud.faults.waiting, text
        assert operation.phase.kind == "succeeded", (text, five.thread(card))
        assert len(cloud.executed) - before == len(operation.plan.steps), text


TAKEN_BACK: Final[dict[str, tuple[str, str, str]]] = {
    # what is deployed and taken back, what is deployed after it, and what ran well before
    "checkout": ("1.4.0", "1.5.0", "1.3.0"),
    "billing": ("2.4.0", "2.5.0", "2.3.0"),
}


@pytest.mark.parametrize("target", TAKEN_BACK)
def test_what_was_taken_back_is_not_gone_back_to(five: World, target: str) -> None:
    """V1: deploy, roll back, deploy, roll back: to what ran well before, by command and button."""
    first, second, before = TAKEN_BACK[target]
    for version in (first, second):
        card = _done(five, f"/deploy {target} {version}")
        assert f"Roll back to {before}" in labels(card)
        assert f"{version} → {before}" in _done(five, f"/rollback {target}").text


def _fail_next(world: World, target: str) -> None:
    match target:
        case "checkout":
            world.cloud.fail_next_deploy(CHECKOUT_ID)
        case "billing":
            world.cloud.instances.fail_next_deploy(BILLING_INSTANCE_ID)
        case "search":
            world.cloud.releases.fail_next(SEARCH_CLUSTER_ID, "monitoring", "search")
        case _:
            world.lab.fail_next("etcd-release")


FAILING: Final[dict[str, tuple[str, str, str]]] = {
    # what fails, what is deployed over it, and what ran well before
    "checkout": ("1.4.0", "1.5.0", "1.3.0"),
    "billing": ("2.4.0", "2.5.0", "2.3.0"),
    "search": ("1.2.0", "1.0.0", "1.1.0"),
    "etcd": ("8.11.2", "8.12.0", "8.11.1"),
}


@pytest.mark.parametrize("target", FAILING)
def test_no_card_leads_back_to_what_failed(five: World, target: str) -> None:
    """D3: after one that failed, the next one's button and `/rollback` lead behind it alike."""
    first, second, before = FAILING[target]
    _fail_next(five, target)
    failed = _ended(five, f"/deploy {target} {first}")
    assert five.operation(failed).phase.kind == "failed"
    assert f"Roll back to {before}" in labels(failed)
    card = _done(five, f"/deploy {target} {second}")
    assert f"Roll back to {before}" in labels(card)
    told = five.command(f"/rollback {target} --dry-run").text
    assert f"{second} → {before}" in re.sub(r" \(revision \d\)", "", told)
    five.press(ROLL_BACK, card)
    five.settle()
    back = five.card()
    back = five.approve(back) if five.operation(back).approvals_needed else back
    assert five.operation(back).phase.kind == "succeeded", five.thread(back)
    assert before in back.text.partition("→")[2]


def _done(world: World, text: str) -> Message:
    card = _ended(world, text)
    assert world.operation(card).phase.kind == "succeeded", world.thread(card)
    return card


def _ended(world: World, text: str) -> Message:
    world.command(text)
    world.settle()
    card = world.card()
    return world.approve(card) if world.operation(card).approvals_needed else card


@pytest.mark.parametrize("target", CHANGES)
def test_every_question_is_answered(five: World, target: str) -> None:
    """Status, history and revisions are read live; nothing is recorded by asking."""
    for topic in ("status", "history", "revisions"):
        answer = five.command(f"/ops {topic} {target}").text
        assert target in answer, (topic, answer)
        assert not answer.endswith("]"), (topic, answer)
    assert five.recorded == ()


_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d\W\d\d")
_OURS: Final = re.compile(r"<!date[^>]+>")


@pytest.mark.parametrize("target", CHANGES)
def test_times_are_the_readers_own(five: World, target: str) -> None:
    """D21: however a vendor writes a time, people read it as they read those of a card."""
    history = five.command(f"/ops history {target}").text
    assert _OURS.search(history)
    for topic in ("status", "history", "revisions"):
        answer = five.command(f"/ops {topic} {target}").text
        assert not _TIME.search(_OURS.sub("", answer)), answer


WAYS_BACK: Final = {"checkout": 1, "billing": 2, "search": 1, "edge": 0, "etcd": 0}


@pytest.mark.parametrize("target", CHANGES)
def test_what_runs_is_no_way_back(five: World, target: str) -> None:
    """D20: revisions are counted without the one that runs; where there are none, it says so."""
    answer = five.command(f"/ops revisions {target}").text
    count = WAYS_BACK[target]
    if count:
        assert answer.splitlines()[0] == f"*Revisions {target} can roll back to* ({count})"
    else:
        assert answer.startswith(f"There is no earlier revision of {target} to roll back to")
    assert ("CCE cannot downgrade a cluster" in answer) == (target == "edge")


def test_what_stays_is_said_once(five: World) -> None:
    """D20: values that nobody declares or types are not shown as a change."""
    answer = five.command("/deploy etcd 8.12.0 --dry-run").text
    assert "values: `as they are`" in answer
    assert "as they are` →" not in answer


def test_an_upgrade_is_called_so(five: World) -> None:
    """D20: what a cluster is given is an upgrade, in answers, on cards and in the thread."""
    assert ": Upgrade edge to v1.31." in five.command("/upgrade edge v1.31").text
    five.settle()
    card = five.card()
    assert "Upgrade edge v1.29.8-r0 → v1.31.4-r2" in card.text
    assert "*Dry run: Upgrade edge*" in five.command("/deploy edge v1.31 --dry-run").text
    done = five.approve(card)
    assert not [each for each in five.thread(done) if "Deploy" in each]


def test_a_verb_is_spelled_as_one(five: World) -> None:
    """D20: nobody "may not rollback"."""
    assert "You cannot roll back this target" in five.command("/rollback checkout", by=EVE).text
    assert "You cannot scale this target" in five.command("/ops scale checkout 3", by=EVE).text


@pytest.mark.parametrize("target", CHANGES)
def test_the_changes_are_all_that_the_system_can(target: str) -> None:
    """What a system learns to do has to be added here; creation has tests of its own."""
    spec = next(each.spec for each in SYSTEMS if each.spec.name == SYSTEM_OF[target])
    words = {"upgrade": "deploy"}
    played = {text.split()[0][1:] for text in CHANGES[target]} - {"ops"}
    played |= {text.split()[1] for text in CHANGES[target] if text.startswith("/ops")}
    assert {words.get(each, each) for each in played} == spec.actions - {"create"}


def test_a_cluster_has_no_way_back_and_says_why(five: World) -> None:
    """No rollback is offered after an upgrade, and asking for one is refused with the reason."""
    five.command("/upgrade edge v1.30")
    five.settle()
    card = five.approve(five.card())
    assert five.operation(card).phase.kind == "succeeded"
    assert ROLL_BACK not in card.action_ids
    answer = five.command("/rollback edge").text
    assert "[unsupported_action]" in answer
    assert "CCE cannot downgrade a cluster" in answer


def test_a_secret_in_a_command_is_recorded_nowhere(five: World) -> None:
    """A password that somebody types as a value is refused before anything keeps it."""
    answer = five.command("/deploy search 1.2.0 db.password=hunter2").text
    assert "[secret_in_values]" in answer
    assert "hunter2" not in answer
    five.settle()
    assert five.recorded == ()
    kept = b"".join(each.read_bytes() for each in five.configuration.parent.glob("slipway.db*"))
    assert b"hunter2" not in kept


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("/upgrade edge v1.35", "v1.31"),
        ("/deploy search 1.9.0", "1.2.0"),
        ("/rollback search 77", "1"),
        ("/deploy etcd 9.0.0", "8.12.0"),
        ("/rollback billing 7.7.7", "2.2.0"),
    ],
)
def test_a_wrong_version_is_refused_with_the_nearest(five: World, text: str, near: str) -> None:
    """Who mistypes a version or a revision is told what there is, and nothing is sent."""
    answer = five.command(f"{text} --dry-run").text
    assert near in answer, answer
    assert five.recorded == ()
    assert five.cloud.executed == ()

"""Deployments: from the typed command to the end, as people see it."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.core.ports import Limits
from tests.conversations.cards import APPROVE, CANCEL, labels, operation_of, words
from tests.conversations.places import ANN, BOB, CHECKOUT, DEPLOYS, EVE, GENERAL, RELIABILITY
from tests.conversations.stage import opened
from tests.conversations.world import World


def test_a_command_is_recorded_and_shown_with_its_plan(world: World) -> None:
    """The answer names the operation; its card says from what to what, who asks and who decides."""
    answer = world.command('/deploy checkout 1.4.0 --reason "the new basket"')
    world.settle()
    card = world.card()
    assert "Recorded as" in answer.text
    assert operation_of(card) in answer.text
    assert "Waiting for 1 approval" in answer.text
    assert labels(card) == ["Approve", "Reject…", "Details", "Cancel request"]
    shown = words(card)
    assert "1.3.0" in shown
    assert "1.4.0" in shown
    assert "the new basket" in shown
    assert "Asked by Ann" in shown
    assert f"<!subteam^{RELIABILITY}>" in shown
    assert "waiting for approval (0 of 1)" in card.text
    assert world.thread(card) == []
    assert world.tries == 0


def test_an_approved_deployment_succeeds(world: World) -> None:
    """Approved, it is sent once; card and thread tell each turn, and the way back is offered."""
    card = world.done()
    assert world.mutations == ["PUT"]
    assert "succeeded in 4 s" in card.text
    assert labels(card) == ["Roll back to 1.3.0", "Same again…", "Details"]
    said = world.thread(card)
    assert len(said) == 3
    assert "Approved by Bob (1 of 1)" in said[0]
    assert "was accepted as remote task `JOB" in said[1]
    assert "succeeded* in 4 s" in said[2]
    assert world.parts.journal.operations.holder("checkout") is None


def test_a_deployment_keeps_all_other_settings(world: World) -> None:
    """A PUT replaces everything, so all that was set is sent again, but for the version."""
    before: Any = world.cloud.component(CHECKOUT)
    world.done()
    after: Any = world.cloud.component(CHECKOUT)
    fluctuating = {"version", "source", "status", "update_time", "updated_at"}
    kept = before.keys() - fluctuating - {"envs"}
    assert {key: after[key] for key in kept} == {key: before[key] for key in kept}
    assert after["version"] == "1.4.0"
    assert _own_variables(after) == _own_variables(before)
    url = before["source"]["url"].replace("1.3.0", "1.4.0")
    assert after["source"] == {**before["source"], "url": url}


def _own_variables(component: dict[str, Any]) -> list[dict[str, Any]]:
    """Return those that people set; the platform's own tell the version."""
    return [each for each in component["envs"] if not each["inner"]]


def test_the_card_stands_where_the_target_belongs(world: World) -> None:
    """D10: a command in another channel is answered there, with where its card stands."""
    answer = world.command("/deploy checkout 1.4.0", channel=GENERAL)
    world.settle()
    assert f"Its card is in <#{DEPLOYS}>" in answer.text
    again = world.command("/deploy checkout 1.4.0", channel=GENERAL)
    assert f"its card is in <#{DEPLOYS}>" in again.text
    assert len(world.cards(channel=DEPLOYS)) == 1
    assert world.cards(channel=GENERAL) == []


def test_a_target_without_a_channel_uses_that_of_the_command(world: World) -> None:
    """Where slipway.yaml names no channel, the card stands where the command was typed."""
    world.edit(f"    channel: {DEPLOYS}\n    policy: prod\n    aliases: [co]", "    policy: prod")
    world.command("/deploy checkout 1.4.0", channel=GENERAL)
    world.settle()
    assert len(world.cards(channel=GENERAL)) == 1


@pytest.mark.parametrize(
    "typed",
    ["/deploy co 1.4.0", "/upgrade checkout 1.4.0", "/deploy CHECKOUT 1.4.0"],
    ids=["alias", "upgrade", "capitals"],
)
def test_other_words_for_the_same(world: World, typed: str) -> None:
    """An alias, the other command and capitals mean the same target and action."""
    card = world.done(typed)
    assert world.operation(card).target == "checkout"
    assert world.mutations == ["PUT"]


def test_a_dry_run_records_nothing(world: World) -> None:
    """A dry run shows from what to what, the steps and the approvers; nothing is kept of it."""
    answer = world.command("/deploy checkout 1.4.0 --dry-run")
    world.settle()
    assert "Dry run" in answer.text
    assert "1.3.0 → 1.4.0" in answer.text
    assert "Steps: deploy" in answer.text
    assert f"Approvals needed: 1 from <!subteam^{RELIABILITY}>" in answer.text
    assert "Nothing was recorded" in answer.text
    assert world.recorded == ()
    assert world.cards() == []
    assert world.tries == 0


def test_a_dry_run_says_what_stands_in_the_way(world: World) -> None:
    """A dry run of what runs already says so, and of a target that is unknown to its cloud too."""
    assert "[no_change]" in world.command("/deploy checkout 1.3.0 --dry-run").text
    world.expected.add("SVCSTG.00100401")
    assert "[not_found]" in world.command("/deploy orphan 1.0.0 --dry-run").text
    assert world.recorded == ()


def test_what_runs_already_is_not_deployed(world: World) -> None:
    """Deploying what runs ends at its plan: nothing is sent, and the card says why."""
    card = world.asked("/deploy checkout 1.3.0")
    assert "no_change" in words(card)
    assert "Version 1.3.0 is already running" in words(card)
    assert "Nothing was sent" in words(card)
    assert labels(card) == []
    assert world.tries == 0


def test_a_policy_without_approvals_starts_at_once(world: World) -> None:
    """With no approval needed it starts now and says so."""
    world.edit("approvals: 1", "approvals: 0")
    answer = world.command("/deploy checkout 1.4.0")
    world.settle()
    assert "Starting now" in answer.text
    assert "succeeded" in world.card().text
    assert world.mutations == ["PUT"]


def test_a_held_target_says_by_whom_and_since_when(world: World) -> None:
    """Without a line a second change is refused, with the holder, its person and its beginning."""
    world.edit("    approvals: 1\n", "    approvals: 1\n    queue: 0\n")
    card = world.asked()
    since = int(world.operation(card).created_at.timestamp())
    world.machines.sleep(300)
    answer = world.command("/deploy checkout 1.5.0", by=BOB)
    assert "[locked]" in answer.text
    assert operation_of(card) in answer.text
    assert f"<@{ANN}>" in answer.text
    assert f"since <!date^{since}^" in answer.text
    assert len(world.recorded) == 1


def test_the_same_command_twice_is_one_operation(world: World) -> None:
    """Typed again, the same is pointed to what was recorded before."""
    first, second = (world.command("/deploy checkout 1.4.0") for _ in range(2))
    assert "Recorded as" in first.text
    assert f"Already recorded as {world.recorded[0].id}" in second.text
    assert len(world.recorded) == 1


def test_a_delivery_that_comes_again_is_one_operation(world: World) -> None:
    """The same trigger, signed anew, finds what it recorded, also after that has ended."""
    first = world.slash("/deploy", "checkout 1.4.0", trigger_id="1.2.same")
    world.machines.sleep(2)
    second = world.slash("/deploy", "checkout 1.4.0", trigger_id="1.2.same")
    assert "Recorded as" in first.text
    assert "Already recorded" in second.text
    world.settle()
    world.press(CANCEL, world.card(), by=ANN)
    world.machines.sleep(2)
    third = world.slash("/deploy", "checkout 1.4.0", trigger_id="1.2.same")
    assert "Already recorded" in third.text
    assert len(world.recorded) == 1


def test_the_very_same_request_has_no_second_effect(world: World) -> None:
    """A signed request that is replayed is answered with what was recorded of it."""
    first = world.slash("/deploy", "checkout 1.4.0")
    second = world.slash("/deploy", "checkout 1.4.0")
    assert "Recorded as" in first.text
    assert second.status_code == 200
    assert f"Already recorded as {world.recorded[0].id}" in second.text
    assert len(world.recorded) == 1


def test_too_many_pending_operations_are_refused(folder: Path, redis_url: str) -> None:
    """Who has as many operations pending as the limit allows gets no further one."""
    with opened(folder, redis_url, limits=Limits(per_person=1)) as world:
        assert "Recorded as" in world.command("/deploy checkout 1.4.0").text
        assert "[too_many]" in world.command("/deploy flaky 2.1.0").text
        assert "Recorded as" in world.command("/deploy flaky 2.1.0", by=BOB).text


@pytest.mark.parametrize("policy_line", ["reason: required", 'freezes: [{days: "mon-sun"}]'])
def test_a_policy_may_refuse_a_command(world: World, policy_line: str) -> None:
    """A reason that is required and a freeze are said at the command, with the rule."""
    world.edit("    approval_expires: 60m\n", f"    approval_expires: 60m\n    {policy_line}\n")
    answer = world.command("/deploy checkout 1.4.0")
    code = "reason_required" if policy_line.startswith("reason") else "frozen"
    assert f"[{code}]" in answer.text
    assert f"policies.prod.{policy_line.partition(':')[0]}" in answer.text
    assert world.recorded == ()


def test_a_target_without_policy_is_for_nobody(world: World) -> None:
    """No policy means nobody, whatever groups a person is in."""
    answer = world.command("/deploy lonely 2.1.0", by=BOB)
    assert "[not_allowed]" in answer.text
    assert "targets.lonely.policy" in answer.text


def test_an_outsider_is_refused(world: World) -> None:
    """Who is in no listed group is told so, with those who may, and the audit keeps it."""
    answer = world.command("/deploy checkout 1.4.0", by=EVE)
    assert "[not_allowed]" in answer.text
    assert f"<!subteam^{RELIABILITY}>" in answer.text
    assert "Nothing was recorded" in answer.text
    assert world.recorded == ()
    kept = [each for each in world.parts.journal.audit.export() if each["what"] == "denied"]
    assert [(each["who"], each["subject"]) for each in kept] == [(EVE, "checkout")]


def test_the_audit_names_every_turn(world: World) -> None:
    """Request, plan, approval, permit, acceptance and end stand in the audit, in that order."""
    card = world.done()
    kept = [
        each["what"]
        for each in world.parts.journal.audit.export()
        if each["subject"] == operation_of(card)
    ]
    decisive = [each for each in kept if each != "task_seen"]
    assert decisive == [
        "allowed",
        "requested",
        "planned",
        "allowed",
        "approval_given",
        "allowed",
        "permit_granted",
        "answered",
        "task_accepted",
        "step_succeeded",
    ]


def test_the_audit_has_every_answer(world: World) -> None:
    """Of each mutating call the audit has what was sent, its answer's status and request id."""
    world.done()
    rows = [each for each in world.parts.journal.audit.export() if each["what"] == "answered"]
    [told] = [json.loads(str(each["detail"])) for each in rows]
    assert (told["status"], told["step"], told["attempt"]) == (200, 0, 1)
    assert told["call"].startswith("PUT ")
    assert told["request_id"]


def test_approve_is_not_pressed_by_itself(world: World) -> None:
    """Without a press nothing is sent, however long all workers work."""
    card = world.asked()
    world.wait(1800, step=60)
    assert world.tries == 0
    assert labels(world.card(card)) == labels(card)
    assert world.press(APPROVE, card).ok
    world.settle()
    assert world.mutations == ["PUT"]


def test_settings_are_read_approved_and_set(world: World) -> None:
    """What is typed beside the version stands on the card, and is set with it; nothing else is."""
    before = world.cloud.component(CHECKOUT)
    card = world.asked("/deploy checkout 1.4.0 env.LOG_LEVEL=debug limit_cpu=0.75 replica=3")
    for line in ("env.LOG_LEVEL", "debug", "limit_cpu", "0.75", "replica", "3"):
        assert line in words(card)
    world.press(APPROVE, card)
    world.settle()
    after = world.cloud.component(CHECKOUT)
    assert (after["version"], after["limit_cpu"], after["replica"]) == ("1.4.0", 0.75, 3)
    changed = {"version", "source", "limit_cpu", "replica", "envs", "status"}
    assert {k: v for k, v in after.items() if k not in changed} == {
        k: v for k, v in before.items() if k not in changed
    }


def test_a_setting_that_is_none_is_refused_and_named(world: World) -> None:
    """A slip in a name sends nothing, and the nearest names are said."""
    card = world.asked("/deploy checkout 1.4.0 limit_cp=0.5")
    assert "bad_values" in words(card)
    assert world.tries == 0


def test_an_object_is_typed_as_json(world: World) -> None:
    """A probe is read on the card, and sent as the API's own body has it."""
    probe = '{"type": "tcp", "delay": 3, "timeout": 2, "port": 8081}'
    card = world.done(f"/deploy checkout 1.4.0 liveness_probe={probe}")
    assert "succeeded" in card.text
    assert world.cloud.component(CHECKOUT)["liveness_probe"] == json.loads(probe)

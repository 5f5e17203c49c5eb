"""Restart, start, stop, scale and create."""

import pytest

from tests.conversations.cards import APPROVE, labels, words
from tests.conversations.places import CHECKOUT, LEA
from tests.conversations.test_change_forms import pick, said
from tests.conversations.test_cluster_upgrades import with_edge
from tests.conversations.world import World


@pytest.mark.parametrize(
    ("typed", "sent", "shown"),
    [
        ("/ops restart checkout", "POST restart", "checkout was restarted"),
        ("/ops stop checkout", "POST stop", "checkout was stopped"),
        ("/ops scale checkout 3", "POST scale", "checkout has 3 replicas (was 2 replicas)"),
    ],
    ids=["restart", "stop", "scale"],
)
def test_an_action_is_approved_sent_and_done(
    world: World, typed: str, sent: str, shown: str
) -> None:
    """Every action waits at the same gate, is sent once and tells how it ended."""
    card = world.done(typed)
    assert world.mutations == [sent]
    assert shown in words(card).replace("*", "")
    assert "succeeded" in card.text
    assert labels(card) == ["Same again…", "Details"]


def test_what_was_stopped_is_started(world: World) -> None:
    """Stop and start go the same way, one after the other."""
    world.done("/ops stop checkout")
    assert "stopped" in world.command("/ops status checkout").text
    world.done("/ops start checkout")
    assert world.mutations == ["POST stop", "POST start"]
    assert "running" in world.command("/ops status checkout").text


def test_what_runs_is_a_version(world: World) -> None:
    """Neither another number of copies nor a stop is what runs: in forms, and of an incident."""
    world.done("/deploy checkout 1.4.0")
    world.done("/ops scale checkout 3")
    world.command('/incident open "it burns" checkout')
    world.settle()
    incident = world.parts.journal.incidents.open_ones()[0]
    shown = words(world.workspace.messages(str(incident.channel))[0])
    assert "checkout runs 1.4.0" in shown
    world.command('/incident close "over"', channel=str(incident.channel))
    world.settle()
    world.command("/deploy")
    assert "runs *1.4.0*" in said(pick(world, "checkout"))
    world.done("/ops stop checkout")
    assert "runs" not in said(pick(world, "checkout"))


def test_a_state_is_no_version(world: World) -> None:
    """What is stopped has no page that compares versions, and is said in the reader's language."""
    page = "https://git.example.com/compare/{from}...{to}"
    world.edit(
        "    policy: prod\n    aliases", f'    compare: "{page}"\n    policy: prod\n    aliases'
    )
    assert "compare/1.3.0...1.4.0" in words(world.asked())
    world.command(f"/ops cancel {world.recorded[0].id}")
    world.settle()
    assert "compare" not in words(world.asked("/ops stop checkout"))
    world.workspace.change_person(LEA, locale="zh-CN")
    told = world.command("/ops stop checkout --dry-run", LEA).text
    assert "运行中 → 已停止" in told


def test_scaling_changes_the_number(world: World) -> None:
    """The number of copies is what was asked for."""
    world.done("/ops scale checkout 5")
    assert world.cloud.component(CHECKOUT)["replica"] == 5


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("/ops start checkout", "already RUNNING"),
        ("/ops scale checkout 2", "already has 2 replicas"),
    ],
)
def test_what_is_so_already_is_not_sent(world: World, typed: str, why: str) -> None:
    """An action that would change nothing ends at its plan."""
    card = world.asked(typed)
    assert "no_change" in words(card)
    assert why in words(card)
    assert world.tries == 0


def test_a_component_is_created(world: World) -> None:
    """A target with a template is created at the version asked for, and deployed to afterwards."""
    card = world.asked("/ops create newcomer 0.2.0")
    assert "newcomer* was created: *0.2.0*" in words(card)
    assert world.mutations == ["POST"]
    assert "succeeded" in world.card(card).text
    assert "0.2.0" in world.command("/ops status newcomer").text
    world.asked("/deploy newcomer 0.3.0")
    assert world.mutations == ["POST", "PUT"]
    assert "0.3.0" in world.command("/ops status newcomer").text


def test_nothing_is_created_twice(world: World) -> None:
    """A component of the template's name that is there already is not created again."""
    world.asked("/ops create newcomer")
    again = world.asked("/ops create newcomer")
    assert "no_change" in words(again)
    assert world.mutations == ["POST"]


def test_without_a_template_nothing_is_created(world: World) -> None:
    """A target without a create template says what is missing."""
    answer = world.command("/ops create checkout")
    assert "[not_creatable]" in answer.text
    assert "Add `create:` to the target in slipway.yaml." in answer.text


def test_what_the_system_cannot_do_is_refused(world: World) -> None:
    """An action that its API lacks is refused with those that it has."""
    answer = with_edge(world).command("/ops delete edge")
    assert "[unsupported_action]" in answer.text
    assert "deploy" in answer.text


def test_a_target_that_its_cloud_does_not_know_ends_at_its_plan(world: World) -> None:
    """Ids in slipway.yaml that the cloud does not know are told before anything is sent."""
    world.expected.add("SVCSTG.00100401")
    card_text = world.command("/deploy orphan 1.0.0").text
    assert "Recorded as" in card_text
    world.settle()
    assert "not_found" in words(world.card())
    assert world.tries == 0


def test_an_action_can_be_rehearsed(world: World) -> None:
    """A dry run of every action tells its difference and records nothing."""
    for typed, told in (
        ("/ops restart checkout --dry-run", "Restart checkout"),
        ("/ops scale checkout 3 --dry-run", "2 replicas → 3 replicas"),
        ("/ops create newcomer --dry-run", "absent → 0.1.0"),
        ("/rollback checkout --dry-run", "1.3.0 → 1.2.0"),
    ):
        assert told in world.command(typed).text
    assert world.recorded == ()


def test_a_scale_to_nothing_waits_for_approval(world: World) -> None:
    """Nought is a number: it is asked for, approved and sent as such."""
    card = world.asked("/ops scale checkout 0")
    assert "2 replicas → 0 replicas" in card.text
    world.press(APPROVE, card)
    world.settle()
    assert world.cloud.component(CHECKOUT)["replica"] == 0


def test_a_restart_that_was_rejected_is_no_version_that_was(world: World) -> None:
    """What runs meanwhile stands beside the action, not before "was rejected"."""
    card = world.asked("/ops restart checkout")
    world.press("slipway.reject", card, by=LEA)
    assert world.submit("not now", by=LEA).ok
    world.settle()
    assert "*Restart checkout* (1.3.0) was rejected by Lea: not now" in words(world.card(card))
    assert "Nothing was sent · " in words(world.card(card))

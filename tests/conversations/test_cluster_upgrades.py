"""A cluster's upgrade from Slack: detours and ways on as a system really has them."""

import re
from pathlib import Path
from typing import Final

import pytest

from bot.sandbox.clouds.huawei.seeds.cce_clusters import EDGE_ID, FindingSeed, edge_config
from bot.sandbox.slack import Message
from tests.conversations.cards import APPROVE, labels, operation_of, words
from tests.conversations.invariants import check
from tests.conversations.places import ANN, BOB, EVE, LEA, cloud_config
from tests.conversations.stage import opened
from tests.conversations.world import World

RETRY: Final = "slipway.recovery.retry"
SKIP: Final = "slipway.recovery.skip"
CONFIRM: Final = "slipway.recovery.postcheck"
STOP: Final = "slipway.recovery.cancel"
UPGRADE: Final = "/upgrade edge v1.31"
NODES: Final = tuple(f"2c5e3d6e-8aa3-11ee-af09-0255ac10004{number}" for number in (1, 2))
DISK: Final = FindingSeed(name="DiskUsage", nodes=NODES, message="85 % of /var is in use")
SKIPPED: Final = "DiskUsage (edge-node-1, edge-node-2)"
KUBELET: Final = FindingSeed(name="Kubelet", kind="Exception", level="Fatal", nodes=NODES[:1])
EDGE: Final = f"""\
targets:
  edge:
    system: cce-cluster
    connection: huawei
    cluster_id: {EDGE_ID}
    channel: C0DEPLOYS
    policy: prod
"""


def with_edge(world: World) -> World:
    """Put the cluster into the world's catalogue."""
    world.edit('{servicestage: "', f'{{cce: "{world.clouds_url}", servicestage: "')
    world.edit("targets:\n", EDGE)
    return world


@pytest.fixture
def clusters(world: World) -> World:
    """Return the world with a cluster in its catalogue."""
    return with_edge(world)


def ended(world: World, second: Message) -> Message:
    """Approve what was just begun, let it run, and return its card."""
    assert world.press(APPROVE, second, by=LEA).ok
    world.settle()
    return world.card(second)


def steps(world: World, card: Message) -> list[str]:
    """Return the names of the operation's steps, in order."""
    return [each.name for each in world.operation(card).plan.steps]


def test_a_cluster_is_upgraded(clusters: World) -> None:
    """The whole upgrade is one plan under one approval, and ends with the new version."""
    card = clusters.done(UPGRADE)
    assert "succeeded" in card.text
    assert steps(clusters, card) == ["workflow", "precheck", "snapshot", "upgrade", "postcheck"]
    assert clusters.cloud.clusters.version(EDGE_ID).startswith("v1.31.")
    assert labels(card) == ["Same again…", "Details"]


def test_what_cannot_be_taken_back_is_said_before_anybody_approves(clusters: World) -> None:
    """The card has the exact build, the nodes and that there is no way back; a dry run as well."""
    said = clusters.command(f"{UPGRADE} --dry-run").text
    assert "v1.29.8-r0 → v1.31.4-r2" in said
    card = clusters.asked(UPGRADE)
    assert APPROVE in card.action_ids
    assert "*v1.31.4-r2*   _from v1.29.8-r0_" in words(card)
    for shown in (said, words(card)):
        assert "nodes: `3, up to 20 at a time`" in shown
        assert "No way back: CCE cannot downgrade a cluster" in shown.replace("*", "")


def test_progress_is_told_by_the_node(folder: Path, redis_url: str) -> None:
    """While an upgrade runs, the card names the node that is being upgraded."""
    clouds = cloud_config().model_copy(update={"cce_clusters": edge_config(seconds=100)})
    with opened(folder, redis_url, clouds=clouds) as world:
        card = with_edge(world).approved(UPGRADE)
        told = list[str]()
        for _ in range(40):
            world.wait(15, step=5)
            told.append(words(world.card(card)))
        assert "succeeded" in world.card(card).text
        assert any(re.search(r"edge-node-\d of 3 nodes upgrading", each) for each in told)
        check(world)


def test_people_are_asked_before_the_postcheck(clusters: World) -> None:
    """`confirm_postcheck`: the upgrade waits, and one press of who may ask makes the check."""
    clusters.edit(
        f"cluster_id: {EDGE_ID}\n", f"cluster_id: {EDGE_ID}\n    confirm_postcheck: true\n"
    )
    card = clusters.asked(UPGRADE)
    assert "postcheck: `somebody starts it`" in words(card)
    card = clusters.approve(card)
    assert "running" in clusters.operation(card).phase.kind
    assert labels(card) == ["Run the postcheck", "Details"]
    assert "Confirm that it and its workloads are well" in words(card)
    assert clusters.cloud.clusters.version(EDGE_ID).startswith("v1.31.")
    clusters.wait(3 * 3600, step=600)
    card = clusters.card(card)
    assert labels(card) == ["Run the postcheck", "Details"]
    assert clusters.press(CONFIRM, card, by=EVE).ok
    clusters.settle()
    assert clusters.operation(card).phase.kind == "running"
    assert clusters.press(CONFIRM, clusters.card(card), by=ANN).ok
    clusters.settle()
    card = clusters.card(card)
    assert "succeeded" in card.text
    assert steps(clusters, card) == ["workflow", "precheck", "snapshot", "upgrade", "postcheck"]
    assert [each.attempt for each in clusters.operation(card).steps] == [1] * 5


def test_an_open_workflow_is_shown_and_can_be_closed(clusters: World) -> None:
    """What somebody began in the console is closed by the target's name, under a gate."""
    clusters.cloud.clusters.fail_next(EDGE_ID, "PreCheck", "no agent answers")
    clusters.done(UPGRADE)
    said = clusters.command("/ops status edge").text
    assert "to v1.31.4-r2, Pending" in said
    assert "`/ops cancel edge` closes the open workflow" in said
    assert (
        "workflow to v1.31.4-r2 → cancelled" in clusters.command("/ops cancel edge --dry-run").text
    )
    answer = clusters.command('/ops cancel edge --reason "not tonight"').text
    assert "Upgrade edge → cancelled." in answer
    clusters.settle()
    clusters.approve(clusters.card())
    clusters.settle()
    card = clusters.card()
    assert "succeeded" in card.text
    assert steps(clusters, card) == ["cancel"]
    said = clusters.command("/ops status edge").text
    assert "/ops cancel edge" not in said
    refused = clusters.command("/ops cancel edge --dry-run").text
    assert "[no_change]" in refused
    assert "[unsupported_action]" in clusters.command("/ops cancel checkout").text


def test_nobody_without_rights_closes_a_workflow(clusters: World) -> None:
    """Who may not ask for an upgrade may not end one."""
    assert "[not_allowed]" in clusters.command("/ops cancel edge", by=EVE).text


def test_a_precheck_that_ran_out_is_run_again(folder: Path, redis_url: str) -> None:
    """While the snapshot took its time the precheck expired: another comes before the upgrade."""
    brief = edge_config(seconds=100).model_copy(update={"holds": 60.0})
    clouds = cloud_config().model_copy(update={"cce_clusters": brief})
    with opened(folder, redis_url, clouds=clouds) as world:
        with_edge(world)
        card = world.asked(UPGRADE)
        digest = world.operation(card).plan.digest
        done = ended(world, card)
        assert "succeeded" in done.text
        assert steps(world, done) == [
            *("workflow", "precheck", "snapshot", "precheck", "upgrade", "postcheck")
        ]
        operation = world.operation(done)
        assert operation.plan.digest == digest == operation.approvals[0].digest
        assert [each.attempt for each in operation.steps] == [1] * 6
        told = [each for each in world.thread(done) if "Added *precheck* first" in each]
        assert ["the last precheck expired" in each for each in told] == [True]
        check(world)


def test_a_risk_is_skipped_with_a_reason_and_an_approval(clusters: World) -> None:
    """Who may ask says why, who may approve says yes, and the upgrade goes on in spite of it."""
    clusters.cloud.clusters.find(EDGE_ID, DISK)
    failed = clusters.done(UPGRADE)
    assert labels(failed) == [
        "Skip 2 risks",
        "Run the precheck again",
        "Cancel the workflow",
        "Details",
    ]
    assert "DiskUsage: 85 % of /var is in use" in words(failed)
    assert words(failed).count("DiskUsage") == len(NODES)
    clusters.press(SKIP, failed, by=ANN)
    form = str(clusters.workspace.views(ANN)[-1])
    assert "'title': {'type': 'plain_text', 'text': 'Skip 2 risks'" in form
    assert f"runs again and skips {SKIPPED}" in form
    assert clusters.submit("nobody writes there", by=ANN).ok
    clusters.settle()
    second = clusters.card()
    assert clusters.operation(second).follows == operation_of(failed)
    assert "nobody writes there" in words(second)
    told = f"It continues `{operation_of(failed)}` and skips {SKIPPED}"
    assert told in words(second)
    [call] = [each for each in clusters.replies(second) if "needs 1 approval" in each]
    assert told in call
    assert f"skips {SKIPPED}" in str(second.blocks)
    assert "workflow" not in steps(clusters, second)
    assert "succeeded" in ended(clusters, second).text
    assert clusters.cloud.clusters.version(EDGE_ID).startswith("v1.31.")
    assert f"Continued by `{operation_of(second)}`" in words(clusters.card(failed))


def test_an_exception_cannot_be_skipped(clusters: World) -> None:
    """What has to be mended is listed above the risks, and only another precheck is offered."""
    clusters.cloud.clusters.find(EDGE_ID, DISK, KUBELET)
    failed = clusters.done(UPGRADE)
    assert labels(failed) == ["Run the precheck again", "Cancel the workflow", "Details"]
    shown = words(failed)
    assert shown.index("*Exception/Fatal*") < shown.index("*Risk/Warning*")
    clusters.cloud.clusters.find(EDGE_ID)
    clusters.press(RETRY, failed, by=BOB)
    clusters.settle()
    assert "succeeded" in ended(clusters, clusters.card()).text


def test_a_failed_upgrade_is_retried(clusters: World) -> None:
    """The failed task runs on from where it stopped, in an operation of its own."""
    clusters.cloud.clusters.fail_next(EDGE_ID, "Cluster", "node 2 does not answer")
    failed = clusters.done(UPGRADE)
    assert "node 2 does not answer" in words(failed)
    assert "Retry the upgrade" in labels(failed)
    clusters.press(RETRY, failed, by=BOB)
    clusters.settle()
    second = clusters.card()
    assert steps(clusters, second) == ["upgrade", "postcheck"]
    assert "succeeded" in ended(clusters, second).text
    assert clusters.cloud.clusters.version(EDGE_ID).startswith("v1.31.")


def test_a_workflow_is_cancelled(clusters: World) -> None:
    """Where the rules allow it, the workflow is closed, and another upgrade may begin."""
    clusters.cloud.clusters.find(EDGE_ID, DISK)
    failed = clusters.done(UPGRADE)
    clusters.press(STOP, failed, by=BOB)
    clusters.settle()
    second = clusters.card()
    assert steps(clusters, second) == ["cancel"]
    assert "succeeded" in ended(clusters, second).text
    clusters.cloud.clusters.find(EDGE_ID)
    assert steps(clusters, clusters.asked(UPGRADE))[0] == "workflow"


def test_there_is_no_way_back(clusters: World) -> None:
    """The API has no rollback, and the refusal says so."""
    answer = clusters.command("/rollback edge").text
    assert "[unsupported_action]" in answer


def test_what_nothing_undoes_takes_more_people(clusters: World) -> None:
    """`irreversible` wants two where one is enough otherwise; the card says both before."""
    clusters.edit("    approvals: 1\n", "    approvals: 1\n    irreversible: {approvals: 2}\n")
    assert "Approvals needed: 2" in clusters.command(f"{UPGRADE} --dry-run").text
    card = clusters.asked(UPGRADE)
    assert clusters.operation(card).approvals_needed == 2
    assert "No way back" in words(card)
    [approve] = [
        each for each in (card.blocks or [])[-1]["elements"] if each["action_id"] == APPROVE
    ]
    assert "no way back" in approve["confirm"]["text"]["text"]
    clusters.press(APPROVE, card, by=BOB)
    clusters.settle()
    assert clusters.operation(card).phase.kind == "awaiting_approval"
    clusters.press(APPROVE, clusters.card(card), by=LEA)
    clusters.settle()
    assert clusters.operation(card).phase.kind == "succeeded"
    ordinary = clusters.asked("/deploy checkout 1.4.0")
    assert clusters.operation(ordinary).approvals_needed == 1


def test_what_a_system_has_not_is_said_in_a_sentence(clusters: World) -> None:
    """What is not supported, and what is: by the words that people type."""
    said = clusters.command("/ops scale edge 3").text
    assert "A CCE cluster does not support scale.\nIt supports deploy." in said
    assert "· succeeded ·" in clusters.command("/ops history edge").text

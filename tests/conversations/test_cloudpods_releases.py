"""A Cloudpods release from Slack: values, slow upgrades, old servers, and the way back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from bot.sandbox.clouds import CloudpodsCloud, Fault, cloudpods_app, sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.content import PASSWORD, RELEASE, USERNAME
from bot.sandbox.slack import Message, served_app
from tests.conversations.cards import APPROVE, DETAILS, ROLL_BACK, labels, operation_of, words
from tests.conversations.places import ANN, BOB, LEA
from tests.conversations.world import World

PURGE: Final = "slipway.recovery.purge"
LAB: Final = f"""\
connections:
  lab:
    kind: cloudpods
    auth:
      identity_url: "LAB/v3"
      username: {USERNAME}
      password: {PASSWORD}
      project: system
    endpoints: {{k8s: "LAB/api"}}
"""
ETCD: Final = f"""\
targets:
  etcd:
    system: cloudpods-release
    connection: lab
    cluster: test122
    namespace: default
    release: {RELEASE}
    chart: bitnami-new/etcd
    channel: C0DEPLOYS
    policy: prod
"""


@contextmanager
def lab(world: World, **config: Any) -> Iterator[CloudpodsCloud]:
    """Put an installation and its release into the world's catalogue."""
    cloud = CloudpodsCloud(sandbox_cloudpods().model_copy(update=config), clock=world.clock.seconds)
    with served_app(cloudpods_app(cloud)) as url:
        world.edit("connections:\n", LAB.replace("LAB", url))
        world.edit("targets:\n", ETCD)
        yield cloud


def step(world: World, card: Message) -> Any:
    """The one step of a card's operation."""
    [only] = world.operation(card).steps
    return only


def test_values_are_kept_from_one_deployment_to_the_next(world: World) -> None:
    """What Slipway sent it sends again, whole; a rollback from the card leads back."""
    with lab(world) as cloud:
        assert "succeeded" in world.done("/deploy etcd replicaCount=3").text
        card = world.done("/deploy etcd 8.11.2 image.tag=3.5.8-debian-11-r9")
        assert "succeeded" in card.text
        assert cloud.values(RELEASE) == {"replicaCount": 3, "image": {"tag": "3.5.8-debian-11-r9"}}
        assert world.press(ROLL_BACK, card, by=BOB).ok
        world.settle()
        assert cloud.values(RELEASE) == {"replicaCount": 3}
        assert len(cloud.executed) == 3
        assert cloud.strictness == ()


def test_an_old_server_is_sent_the_update_by_a_second_permit(world: World) -> None:
    """The upgrade that it does not know is proven not accepted; the update is another attempt."""
    with lab(world, knows_upgrade=False) as cloud:
        card = world.done("/deploy etcd 8.11.2")
        assert "succeeded" in card.text
        assert (step(world, card).attempt, step(world, card).declined) == (2, ("unsupported",))
        assert [each.method for each in cloud.executed] == ["PUT"]


def test_a_server_that_knows_no_form_of_a_call_fails_the_operation(world: World) -> None:
    """It ends after one attempt for each form, with a code."""
    with lab(world) as cloud:
        card = world.asked("/deploy etcd 8.11.2")
        body: Any = {"class": "NotFoundError", "code": 404, "details": "Handler not found"}
        cloud.faults.add(Fault(kind="answer", status=404, body=body, times=2))
        assert world.press(APPROVE, card, by=BOB).ok
        world.settle()
        done = world.card(operation_of(card))
        assert "unsupported_action" in words(done)
        assert step(world, done).attempt == 2
        assert cloud.executed == ()


def test_a_slow_upgrade_is_lost_found_and_watched_to_its_end(world: World) -> None:
    """The server's 504 is no failure: the pending revision is adopted, and ends well later."""
    with lab(world) as cloud:
        cloud.take_seconds(RELEASE, 90)
        card = world.done("/deploy etcd 8.11.2")
        assert "succeeded" in card.text
        assert len(cloud.executed) == 1


def test_values_that_nobody_knows_are_refused(world: World) -> None:
    """Somebody upgraded past Slipway: the refusal names the way out, and nothing is sent."""
    with lab(world) as cloud:
        cloud.meddle(RELEASE, "8.11.2", {"replicaCount": 5})
        card = world.asked("/deploy etcd logLevel=debug")
        assert "values_unknown" in words(card)
        assert cloud.executed == ()


def test_a_stuck_release_is_freed_on_request(world: World) -> None:
    """A pending revision refuses a deployment; a rollback says what it passes over."""
    with lab(world) as cloud:
        world.done("/deploy etcd 8.11.2")
        cloud.stick_pending(RELEASE)
        assert "in_progress" in words(world.asked("/deploy etcd 8.12.0"))
        card = world.asked("/rollback etcd")
        assert "succeeded" in card.text
        assert world.press(DETAILS, card, by=ANN).ok
        assert "passed over" in json.dumps(world.workspace.views(ANN)[-1].body)
        assert "succeeded" in world.done("/deploy etcd 8.12.0").text


def test_a_release_that_cannot_be_deleted_is_taken_off_the_list(world: World) -> None:
    """A deletion that fails twice fails twice; its card then offers to remove the record alone."""
    with lab(world) as cloud:
        for _ in range(2):
            cloud.fail_next(RELEASE, "pre-delete hook failed")
            card = world.done("/ops delete etcd")
            assert "failed" in card.text
            assert "pre-delete hook failed" in words(card)
        card = world.card()
        assert "Remove record" in labels(card)
        assert world.press(PURGE, card, by=BOB).ok
        assert "stays in the cluster" in str(world.workspace.views(BOB)[-1].body["blocks"])
        assert world.submit("the cluster is gone").ok
        world.settle()
        second = world.approve(world.card(), by=LEA)
        assert "succeeded" in world.card(second).text
        assert cloud.executed[-1].path.endswith("/purge")
        assert "not_found" in words(world.asked("/deploy etcd 8.12.0"))

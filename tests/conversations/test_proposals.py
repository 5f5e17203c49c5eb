"""An event from outside proposes; whoever presses asks, under the policy."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from bot.cli import main
from tests.conversations.cards import APPROVE, labels, words
from tests.conversations.invariants import check
from tests.conversations.pipelines import DEPLOY, DISMISS, HOOKS, Pipeline, proposals, told
from tests.conversations.places import (
    ANN,
    BOB,
    DEVELOPERS,
    ENVIRONMENT,
    EVE,
    LEA,
    RELIABILITY,
    configuration,
)
from tests.conversations.stage import opened
from tests.conversations.world import World


@pytest.fixture
def world(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world that has a hook, and check at its end what always holds."""
    with opened(folder, redis_url, more=HOOKS) as here:
        yield here
        check(here)


def test_a_proposal_becomes_an_operation_of_whoever_presses(world: World) -> None:
    """The event is a card; the press is a request as if it had been typed, with its own gate."""
    answer = Pipeline(world).proposes("1.4.0", note="build 163", by="ann")
    assert answer.status_code == 202
    world.settle()
    [card] = proposals(world)
    assert told(card) == {"proposal_id": answer.json()["id"], "sequence": 0}
    assert labels(card) == ["Deploy 1.4.0", "Dismiss"]
    assert "build 163" in words(card)
    assert world.press(DEPLOY, card, ANN).ok
    world.settle()
    [operation] = world.recorded
    assert (operation.requester, operation.action) == (ANN, "deploy")
    assert operation.parameters.version == "1.4.0"
    assert labels(proposals(world)[0]) == []
    assert operation.id in proposals(world)[0].text
    assert world.press(APPROVE, world.card(), BOB).ok
    world.settle()
    assert "succeeded" in world.card().text


def test_nobody_gains_a_right_by_a_proposal(world: World) -> None:
    """Who may not ask for the change may neither take it up nor dismiss it."""
    Pipeline(world).proposes()
    world.settle()
    [card] = proposals(world)
    for button in (DEPLOY, DISMISS):
        world.press(button, card, EVE)
        world.settle()
        assert "[not_allowed]" in world.whispers(EVE)[-1]
    assert world.recorded == ()
    assert labels(proposals(world)[0]) == ["Deploy 1.4.0", "Dismiss"]


def test_what_is_dismissed_is_over(world: World) -> None:
    """The card says who dismissed it; a press on the card of before is told so."""
    Pipeline(world).proposes()
    world.settle()
    [card] = proposals(world)
    assert world.press(DISMISS, card, BOB).ok
    world.settle()
    assert "can be deployed" not in proposals(world)[0].text
    assert f"Dismissed by <@{BOB}>" in proposals(world)[0].text
    world.press(DEPLOY, card, ANN)
    world.settle()
    assert "[proposal_over]" in world.whispers(ANN)[-1]
    assert world.recorded == ()


def test_a_newer_proposal_takes_the_place_of_the_older(world: World) -> None:
    """One target has one open proposal, on one card, whose metadata names the newer one."""
    pipeline = Pipeline(world)
    pipeline.proposes("1.4.0")
    world.settle()
    [older] = proposals(world)
    newer = pipeline.proposes("1.5.0").json()["id"]
    world.settle()
    [card] = proposals(world)
    assert card.ts == older.ts
    assert told(card)["proposal_id"] == newer
    assert labels(card) == ["Deploy 1.5.0", "Dismiss"]
    world.press(DEPLOY, older, ANN)
    world.settle()
    assert "[proposal_over]" in world.whispers(ANN)[-1]
    world.press(DEPLOY, card, ANN)
    world.settle()
    assert [each.parameters.version for each in world.recorded] == ["1.5.0"]


def test_two_presses_are_one_operation(world: World) -> None:
    """Whoever comes second is told which operation it is."""
    Pipeline(world).proposes()
    world.settle()
    [card] = proposals(world)
    assert world.press(DEPLOY, card, ANN).ok
    assert world.press(DEPLOY, card, BOB).ok
    world.settle()
    [operation] = world.recorded
    assert operation.id in world.whispers(BOB)[-1]


def test_a_proposal_lasts_a_day(world: World) -> None:
    """What nobody took up within a day is over; the next one has a card of its own."""
    pipeline = Pipeline(world)
    pipeline.proposes("1.4.0")
    world.settle()
    world.machines.sleep(24 * 3600 + 1)
    world.wait(5)
    [card] = proposals(world)
    assert "Expired" in card.text
    assert labels(card) == []
    pipeline.proposes("1.5.0")
    world.settle()
    assert len(proposals(world)) == 2


def test_a_press_that_nobody_noted_is_found(world: World) -> None:
    """A bot that died between recording the operation and the proposal's end loses nothing."""
    Pipeline(world).proposes()
    world.settle()
    [card] = proposals(world)
    proposal = told(card)["proposal_id"]
    delivery = f"proposal:{proposal}"
    world.slash("/deploy", "checkout 1.4.0", trigger_id=delivery)
    world.settle()
    [operation] = world.recorded
    assert operation.id in proposals(world)[0].text


def test_a_pipeline_can_wait_for_the_end(world: World) -> None:
    """`GET` tells how it stands, from the card to the operation's end."""
    pipeline = Pipeline(world)
    wanted = pipeline.proposes().json()["id"]
    world.settle()
    assert pipeline.asks(wanted).json()["phase"] == "proposed"
    [card] = proposals(world)
    world.press(DEPLOY, card, ANN)
    world.settle()
    status = pipeline.asks(wanted).json()
    assert (status["phase"], status["by"], status["done"]) == ("taken", ANN, False)
    assert status["operation"]["phase"] == "awaiting_approval"
    world.press(APPROVE, world.card(), BOB)
    world.settle()
    status = pipeline.asks(wanted).json()
    assert (status["done"], status["succeeded"]) == (True, True)
    there = {**ENVIRONMENT, "SLIPWAY_DATABASE_URL": world.parts.settings.database_url}
    assert CliRunner().invoke(main, ["prune", "--before", "9000-01-01"], env=there).exit_code == 0
    status = pipeline.asks(wanted).json()  # which is no failure, though nobody knows any more
    assert (status["done"], status["succeeded"], status["operation"]) == (True, None, None)
    assert pipeline.asks("prop-zzzzzzzzzz").status_code == 404
    assert Pipeline(world, secret="whsec_AAAA").asks(wanted).status_code == 401


def test_whoever_was_told_of_a_proposal_can_wait_for_it(folder: Path, redis_url: str) -> None:
    """Two hooks propose the same version: both get one id, and both may ask about it; no third."""
    others = HOOKS + HOOKS.replace("hooks:\n", "").replace("  ci:", "  nightly:")
    others += HOOKS.replace("hooks:\n", "").replace("  ci:", "  idle:")
    with opened(folder, redis_url, more=others) as world:
        wanted = Pipeline(world).proposes().json()["id"]
        second = Pipeline(world, hook="nightly")
        answer = second.proposes()
        assert (answer.status_code, answer.json()) == (200, {"id": wanted})
        world.settle()
        assert second.asks(wanted).json()["phase"] == "proposed"
        assert Pipeline(world, hook="idle").asks(wanted).status_code == 404


def test_the_same_delivery_is_one_proposal_whatever_happens(world: World) -> None:
    """HT-6: many at once, and after everything that Redis held is lost."""
    pipeline = Pipeline(world)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: pipeline.proposes(), range(50)))
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert [answer.status_code for answer in answers].count(202) == 1
    assert len({answer.json()["id"] for answer in answers}) == 1
    world.parts.redis.flushall()
    assert pipeline.proposes().status_code == 200
    world.settle()
    assert len(proposals(world)) == 1


def test_without_a_journal_a_sender_comes_again(world: World) -> None:
    """503, within the time that senders wait; afterwards the same delivery is recorded."""
    pipeline = Pipeline(world)
    with world.locked_journal():
        assert pipeline.proposes().status_code == 503
    assert pipeline.proposes().status_code == 202


IGNORED: Final = {
    "another target": ({"target": "newcomer"}, "not_mapped"),
    "an alias": ({"target": "co"}, "not_mapped"),
    "latest": ({"version": "latest"}, "moving_tag"),
    "a branch": ({"version": "main"}, "moving_tag"),
    "words": ({"version": "1.4;rm"}, "bad_version"),
    "a digest": ({"version": "sha256:3da1"}, "bad_version"),
    "nothing": ({"version": ""}, "bad_version"),
}


@pytest.mark.parametrize(("said", "code"), IGNORED.values(), ids=IGNORED)
def test_what_an_event_may_not_name_is_ignored(
    world: World, said: dict[str, str], code: str
) -> None:
    """HT-10, HT-11: the target from our map, a version that stays; said in the audit."""
    answer = Pipeline(world).proposes(**{"version": "1.4.0", **said})
    assert (answer.status_code, answer.json()) == (200, {"ignored": code})
    again = Pipeline(world).proposes(**{"version": "1.4.0", **said})
    assert again.json() == {"ignored": code}
    world.settle()
    assert proposals(world) == []
    world.parts.journal.audit.seal()
    noted = [each for each in world.parts.journal.audit.export() if each["what"] == "ignored"]
    assert [each["who"] for each in noted] == ["hook:ci"]
    assert json.loads(str(noted[0]["detail"]))["sources"] == [said.get("target", "checkout")]


def test_nothing_of_an_event_is_markup(world: World) -> None:
    """HT-13: mentions, links and marks of a payload are letters on the card."""
    Pipeline(world).proposes(
        note="<!channel> <https://evil.example|log in> *now*", by="<@U0BOB>", digest="<!here>"
    )
    world.settle()
    [card] = proposals(world)
    shown = words(card) + card.text
    for mark in ("<!channel>", "<https://evil", "<@U0BOB>", "<!here>", "*now*"):
        assert mark not in shown


def test_a_secret_beside_an_event_is_left_out(world: World) -> None:
    """A note that holds what looks like a secret reaches neither Slack nor a reason."""
    Pipeline(world).proposes(note="password=hunter2-hunter2-hunter2")
    world.settle()
    [card] = proposals(world)
    assert "hunter2" not in words(card)
    world.press(DEPLOY, card, ANN)
    world.settle()
    [operation] = world.recorded
    assert "hunter2" not in operation.reason


def test_a_note_of_a_megabyte_is_answered_in_time(world: World) -> None:
    """A sender waits a second: what is too long to be kept is not read through either."""
    told = Pipeline(world).proposes(note="secret" * 160_000 + " password=hunter2-hunter2")
    assert told.status_code == 202
    world.settle()
    [card] = proposals(world)
    assert "hunter2" not in words(card)


def test_a_storm_is_one_card(world: World) -> None:
    """HT-14: a loop of a pipeline is one card with bounded updates, and then 429."""
    pipeline = Pipeline(world)
    statuses = [pipeline.proposes(f"1.4.{number}").status_code for number in range(100)]
    assert statuses.count(202) == 60
    assert statuses.count(429) == 40
    world.settle()
    [card] = proposals(world)
    assert "1.4.59" in card.text
    shown = [each for each in world.workspace.executed if each.method.startswith("chat.")]
    assert len(shown) <= 5


ASKS: Final = """
  robot:
    kind: standard
    secrets: ["${HOOK_CI}"]
    targets: [checkout]
    then: request
"""


@pytest.fixture
def asking(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with a hook that may ask for changes itself."""
    may = (f"request: [{DEVELOPERS}, {RELIABILITY}]", f"request: [hook:robot, {RELIABILITY}]")
    with opened(
        folder,
        redis_url,
        more=HOOKS.rstrip() + ASKS,
        configured=lambda *clouds: configuration(*clouds).replace(*may, 1),
    ) as here:
        yield here
        check(here)


def test_a_hook_that_may_ask_asks_itself(asking: World) -> None:
    """The operation is the hook's, with its gate; people approve, and no press is needed."""
    pipeline = Pipeline(asking, hook="robot")
    answer = pipeline.proposes("1.4.0", note="build 163")
    assert answer.status_code == 202
    assert pipeline.proposes("1.4.0").json() == answer.json()
    asking.settle()
    assert proposals(asking) == []
    [operation] = asking.recorded
    assert (operation.id, operation.requester) == (answer.json()["id"], "hook:robot")
    assert "build 163" in operation.reason
    assert pipeline.asks(operation.id).json()["phase"] == "awaiting_approval"
    asking.press(APPROVE, asking.card(), BOB)
    asking.settle()
    assert "succeeded" in asking.card().text
    assert pipeline.asks(operation.id).json()["succeeded"] is True
    assert Pipeline(asking).asks(operation.id).status_code == 404


def test_a_hooks_request_is_refused_like_a_persons(asking: World) -> None:
    """What holds a person holds a hook; the sender is told the code."""
    asking.command('/ops lock checkout "Black Friday"', by=LEA)
    answer = Pipeline(asking, hook="robot").proposes("1.4.0")
    assert (answer.status_code, answer.json()) == (200, {"ignored": "locked"})
    assert asking.recorded == ()


def test_nobody_is_told_to_ask_a_hook(asking: World) -> None:
    """Who may not is told of the people who may: a hook that is listed answers nobody."""
    refused = asking.command("/deploy checkout 1.4.0", by=EVE).text
    assert "[not_allowed]" in refused
    assert f"Ask: <!subteam^{RELIABILITY}>\n" in refused
    assert "hook:robot" not in refused
    operation = Pipeline(asking, hook="robot").proposes("1.4.0").json()["id"]
    assert "hook:robot" not in asking.command(f"/ops cancel {operation}", by=EVE).text


def test_nobody_presses_in_a_hooks_name(world: World) -> None:
    """HT-15: whom a payload names is a word on the card; rights are the presser's alone."""
    Pipeline(world).proposes(by=BOB)
    world.settle()
    [card] = proposals(world)
    assert f"<@{BOB}>" not in words(card)
    world.press(DEPLOY, card, EVE)
    world.settle()
    assert "[not_allowed]" in world.whispers(EVE)[-1]
    world.press(DEPLOY, card, BOB)
    world.settle()
    [operation] = world.recorded
    assert operation.requester == BOB
    world.press(APPROVE, world.card(), BOB)
    world.settle()
    assert "[self_approval]" in world.whispers(BOB)[-1]


def test_a_stale_button_changes_nothing_by_itself(world: World) -> None:
    """HT-16: what runs already is nothing to do, and what holds a command holds a press."""
    pipeline = Pipeline(world)
    pipeline.proposes("1.4.0")
    world.settle()
    [card] = proposals(world)
    world.command('/ops freeze checkout "Black Friday"', by=BOB)
    world.press(DEPLOY, card, ANN)
    world.settle()
    assert "[frozen]" in world.whispers(ANN)[-1]
    assert labels(proposals(world)[0]) == ["Deploy 1.4.0", "Dismiss"]
    world.command("/ops thaw checkout", by=BOB)
    world.done("/deploy checkout 1.4.0")
    world.press(DEPLOY, card, ANN)
    world.settle()
    assert world.mutations == ["PUT"]


def test_of_an_event_only_the_version_reaches_the_cloud(world: World) -> None:
    """HT-11, HT-12: nothing else of a payload is sent anywhere, and nothing of it is fetched."""
    canary, digest = "canary4711", "sha256:" + "ca" * 32
    Pipeline(world).proposes("1.4.0", note=canary, by=canary, digest=digest, url=canary)
    world.settle()
    world.press(DEPLOY, proposals(world)[0], ANN)
    world.settle()
    world.press(APPROVE, world.card(), BOB)
    world.settle()
    assert world.mutations == ["PUT"]
    sent = "".join(map(repr, (*world.cloud.requests, *world.cloud.executed)))
    assert "shop/checkout:1.4.0" in sent
    assert canary not in sent
    assert digest not in sent

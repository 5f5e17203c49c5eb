"""Answers that the cloud gave badly or not at all: what may be sent again, and what never."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from threading import Timer

import pytest
from pydantic import JsonValue

from bot.core.flow import Reply
from bot.core.operation import Uncertain
from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.huawei.content import SHOP_ID
from tests.conversations.cards import (
    APPROVE,
    EXECUTED,
    LOOK_AGAIN,
    NOT_EXECUTED,
    ROLL_BACK,
    labels,
    offered,
    operation_of,
    value_of,
    words,
)
from tests.conversations.places import ANN, BOB, CHECKOUT, DEPLOYS, EVE, LEA
from tests.conversations.world import CLOSED_PORT, World
from workers.cloud.layers import Layer, Request
from workers.context import WorkerContext

BAD_GATEWAY = Fault(kind="answer", status=502, raw=b"<html>bad gateway</html>")
SETTLE = 15 * 60  # seconds


class DeathError(Exception):
    """The worker is gone: nothing after this point happens."""


@dataclass
class Dying:
    """A cloud whose caller dies right before the mutating call leaves."""

    inner: Layer

    async def send(self, request: Request) -> Reply:
        """Read as ever; die with the permit of a change."""
        if not request.call.mutates:
            return await self.inner.send(request)
        request.on_admission()
        raise DeathError(request.target.name, request.call.name)


@dataclass
class Locking:
    """A cloud that answers; right then somebody locks the journal for a while."""

    inner: Layer
    world: World

    async def send(self, request: Request) -> Reply:
        """Answer."""
        reply = await self.inner.send(request)
        if request.call.mutates:
            lock = ExitStack()
            lock.enter_context(self.world.locked_journal())
            Timer(0.3, lock.close).start()
        return reply


@dataclass
class Unreachable:
    """A cloud that can be read, but whose next mutating calls find nobody listening."""

    inner: Layer
    times: int

    async def send(self, request: Request) -> Reply:
        """Call where nobody listens, as often as asked for."""
        if self.times == 0 or not request.call.mutates:
            return await self.inner.send(request)
        self.times -= 1
        closed = {request.call.service: f"http://127.0.0.1:{CLOSED_PORT}"}
        elsewhere = request.connection.model_copy(update={"endpoints": closed})
        return await self.inner.send(replace(request, connection=elsewhere))


def around(world: World, layer: Callable[[Layer], Layer]) -> WorkerContext:
    """Return what workers work with, with one more layer around their cloud's."""
    context = world.machines.context
    return replace(context, cloud=context.cloud.wrapped(layer))


def lost(world: World, fault: Fault) -> str:
    """Deploy with a fault at the mutating call, up to the card that shows what came of it."""
    card = world.approved()
    world.breaks(fault)
    world.machines.ring()
    world.machines.send()
    return operation_of(card)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="drop", when="after"),
        Fault(kind="truncated"),
        Fault(kind="garbage"),
        Fault(kind="html"),
        Fault(kind="empty"),
        Fault(kind="huge", size=3_000_000),
        BAD_GATEWAY.model_copy(update={"when": "after"}),
        Fault(kind="answer", status=500, when="after"),
        Fault(kind="answer", status=200, body={"job_id": 7}, when="after"),
    ],
    ids=["drop", "truncated", "garbage", "html", "empty", "huge", "502", "500", "wrong-type"],
)
def test_a_lost_answer_is_uncertain_then_adopted(world: World, fault: Fault) -> None:
    """Executed but unanswered: told as uncertain, read back, and ended with one single mutation."""
    operation_id = lost(world, fault)
    card = world.card(operation_id)
    assert "uncertain" in card.text
    assert "Look again" in labels(card)
    assert "Slipway will not resend it" in words(card)
    assert world.workspace.state.clock() - float(card.ts) < 60
    world.settle()
    said = " ".join(world.thread(card))
    assert "is uncertain*" in said
    assert "had started remote task" in said
    assert "succeeded" in world.card(operation_id).text
    assert world.mutations == ["PUT"]
    assert world.tries == 1


def test_what_proves_it_is_in_thread_and_details(world: World) -> None:
    """The card says in one line that what was lost is found; whoever wants the proof reads it."""
    card = world.card(lost(world, Fault(kind="drop", when="after")))
    seen = list[str]()
    proof = "Before our call the last job was"
    for _ in range(30):
        world.wait(1)
        seen.append(words(world.card(card)))
        if "what it started was found" in seen[-1]:
            break
    assert "Its answer was lost, but what it started was found" in seen[-1]
    assert not any(proof in each for each in seen)
    assert proof in world.shown(card)
    world.settle()
    assert any(proof in each for each in world.thread(card))


def test_a_call_that_came_late_is_adopted_when_it_comes(world: World) -> None:
    """A call that a gateway executes a minute later is found then, and not sent again."""
    operation_id = lost(world, Fault(kind="later", status=504, seconds=60))
    world.wait(50, step=10)
    assert "uncertain" in world.card(operation_id).text
    world.wait(90, step=10)
    world.settle()
    assert "succeeded" in world.card(operation_id).text
    assert world.mutations == ["PUT"]


@pytest.mark.parametrize("fault", [Fault(kind="drop"), BAD_GATEWAY], ids=["drop", "502"])
def test_a_lost_call_is_never_sent_again(world: World, fault: Fault) -> None:
    """Not executed and unanswered: it stays uncertain, and only a person ends it, in due time."""
    operation_id = lost(world, fault)
    world.wait(SETTLE - 60, step=60)
    card = world.card(operation_id)
    assert "uncertain" in card.text
    assert labels(card) == ["Look again", "Details"]
    assert f"PUT /v3/…/cas/applications/{SHOP_ID}/components/{CHECKOUT}: " in world.shown(card)
    assert world.tries == 1
    value = value_of(card, LOOK_AGAIN)
    world.click(card, {"action_id": NOT_EXECUTED, "value": value})
    world.settle()
    assert "[too_early]" in world.whispers(BOB)[-1]
    phase = world.operation(card).phase
    assert isinstance(phase, Uncertain)
    assert f"^{int(phase.decide_after.timestamp())}^" in world.whispers(BOB)[-1]
    assert world.operation(card).phase.kind == "uncertain"
    world.wait(120, step=30)
    world.click(card, {"action_id": NOT_EXECUTED, "value": value}, trigger_id="3.5.forged")
    world.settle()
    ended = world.card(operation_id)
    assert "failed" in ended.text
    assert "decided that the lost call was not executed" in world.thread(card)[-1]
    assert world.parts.journal.operations.holder("checkout") is None
    assert world.tries == 1


def test_after_the_settle_time_the_card_offers_the_decision(world: World) -> None:
    """The button comes when its time has come, without anybody doing anything."""
    operation_id = lost(world, Fault(kind="drop"))
    world.wait(SETTLE + 330, step=30)
    card = world.card(operation_id)
    assert labels(card) == ["Look again", "It was executed", "Not executed", "Details"]
    world.press(NOT_EXECUTED, card, by=LEA)
    world.settle()
    assert "failed" in world.card(operation_id).text
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text


def test_only_approvers_decide_what_is_uncertain(world: World) -> None:
    """Who may not approve may neither decide nor look again."""
    operation_id = lost(world, Fault(kind="drop"))
    world.wait(SETTLE + 60, step=60)
    card = world.card(operation_id)
    value = value_of(card, LOOK_AGAIN)
    for action_id in (NOT_EXECUTED, LOOK_AGAIN):
        world.click(
            card,
            {"action_id": action_id, "value": value},
            user={"id": EVE},
            trigger_id=f"3.4.{action_id}",
        )
        world.settle()
        assert "[not_approver]" in world.whispers(EVE)[-1]
    assert world.operation(card).phase.kind == "uncertain"


def test_look_again_looks_at_once(world: World) -> None:
    """Looking again needs no waiting for the next look, and says that it does."""
    operation_id = lost(world, Fault(kind="drop"))
    world.wait(600, step=60)
    asked = len(world.cloud.requests)
    world.press(LOOK_AGAIN, world.card(operation_id))
    world.machines.work()
    assert len(world.cloud.requests) > asked
    assert "looking again" in " ".join(world.whispers(BOB))


def test_somebody_elses_job_is_not_adopted(world: World) -> None:
    """A job that is new but brings another version is not taken for ours."""
    operation_id = lost(world, Fault(kind="drop"))
    world.cloud.meddle(CHECKOUT, "1.3.9")
    world.wait(120, step=10)
    assert "uncertain" in world.card(operation_id).text
    assert world.tries == 1


def test_an_uncertain_target_stays_locked(world: World) -> None:
    """While nobody knows what happened, nothing else is done to the target: others wait in line."""
    held = lost(world, Fault(kind="drop"))
    assert f"behind {held}" in world.command("/deploy checkout 1.5.0", by=BOB).text
    assert "cannot be cancelled" in world.command(f"/ops cancel {held}").text
    world.wait(120, step=10)
    assert {each.phase.kind for each in world.recorded} == {"uncertain", "waiting"}
    assert world.tries == 1


def test_a_throttled_call_is_sent_again_when_it_may(world: World) -> None:
    """429 proves that nothing was executed: sent again after the time that it named, once."""
    card = world.approved()
    world.breaks(Fault(kind="throttled", retry_after="7"))
    world.machines.ring()
    world.machines.send()
    assert world.operation(card).steps[0].declined == ("throttled",)
    world.wait(6)
    assert world.tries == 1
    world.settle()
    assert world.mutations == ["PUT"]
    assert world.tries == 2
    assert "succeeded" in world.card(card).text


@pytest.mark.parametrize("retry_after", [None, "-5", "soon", "1e9"])
def test_an_odd_retry_after_is_no_trap(world: World, retry_after: str | None) -> None:
    """Whatever the cloud names as its pause, the next try comes within the deadline."""
    card = world.approved()
    world.breaks(Fault(kind="throttled", retry_after=retry_after))
    world.settle()
    assert "succeeded" in world.card(card).text
    assert world.mutations == ["PUT"]


def test_a_refused_call_ends_in_the_apis_own_words(world: World) -> None:
    """400 proves that nothing was executed: it ends with code and words of the API."""
    card = world.approved()
    body: JsonValue = {"error_code": "SVCSTG.00100418", "error_msg": "the quota <b>is</b> used up"}
    world.breaks(Fault(kind="answer", status=400, body=body))
    world.settle()
    ended = world.card(card)
    assert "failed" in ended.text
    assert "SVCSTG.00100418" in words(ended)
    assert "the quota &lt;b&gt;is&lt;/b&gt; used up" in words(ended)
    assert "nothing changed" in words(ended)
    assert labels(ended) == ["Try again…", "Details"]
    assert world.mutations == []
    assert world.tries == 1


def test_a_component_that_is_busy_is_waited_for(world: World) -> None:
    """409 while another job runs is no failure: it is sent again when that may have ended."""
    card = world.approved()
    body: JsonValue = {
        "error_code": "SVCSTG.00100400",
        "error_msg": "another operation is in progress",
    }
    world.breaks(Fault(kind="answer", status=409, body=body))
    world.settle()
    assert "succeeded" in world.card(card).text
    assert world.mutations == ["PUT"]
    assert world.tries == 2


def test_a_cloud_that_does_not_listen_is_called_again(world: World) -> None:
    """A refused connection proves that nothing left: it is tried again, and executed once."""
    card = world.approved()
    machines = world.machines
    machines.context = around(world, lambda inner: Unreachable(inner, times=2))
    world.settle()
    assert world.mutations == ["PUT"]
    assert "succeeded" in world.card(card).text
    said = [each for each in world.thread(card) if "was not accepted" in each]
    assert len(said) == 2


def test_a_cloud_that_cannot_be_read_is_waited_for(world: World) -> None:
    """Before the permit nothing was sent: planning and checking wait until the cloud answers."""
    world.breaks(Fault(kind="drop", match="GET *", times=2))
    operation_id = operation_of(world.asked())
    assert "Approve" in labels(world.card(operation_id))
    world.press(APPROVE, world.card(operation_id))
    world.breaks(Fault(kind="drop", match="GET *", times=2))
    world.settle()
    assert "succeeded" in world.card(operation_id).text
    assert world.tries == 1


def test_a_worker_that_dies_after_its_permit_leaves_it_uncertain(world: World) -> None:
    """A permit without an outcome may have been used: it is uncertain, and never sent again."""
    card = world.approved()
    machines = world.machines
    alive = machines.context
    machines.context = around(world, Dying)
    with pytest.raises(DeathError):
        machines.ring()
    machines.context = alive
    assert world.operation(card).phase.kind == "running"
    world.wait(60)
    assert "uncertain" in world.card(card).text
    assert "the worker ended before it could record an answer" in world.shown(card)
    assert world.tries == 0


def test_a_worker_that_dies_before_its_permit_costs_nothing(world: World) -> None:
    """Without a permit nothing can have left: the next worker goes on."""
    card = world.approved()
    machines = world.machines
    alive = machines.context
    machines.context = replace(alive, facts=replace(alive.facts, team=_dying))
    with pytest.raises(DeathError):
        machines.ring()
    machines.context = alive
    world.wait(30)
    world.settle()
    assert "succeeded" in world.card(card).text
    assert world.mutations == ["PUT"]


def _dying() -> str:
    raise DeathError


def test_a_lost_rollback_is_not_repeated_either(world: World) -> None:
    """What holds for a deployment holds for its way back."""
    failed = world.done("/deploy flaky 2.1.0")
    world.breaks(Fault(kind="drop", when="after"))
    world.press(ROLL_BACK, failed)
    world.settle()
    assert "had started remote task" in " ".join(world.thread(world.card()))
    assert "succeeded" in world.card().text
    assert len(world.mutations) == 2


@pytest.mark.parametrize(
    "typed", ["/ops restart checkout", "/ops stop checkout", "/ops scale checkout 3"]
)
def test_other_lost_calls_are_adopted_too(world: World, typed: str) -> None:
    """Restart, stop and scale leave traces as well."""
    card = world.approved(typed)
    world.breaks(Fault(kind="drop", when="after"))
    world.settle()
    assert "succeeded" in world.card(card).text
    assert world.tries == 1


def test_a_lost_create_is_adopted_by_its_name(world: World) -> None:
    """A component that the lost call made is found by its name, and not made again."""
    world.breaks(Fault(kind="drop", when="after"))
    world.asked("/ops create newcomer 0.2.0", by=ANN)
    assert "succeeded" in world.card().text
    assert world.mutations == ["POST"]
    assert world.card().channel == DEPLOYS


@pytest.mark.parametrize("status", [401, 403, 404, 422])
def test_other_refusals_prove_it_too(world: World, status: int) -> None:
    """A refusal in the API's own form ends it, unsent; a wrong key is not tried again."""
    card = world.approved()
    body: JsonValue = {"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication"}
    world.breaks(Fault(kind="answer", status=status, body=body))
    world.settle()
    assert "failed" in world.card(card).text
    assert "APIGW.0301" in words(world.card(card))
    assert world.tries == 1
    assert world.mutations == []


def test_a_cloud_that_holds_for_ever_ends_it_unsent(world: World) -> None:
    """Throttled again and again, it ends within its deadline, and the target is free."""
    card = world.approved()
    world.breaks(Fault(kind="throttled", times=None))
    world.settle()
    ended = world.card(card)
    assert "failed" in ended.text
    assert "APIGW.0308" in words(ended)
    assert world.mutations == []
    assert world.tries <= 20
    assert world.parts.journal.operations.holder("checkout") is None


def test_a_permit_that_grew_too_old_is_not_used(world: World) -> None:
    """A worker that stood still after its permit sends nothing under it, and asks for another."""
    card = world.approved()
    machines = world.machines
    awake = machines.context
    moments = iter([0.0, 60.0])
    machines.context = replace(awake, monotonic=lambda: next(moments))
    machines.ring()
    assert world.tries == 0
    machines.context = awake
    world.settle()
    assert "succeeded" in world.card(card).text
    assert world.tries == 1


def test_an_outcome_is_recorded_when_the_journal_comes_back(world: World) -> None:
    """What the cloud answered is not lost to a journal that is locked at that moment."""
    card = world.approved()
    machines = world.machines
    machines.context = around(world, lambda inner: Locking(inner, world))
    machines.ring()
    assert world.operation(card).steps[0].remote_task
    world.settle()
    assert "succeeded" in world.card(card).text
    assert "uncertain" not in " ".join(world.thread(card))
    assert world.tries == 1


def test_where_two_approve_two_decide(world: World) -> None:
    """One approver alone cannot free the target where the policy asks for two."""
    world.edit("approvals: 1", "approvals: 2")
    card = world.asked()
    for by in (BOB, LEA):
        world.press(APPROVE, card, by=by)
    world.breaks(Fault(kind="drop"))
    world.machines.ring()
    operation_id = operation_of(card)
    world.wait(SETTLE + 330, step=30)
    card = world.card(operation_id)
    assert "That takes 2 approvers" in words(card)
    world.press(NOT_EXECUTED, card, by=BOB)
    world.settle()
    shown = world.card(operation_id)
    assert "uncertain" in shown.text
    assert "Reported as not executed by Bob; 1 more approver" in words(shown)
    assert "(1 of 2)" in world.thread(card)[-1]
    world.press(NOT_EXECUTED, card, by=BOB)
    world.settle()
    assert world.parts.journal.operations.holder("checkout") is not None
    world.press(NOT_EXECUTED, card, by=LEA)
    world.settle()
    assert "failed" in world.card(operation_id).text
    assert world.parts.journal.operations.holder("checkout") is None


def test_people_may_say_that_it_was_executed(world: World) -> None:
    """D17: who sees in the console that it ran says so; it succeeded by that word, and goes on."""
    operation_id = lost(world, Fault(kind="drop"))
    early = world.card(operation_id)
    assert "Error" not in words(early) + " ".join(world.thread(early))  # no class of ours
    assert EXECUTED not in offered(early)
    world.wait(SETTLE + 330, step=30)
    card = world.card(operation_id)
    assert {EXECUTED, NOT_EXECUTED} <= {*offered(card)}
    world.press(EXECUTED, card, by=EVE)
    world.settle()
    assert "[not_approver]" in world.whispers(EVE)[-1]
    world.cloud.meddle(CHECKOUT, "1.4.0")  # as people see it there
    world.machines.sleep(30)
    world.press(EXECUTED, card, by=BOB)
    world.settle()
    done = world.card(operation_id)
    assert "succeeded" in done.text
    assert "Bob decided that the call was executed" in words(done)
    assert f"<@{BOB}> decided that the lost call was executed" in world.thread(done)[-1]
    assert world.parts.journal.operations.holder("checkout") is None
    assert world.tries == 1
    assert world.operation(done).revision_before == "1.3.0"
    world.press(NOT_EXECUTED, card, by=LEA)
    world.settle()
    assert "succeeded" in world.card(operation_id).text
    assert "1.4.0 → 1.3.0" in world.command("/rollback checkout --dry-run").text


def test_where_two_approve_two_say_that_it_was_executed(world: World) -> None:
    """D17: as many as had to approve; who has spoken does not say the opposite as well."""
    world.edit("approvals: 1", "approvals: 2")
    card = world.asked()
    for by in (BOB, LEA):
        world.press(APPROVE, card, by=by)
    world.breaks(Fault(kind="drop"))
    world.machines.ring()
    operation_id = operation_of(card)
    world.wait(SETTLE + 330, step=30)
    card = world.card(operation_id)
    world.press(EXECUTED, card, by=BOB)
    world.settle()
    assert "Reported as executed by Bob; 1 more approver" in words(world.card(operation_id))
    world.press(NOT_EXECUTED, card, by=BOB)
    world.settle()
    assert "uncertain" in world.card(operation_id).text
    world.press(EXECUTED, card, by=LEA)
    world.settle()
    assert "succeeded" in world.card(operation_id).text


def test_what_surfaces_after_the_decision_is_said_aloud(world: World) -> None:
    """People can be wrong: what comes to light in the hours after is told in the channel, once."""
    # A signature would be too old by then.
    key = 'auth: {access_key: "${CLOUD_SDK_AK}", secret_key: "${CLOUD_SDK_SK}"}'
    world.edit(key, 'auth: {token: "${CLOUD_TOKEN}"}')
    operation_id = lost(world, Fault(kind="later", status=504, seconds=SETTLE + 900))
    world.wait(SETTLE + 330, step=30)
    card = world.card(operation_id)
    world.press(NOT_EXECUTED, card, by=LEA)
    world.settle()
    assert "failed" in world.card(operation_id).text
    world.parts.redis.flushall()
    world.wait(1200, step=60)
    shown = world.card(operation_id)
    assert "executed after all" in words(shown)
    assert "failed" in shown.text
    assert sum("executed after all" in each for each in world.thread(card)) == 1
    assert world.mutations == ["PUT"]


def test_what_another_operation_started_is_no_surprise(world: World) -> None:
    """After the decision the target is free: what is sent then is not taken for the lost call."""
    operation_id = lost(world, Fault(kind="drop"))
    world.wait(SETTLE + 330, step=30)
    card = world.card(operation_id)
    world.press(NOT_EXECUTED, card, by=LEA)
    world.settle()
    again = world.done()
    world.wait(1200, step=60)
    assert "succeeded" in world.card(again).text
    assert not any("executed after all" in each for each in world.thread(card))

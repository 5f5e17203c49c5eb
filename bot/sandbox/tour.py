"""The tour: all five systems, a way back, trouble, a freeze, two gates. A line per step."""

import json
import os
import subprocess
import time
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Final

import httpx

from bot.core.verbs import verb_of
from bot.sandbox.clouds import Refused
from bot.sandbox.content import CHANNEL
from bot.sandbox.guide import ANN, BOB, EVE, FREEZE, LEA, SAM, THAW
from bot.sandbox.processes import python
from bot.sandbox.slack import Message
from bot.sandbox.stage import STRICTER, Stage
from bot.sandbox.teller import LostError, Teller, operation_in

APPROVE: Final = verb_of("approve").action_id()
ROLL_BACK: Final = verb_of("rollback").action_id()
UPGRADE_SECONDS: Final = 90.0  # a cluster's workflow has five steps
PROPOSED: Final = "slipway.open_proposed"
MARKED: Final = "slipway.incident_mark"
NEXT_BATCH: Final = verb_of("recovery").action_id("continue_deploy")
WAITS: Final = "waiting for a decision"
OTHERS: Final = {
    "billing": "/deploy billing 2.4.0",
    "edge": "/upgrade edge v1.31",
    "search": "/deploy search 1.2.0",
    "metrics": "/deploy metrics 2.1.0",
    "etcd": "/deploy etcd 8.11.2",
}
CANARIES: Final = ("checkout-canary", "billing-canary", "search-canary", "etcd-canary")
SKIP: Final = verb_of("recovery").action_id("skip")
LOST: Final = "/deploy checkout-dev 1.4.0"
RETURNING: Final = ("billing", "search", "metrics", "etcd")
OPERATION: Final = "slipway_operation"  # what a card's metadata say that it is about
BATCHES: Final = 3  # of a gray release
IN_PROD: Final = 3 + len(RETURNING)  # that wait for one approval: checkout twice, flaky once
UPGRADE: Final = 6  # workflow, precheck, precheck again, snapshot, upgrade, postcheck
CREATIONS: Final = 5  # that of billing-canary makes a component and its instance
# checkout once, in batches and back, flaky twice, checkout-dev once, the cluster, four both ways
CHANGES: Final = 1 + BATCHES + 1 + 2 + 1 + UPGRADE + 2 * len(RETURNING) + CREATIONS


def play(scene: Stage, say: Callable[[str], None], stop: Event) -> bool:
    """Play the whole story; return whether every step came out as it should."""
    began = time.monotonic()
    teller = Teller(scene, say, stop)
    try:
        _deploys_checkout(teller)
        _refuses_an_outsider(teller)
        _deploys_in_batches(teller)
        _deploys_flaky_and_returns(teller)
        _loses_an_answer(teller)
        _freezes_and_thaws(teller)
        _visits_the_others(teller)
        _lives_through_an_incident(teller)
        _tries_another_policy(teller)
        _leaves_nothing_refused(teller)
    except LostError as error:
        say(f"✗ {error}")
        for name in ("bot", "worker"):
            say(f"--- {name}\n{scene.processes.output(name)}")
        return False
    say(f"✓ The tour is over: {time.monotonic() - began:.0f} s, {teller.steps} steps.")
    return True


def _deploys_checkout(teller: Teller) -> None:
    operation_id = operation_in(teller.types("/deploy checkout 1.4.0", ANN))
    teller.tell(f"Ann types /deploy checkout 1.4.0: recorded as {operation_id}")
    card = teller.card(operation_id, button=APPROVE)
    teller.tell("the card shows the plan and asks for approval")
    teller.presses(APPROVE, card, BOB)
    teller.tell("Bob presses Approve")
    teller.card(operation_id, "succeeded")
    teller.tell("ServiceStage reports success; the card says succeeded")


def _deploys_in_batches(teller: Teller) -> None:
    text = "/deploy checkout 1.5.0 --strategy gray:20%"
    operation_id = operation_in(teller.types(text, ANN))
    teller.tell(f"Ann types {text}")
    teller.presses(APPROVE, teller.card(operation_id, button=APPROVE), BOB)
    for batch in range(1, BATCHES):
        card = teller.card(operation_id, WAITS, button=NEXT_BATCH)
        teller.tell(f"batch {batch} is out, and the card asks how it goes on")
        teller.presses(NEXT_BATCH, card, ANN)
        teller.awaits("the press to count", partial(_gone_on, teller, card))
    teller.card(operation_id, "succeeded")
    teller.tell("Ann presses Next batch; with the last one the card says succeeded")


def _gone_on(teller: Teller, card: Message) -> Message | None:
    """Return the card once it waits no more, or for the choice after this one."""
    messages = teller.scene.workspace.messages(CHANNEL)
    present = next(each for each in messages if each.ts == card.ts)
    return None if present.value_of(NEXT_BATCH) == card.value_of(NEXT_BATCH) else present


def _refuses_an_outsider(teller: Teller) -> None:
    answer = teller.types("/deploy checkout 1.5.0", EVE)
    if "[not_allowed]" not in answer:
        raise LostError(wanted="Eve to be refused", found=answer)
    teller.tell("Eve, an outsider, is refused: [not_allowed]")


def _deploys_flaky_and_returns(teller: Teller) -> None:
    operation_id = operation_in(teller.types('/deploy flaky 2.1.0 --reason "try it"', LEA))
    teller.tell(f"Lea types /deploy flaky 2.1.0: recorded as {operation_id}")
    card = teller.card(operation_id, button=APPROVE)
    teller.presses(APPROVE, card, LEA)
    teller.whisper(LEA, "[self_approval]")
    teller.tell("Lea approves releases, but not her own: [self_approval]")
    teller.presses(APPROVE, card, BOB)
    failed = teller.card(operation_id, "failed", button=ROLL_BACK)
    teller.tell("the deployment fails, and the card offers the way back")
    known = {message.ts for message in teller.scene.workspace.messages(CHANNEL)}
    teller.rolls_back(ROLL_BACK, failed, BOB)
    back = teller.awaits("the rollback's card", lambda: _newest(teller, known))
    rollback_id = (back.metadata or {})["event_payload"]["operation_id"]
    teller.tell(f"Bob presses Roll back: {rollback_id}")
    teller.card(rollback_id, "succeeded")
    teller.tell("flaky runs what it ran before; the card says succeeded")


def _loses_an_answer(teller: Teller) -> None:
    teller.troubles("lose_answer", ANN)
    operation_id = operation_in(teller.types(LOST, ANN))
    teller.tell(f"Ann makes trouble, the next answer is lost, and types {LOST}")
    teller.card(operation_id, "uncertain")
    teller.tell("the card says uncertain; nothing is sent again")
    teller.card(operation_id, "succeeded")
    teller.tell("Slipway finds the call by itself; the card says succeeded")


def _freezes_and_thaws(teller: Teller) -> None:
    for by, text, word in (
        (LEA, FREEZE, "Froze all"),
        (ANN, "/deploy checkout 1.6.0", "[frozen]"),
        (LEA, THAW, "Thawed all"),
    ):
        answer = teller.types(text, by)
        if word not in answer:
            raise LostError(wanted=f"{word} after {text}", found=answer)
    teller.tell("Lea freezes all changes, Ann's is refused: [frozen]; Lea thaws them")


def _visits_the_others(teller: Teller) -> None:
    """Change the other five at the same time, as their teams would; then take back what can be."""
    for target in OTHERS:
        if target not in teller.types(f"/ops status {target}", ANN):
            raise LostError(wanted=f"the status of {target}")
    teller.tell(f"/ops status reads {', '.join(OTHERS)} live")
    operations = {target: operation_in(teller.types(text, ANN)) for target, text in OTHERS.items()}
    for text in OTHERS.values():
        teller.tell(f"Ann types {text}")
    for operation_id in operations.values():
        teller.presses(APPROVE, teller.card(operation_id, button=APPROVE), BOB)
    teller.tell("Bob approves all five")
    upgrade = operations.pop("edge")
    teller.presses(APPROVE, teller.card(upgrade, button=APPROVE), SAM)
    teller.tell("edge has a second gate, security: Sam opens it")
    made = [operation_in(teller.types(f"/ops create {target}", ANN)) for target in CANARIES]
    teller.tell(f"Ann creates {', '.join(CANARIES)}, where nobody has to approve")
    upgrade = _skips_a_risk(teller, upgrade)
    for target, operation_id in (*operations.items(), *zip(CANARIES, made, strict=True)):
        teller.card(operation_id, "succeeded")
        teller.tell(f"{target}: the card says succeeded")
    _goes_back(teller)
    teller.card(upgrade, "succeeded", seconds=UPGRADE_SECONDS)
    teller.tell("edge: the card says succeeded")


def _skips_a_risk(teller: Teller, upgrade: str) -> str:
    """Skip what the precheck has found, and return the operation that goes on."""
    failed = teller.card(upgrade, "failed", button=SKIP)
    teller.tell("edge: the precheck finds a risk, and the card offers to skip it")
    teller.presses(SKIP, failed, ANN)
    teller.submits(ANN, "nobody writes there")
    card = teller.awaits("the card that goes on", partial(_newest, teller, {failed.ts}, "edge"))
    again = str((card.metadata or {})["event_payload"]["operation_id"])
    for by in (BOB, SAM):
        teller.presses(APPROVE, teller.card(again, button=APPROVE), by)
    teller.tell("Ann skips it with a reason; Bob and Sam approve, and the upgrade goes on")
    return again


def _goes_back(teller: Teller) -> None:
    refusal = teller.types("/rollback edge", ANN)
    if "[unsupported_action]" not in refusal:
        raise LostError(wanted="no way back for edge", found=refusal)
    teller.tell("/rollback edge is refused with the reason: the API has no way back")
    back = [operation_in(teller.types(f"/rollback {target}", BOB)) for target in RETURNING]
    for target, operation_id in zip(RETURNING, back, strict=True):
        teller.card(operation_id, "succeeded")
        teller.tell(f"/rollback {target}: it runs what it ran before")


def _lives_through_an_incident(teller: Teller) -> None:
    """An alert, a proposal, an incident, its suspects, a way back, words, and the end."""
    teller.troubles("alert", ANN)
    proposal = teller.awaits("what the alert proposes", partial(_pressable, teller, PROPOSED))
    teller.tell("Ann lets an alert of checkout fire: Slipway proposes an incident")
    known = {each.id for each in teller.scene.workspace.channels()}
    teller.presses(PROPOSED, proposal, ANN)
    inside = partial(_inside, teller, known)
    suspects = teller.awaits(
        "its suspects", partial(inside, "What changed before this?", ROLL_BACK)
    )
    teller.tell("Ann presses Open incident: it has a channel, which ranks what changed before")
    cards = {message.ts for message in teller.scene.workspace.messages(CHANNEL)}
    teller.rolls_back(ROLL_BACK, suspects, ANN)
    back = teller.awaits("the rollback's card", partial(_newest, teller, cards, "checkout"))
    teller.card(str((back.metadata or {})["event_payload"]["operation_id"]), "succeeded")
    teller.tell("Ann presses Roll back there; checkout runs what it ran before")
    where = suspects.channel
    teller.types('/incident note "errors fall"', ANN, where)
    said = teller.scene.workspace.say("it was the new image", by=ANN, channel=where)
    teller.scene.workspace.shortcut(MARKED, ts=said.ts or "", channel=where, by=ANN)
    teller.whisper(ANN, "Added to the timeline")
    teller.tell("Ann writes a note, and adds a message to the timeline by its menu")
    teller.types('/incident close "a bad image, rolled back"', ANN, where)
    teller.awaits("what was measured", partial(inside, "Time to restore"))
    teller.awaits("its file", partial(inside, ".md"))
    teller.awaits("its canvas", lambda: teller.scene.workspace.canvas(where))
    teller.tell("Ann closes it: what was measured is said; its timeline is a file and a canvas")


def _pressable(teller: Teller, action_id: str) -> Message | None:
    """Return the newest message of the channel that has this button."""
    found = reversed(teller.scene.workspace.messages(CHANNEL))
    return next((each for each in found if action_id in each.action_ids), None)


def _inside(
    teller: Teller, known: set[str], words: str, action_id: str | None = None
) -> Message | None:
    """Return what is said in the channels that came since, with a button where one is named."""
    workspace = teller.scene.workspace
    made = [each.id for each in workspace.channels() if each.id not in known]
    found = (each for channel in made for each in workspace.messages(channel))
    said = (each for each in found if words in each.text or words in str(each.files))
    return next((each for each in said if action_id is None or action_id in each.action_ids), None)


def _tries_another_policy(teller: Teller) -> None:
    """Ask what two approvals in prod would have done to all this."""
    scene = teller.scene
    words = python("bot.cli", "policy", "test", str(scene.folder / STRICTER), "--json")
    there = {**os.environ, **scene.environment}
    done = subprocess.run(words, env=there, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    found = json.loads(done.stdout or "{}")
    held = {each["operation"] for each in found.get("would_block", [])}
    if len(held) != IN_PROD:
        raise LostError(wanted=f"{IN_PROD} operations that would wait", found=done)
    teller.tell(f"slipway policy test: with two approvals in prod, {len(held)} would have waited")


def _newest(teller: Teller, known: set[str], word: str = "") -> Message | None:
    """Return the newest card of an operation that is not among *known* and has *word* in it."""
    fresh = [
        message
        for message in teller.scene.workspace.messages(CHANNEL)
        if message.ts not in known and not message.is_reply and word in message.text
    ]
    cards = [each for each in fresh if (each.metadata or {}).get("event_type") == OPERATION]
    return cards[-1] if cards else None


def _is_a_look_for_nothing(refused: Refused) -> bool:
    """Whether it was asked if something is there already that is to be created."""
    return refused.method == "GET" and refused.status == httpx.codes.NOT_FOUND


def _leaves_nothing_refused(teller: Teller) -> None:
    scene = teller.scene
    executed = len(scene.cloud.executed) + len(scene.lab.executed)
    if executed != CHANGES:
        raise LostError(wanted=f"{CHANGES} changes executed", found=executed)
    slack = [each for each in scene.workspace.refused if each.error != "ratelimited"]
    clouds = (*scene.cloud.strictness, *scene.lab.strictness)
    refused = (*slack, *(each for each in clouds if not _is_a_look_for_nothing(each)))
    if refused:
        raise LostError(wanted="nothing refused", found=refused)
    teller.tell(f"the clouds executed exactly {CHANGES} changes; nobody refused a call")

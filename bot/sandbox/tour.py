"""The tour: all five systems; a deploy that fails and the way back. A line per step."""

import time
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Final

from bot.core.verbs import verb_of
from bot.sandbox.content import CHANNEL
from bot.sandbox.slack import Message
from bot.sandbox.stage import Stage

ANN: Final = "U0ANN"
BOB: Final = "U0BOB"
LEA: Final = "U0LEAD"
EVE: Final = "U0EVE"
STEP_SECONDS: Final = 25.0
APPROVE: Final = verb_of("approve").action_id()
ROLL_BACK: Final = verb_of("rollback").action_id()
UPGRADE_SECONDS: Final = 90.0  # a cluster's workflow has five steps
NEXT_BATCH: Final = verb_of("recovery").action_id("continue_deploy")
WAITS: Final = "waiting for a decision"
OTHERS: Final = {
    "billing": "/deploy billing 2.4.0",
    "edge": "/upgrade edge v1.31",
    "search": "/deploy search 1.2.0",
    "metrics": "/deploy metrics 2.1.0",
    "etcd": "/deploy etcd 8.11.2",
}
RETURNING: Final = ("billing", "search", "metrics", "etcd")
BATCHES: Final = 3  # of a gray release
# checkout once and in batches, flaky twice, the cluster's five steps, and four there and back
CHANGES: Final = 1 + BATCHES + 2 + 5 + 2 * len(RETURNING)


class _LostError(Exception):
    """A step did not come out as the story tells it."""

    def __init__(self, *, wanted: str, found: object = "nothing in time") -> None:
        super().__init__(f"{wanted}: {found}")


def play(scene: Stage, say: Callable[[str], None], stop: Event) -> bool:
    """Play the whole story; return whether every step came out as it should."""
    began = time.monotonic()
    teller = _Teller(scene, say, stop)
    try:
        _deploys_checkout(teller)
        _refuses_an_outsider(teller)
        _deploys_in_batches(teller)
        _deploys_flaky_and_returns(teller)
        _visits_the_others(teller)
        _leaves_nothing_refused(teller)
    except _LostError as error:
        say(f"✗ {error}")
        for name in ("bot", "worker"):
            say(f"--- {name}\n{scene.processes.output(name)}")
        return False
    say(f"✓ The tour is over: {time.monotonic() - began:.0f} s, {teller.steps} steps.")
    return True


class _Teller:
    """Acts as the people, and waits for what they would see."""

    def __init__(self, scene: Stage, say: Callable[[str], None], stop: Event) -> None:
        self.scene = scene
        self.steps = 0
        self._say = say
        self._stop = stop

    def tell(self, line: str) -> None:
        """Say that a step came out well."""
        self.steps += 1
        self._say(f"✓ {line}")

    def types(self, text: str, by: str) -> str:
        """Type a command and return its answer."""
        answer = self.scene.workspace.command(text, by=by, channel=CHANNEL)
        if answer.notice is not None or answer.status is None:
            raise _LostError(wanted=f"an answer to {text}", found=answer.notice)
        return answer.text

    def presses(self, action_id: str, card: Message, by: str) -> None:
        """Press a button of a card."""
        answer = self.scene.workspace.press(action_id, ts=card.ts, channel=CHANNEL, by=by)
        if not answer.ok:
            raise _LostError(wanted=f"{action_id} to be taken", found=answer)

    def awaits(
        self, what: str, seen: Callable[[], Message | None], seconds: float = STEP_SECONDS
    ) -> Message:
        """Wait until somebody would see it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stop.wait(0.1):
            message = seen()
            if message is not None:
                return message
        raise _LostError(wanted=what)

    def card(
        self, operation_id: str, *words: str, button: str = "", seconds: float = STEP_SECONDS
    ) -> Message:
        """Wait for the operation's card to say *words* and to offer *button*."""

        def seen() -> Message | None:
            for message in self.scene.workspace.messages(CHANNEL):
                payload = (message.metadata or {}).get("event_payload", {})
                is_it = payload.get("operation_id") == operation_id and not message.is_reply
                fits = all(word in message.text for word in words)
                if is_it and fits and (not button or button in message.action_ids):
                    return message
            return None

        what = f"the card of {operation_id} to say {' '.join(words) or button}"
        return self.awaits(what, seen, seconds)

    def whisper(self, user: str, word: str) -> Message:
        """Wait for a whisper that has *word* in it."""

        def seen() -> Message | None:
            found = self.scene.workspace.whispers(user)
            return next((each for each in reversed(found) if word in each.text), None)

        return self.awaits(f"a whisper with {word}", seen)


def _operation(answer: str) -> str:
    for word in answer.replace("*", " ").replace("`", " ").split():
        if word.startswith("op-"):
            return word.strip(".,:;()")
    raise _LostError(wanted="an operation to be recorded", found=answer)


def _deploys_checkout(teller: _Teller) -> None:
    operation_id = _operation(teller.types("/deploy checkout 1.4.0", ANN))
    teller.tell(f"Ann types /deploy checkout 1.4.0: recorded as {operation_id}")
    card = teller.card(operation_id, button=APPROVE)
    teller.tell("the card shows the plan and asks for approval")
    teller.presses(APPROVE, card, BOB)
    teller.tell("Bob presses Approve")
    teller.card(operation_id, "succeeded")
    teller.tell("ServiceStage reports success; the card says succeeded")


def _deploys_in_batches(teller: _Teller) -> None:
    text = "/deploy checkout 1.5.0 --strategy gray:20%"
    operation_id = _operation(teller.types(text, ANN))
    teller.tell(f"Ann types {text}")
    teller.presses(APPROVE, teller.card(operation_id, button=APPROVE), BOB)
    for batch in range(1, BATCHES):
        card = teller.card(operation_id, WAITS, button=NEXT_BATCH)
        teller.tell(f"batch {batch} is out, and the card asks how it goes on")
        teller.presses(NEXT_BATCH, card, ANN)
        teller.awaits("the press to count", partial(_gone_on, teller, card))
    teller.card(operation_id, "succeeded")
    teller.tell("Ann presses Next batch; with the last one the card says succeeded")


def _gone_on(teller: _Teller, card: Message) -> Message | None:
    """Return the card once it waits no more, or for the choice after this one."""
    messages = teller.scene.workspace.messages(CHANNEL)
    present = next(each for each in messages if each.ts == card.ts)
    return None if present.value_of(NEXT_BATCH) == card.value_of(NEXT_BATCH) else present


def _refuses_an_outsider(teller: _Teller) -> None:
    answer = teller.types("/deploy checkout 1.5.0", EVE)
    if "[not_allowed]" not in answer:
        raise _LostError(wanted="Eve to be refused", found=answer)
    teller.tell("Eve, an outsider, is refused: [not_allowed]")


def _deploys_flaky_and_returns(teller: _Teller) -> None:
    operation_id = _operation(teller.types('/deploy flaky 2.1.0 --reason "try it"', LEA))
    teller.tell(f"Lea types /deploy flaky 2.1.0: recorded as {operation_id}")
    card = teller.card(operation_id, button=APPROVE)
    teller.presses(APPROVE, card, LEA)
    teller.whisper(LEA, "[self_approval]")
    teller.tell("Lea approves releases, but not her own: [self_approval]")
    teller.presses(APPROVE, card, BOB)
    failed = teller.card(operation_id, "failed", button=ROLL_BACK)
    teller.tell("the deployment fails, and the card offers the way back")
    known = {message.ts for message in teller.scene.workspace.messages(CHANNEL)}
    teller.presses(ROLL_BACK, failed, BOB)
    back = teller.awaits("the rollback's card", lambda: _newest(teller, known))
    rollback_id = (back.metadata or {})["event_payload"]["operation_id"]
    teller.tell(f"Bob presses Roll back: {rollback_id}")
    teller.card(rollback_id, "succeeded")
    teller.tell("flaky runs what it ran before; the card says succeeded")


def _visits_the_others(teller: _Teller) -> None:
    """Change the other five at the same time, as their teams would; then take back what can be."""
    for target in OTHERS:
        if target not in teller.types(f"/ops status {target}", ANN):
            raise _LostError(wanted=f"the status of {target}")
    teller.tell(f"/ops status reads {', '.join(OTHERS)} live")
    operations = {target: _operation(teller.types(text, ANN)) for target, text in OTHERS.items()}
    for text in OTHERS.values():
        teller.tell(f"Ann types {text}")
    for operation_id in operations.values():
        teller.presses(APPROVE, teller.card(operation_id, button=APPROVE), BOB)
    teller.tell("Bob approves all five")
    for target, operation_id in operations.items():
        teller.card(operation_id, "succeeded", seconds=UPGRADE_SECONDS)
        teller.tell(f"{target}: the card says succeeded")
    refusal = teller.types("/rollback edge", ANN)
    if "[unsupported_action]" not in refusal:
        raise _LostError(wanted="no way back for edge", found=refusal)
    teller.tell("/rollback edge is refused with the reason: the API has no way back")
    back = [_operation(teller.types(f"/rollback {target}", BOB)) for target in RETURNING]
    for target, operation_id in zip(RETURNING, back, strict=True):
        teller.card(operation_id, "succeeded")
        teller.tell(f"/rollback {target}: it runs what it ran before")


def _newest(teller: _Teller, known: set[str]) -> Message | None:
    fresh = [
        message
        for message in teller.scene.workspace.messages(CHANNEL)
        if message.ts not in known and not message.is_reply
    ]
    return fresh[-1] if fresh else None


def _leaves_nothing_refused(teller: _Teller) -> None:
    scene = teller.scene
    executed = len(scene.cloud.executed) + len(scene.lab.executed)
    if executed != CHANGES:
        raise _LostError(wanted=f"{CHANGES} changes executed", found=executed)
    slack = [each for each in scene.workspace.refused if each.error != "ratelimited"]
    refused = (*slack, *scene.cloud.strictness, *scene.lab.strictness)
    if refused:
        raise _LostError(wanted="nothing refused", found=refused)
    teller.tell(f"the clouds executed exactly {CHANGES} changes; nobody refused a call")

"""Who plays the tour: acts as the people, and waits for what they would see."""

import time
from collections.abc import Callable
from threading import Event
from typing import Final, TypeVar

import httpx

from bot.sandbox.content import CHANNEL
from bot.sandbox.ports import NO_TLS
from bot.sandbox.slack import Message
from bot.sandbox.stage import Stage

T = TypeVar("T")

STEP_SECONDS: Final = 25.0


class LostError(Exception):
    """A step did not come out as the story tells it."""

    def __init__(self, *, wanted: str, found: object = "nothing in time") -> None:
        super().__init__(f"{wanted}: {found}")


class Teller:
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

    def types(self, text: str, by: str, channel: str = CHANNEL) -> str:
        """Type a command and return its answer."""
        answer = self.scene.workspace.command(text, by=by, channel=channel)
        if answer.notice is not None or answer.status is None:
            raise LostError(wanted=f"an answer to {text}", found=answer.notice)
        return answer.text

    def presses(self, action_id: str, card: Message, by: str) -> None:
        """Press a button of a card."""
        answer = self.scene.workspace.press(action_id, ts=card.ts, channel=card.channel, by=by)
        if not answer.ok:
            raise LostError(wanted=f"{action_id} to be taken", found=answer)

    def troubles(self, name: str, by: str) -> None:
        """Make trouble, by the menu of the page."""
        body = {"as": by, "name": name, "armed": True}
        url = f"{self.scene.url}/sandbox/trouble"
        httpx.post(url, json=body, trust_env=False, verify=NO_TLS).raise_for_status()

    def rolls_back(self, action_id: str, card: Message, by: str) -> None:
        """Press Roll back, and send the form that shows what it would do."""
        self.presses(action_id, card, by)
        self.submits(by, "")

    def submits(self, by: str, words: str) -> None:
        """Fill the one field of the form that somebody has before them, and send it."""
        workspace = self.scene.workspace
        until = time.monotonic() + STEP_SECONDS
        while not workspace.views(by):
            if time.monotonic() > until or self._stop.wait(0.1):
                raise LostError(wanted=f"a form before {by}")
        view = workspace.views(by)[-1]
        block = next(each for each in view.body["blocks"] if each["type"] == "input")
        values = {block["block_id"]: {block["element"]["action_id"]: words}}
        answer = workspace.submit(view.id, values, by=by)
        if not answer.ok:
            raise LostError(wanted="the form to be taken", found=answer)

    def awaits(self, what: str, seen: Callable[[], T | None], seconds: float = STEP_SECONDS) -> T:
        """Wait until somebody would see it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._stop.wait(0.1):
            found = seen()
            if found is not None:
                return found
        raise LostError(wanted=what)

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


def operation_in(answer: str) -> str:
    """Return the operation that an answer names.

    Raises:
        LostError: it names none.
    """
    for word in answer.replace("*", " ").replace("`", " ").split():
        if word.startswith("op-"):
            return word.strip(".,:;()")
    raise LostError(wanted="an operation to be recorded", found=answer)

"""Slash commands: from what is typed to what the app answers."""

from bot.sandbox.slack.answers import say
from bot.sandbox.slack.config import Command
from bot.sandbox.slack.courier import Courier, Delivery, Outcome
from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.payloads import command_payload
from bot.sandbox.slack.records import Answer
from bot.sandbox.slack.state import State
from bot.sandbox.slack.typing_in import with_references


def run_command(
    state: State, courier: Courier, typed: str, *, by: str, channel: str, in_thread: bool
) -> Answer:
    """Deliver a command once and show its answer, or tell the person why there is none."""
    word, _, rest = typed.strip().partition(" ")
    with state.lock:
        person, room = state.person(by), state.joined(by, channel)
        command = next((c for c in state.config.commands if c.command == word), None)
        if command is None:
            return Answer(notice=state.notify(by, channel, f"{word} is not a valid command."))
        if in_thread:
            refusal = f"{word} is not supported in threads. Sorry!"
            return Answer(notice=state.notify(by, channel, refusal))
        text = _passed_on(state, command, rest)
        payload = command_payload(state, person, room, word, text)
    outcome = courier.deliver(Delivery("slash_commands", payload))
    with state.lock:
        return _shown(state, word, by, channel, outcome)


def _passed_on(state: State, command: Command, text: str) -> str:
    stripped = text.strip()
    return with_references(state, stripped, named=True) if command.should_escape else stripped


def _shown(state: State, word: str, by: str, channel: str, outcome: Outcome) -> Answer:
    if outcome.failure is not None:
        return _failed(state, word, by, channel, outcome.status, outcome.failure)
    if not outcome.body:
        return Answer(status=outcome.status)
    try:
        message = say(state, by, channel, outcome.body)
    except RefusedError as error:
        state.note_refused("command answer", outcome.body, error.code, error.messages)
        return _failed(state, word, by, channel, outcome.status, "invalid_command_response")
    return Answer(status=outcome.status, text=message.text, blocks=message.blocks, ts=message.ts)


def _failed(  # the app's status is kept: a refusal and a silence are told apart
    state: State, word: str, by: str, channel: str, status: int | None, error: str
) -> Answer:
    notice = state.notify(by, channel, f'{word} failed with the error "{error}"')
    return Answer(status=status, notice=notice)

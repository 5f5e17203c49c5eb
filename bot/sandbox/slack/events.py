"""Events: mentions and opened Home tabs, delivered, and delivered again on demand."""

from typing import Final

from bot.sandbox.slack.courier import Courier, Delivery
from bot.sandbox.slack.errors import NothingThereError
from bot.sandbox.slack.payloads import event_payload, home_event, mention_event
from bot.sandbox.slack.records import Answer, JsonObject, Message, SentEvent
from bot.sandbox.slack.state import State
from bot.sandbox.slack.typing_in import escaped, with_references

REDELIVERIES_MAX: Final = 3


def write(state: State, text: str, *, by: str, channel: str, thread_ts: str | None) -> Message:
    """Post what a person wrote."""
    state.joined(by, channel)
    if thread_ts is not None and state.messages.get(channel, thread_ts) is None:
        raise NothingThereError(kind="thread", name=thread_ts, person=by)
    words = with_references(state, escaped(text))
    return state.post(channel, by, words, thread_ts=thread_ts)


def mentioned(state: State, message: Message) -> JsonObject | None:
    """Return the event of a message that names the bot, where the app hears of it."""
    config = state.config
    room = state.channels[message.channel]
    named = f"<@{config.bot_user_id}>" in message.text
    subscribed = "app_mention" in config.bot_events and "app_mentions:read" in state.scopes
    heard = named and subscribed and config.bot_user_id in room.members
    return prepared(state, mention_event(state, message)) if heard else None


def reacted(
    state: State, message: Message, name: str, user: str, *, is_added: bool
) -> JsonObject | None:
    """Return the event of a reaction, where the app hears of it: in channels that the bot is in."""
    kind = "reaction_added" if is_added else "reaction_removed"
    config = state.config
    is_heard = kind in config.bot_events and "reactions:read" in state.scopes
    if not is_heard or config.bot_user_id not in state.channels[message.channel].members:
        return None
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    event = {
        "type": kind,
        "user": user,
        "reaction": name,
        "item_user": message.user,
        "item": item,
        "event_ts": state.timestamps.next(),
    }
    return prepared(state, event)


def opened_home(state: State, user: str) -> JsonObject | None:
    """Return the event of somebody opening the Home tab, where the app hears of it."""
    person = state.person(user)
    if "app_home_opened" not in state.config.bot_events:
        return None
    return prepared(state, home_event(state, person))


def prepared(state: State, event: JsonObject) -> JsonObject:
    """Return the envelope of *event*, which is kept until the app has taken it."""
    envelope = event_payload(state, event)
    state.events[envelope["event_id"]] = SentEvent(envelope=envelope)
    return envelope


def send(state: State, courier: Courier, event_id: str, *, reason: str | None = None) -> Answer:
    """Deliver an event; every time but the first it is marked as a redelivery."""
    with state.lock:
        event = state.events[event_id]
    retry_reason = reason or event.failure or "http_timeout"
    outcome = courier.deliver(
        Delivery("events_api", event.envelope, event.tries, retry_reason if event.tries else "")
    )
    with state.lock:
        state.events[event_id] = event.model_copy(
            update={
                "tries": event.tries + 1,
                "failure": outcome.reason or None,
                "wanted_again": not outcome.no_retry,
            }
        )
    return Answer(status=outcome.status, notice=outcome.failure)


def due_again(state: State) -> list[str]:
    """Return the events whose last delivery failed and that Slack would deliver again."""
    return [
        event_id
        for event_id, event in state.events.items()
        if event.failure and event.wanted_again and 0 < event.tries <= REDELIVERIES_MAX
    ]

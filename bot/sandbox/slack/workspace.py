"""The workspace: what people do in it, what it shows, and what may go wrong."""

import time

from bot.sandbox.slack import commands, events, marks, presses, submissions
from bot.sandbox.slack.config import SANDBOX, Channel, Person, WorkspaceConfig
from bot.sandbox.slack.courier import Courier
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.limits import RateLimits
from bot.sandbox.slack.records import (
    Answer,
    Clock,
    Executed,
    JsonObject,
    Message,
    Notice,
    Refused,
    SentEvent,
    View,
)
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.state import State


class Workspace:
    """A strict Slack workspace with one app installed.

    Its methods are for any thread but that of the event loop which serves it: those that
    deliver to the app wait for its answer. People act by id; whoever cannot act, or acts on
    what is not before them, is a `ValueError`.
    """

    def __init__(
        self,
        config: WorkspaceConfig = SANDBOX,
        clock: Clock | None = None,
        *,
        limits: RateLimits | None = None,
    ) -> None:
        self.state = State(config, clock or time.time, limits or RateLimits())
        self.sockets = Sockets(self.state)
        self.courier = Courier(self.state, self.sockets)

    # What the workspace is.

    @property
    def config(self) -> WorkspaceConfig:
        """The workspace as it began."""
        return self.state.config

    @property
    def base_url(self) -> str:
        """Where it is served, without a slash at the end; the Web API is at `/api/` below it."""
        return self.state.base_url

    @base_url.setter
    def base_url(self, address: str) -> None:
        self.state.base_url = address.rstrip("/")

    @property
    def api_url(self) -> str:
        """The `base_url` of a `slack_sdk.WebClient`, also `SLACK_API_URL`."""
        return f"{self.base_url}/api/"

    @property
    def request_url(self) -> str:
        """Where the app takes commands, interactions and events."""
        return self.courier.request_url

    @request_url.setter
    def request_url(self, address: str) -> None:
        self.courier.request_url = address

    @property
    def faults(self) -> Faults:
        """What goes wrong with the next calls."""
        return self.state.faults

    def tell(self, item: JsonObject) -> None:
        """Tell every open page something."""
        with self.state.lock:
            self.state.feed.tell_all(item)

    def close(self) -> None:
        """End every open page stream and the HTTP client; the workspace delivers nothing after."""
        with self.state.lock:
            self.state.feed.end()
        self.courier.close()

    # What people do.

    def command(self, text: str, *, by: str, channel: str, thread_ts: str | None = None) -> Answer:
        """Type a slash command, such as `/deploy checkout 1.4.0`; in a thread it is refused."""
        return commands.run_command(
            self.state,
            self.courier,
            text,
            by=by,
            channel=channel,
            in_thread=thread_ts is not None,
        )

    def say(self, text: str, *, by: str, channel: str, thread_ts: str | None = None) -> Answer:
        """Write a message; the app hears of it where it is named."""
        message, event_id = self.write(text, by=by, channel=channel, thread_ts=thread_ts)
        answer = self.send_event(event_id) if event_id else Answer()
        return answer.model_copy(update={"ts": message.ts})

    def write(
        self, text: str, *, by: str, channel: str, thread_ts: str | None = None
    ) -> tuple[Message, str | None]:
        """Write a message and return it with the id of the event that is still to be sent."""
        with self.state.lock:
            message = events.write(self.state, text, by=by, channel=channel, thread_ts=thread_ts)
            envelope = events.mentioned(self.state, message)
        return message, envelope["event_id"] if envelope else None

    def press(
        self,
        action_id: str,
        *,
        ts: str,
        channel: str,
        by: str,
        value: str | None = None,
        block_id: str | None = None,
    ) -> Answer:
        """Press a button (or choose *value*) in a message, be it one that an update took away."""
        press = presses.Press(action_id=action_id, by=by, value=value, block_id=block_id)
        return presses.press_in_message(self.state, self.courier, press, channel=channel, ts=ts)

    def edit(self, text: str, *, ts: str, channel: str) -> None:
        """Let whoever wrote a message change its words."""
        with self.state.lock:
            message = self.state.messages.shared(channel, ts)
            self.state.messages.put(message.model_copy(update={"text": text, "edited": True}))

    def delete(self, *, ts: str, channel: str) -> None:
        """Let whoever wrote a message delete it."""
        with self.state.lock:
            message = self.state.messages.shared(channel, ts)
            self.state.messages.put(message.model_copy(update={"deleted": True}))

    def react(self, name: str, *, ts: str, channel: str, by: str, added: bool = True) -> Answer:
        """Put an emoji on a message, or take one's own away."""
        with self.state.lock:
            self.state.joined(by, channel)
            message = self.state.messages.shared(channel, ts)
            change = marks.put_reaction if added else marks.take_reaction
            envelope = (
                events.reacted(self.state, message, name, by, is_added=added)
                if change(self.state, message, name, by)
                else None
            )
        return self.send_event(envelope["event_id"]) if envelope else Answer()

    def shortcut(self, callback_id: str, *, ts: str, channel: str, by: str) -> Answer:
        """Choose a shortcut from the menu of a message."""
        return presses.choose_shortcut(
            self.state, self.courier, callback_id, by=by, channel=channel, ts=ts
        )

    def global_shortcut(self, callback_id: str, *, by: str) -> Answer:
        """Choose a shortcut from Slack's own menu."""
        return presses.choose_global_shortcut(self.state, self.courier, callback_id, by=by)

    def press_in_view(
        self,
        action_id: str,
        *,
        view_id: str,
        by: str,
        value: str | None = None,
        block_id: str | None = None,
    ) -> Answer:
        """Press a button (or choose *value*) in a modal or on the Home tab."""
        press = presses.Press(action_id=action_id, by=by, value=value, block_id=block_id)
        return presses.press_in_view(self.state, self.courier, press, view_id=view_id)

    def options(
        self, action_id: str, typed: str = "", *, view_id: str, by: str
    ) -> list[JsonObject]:
        """Type into a picker and return what the app offers there."""
        press = presses.Press(action_id=action_id, by=by, value=typed)
        return presses.options_in_view(self.state, self.courier, press, view_id=view_id)

    def submit(self, view_id: str, values: JsonObject, *, by: str) -> Answer:
        """Send a form: `{block_id: {action_id: entry}}`, where plain words do for an entry."""
        return submissions.submit(self.state, self.courier, view_id, values, by=by)

    def close_view(self, view_id: str, *, by: str, cleared: bool = False) -> Answer:
        """Close a form, or with *cleared* the whole stack."""
        return submissions.close(self.state, self.courier, view_id, by=by, cleared=cleared)

    def open_home(self, *, by: str) -> Answer:
        """Open the app's Home tab."""
        with self.state.lock:
            envelope = events.opened_home(self.state, by)
        return self.send_event(envelope["event_id"]) if envelope else Answer()

    # What Slack does by itself.

    def send_event(self, event_id: str, *, reason: str | None = None) -> Answer:
        """Deliver an event, again where it was delivered before."""
        return events.send(self.state, self.courier, event_id, reason=reason)

    def redeliver(self) -> list[Answer]:
        """Deliver again, once, every event that the app has not taken."""
        with self.state.lock:
            due = events.due_again(self.state)
        return [self.send_event(event_id) for event_id in due]

    # What changes while it runs.

    def change_person(self, user: str, **changes: bool | str | tuple[str, ...]) -> Person:
        """Change a person's flags, as in `change_person("U0BOB", deleted=True)`."""
        with self.state.lock:
            changed = Person.model_validate({**self.state.people[user].model_dump(), **changes})
            self.state.people[user] = changed
            self.state.feed.tell_all({"type": "people"})
            return changed

    def set_group(self, group: str, users: tuple[str, ...], *, is_disabled: bool = False) -> None:
        """Say who is in a group."""
        with self.state.lock:
            update = {"users": users, "is_disabled": is_disabled}
            self.state.groups[group] = self.state.groups[group].model_copy(update=update)
            self.state.feed.tell_all({"type": "people"})

    def set_members(self, channel: str, members: tuple[str, ...]) -> None:
        """Say who is in a channel, the bot's user included."""
        self._change_channel(channel, {"members": members})

    def rename(self, channel: str, name: str) -> None:
        """Call a channel otherwise."""
        self._change_channel(channel, {"name": name})

    def remove_channel(self, channel: str) -> None:
        """Delete a channel with all that was said in it."""
        with self.state.lock:
            del self.state.channels[channel]
            self.state.feed.tell_all({"type": "channels"})

    def archive(self, channel: str, *, archived: bool = True) -> None:
        """Archive a channel, or bring it back."""
        self._change_channel(channel, {"is_archived": archived})

    def refuse_posts(self, channel: str, code: str = "", *, replies: str = "") -> None:
        """Let posts to a channel, or *replies* alone, be refused with these errors; "": no more."""
        self._change_channel(channel, {"refuses_posts": code, "refuses_replies": replies})

    def _change_channel(self, channel: str, update: JsonObject) -> None:
        with self.state.lock:
            self.state.channels[channel] = self.state.channels[channel].model_copy(update=update)
            self.state.feed.tell_all({"type": "channels"})

    def set_scopes(self, scopes: frozenset[str]) -> None:
        """Say what the bot token may do."""
        with self.state.lock:
            self.state.scopes = scopes

    # What it shows.

    def messages(self, channel: str) -> list[Message]:
        """Return what stands in the channel itself, oldest first: no replies but broadcast ones."""
        with self.state.lock:
            found = self.state.messages.of_channel(channel)
        return [m for m in found if not m.is_reply or m.reply_broadcast]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """Return a message and its replies, oldest first."""
        with self.state.lock:
            return self.state.messages.thread(channel, ts)

    def channels(self) -> list[Channel]:
        """Return every channel as it is now, the newest last."""
        with self.state.lock:
            return [each for each in self.state.channels.values() if not each.is_im]

    def pins(self, channel: str) -> list[str]:
        """Return the timestamps of what is pinned in a channel."""
        with self.state.lock:
            return list(self.state.pins.get(channel, ()))

    def bookmarks(self, channel: str) -> list[JsonObject]:
        """Return the links on top of a channel."""
        with self.state.lock:
            return list(self.state.bookmarks.get(channel, ()))

    def canvas(self, channel: str) -> str | None:
        """Return what the canvas of a channel says; None: it has none."""
        with self.state.lock:
            found = self.state.files.get(self.state.canvases.get(channel, ""))
        return None if found is None or found.content is None else found.content.decode()

    def file(self, name: str) -> bytes | None:
        """Return the bytes of the file of this name that is shared; None: there is none."""
        with self.state.lock:
            found = [f for f in self.state.files.values() if f.name == name and f.channel]
        return found[-1].content if found else None

    def message(self, channel: str, ts: str) -> Message | None:
        """Return one message as it stands, ephemeral or not."""
        with self.state.lock:
            return self.state.messages.get(channel, ts)

    def whispers(self, user: str) -> list[Message]:
        """Return what only *user* sees, answers to commands included, oldest first."""
        with self.state.lock:
            return self.state.messages.whispers(user)

    def notices(self, user: str) -> list[Notice]:
        """Return what Slack itself told *user*, oldest first."""
        with self.state.lock:
            return [notice for notice in self.state.notices if notice.user == user]

    def views(self, user: str) -> list[View]:
        """Return the modals which *user* has open, bottom first."""
        with self.state.lock:
            return self.state.surfaces.stack(user)

    def home(self, user: str) -> View | None:
        """Return the Home tab of *user*."""
        with self.state.lock:
            return self.state.surfaces.home(user)

    # What was asked of it.

    @property
    def executed(self) -> list[Executed]:
        """Every call that was carried out, in order."""
        with self.state.lock:
            return list(self.state.executed)

    @property
    def refused(self) -> list[Refused]:
        """Every call that was not, and why."""
        with self.state.lock:
            return list(self.state.refused)

    @property
    def events(self) -> list[SentEvent]:
        """Every event, and how its last delivery went."""
        with self.state.lock:
            return list(self.state.events.values())

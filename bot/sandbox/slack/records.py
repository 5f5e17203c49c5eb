"""What the simulated workspace keeps and hands out, as frozen records."""

from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

JsonObject: TypeAlias = dict[str, Any]
Clock: TypeAlias = Callable[[], float]  # unix seconds

OK_STATUS: Final = 200


class Record(BaseModel):
    """A frozen value that knows all its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Record):
    """One message as it stands now; `reader` is set where only one person sees it."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[JsonObject] | None = None
    thread_ts: str | None = None
    reply_broadcast: bool = False
    edited: bool = False
    reader: str | None = None
    metadata: JsonObject | None = None
    deleted: bool = False
    files: tuple[JsonObject, ...] = ()  # as they look on the wire
    attachments: tuple[JsonObject, ...] = ()  # the same, of other apps' messages
    reactions: tuple[JsonObject, ...] = ()  # name and users, for the page
    earlier: tuple[list[JsonObject], ...] = ()  # blocks before each update, newest last

    @property
    def ephemeral(self) -> bool:
        """Whether only its reader sees it."""
        return self.reader is not None

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def action_ids(self) -> list[str]:
        """The action ids that can be pressed on it now, top to bottom."""
        found = [element for block in self.blocks or [] for element in elements_of(block)]
        return [element["action_id"] for element in found if "action_id" in element]

    def value_of(self, action_id: str) -> str:
        """Return what a press of this button would send now; "" where it is not there."""
        found = [element for block in self.blocks or [] for element in elements_of(block)]
        pressed = (each for each in found if each.get("action_id") == action_id)
        return str(next(pressed, {}).get("value", ""))

    def page(self) -> JsonObject:
        """Return it in the words of the page's API."""
        kept = self.model_dump(mode="json", exclude={"reader", "earlier", "attachments"})
        return {**kept, "ephemeral": self.ephemeral}


class File(Record):
    """A file of the app: announced, then sent, then shared in a channel."""

    id: str
    name: str
    length: int  # bytes, as announced
    token: str  # of the address that takes its bytes
    content: bytes | None = None  # None: nothing was sent yet
    title: str = ""
    channel: str = ""  # "": it is shared nowhere

    def wire(self, base_url: str) -> JsonObject:
        """Return it as messages show it."""
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "size": self.length,
            "url_private": f"{base_url}/files/{self.id}/{self.name}",
        }


class View(Record):
    """A modal or a Home tab that one person has before them."""

    id: str
    user: str
    body: JsonObject
    hash: str
    root_id: str
    previous_id: str | None = None
    values: JsonObject = {}

    @property
    def type(self) -> Literal["modal", "home"]:
        """Which surface it covers."""
        return "home" if self.body["type"] == "home" else "modal"

    def page(self) -> JsonObject:
        """Return it in the words of the page's API."""
        body = self.body
        return {
            "id": self.id,
            "callback_id": body.get("callback_id", ""),
            "type": self.type,
            "title": body.get("title"),
            "submit": body.get("submit"),
            "close": body.get("close"),
            "blocks": body["blocks"],
            "private_metadata": body.get("private_metadata", ""),
            "hash": self.hash,
            "state": {"values": self.values},
        }


class Notice(Record):
    """What Slack itself tells one person, beside all messages."""

    user: str
    channel: str
    text: str


class Answer(Record):
    """What came of something that a person did.

    `status` is the app's HTTP status (200 for a Socket Mode frame), None where nothing was
    delivered or no answer came in time. `text` and `blocks` are the app's own answer, `notice`
    is Slack's, `errors` are those shown at the fields of a form.
    """

    status: int | None = None
    text: str = ""
    blocks: list[JsonObject] | None = None
    notice: str | None = None
    errors: dict[str, str] = {}
    ts: str | None = None  # of the message that was posted, where one was

    @property
    def ok(self) -> bool:
        """Whether the app answered and nothing stands in the way."""
        return self.status == OK_STATUS and self.notice is None and not self.errors


class Executed(Record):
    """A call that was carried out, whether or not its answer arrived."""

    method: str
    arguments: JsonObject
    at: float


class Refused(Record):
    """A call that was not carried out, and why."""

    method: str
    arguments: JsonObject
    error: str
    messages: tuple[str, ...] = ()
    at: float


class SentEvent(Record):
    """An event as it was delivered, and how its last delivery went."""

    envelope: JsonObject
    tries: int = 0
    failure: str | None = None  # a reason in Slack's words; None once the app has taken it
    wanted_again: bool = True  # the app may decline redeliveries


def elements_of(block: JsonObject) -> list[JsonObject]:
    """Return the elements of *block* that a person can act on, wherever they sit."""
    single = [block[key] for key in ("accessory", "element") if isinstance(block.get(key), dict)]
    several = block.get("elements") if block.get("type") in {"actions", "context_actions"} else None
    return single + list(several or [])

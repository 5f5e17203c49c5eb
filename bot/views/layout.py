"""What is shown, in words, before it is laid out: a card, a line of its thread, an answer."""

from datetime import datetime
from typing import Literal, TypeAlias

from bot.core.records import Json, Record

Block: TypeAlias = dict[str, Json]
Style: TypeAlias = Literal["", "primary", "danger"]


class Confirm(Record):
    """What is asked before a press counts; plain text."""

    title: str
    text: str
    confirm: str
    deny: str
    style: Literal["primary", "danger"] = "danger"


class Button(Record):
    """A thing that can be done now; plain text."""

    action_id: str
    text: str
    label: str  # what a screen reader says: names the target
    value: str
    style: Style = ""
    confirm: Confirm | None = None


class Field(Record):
    """A named value on a card; the words are mrkdwn."""

    name: str
    words: str


class Option(Record):
    """A choice of a menu; plain text."""

    text: str
    value: str


class Menu(Record):
    """What can be done, folded: an overflow menu."""

    action_id: str
    options: tuple[Option, ...]


class Card(Record):
    """The root message of an operation's thread; all words are mrkdwn, escaped."""

    text: str  # complete: what a notification and a screen reader say
    lines: tuple[str, ...] = ()  # what and where it stands; none: all is said in small letters
    menu: Menu | None = None  # beside the lines
    accessory: Button | None = None  # beside the lines as well, where there is no menu
    fields: tuple[Field, ...] = ()  # what is short enough for two columns
    quote: str = ""  # the reason, at its whole width
    notes: tuple[str, ...] = ()  # what one must know now, the weightiest first
    context: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()


class Drawn(Record):
    """A surface as Slack is told it: words, and blocks within its limits."""

    text: str
    blocks: tuple[Block, ...] = ()
    # what is shown where Slack does not know all of those, as it brings blocks by and by
    plainer: tuple[Block, ...] = ()
    sequence: int = 0  # up to which event it tells
    broadcast: bool = False  # of a reply: in the channel as well
    again_at: datetime | None = None  # when it says something else although nothing happens


class Line(Record):
    """A reply in an operation's thread; all words are mrkdwn, escaped."""

    text: str  # complete: names the target
    words: str  # what the thread shows: there, the target is known
    below: tuple[str, ...] = ()  # a list under the words
    details: tuple[str, ...] = ()  # in small letters below
    buttons: tuple[Button, ...] = ()


class Message(Record):
    """An answer to a person, laid out."""

    text: str  # complete: also sent alone, as a whisper
    blocks: list[Block]

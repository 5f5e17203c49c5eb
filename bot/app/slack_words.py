"""Channels, groups and people of slipway.yaml as Slack has them: a table, and what to do."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias, TypeVar

from slack_sdk import WebClient

from bot.catalogue import Catalogue
from bot.core.errors import SlackHeldError, SlackRefusedError
from bot.core.names import CHANNEL, is_name
from workers.slack import (
    OF_THE_TOKEN,
    Meaning,
    at_once,
    channel_state,
    group_users,
    look_up,
    person_state,
)

Kind: TypeAlias = Literal["channel", "group", "person", "name"]
T = TypeVar("T")

OK: Final = "ok"
EMPTY: Final = "empty"
MOVED: Final = "moved"
SHARED: Final = "shared"
_WARNINGS: Final = frozenset({EMPTY, MOVED, SHARED})
_PLACES: Final = 3  # that a line names
_HEADS: Final = ("name", "id", "state", "named in")
_KINDS: Final[Mapping[str, Kind]] = {"S": "group", "U": "person", "W": "person"}
_SAID: Final = {
    "not_in_channel": ("Slipway is not in it", "type /invite @slipway there"),
    "archived": ("it is archived", "name another channel in slipway.yaml, or unarchive it"),
    "channel_not_found": (
        "Slack knows no such channel, or it is private",
        "type /invite @slipway there, or name another channel in slipway.yaml",
    ),
    "deactivated": ("it is deactivated", "name another one in slipway.yaml"),
    "guest": ("guests cannot use Slipway", "name a member of this workspace"),
    "bot": ("bots cannot use Slipway", "name a member of this workspace"),
    "stranger": ("it is somebody of another workspace", "name a member of this workspace"),
    "user_not_found": ("Slack knows nobody of this id", "name another one in slipway.yaml"),
    "unknown": ("Slack has nothing of this name", "correct the name, or make it in Slack"),
    "ambiguous": ("several are called so", "write the id in slipway.yaml"),
    "missing_scope": ("a scope is missing", "install the app from slipway manifest again"),
    EMPTY: ("it has no members", "add its members in Slack"),
    SHARED: (
        "people of another organisation read what is posted there, and can do nothing",
        "name a channel of your own in slipway.yaml",
    ),
    MOVED: (
        "Slack calls something else so, or nothing any more",
        "write the id, or slipway config names --forget",
    ),
}


class SlackWord(NamedTuple):
    """A word of slipway.yaml, and what it is in Slack."""

    kind: Kind
    word: str  # as it is written: a name or an id
    id: str
    state: str  # "ok", or what is wrong in a word
    places: tuple[str, ...]

    @property
    def level(self) -> Literal["ok", "warn", "fail"]:
        """How bad it is."""
        if self.state == OK:
            return "ok"
        return "warn" if self.state in _WARNINGS else "fail"

    @property
    def found(self) -> str:
        """What was found, in words."""
        if self.state == OK:
            return self.id
        words, _ = _SAID.get(self.state, (f"Slack says {self.state}", ""))
        counts = "" if self.kind == "channel" or self.level == "warn" else ", so nobody counts"
        return f"{self.state}: {words}{counts}, in {_few(self.places)}"

    @property
    def remedy(self) -> str:
        """What to do; "" where it is well."""
        other = "" if self.state == OK else "name another one in slipway.yaml"
        return _SAID[self.state][1] if self.state in _SAID else other


def asked(client: WebClient, catalogue: Catalogue, known: Mapping[str, str]) -> Iterator[SlackWord]:
    """Ask Slack of every channel, group and person; *known* is what names stand for already.

    Raises:
        SlackError: the token is refused, or Slack cannot be reached.
    """
    words = catalogue.slack_words
    means = _meanings(client, [word for word in words if is_name(word)])
    for word, at in words.items():
        places = tuple(catalogue.placed(each) for each in at)
        if not is_name(word):
            yield _as_it_is(client, word, word, places)
            continue
        found, kept = means[word], known.get(word, "")
        if not (kept or found.id):
            kind: Kind = "channel" if word.startswith(CHANNEL) else "name"
            yield SlackWord(kind, word, "", found.why, places)
            continue
        found_now = _as_it_is(client, word, kept or found.id, places)
        is_moved = kept not in {"", found.id}
        is_told = is_moved and found_now.state == OK
        yield found_now._replace(state=MOVED) if is_told else found_now


def table(words: Sequence[SlackWord]) -> Iterator[str]:
    """Yield the lines of a table of *words*."""
    rows = [_HEADS, *((each.word, each.id, each.state, _few(each.places)) for each in words)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _meanings(client: WebClient, names: Sequence[str]) -> dict[str, Meaning]:
    found = at_once(look_up(client, names), _wait) if names else ()
    return {each.name: each for each in found}


def _as_it_is(client: WebClient, word: str, means: str, places: tuple[str, ...]) -> SlackWord:
    kind: Kind = _KINDS.get(means[0], "channel")
    try:
        state = _patiently(lambda: _state(client, kind, means))
    except SlackRefusedError as error:
        if error.code in OF_THE_TOKEN:
            raise
        state = error.code
    return SlackWord(kind, word, means, state, places)


def _state(client: WebClient, kind: Kind, means: str) -> str:
    match kind:
        case "group":
            return OK if group_users(client, means) else EMPTY
        case "person":
            return person_state(client, means)
        case _:
            return channel_state(client, means)


def _patiently(ask: Callable[[], T]) -> T:
    """Ask again where Slack wants us to wait."""
    while True:
        try:
            return ask()
        except SlackHeldError as error:
            _wait(error.retry_after)


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def _few(places: Sequence[str]) -> str:
    more = f" and {len(places) - _PLACES} more" if len(places) > _PLACES else ""
    return "; ".join(places[:_PLACES]) + more

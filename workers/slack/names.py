"""What names of people, groups and channels stand for in this workspace, as Slack lists them.

Source: https://docs.slack.dev/reference/methods/usergroups.list, …/users.list and
…/conversations.list
"""

from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeVar

from slack_sdk import WebClient

from bot.core.errors import SlackHeldError, SlackRefusedError
from bot.core.names import CHANNEL, PERSON
from workers.slack.calls import made

_NO_GROUPS: Final = frozenset({"plan_upgrade_required", "paid_teams_only"})
PAGE: Final = 200  # entries of a list that are asked for at once; Slack advises no more

Method: TypeAlias = Literal["usergroups.list", "users.list", "conversations.list"]
Unusable: TypeAlias = Literal["archived", "deactivated", "guest", "bot", "stranger"]


T = TypeVar("T")


class Entry(NamedTuple):
    """Something that has a name in Slack."""

    names: frozenset[str]  # as slipway.yaml would write them: "@sre", "#deploys"
    id: str
    unusable: Unusable | None = None


class Meaning(NamedTuple):
    """What a name stands for, or why it stands for nothing."""

    name: str
    id: str = ""  # "": for nothing
    why: str = ""  # "unknown", "ambiguous", "deactivated" …, or Slack's own word


class Wait(NamedTuple):
    """Slack holds a method back for so many seconds."""

    method: Method
    seconds: float


LookUp: TypeAlias = Generator[Method | Wait, None, tuple[Meaning, ...]]


def look_up(client: WebClient, names: Collection[str]) -> LookUp:
    """Find out what *names* stand for; yields each method before it is called once.

    Raises:
        SlackError: Slack cannot be reached.
    """
    entries: list[Entry] = []
    refused: dict[Method, str] = {}
    for method in _methods(names):
        try:
            entries += yield from listed(client, method)
        except SlackRefusedError as error:
            if error.code not in _NO_GROUPS:  # which has none that could be called so
                refused[method] = error.code
    return tuple(meaning(name, entries, refused) for name in sorted(names))


def listed(client: WebClient, method: Method) -> Generator[Method | Wait, None, list[Entry]]:
    """Return the whole list that *method* gives; yields before each page.

    Raises:
        SlackError: Slack refuses it, or cannot be reached.
    """
    found: list[Entry] = []
    cursor = ""
    team = own_team(client) if method == "users.list" else ""
    while True:
        yield method
        try:
            page = _page(client, method, cursor)
        except SlackHeldError as error:
            yield Wait(method, error.retry_after)
            continue
        found += _ENTRIES[method](page, team)
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return found


def meaning(
    name: str, entries: Collection[Entry], refused: dict[Method, str] | None = None
) -> Meaning:
    """Return what *name* stands for among *entries*: nothing, where it could be several."""
    told = [code for method, code in (refused or {}).items() if method in _methods([name])]
    if told:  # what could not be read may have it as well
        return Meaning(name, why=told[0])
    called = [each for each in entries if name in each.names]
    usable = [each for each in called if each.unusable is None]
    if len(usable) == 1:
        return Meaning(name, usable[0].id)
    if usable:
        return Meaning(name, why="ambiguous")
    return Meaning(name, why=called[0].unusable or "" if called else "unknown")


def _methods(names: Collection[str]) -> tuple[Method, ...]:
    people: tuple[Method, ...] = ("usergroups.list", "users.list")
    channels: tuple[Method, ...] = ("conversations.list",)
    is_of_people = any(each.startswith(PERSON) for each in names)
    is_of_channels = any(each.startswith(CHANNEL) for each in names)
    return people * is_of_people + channels * is_of_channels


def _page(client: WebClient, method: Method, cursor: str) -> dict[str, Any]:
    following = cursor or None
    calls: dict[Method, Callable[[], Any]] = {
        "usergroups.list": lambda: client.usergroups_list(include_disabled=True),
        "users.list": lambda: client.users_list(limit=PAGE, cursor=following),
        "conversations.list": lambda: client.conversations_list(
            limit=PAGE, types="public_channel,private_channel", cursor=following
        ),
    }
    answer: dict[str, Any] = made(method, calls[method]).data
    return answer


def own_team(client: WebClient) -> str:
    """Return the workspace of the token.

    Raises:
        SlackError: Slack does not tell.
    """
    return str(made("auth.test", client.auth_test)["team_id"])


def _groups(page: dict[str, Any], _team: str) -> Iterator[Entry]:
    for each in page.get("usergroups") or ():
        is_gone = bool(each.get("date_delete"))
        handle = frozenset({_name(PERSON, each.get("handle"))})
        yield Entry(handle, str(each["id"]), "deactivated" if is_gone else None)


def _people(page: dict[str, Any], team: str) -> Iterator[Entry]:
    """Yield people by their names: the display name, or, as Slack shows it then, the real one."""
    for each in page.get("members") or ():
        profile = each.get("profile") or {}
        shown = profile.get("display_name") or each.get("real_name")
        names = {_name(PERSON, each.get("name")), _name(PERSON, shown)}
        yield Entry(frozenset(names), str(each["id"]), unusable(each, team))


def unusable(person: Mapping[str, Any], team: str) -> Unusable | None:
    """Return why *person* can do nothing in the workspace *team*, and so takes a name from nobody.

    Somebody of another organisation who shares a channel with the app is no `is_stranger`: the
    workspace alone tells.
    Source: https://docs.slack.dev/reference/objects/user-object
    """
    if person.get("deleted"):
        return "deactivated"
    if person.get("is_bot") or person.get("id") == "USLACKBOT":
        return "bot"
    if person.get("is_stranger") or workspace_of(person, team) != team:
        return "stranger"
    is_guest = person.get("is_restricted") or person.get("is_ultra_restricted")
    return "guest" if is_guest else None


def workspace_of(person: Mapping[str, Any], team: str) -> str:
    """Return *team* where *person* is a member of it, else the workspace that they are at home in.

    In an organisation of several workspaces somebody has one home and may be in many.
    Source: https://docs.slack.dev/reference/objects/user-object (enterprise_user)
    """
    everywhere = (person.get("enterprise_user") or {}).get("teams") or ()
    return team if team in everywhere else str(person.get("team_id") or "")


def _channels(page: dict[str, Any], _team: str) -> Iterator[Entry]:
    for each in page.get("channels") or ():
        yield Entry(
            frozenset({_name(CHANNEL, each.get("name"))}),
            str(each["id"]),
            "archived" if each.get("is_archived") else None,
        )


def _name(sign: str, written: object) -> str:
    return f"{sign}{str(written or '').strip().lower()}"


_ENTRIES: Final[dict[Method, Callable[[dict[str, Any], str], Iterator[Entry]]]] = {
    "usergroups.list": _groups,
    "users.list": _people,
    "conversations.list": _channels,
}


def at_once(asking: Generator[Method | Wait, None, T], wait: Callable[[float], object]) -> T:
    """Return what *asking* comes to; *wait* is told for how long Slack holds us back.

    Raises:
        SlackError: Slack cannot be reached.
    """
    while True:
        try:
            step = next(asking)
        except StopIteration as end:
            found: T = end.value
            return found
        if isinstance(step, Wait):
            wait(step.seconds)

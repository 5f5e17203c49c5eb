"""Who people are, as Slack says."""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, Final, Protocol

from pydantic import TypeAdapter, ValidationError
from slack_sdk import WebClient

from bot.core.errors import DirectoryError, SlackRefusedError
from bot.core.policy import Member
from bot.core.records import UserId
from workers.slack.calls import OF_THE_TOKEN, made
from workers.slack.look_ups import Ask, LookUps
from workers.slack.names import own_team, unusable, workspace_of

log = logging.getLogger("slipway.directory")

MEMBER_SECONDS: Final = 57  # a minute, less what a process remembers by itself
FRESH_SECONDS: Final = 40  # an older one that is used is asked for anew meanwhile
TEAM_SECONDS: Final = 3600  # a token's workspace never changes
FAULT_SECONDS: Final = 3600  # how long it is remembered that Slack does not tell of a group

NAME_SECONDS: Final = 86_400  # a name decides nothing
LOCALE_SECONDS: Final = 3_600  # who changes it wants to see that

_PERSON: Final = re.compile(r"[UW][A-Z0-9]{2,20}")
_GROUP: Final = re.compile(r"S[A-Z0-9]{2,20}")
_TEAM: Final = re.compile(r"[TE][A-Z0-9]{2,20}")
_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*")
_USERS: Final = TypeAdapter(tuple[str, ...])


class Cache(Protocol):
    """Answers that may be reused for a while."""

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        """Return what is known of *names*."""
        ...

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:
        """Keep *values* for so long."""
        ...


class SlackDirectory:
    """Who people are; answers are kept for a minute, and a missing flag is the worst case.

    Where *team* is known, it is kept together with each person, so that a worker which decides
    by what Slack said a minute ago need not ask for it.
    """

    def __init__(self, client: WebClient, cache: Cache, *, team: str = "") -> None:
        self._client = client
        self._cache = cache
        self._team = team
        self._look_ups = LookUps()

    def member(self, user: UserId, among: frozenset[str]) -> Member:
        """Return the person with those of the groups *among* that he or she is in, as far as told.

        Raises:
            DirectoryError: Slack could not tell who it is, or of one group while no other has them.
        """
        answers = self._answers(user, among)
        person = _person(user, _told(answers[f"user:{user}"]))
        if person is None:
            msg = f"what Slack says of {user} cannot be read"
            raise DirectoryError(msg)
        told = {group: answers[f"group:{group}"] for group in among}
        inside = frozenset(group for group, answer in told.items() if _is_in(user, answer))
        if not inside:
            for answer in told.values():
                _told(answer)  # nobody is outside as long as one of them may have the person
        return person.model_copy(update={"groups": inside})

    def meet(self, people: Mapping[UserId, frozenset[str]]) -> None:
        """Begin to ask who these people are, as far as that is not known: side by side."""
        asks = {
            name: ask for user, among in people.items() for name, ask in self._asks(user, among)
        }
        found = self._cache.get_many([*asks])
        missing = {name: asks[name] for name in asks if not _is_readable(name, found.get(name))}
        self._look_ups.begin(missing)

    def names(self, who: Sequence[str]) -> Mapping[str, str]:
        """Return what people and groups are called; who is not known is left out."""
        keys = {f"name:{each}": each for each in who if _is_anybody(each)}
        known = self._cache.get_many(list(keys))
        missing = [each for key, each in keys.items() if key not in known]
        if missing:
            self._look_ups.answers(dict(map(self._naming, missing)))
            known = self._cache.get_many(list(keys))
            failed = [f"name:{each}" for each in missing if f"name:{each}" not in known]
            self._cache.put_many(dict.fromkeys(failed, ""), MEMBER_SECONDS)  # not at every card
        return {keys[key]: name for key, name in known.items() if name}

    def _naming(self, who: str) -> tuple[str, Ask]:
        """Return what is asked, and how: of one person, or once of all groups."""
        if _PERSON.fullmatch(who):
            return f"user:{who}", partial(self._ask_user, who)
        return "groups", self._ask_handles

    def locale(self, user: UserId) -> str:
        """Return in which locale *user* uses Slack; "" where that is not known."""
        if not _PERSON.fullmatch(user):
            return ""
        key = f"locale:{user}"
        known = self._cache.get_many([key])
        if key not in known:
            name = f"user:{user}"
            told = self._look_ups.answers({name: partial(self._ask_user, user)})
            if _is_error(told[name]):
                self._cache.put_many({key: ""}, MEMBER_SECONDS)  # not at every word
            known = self._cache.get_many([key])
        return known.get(key, "")

    def _answers(self, user: UserId, among: frozenset[str]) -> dict[str, str | DirectoryError]:
        """Return what Slack says, or said less than a minute ago, or why it says nothing."""
        asks = dict(self._asks(user, among))
        found = self._cache.get_many([*asks, *(f"fresh:{name}" for name in asks)])
        known = {name: found[name] for name in asks if _is_readable(name, found.get(name))}
        aging = {name: asks[name] for name in known if f"fresh:{name}" not in found}
        self._look_ups.begin(aging)
        asked = self._look_ups.answers({name: asks[name] for name in asks if name not in known})
        return {**known, **asked}

    def _asks(self, user: UserId, among: frozenset[str]) -> Iterator[tuple[str, Ask]]:
        yield f"user:{user}", partial(self._ask_user, user)
        for each in sorted(among):
            yield f"group:{each}", partial(self._ask_group, each)

    def _ask_user(self, user: UserId) -> str:
        answer = made("users.info", lambda: self._client.users_info(user=user, include_locale=True))
        found = answer.get("user") or {}
        member = Member(
            id=user,
            team=self._workspace_of(found),
            is_bot=_may_be(found, "is_bot") or user == "USLACKBOT",
            is_guest=_may_be(found, "is_restricted") or _may_be(found, "is_ultra_restricted"),
            is_stranger=bool(found.get("is_stranger", False)),  # left out for members
            is_deactivated=_may_be(found, "deleted"),
        ).model_dump_json()
        self._keep(f"user:{user}", member)
        self._cache.put_many({f"name:{user}": _name(found)}, NAME_SECONDS)
        self._cache.put_many({f"locale:{user}": _locale(found)}, LOCALE_SECONDS)
        if self._team:
            self._cache.put_many({"team": self._team}, TEAM_SECONDS)
        return member

    def _workspace_of(self, person: Mapping[str, Any]) -> str:
        """Return the workspace of *person*; ours is asked for only where several are named."""
        if not person.get("enterprise_user"):
            return str(person.get("team_id") or "")
        return workspace_of(person, self._team or team_of(self._client, self._cache))

    def _ask_group(self, group: str) -> str:
        """Ask who is in *group*; where Slack refuses to tell for good, nobody is."""
        try:
            users: tuple[str, ...] | None = group_users(self._client, group)
        except SlackRefusedError as error:
            if error.code in OF_THE_TOKEN:
                raise
            log.error("directory.group_refused", extra={"group": group, "why": error.code})  # noqa: TRY400 - Slack's word is all there is
            self._cache.put_many({f"refused:{group}": error.code}, FAULT_SECONDS)
            users = None
        listed = json.dumps(users or ())
        self._keep(f"group:{group}", listed)
        if users is not None:
            self._cache.put_many({f"refused:{group}": ""}, MEMBER_SECONDS)
        return listed

    def _ask_handles(self) -> str:
        """Ask what all groups are called: "@sre"."""
        answer = made("usergroups.list", self._client.usergroups_list)
        handles = {
            f"name:{each.get('id')}": f"@{each['handle']}"
            for each in answer.get("usergroups") or ()
            if each.get("handle")
        }
        self._cache.put_many(handles, NAME_SECONDS)
        return ""

    def _keep(self, name: str, answer: str) -> None:
        self._cache.put_many({name: answer}, MEMBER_SECONDS)
        self._cache.put_many({f"fresh:{name}": "1"}, FRESH_SECONDS)


def team_of(client: WebClient, cache: Cache) -> str:
    """Return the workspace of the token; asked once in a while, since each job is a new process.

    Raises:
        SlackError: it is not known, and Slack does not tell.
    """
    known = cache.get_many(["team"]).get("team", "")
    if _TEAM.fullmatch(known):
        return known
    team = own_team(client)
    cache.put_many({"team": team}, TEAM_SECONDS)
    return team


def group_users(client: WebClient, group: str) -> tuple[str, ...]:
    """Ask Slack who is in a user group.

    Raises:
        SlackError: Slack does not tell.
    """
    answer = made("usergroups.users.list", lambda: client.usergroups_users_list(usergroup=group))
    return tuple(answer.get("users") or ())


def person_state(client: WebClient, user: UserId) -> str:
    """Return "ok", or why this person can do nothing: "deactivated", "bot", "guest", "stranger".

    Raises:
        SlackError: Slack does not tell.
    """
    answer = made("users.info", lambda: client.users_info(user=user))
    return unusable(answer.get("user") or {}, own_team(client)) or "ok"


def channel_state(client: WebClient, channel: str) -> str:
    """Return "ok", or what is wrong: "archived", "not_in_channel", "shared" with strangers.

    Source: https://docs.slack.dev/reference/methods/conversations.info

    Raises:
        SlackError: Slack does not tell, or knows no such channel.
    """
    answer = made("conversations.info", lambda: client.conversations_info(channel=channel))
    found = answer.get("channel") or {}
    if found.get("is_archived"):
        return "archived"
    if not (found.get("is_member") or found.get("is_im")):
        return "not_in_channel"
    return "shared" if found.get("is_ext_shared") else "ok"


def refused_groups(cache: Cache, groups: Sequence[str]) -> dict[str, str]:
    """Return those of *groups* of which Slack refused to tell when it was asked last, and why."""
    found = cache.get_many([f"refused:{each}" for each in groups])
    return {each: found[f"refused:{each}"] for each in groups if found.get(f"refused:{each}")}


def _name(found: Mapping[str, Any]) -> str:
    """Return what Slack shows as somebody's name."""
    profile = found.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), found.get("real_name"))
    return next((each for each in names if isinstance(each, str) and each.strip()), "")


def _locale(found: Mapping[str, Any]) -> str:
    locale = found.get("locale")
    return locale if isinstance(locale, str) and _LOCALE.fullmatch(locale) else ""


def _is_error(answer: str | DirectoryError) -> bool:
    return isinstance(answer, DirectoryError)


def _is_anybody(who: str) -> bool:
    return any(each.fullmatch(who) for each in (_PERSON, _GROUP))


@lru_cache(maxsize=4_096)  # each decision asks, and the answers are kept as text
def _person(user: UserId, answer: str) -> Member | None:
    """Return whom *answer* describes; None: not *user*."""
    try:
        member = Member.model_validate_json(answer)
    except ValidationError:
        return None
    return member if member.id == user else None


@lru_cache(maxsize=256)
def _users(answer: str) -> frozenset[str] | None:
    try:
        return frozenset(_USERS.validate_json(answer, strict=True))
    except ValidationError:
        return None


def _told(answer: str | DirectoryError) -> str:
    """Return what Slack says; where it says nothing, raise why."""
    if isinstance(answer, DirectoryError):
        raise answer
    return answer


def _is_in(user: UserId, answer: str | DirectoryError) -> bool:
    return not isinstance(answer, DirectoryError) and user in (_users(answer) or ())


def _is_readable(name: str, answer: str | None) -> bool:
    """Whether what was kept is what is kept there: anything may stand in Redis."""
    if answer is None:
        return False
    kind, _, of = name.partition(":")
    return (_person(of, answer) if kind == "user" else _users(answer)) is not None


def _may_be(found: Mapping[str, Any], flag: str) -> bool:
    """Whether *flag* is set, for all that Slack says: only a plain no is one."""
    return found.get(flag) is not False

"""Who people are, as Slack says."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from slack_sdk import WebClient

from bot.core.errors import DirectoryError, SlackError
from bot.core.policy import Member
from bot.core.records import UserId
from bot.deadline import patience
from workers.slack.calls import made

T = TypeVar("T")

ASK_SECONDS: Final = 1.0  # that an answer must have left before Slack is asked on its way
MEMBER_SECONDS: Final = 60  # how old an answer about rights may be


class Cache(Protocol):
    """Answers that may be reused for a while."""

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        """Return what is known of *names*."""
        ...

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:
        """Keep *values* for so long."""
        ...


class SlackDirectory:
    """Who people are; answers are kept for a minute, and a missing flag is the worst case."""

    def __init__(self, client: WebClient, cache: Cache) -> None:
        self._client = client
        self._cache = cache

    def member(self, user: UserId, among: frozenset[str]) -> Member:
        """Return the person with those of the groups *among* that he or she is in.

        Raises:
            DirectoryError: Slack could not tell.
        """
        groups = sorted(among)
        known = self._cache.get_many([f"user:{user}", *(f"group:{each}" for each in groups)])
        person = known.get(f"user:{user}") or self._fetch_user(user)
        inside = frozenset(
            group
            for group in groups
            if user in json.loads(known.get(f"group:{group}") or self._fetch_group(group))
        )
        return Member.model_validate_json(person).model_copy(update={"groups": inside})

    def _fetch_user(self, user: UserId) -> str:
        answer = self._asked("users.info", lambda: self._client.users_info(user=user))
        found = answer.get("user") or {}
        member = Member(
            id=user,
            team=found.get("team_id") or "",
            is_bot=_may_be(found, "is_bot") or user == "USLACKBOT",
            is_guest=_may_be(found, "is_restricted") or _may_be(found, "is_ultra_restricted"),
            is_stranger=bool(found.get("is_stranger", False)),  # left out for members
            is_deactivated=_may_be(found, "deleted"),
        ).model_dump_json()
        self._cache.put_many({f"user:{user}": member}, MEMBER_SECONDS)
        return member

    def _fetch_group(self, group: str) -> str:
        answer = self._asked(
            "usergroups.users.list", lambda: self._client.usergroups_users_list(usergroup=group)
        )
        users = json.dumps(answer.get("users") or [])
        self._cache.put_many({f"group:{group}": users}, MEMBER_SECONDS)
        return users

    def _asked(self, method: str, call: Callable[[], T]) -> T:
        if patience(time.monotonic(), ASK_SECONDS) < ASK_SECONDS:
            msg = f"{method}: too little time is left to ask"
            raise DirectoryError(msg)
        try:
            return made(method, call)
        except SlackError as error:
            raise DirectoryError(str(error)) from error


def _may_be(found: Mapping[str, Any], flag: str) -> bool:
    """Whether *flag* is set, for all that Slack says: only a plain no is one."""
    return found.get(flag) is not False

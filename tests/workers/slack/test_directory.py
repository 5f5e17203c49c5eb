"""Who people are: asked side by side, kept for a minute, believed only where it can be read."""

import time
from collections.abc import Iterator, Mapping, Sequence

import pytest
from redis import Redis

from bot.core.errors import DirectoryError
from bot.deadline import answering
from bot.redis.cache import Cache
from bot.redis.doorbell import open_redis
from bot.sandbox.slack import FaultKind, RateLimits, Workspace, served
from bot.sandbox.slack.config import SANDBOX, Group
from workers.slack import SlackDirectory, refused_groups, team_of, web_client

BOB = "U0BOB"
TEN = tuple(f"S0TEAM{number}" for number in range(10))
LIST = "usergroups.users.list"


class Memory:
    """A cache of this process, which forgets what a test says."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        return {name: self.values[name] for name in names if name in self.values}

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:
        assert seconds > 0
        self.values |= values

    def age(self) -> None:
        """Let everything be old, and still in force."""
        self.values = {k: v for k, v in self.values.items() if not k.startswith("fresh:")}


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A served workspace with ten more groups, and Bob in the last of them."""
    groups = tuple(
        Group(id=each, handle=each.lower(), name=each, users=(BOB,) if each == TEN[-1] else ())
        for each in TEN
    )
    config = SANDBOX.model_copy(update={"groups": SANDBOX.groups + groups})
    with served(Workspace(config, limits=RateLimits(enabled=False))) as workspace:
        yield workspace


@pytest.fixture
def redis(valkey_url: str) -> Iterator["Redis"]:
    """An empty Redis."""
    opened = open_redis(valkey_url)
    opened.flushall()
    yield opened
    opened.close()


def directory(workspace: Workspace, cache: Cache | Memory, *, team: str = "") -> SlackDirectory:
    """Return the product's directory, pointed at *workspace*."""
    client = web_client(workspace.config.bot_token, workspace.api_url)
    return SlackDirectory(client, cache, team=team)


def asked(workspace: Workspace, method: str) -> int:
    """Return how often Slack was asked by *method*."""
    return sum(each.method == method for each in workspace.executed)


def test_ten_groups_are_asked_about_in_the_time_of_one(workspace: Workspace) -> None:
    """V59: look-ups of a quarter of a second, however many, fit into one answer."""
    workspace.faults.add(LIST, "slow", times=10, seconds=0.25)
    workspace.faults.add("users.info", "slow", seconds=0.25)
    began = time.monotonic()
    with answering(began + 2.5):
        member = directory(workspace, Memory()).member(BOB, frozenset(TEN))
    assert member.groups == {TEN[-1]}
    assert time.monotonic() - began < 1.5


def test_many_people_are_met_in_the_time_of_one(workspace: Workspace) -> None:
    """Who several people are is asked side by side; each is then waited for no longer."""
    people = ("U0ANN", BOB, "U0LEAD", "U0EVE")
    workspace.faults.add("users.info", "slow", times=len(people), seconds=0.5)
    seen = directory(workspace, Memory())
    began = time.monotonic()
    with answering(began + 2.0):  # one after the other, no time would be left for the last
        seen.meet(dict.fromkeys(people, frozenset()))
        members = [seen.member(each, frozenset()) for each in people]
    assert tuple(each.id for each in members) == people
    assert asked(workspace, "users.info") == len(people)


def test_who_is_known_is_not_met_again(workspace: Workspace) -> None:
    """Of what was said a moment ago, nothing is asked."""
    seen = directory(workspace, Memory())
    seen.member(BOB, frozenset(TEN))
    seen.meet({BOB: frozenset(TEN)})
    seen.meet({})
    assert asked(workspace, "users.info") == 1
    assert asked(workspace, LIST) == len(TEN)


@pytest.mark.parametrize("kind", ["server_error", "ratelimited", "drop_before"])
def test_one_group_that_is_not_told_stops_only_who_may_be_in_it(
    workspace: Workspace, kind: FaultKind
) -> None:
    """V59: whoever is in another of the groups is known; for all others nothing is known."""
    people = directory(workspace, Memory())
    assert people.member(BOB, frozenset({"S0SRE"})).groups == {"S0SRE"}
    workspace.faults.add(LIST, kind, times=9)
    assert people.member(BOB, frozenset({"S0SRE", "S0DEVS"})).groups == {"S0SRE"}
    with pytest.raises(DirectoryError):
        people.member("U0ANN", frozenset({"S0SRE", "S0DEVS"}))


def test_an_answer_that_came_too_late_serves_the_next_one(workspace: Workspace) -> None:
    """Whoever asks again a moment later is not told the same again: nothing is asked twice."""
    memory = Memory()
    people = directory(workspace, memory)
    workspace.faults.add(LIST, "slow", seconds=1.3)
    with answering(time.monotonic() + 1.1), pytest.raises(DirectoryError):
        people.member(BOB, frozenset({"S0SRE"}))
    assert people.member(BOB, frozenset({"S0SRE"})).groups == {"S0SRE"}
    assert asked(workspace, LIST) == 1


def test_what_grows_old_is_asked_anew_meanwhile(workspace: Workspace) -> None:
    """Before a minute is over, whoever is looked up again is answered at once, and Slack asked."""
    memory = Memory()
    people = directory(workspace, memory)
    people.member(BOB, frozenset({"S0SRE"}))
    workspace.set_group("S0SRE", ())
    memory.age()
    workspace.faults.add(LIST, "slow", seconds=0.3)
    assert people.member(BOB, frozenset({"S0SRE"})).groups == {"S0SRE"}
    until = time.monotonic() + 10
    while people.member(BOB, frozenset({"S0SRE"})).groups and time.monotonic() < until:
        pass
    assert people.member(BOB, frozenset({"S0SRE"})).groups == frozenset()
    assert asked(workspace, LIST) == 2


def test_a_slack_that_fails_meanwhile_changes_nothing(workspace: Workspace) -> None:
    """What was said less than a minute ago counts while Slack is away."""
    memory = Memory()
    people = directory(workspace, memory)
    people.member(BOB, frozenset({"S0SRE"}))
    memory.age()
    for method in ("users.info", LIST):
        workspace.faults.add(method, "server_error", times=100)
    assert people.member(BOB, frozenset({"S0SRE"})).groups == {"S0SRE"}


def test_a_group_that_is_gone_is_nobody(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    """V40: a definite no is an empty group with an error in the log, until Slack tells again."""
    memory = Memory()
    people = directory(workspace, memory)
    among = frozenset({"S0SRE", "S0GONE"})
    assert people.member(BOB, among).groups == {"S0SRE"}
    assert refused_groups(memory, sorted(among)) == {"S0GONE": "no_such_subteam"}
    (line,) = [each for each in caplog.records if each.message == "directory.group_refused"]
    assert (line.levelname, vars(line)["group"]) == ("ERROR", "S0GONE")


def test_a_group_that_is_back_is_no_fault_any_more(workspace: Workspace) -> None:
    """What Slack tells again is not named as refused."""
    memory = Memory()
    workspace.faults.add(LIST, "refused", code="subteam_disabled")
    assert directory(workspace, memory).member(BOB, frozenset({"S0SRE"})).groups == frozenset()
    memory.values = {k: v for k, v in memory.values.items() if k.startswith("refused:")}
    assert directory(workspace, memory).member(BOB, frozenset({"S0SRE"})).groups == {"S0SRE"}
    assert refused_groups(memory, ["S0SRE"]) == {}


@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "account_inactive"])
def test_a_refused_token_says_nothing_about_a_group(workspace: Workspace, code: str) -> None:
    """Where it is the token that Slack refuses, nothing is known of the group."""
    workspace.faults.add(LIST, "refused", code=code)
    with pytest.raises(DirectoryError):
        directory(workspace, Memory()).member(BOB, frozenset({"S0SRE"}))


@pytest.mark.parametrize(
    "garbage",
    [b"\xff\xfe", b"{", b"null", b"[]", b'"x"', b"7", b'{"id": "U0BOB"}', b'{"U0BOB": 1}', b"[1]"],
)
def test_garbage_in_redis_is_asked_for_anew(
    workspace: Workspace, redis: "Redis", garbage: bytes
) -> None:
    """V71: whatever stands in Redis, people are who Slack says they are."""
    people = directory(workspace, Cache(redis))
    known = people.member(BOB, frozenset({"S0SRE"}))
    for name in ("user:U0BOB", "team"):
        redis.set(f"slipway:cache:{name}", garbage)
    if garbage != b"[]":  # which is what an empty group looks like
        redis.set("slipway:cache:group:S0SRE", garbage)
    assert people.member(BOB, frozenset({"S0SRE"})) == known
    client = web_client(workspace.config.bot_token, workspace.api_url)
    assert team_of(client, Cache(redis)) == workspace.config.team_id


def test_another_persons_description_is_not_believed(workspace: Workspace, redis: "Redis") -> None:
    """What is kept under one person's name and describes another is garbage."""
    people = directory(workspace, Cache(redis))
    people.member("U0ANN", frozenset())
    redis.copy("slipway:cache:user:U0ANN", "slipway:cache:user:U0BOB")
    assert people.member(BOB, frozenset()).id == BOB


def test_the_workspace_is_known_with_each_person(workspace: Workspace, redis: "Redis") -> None:
    """V12: whoever decides by what is kept of a person need not ask Slack for the workspace."""
    directory(workspace, Cache(redis), team="T0SLIPWAY").member(BOB, frozenset())
    workspace.faults.add("auth.test", "server_error", times=9)
    client = web_client(workspace.config.bot_token, workspace.api_url)
    assert team_of(client, Cache(redis)) == "T0SLIPWAY"


def test_the_language_of_a_person_is_asked_once(workspace: Workspace) -> None:
    """It comes with what is asked about the person anyway, and is kept."""
    cache = Memory()
    people = directory(workspace, cache)
    people.member(BOB, frozenset())

    assert [people.locale(BOB), people.locale(BOB)] == ["en-US", "en-US"]
    assert asked(workspace, "users.info") == 1


def test_a_language_that_slack_does_not_tell_is_no_fault(workspace: Workspace) -> None:
    """A word to somebody unknown is said all the same, and Slack is not asked at each."""
    people = directory(workspace, Memory())

    assert [people.locale("U0GONE"), people.locale("U0GONE")] == ["", ""]
    assert asked(workspace, "users.info") <= 1
    assert people.locale("slipway") == ""

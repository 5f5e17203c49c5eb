"""Logins and their tokens: one for all, early, renewed once, and never repeated when refused."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from redis import Redis
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from bot.core.codes.systems import VendorSaid
from bot.core.connection import Connection
from bot.core.errors import CloudRefusedError, CloudUnavailableError, OutcomeUnknownError
from bot.core.vendor import Answer, Login, Token
from bot.redis.cache import Cache
from bot.redis.doorbell import open_redis
from bot.sandbox.clouds import CloudpodsCloud, Fault, cloudpods_app, sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.content import PASSWORD, TOKEN
from bot.sandbox.clouds.http.wire import JsonObject
from bot.sandbox.slack import served_app
from tests.workers.cloud.direct import Direct
from tests.workers.cloud.pods import CHANGE, READ, Pods, login_of, pods_at
from workers.cloud.login import Logins
from workers.cloud.tokens import FRESH, REST, Tokens

NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
LOGIN: Final = "POST /v3/auth/tokens"
PODS: Final = Pods()


class Time:
    """A clock that tests turn, for both sides."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """The same for the simulator."""
        return self.now.timestamp()

    def turn(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


class Lab:
    """A simulated installation, a client of it, and their clock."""

    def __init__(self, cloud: CloudpodsCloud, address: str, time: Time) -> None:
        self.cloud = cloud
        self.address = address
        self.time = time
        self.tokens = Tokens()
        self.client = Direct(time, tokens=self.tokens)
        self.connection: Connection = pods_at(address)

    def read(self) -> Any:
        """Read the releases."""
        return self.client.send(self.connection, PODS, READ).body

    def change(self) -> Any:
        """Upgrade the release."""
        return self.client.send(self.connection, PODS, CHANGE).body

    @property
    def logins(self) -> list[int]:
        """How the logins ended."""
        return [each.status for each in self.cloud.logins]

    def asked(self) -> list[tuple[str, int | None]]:
        """What came besides logins: the method, and the status of the answer."""
        return [
            (each.method, each.status)
            for each in self.cloud.requests
            if not each.path.startswith("/v3")
        ]


class Switch:
    """Serves the newest of several installations."""

    def __init__(self) -> None:
        self.here: list[CloudpodsCloud] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await cloudpods_app(self.here[-1])(scope, receive, send)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[list[CloudpodsCloud], str]]:
    """One server for all, whose installation each test brings along."""
    switch = Switch()
    with served_app(switch) as address:
        yield switch.here, address


@pytest.fixture
def lab(served: tuple[list[CloudpodsCloud], str]) -> Lab:
    """The sandbox's installation and a new client."""
    here, address = served
    time = Time()
    here.append(CloudpodsCloud(sandbox_cloudpods(), time.seconds))
    return Lab(here[-1], address, time)


def test_one_login_serves_reads_and_mutations(lab: Lab) -> None:
    """The address of kubeserver comes from the catalog of the same login."""
    lab.read()
    lab.change()
    lab.read()
    assert lab.logins == [200]
    assert lab.asked() == [("GET", 200), ("POST", 200), ("GET", 200)]


def test_a_token_is_renewed_before_its_end(lab: Lab) -> None:
    """Ten minutes before a day is over; nothing was refused meanwhile."""
    lab.read()
    lab.time.turn(hours=23, minutes=49)
    lab.read()
    assert lab.logins == [200]
    lab.time.turn(minutes=2)
    lab.read()
    assert lab.logins == [200, 200]
    assert {status for _, status in lab.asked()} == {200}


def test_a_read_renews_a_token_once(lab: Lab) -> None:
    """On a missing right that may be a token's end: one login, one repetition."""
    lab.read()
    lab.cloud.expire_tokens()
    assert lab.read()["total"] == 1
    assert lab.logins == [200, 200]
    assert lab.asked() == [("GET", 200), ("GET", 403), ("GET", 200)]


def forbid(lab: Lab, times: int | None = None) -> None:
    """Let kubeserver refuse a right that the user does not have."""
    body: JsonObject = {"class": "ForbiddenError", "code": 403, "details": "no right", "time": ""}
    fault = Fault(kind="answer", match="* /api/*", status=403, body=body, times=times)
    lab.cloud.faults.add(fault)


def test_a_right_that_is_missing_is_a_refusal(lab: Lab) -> None:
    """The answer to the fresh token is the API's own word; it is not doubted again for a while."""
    lab.read()
    forbid(lab)
    for _ in range(3):
        with pytest.raises(CloudRefusedError, match="no right") as caught:
            lab.read()
        assert (caught.value.verdict, caught.value.code) == ("refused", "ForbiddenError")
    assert lab.logins == [200, 200]
    lab.time.now += FRESH
    with pytest.raises(CloudRefusedError):
        lab.read()
    assert lab.logins == [200, 200, 200]


def test_a_mutation_is_refused_once_its_new_token_is(lab: Lab) -> None:
    """The first time it is not accepted, and may be sent again; the second time it is refused."""
    lab.read()
    forbid(lab)
    for verdict in ("expired", "refused", "refused"):
        with pytest.raises(CloudRefusedError) as caught:
            lab.change()
        assert caught.value.verdict == verdict
    assert lab.logins == [200, 200]
    assert lab.cloud.executed == ()


def test_a_mutation_finds_a_new_token_the_next_time(lab: Lab) -> None:
    """It is sent once for each permit, never twice by the client."""
    lab.read()
    lab.cloud.expire_tokens()
    with pytest.raises(CloudRefusedError) as caught:
        lab.change()
    assert caught.value.verdict == "expired"
    assert lab.asked() == [("GET", 200), ("POST", 403)]
    lab.change()
    assert len(lab.cloud.executed) == 1
    assert lab.logins == [200, 200]


def test_a_ready_token_is_not_renewed(lab: Lab) -> None:
    """There is nothing to renew it with: refused at once, for reads and mutations."""
    lab.connection = pods_at(lab.address, token=TOKEN, k8s=f"{lab.address}/api")
    lab.read()
    forbid(lab)
    for ask in (lab.read, lab.change):
        with pytest.raises(CloudRefusedError) as caught:
            ask()
        assert caught.value.verdict == "refused"
    assert lab.logins == []
    assert lab.asked() == [("GET", 200), ("GET", 403), ("POST", 403)]


def test_a_ready_token_wants_an_address(lab: Lab) -> None:
    """Without a login there is no catalog; nothing is sent."""
    lab.connection = pods_at(lab.address, token=TOKEN)
    for ask in (lab.read, lab.change):
        with pytest.raises(CloudRefusedError, match="no_endpoint connection=lab service=k8s"):
            ask()
    assert lab.asked() == []


def test_a_catalog_without_kubeserver(served: tuple[list[CloudpodsCloud], str]) -> None:
    """Told as what it is; the login itself was right."""
    here, address = served
    config = sandbox_cloudpods().model_copy(update={"has_k8s": False})
    here.append(CloudpodsCloud(config, NOON.timestamp))
    lab = Lab(here[-1], address, Time())
    with pytest.raises(CloudRefusedError, match="no_endpoint connection=lab service=k8s"):
        lab.read()
    assert lab.logins == [200]


def test_a_refused_login_rests(lab: Lab) -> None:
    """It is repeated after five minutes; a corrected password is tried at once."""
    lab.connection = pods_at(lab.address, "wrong")
    for ask in (lab.read, lab.read, lab.change):
        with pytest.raises(CloudRefusedError, match="WrongPassword"):
            ask()
    assert lab.logins == [401]
    lab.time.now += REST
    with pytest.raises(CloudRefusedError):
        lab.read()
    assert lab.logins == [401, 401]
    lab.connection = pods_at(lab.address)
    lab.read()
    assert lab.logins == [401, 401, 200]


LOST: Final = [
    Fault(kind="answer", match=LOGIN, status=503),
    Fault(kind="drop", match=LOGIN),
    Fault(kind="garbage", match=LOGIN),
]


@pytest.mark.parametrize("fault", LOST, ids=[each.kind for each in LOST])
def test_a_login_that_fails_may_be_repeated(lab: Lab, fault: Fault) -> None:
    """Nothing else was sent; the next try is free."""
    lab.cloud.faults.add(fault)
    with pytest.raises(CloudUnavailableError, match="log in at Keystone"):
        lab.change()
    assert lab.asked() == []
    lab.change()
    assert len(lab.cloud.executed) == 1


def test_a_lost_mutation_is_lost_with_any_token(lab: Lab) -> None:
    """What a fresh token is for has nothing to do with what is unknown."""
    lab.cloud.faults.add(Fault(kind="drop", when="after"))
    with pytest.raises(OutcomeUnknownError):
        lab.change()


@pytest.fixture
def redis(valkey_url: str) -> Iterator[Redis]:
    """An empty server."""
    client: Redis = open_redis(valkey_url)
    client.flushall()
    yield client
    client.close()


def everything(redis: Redis) -> str:
    """All that Redis holds, in one text."""
    keys: Any = redis.keys("*")
    return "\n".join(f"{key!r} {redis.get(key)!r}" for key in keys)


def test_other_hosts_know_of_a_refused_login(lab: Lab, redis: Redis) -> None:
    """Those who share no memory share Redis; a corrected password is another matter."""
    for _ in range(2):  # two hosts
        client = Direct(lab.time, tokens=Tokens(Cache(redis)))
        with pytest.raises(CloudRefusedError, match="WrongPassword"):
            client.send(pods_at(lab.address, "wrong"), PODS, READ)
    assert lab.logins == [401]
    client = Direct(lab.time, tokens=Tokens(Cache(redis)))
    client.send(pods_at(lab.address), PODS, READ)
    assert lab.logins == [401, 200]


def test_no_secret_reaches_redis(lab: Lab, redis: Redis) -> None:
    """Promise 10: neither token nor password, nor a digest that could be guessed at."""
    given: list[str] = []
    for password in (PASSWORD, "wrong-password-0001"):
        tokens = Tokens(Cache(redis))
        client = Direct(lab.time, tokens=tokens)
        connection = pods_at(lab.address, password)
        try:
            client.send(connection, PODS, READ)
        except CloudRefusedError:
            continue
        token = tokens.get(login_of(connection), lab.time())
        given.append("" if token is None else token.text)
    held = everything(redis)
    assert "WrongPassword" in held
    assert [each for each in (*given, PASSWORD, "wrong-password-0001", "slipway-user") if each]
    assert not any(each in held for each in (*given, PASSWORD, "wrong-password-0001"))
    assert '"password":' in held.replace("\\", "")


def test_a_note_of_another_version_is_no_refusal(lab: Lab) -> None:
    """What cannot be read holds nobody up."""

    class Odd:
        def get_many(self, names: Sequence[str]) -> dict[str, str]:
            return dict.fromkeys(names, "{}")

        def put_many(self, values: Mapping[str, str], seconds: int) -> None:
            raise AssertionError(values, seconds)

    Direct(lab.time, tokens=Tokens(Odd())).send(lab.connection, PODS, READ)
    assert lab.logins == [200]


def a_token(text: str, minutes: float = 60) -> Token:
    """A token that is to be renewed in so many minutes."""
    at = NOON + timedelta(minutes=minutes)
    return Token(text=text, expires_at=at, renew_at=at)


def test_only_the_doubted_token_is_dropped() -> None:
    """A newer one that somebody else fetched stays, and is worth a try."""
    tokens, user = Tokens(), login_of(pods_at("http://127.0.0.1:1"))
    assert tokens.drop(user, "one", NOON)  # nothing is in hand, so another can be had
    tokens.put(user, a_token("two"), NOON)
    assert tokens.drop(user, "one", NOON)
    assert tokens.get(user, NOON) == a_token("two")
    assert tokens.drop(user, "two", NOON)
    assert tokens.get(user, NOON) is None
    tokens.put(user, a_token("three"), NOON)
    assert not tokens.drop(user, "three", NOON)
    assert tokens.drop(user, "three", NOON + FRESH)


def test_a_token_shows_no_text() -> None:
    """A record of it in a log line would be a leak."""
    assert "secret-token" not in repr(a_token("secret-token"))


class Server:
    """An identity service that answers when it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.may = asyncio.Event()

    async def __call__(self, _connection: Connection, _login: Login) -> Answer:
        self.asked += 1
        await self.may.wait()
        raise CloudUnavailableError(doing="log in", why=VendorSaid(words="no"))


def test_who_waits_too_long_for_another_gives_up() -> None:
    """A login that hangs elsewhere does not hold a permit for ever: nothing was sent."""

    async def both() -> int:
        server, tokens = Server(), Tokens()
        user = pods_at("http://127.0.0.1:1")
        logins = [Logins(server, tokens, lambda: NOON, looks=2) for _ in range(2)]
        first = asyncio.create_task(logins[0].token(user))
        await asyncio.sleep(0)
        with pytest.raises(CloudUnavailableError, match="login_busy"):
            await logins[1].token(user)
        server.may.set()
        with pytest.raises(CloudUnavailableError):
            await first
        return server.asked

    assert asyncio.run(both()) == 1


def test_a_token_may_come_while_the_turn_is_taken() -> None:
    """Between the look and the turn somebody else may have logged in."""

    class Late(Tokens):
        @override
        def take(self, login: Login) -> bool:
            self.put(login, a_token("theirs"), NOON)
            return super().take(login)

    async def one() -> str:
        login = Logins(Server(), Late(), lambda: NOON)
        return (await login.token(pods_at("http://127.0.0.1:1"))).text

    assert asyncio.run(one()) == "theirs"


def test_a_token_is_kept_for_who_it_is_of(lab: Lab) -> None:
    """With another password or in another project it is somebody else's."""
    tokens, login = Tokens(), login_of(lab.connection)
    tokens.put(login, a_token("one"), NOON)
    assert tokens.get(login, NOON) == a_token("one")
    for change in ({"password": "other"}, {"account": (*login.account, "x")}):
        assert tokens.get(login._replace(**change), NOON) is None

"""Gives connections their tokens: one login for all processes of a host that need it.

Tokens stay in memory that these processes share; they are in no file and not in Redis. That a
login was refused is noted for everybody in Redis, since a repeated one locks the user.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol, TypeVar

from pydantic import AwareDatetime, ValidationError

from bot.core.connection import Connection
from bot.core.errors import CloudRefusedError, CloudUnavailableError
from bot.core.ports import Clock
from bot.core.records import Record
from workers.cloud.auth import (
    Answer,
    Outgoing,
    Token,
    login_name,
    login_request,
    needs_login,
    owner_of,
    password_of,
    place_of,
    token_in,
)
from workers.cloud.shared_memory import SharedMemory

RecordT = TypeVar("RecordT", bound=Record)

REST: Final = timedelta(minutes=5)  # after a refused login
FRESH: Final = timedelta(minutes=5)  # a token that replaces a doubted one is not doubted so long
_LOOK: Final = 0.05  # seconds between two looks whether somebody else's login has ended
_LOOKS: Final = 100
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NOTHING: Final = Token(text="", expires_at=_LONG_AGO, renew_at=_LONG_AGO)


class Notes(Protocol):
    """Texts that all processes of all hosts see, for a while; none of them is a secret."""

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        """Return what is known of *names*."""
        ...

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:
        """Keep *values* for so long."""
        ...


class _Refusal(Record):
    """A login that was refused; *password* tells one byte of a slow digest of what was tried."""

    why: str
    status: int
    request_id: str
    until: AwareDatetime
    password: int


class Tokens:
    """The tokens and refused logins; made before a fork, parent and children have them in common.

    *notes* is where refused logins are told to those who share no memory with us.
    """

    def __init__(self, notes: Notes | None = None) -> None:
        self._memory = SharedMemory()
        self._notes = notes

    def get(self, connection: Connection, now: datetime) -> Token | None:
        """Return the token in hand, if it still holds."""
        token = self._kept(connection)
        return token if token and token.text and now < token.renew_at else None

    def put(self, connection: Connection, token: Token, now: datetime) -> None:
        """Keep *token*; one that replaces a doubted one is trusted for a while."""
        kept = self._kept(connection)
        if kept is not None and not kept.text:
            token = token.model_copy(update={"trusted_until": now + FRESH})
        self._memory.put(owner_of(connection), token.model_dump_json())

    def drop(self, connection: Connection, text: str, now: datetime) -> bool:
        """Forget the token *text*, which an API called expired; return whether to try another.

        A newer one that is in hand stays, and is one to try. One that was fetched for the same
        reason a short while ago stays, too, and there is no use in yet another.
        """
        kept = self._kept(connection)
        if kept is None or kept.text != text:
            return True
        if kept.trusted_until is not None and now < kept.trusted_until:
            return False
        before, after = kept.model_dump_json(), _NOTHING.model_dump_json()
        self._memory.swap(owner_of(connection), before, after)
        return True

    def refuse(self, connection: Connection, error: CloudRefusedError, now: datetime) -> None:
        """Remember a refused login: it is not repeated for a while, by nobody."""
        refusal = _Refusal(
            why=error.why,
            status=error.status,
            request_id=error.request_id,
            until=now + REST,
            password=_glimpse(connection),
        ).model_dump_json()
        self._memory.put(_refused(owner_of(connection)), refusal)
        if self._notes is not None:
            note = {_refused(place_of(connection)): refusal}
            self._notes.put_many(note, int(REST.total_seconds()))

    def check(self, connection: Connection, now: datetime) -> None:
        """Make sure that a login may be tried.

        Raises:
            CloudRefusedError: it was refused a short while ago, here or elsewhere.
        """
        known = self._memory.get(_refused(owner_of(connection)))
        if known is None and self._notes is not None:
            name = _refused(place_of(connection))
            known = self._notes.get_many([name]).get(name)
        refusal = _read(_Refusal, known)
        if refusal is None or now >= refusal.until:
            return
        if refusal.password != _glimpse(connection):
            return  # it has been put right since
        raise CloudRefusedError(
            doing=login_name(connection),
            why=f"{refusal.why}; not tried again before {refusal.until:%H:%M:%S} UTC",
            status=refusal.status,
            verdict="refused",
            code="login_refused",
            request_id=refusal.request_id,
        )

    def take(self, connection: Connection) -> bool:
        """Take the turn to log in, if nobody has it."""
        return self._memory.take(owner_of(connection))

    def leave(self, connection: Connection) -> None:
        """Give the turn back."""
        self._memory.leave(owner_of(connection))

    def _kept(self, connection: Connection) -> Token | None:
        return _read(Token, self._memory.get(owner_of(connection)))


class Login:
    """Gives each connection that needs one its token, by one login for all that wait for it."""

    def __init__(
        self,
        ask: Callable[[Connection, Outgoing], Awaitable[Answer]],
        tokens: Tokens,
        clock: Clock,
        *,
        looks: int = _LOOKS,
    ) -> None:
        self._ask = ask
        self._tokens = tokens
        self._clock = clock
        self._looks = looks

    async def token(self, connection: Connection) -> Token:
        """Return a token that holds; one without a text where the connection needs none.

        Raises:
            CloudRefusedError: the identity service declined, now or a short while ago.
            CloudUnavailableError: it gave no usable answer; nothing else was sent.
        """
        if not needs_login(connection):
            return _NOTHING
        for _ in range(self._looks):
            token = self._tokens.get(connection, self._clock())
            if token is not None:
                return token
            if self._tokens.take(connection):
                try:
                    return await self._in_turn(connection)
                finally:
                    self._tokens.leave(connection)
            await asyncio.sleep(_LOOK)
        why = "another process logs in, and does not come to an end"
        raise CloudUnavailableError(doing=login_name(connection), why=why)

    def forget(self, connection: Connection, token: Token) -> bool:
        """Drop a token that the API calls expired; return whether another one is worth a try."""
        if not needs_login(connection):
            return False
        return self._tokens.drop(connection, token.text, self._clock())

    async def _in_turn(self, connection: Connection) -> Token:
        """Log in, unless somebody has just done so."""
        now = self._clock()
        token = self._tokens.get(connection, now)
        if token is not None:
            return token
        self._tokens.check(connection, now)
        answer = await self._ask(connection, login_request(connection))
        try:
            token = token_in(answer, connection, self._clock())
        except CloudRefusedError as refusal:
            self._tokens.refuse(connection, refusal, self._clock())
            raise
        self._tokens.put(connection, token, self._clock())
        return token


def _glimpse(connection: Connection) -> int:
    """Return one byte of a slow digest of the password.

    It tells a corrected password from a refused one in 255 of 256 cases, and nobody the password.
    """
    salt = place_of(connection).encode()
    password = password_of(connection).encode()
    return hashlib.scrypt(password, salt=salt, n=1 << 14, r=8, p=1, dklen=1)[0]


def _refused(owner: str) -> str:
    return f"login-refused:{owner}"


def _read(kind: type[RecordT], text: str | None) -> RecordT | None:
    if text is None:
        return None
    try:
        return kind.model_validate_json(text)
    except ValidationError:
        return None  # a note of another version

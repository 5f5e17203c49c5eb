"""Tokens and refused logins, which the processes of a host have in common.

Tokens stay in memory that these processes share; they are in no file and not in Redis. That a
login was refused is noted for everybody in Redis, since a repeated one locks the user.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol, TypeVar

from pydantic import AwareDatetime, ValidationError

from bot.core.codes import Reason
from bot.core.errors import CloudRefusedError
from bot.core.records import Record
from bot.core.vendor import Login, Token
from workers.cloud.shared_memory import SharedMemory

RecordT = TypeVar("RecordT", bound=Record)

REST: Final = timedelta(minutes=5)  # after a refused login
FRESH: Final = timedelta(minutes=5)  # a token that replaces a doubted one is not doubted so long
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
NO_TOKEN: Final = Token(text="", expires_at=_LONG_AGO, renew_at=_LONG_AGO)


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

    why: Reason
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

    def get(self, login: Login, now: datetime) -> Token | None:
        """Return the token in hand, if it still holds."""
        token = self._kept(login)
        return token if token and token.text and now < token.renew_at else None

    def put(self, login: Login, token: Token, now: datetime) -> None:
        """Keep *token*; one that replaces a doubted one is trusted for a while."""
        kept = self._kept(login)
        if kept is not None and not kept.text:
            token = token.model_copy(update={"trusted_until": now + FRESH})
        self._memory.put(_owner(login), token.model_dump_json())

    def drop(self, login: Login, text: str, now: datetime) -> bool:
        """Forget the token *text*, which an API called expired; return whether to try another.

        A newer one that is in hand stays, and is one to try. One that was fetched for the same
        reason a short while ago stays, too, and there is no use in yet another.
        """
        kept = self._kept(login)
        if kept is None or kept.text != text:
            return True
        if kept.trusted_until is not None and now < kept.trusted_until:
            return False
        before, after = kept.model_dump_json(), NO_TOKEN.model_dump_json()
        self._memory.swap(_owner(login), before, after)
        return True

    def refuse(self, login: Login, error: CloudRefusedError, now: datetime) -> None:
        """Remember a refused login: it is not repeated for a while, by nobody."""
        refusal = _Refusal(
            why=error.reason,
            status=error.status,
            request_id=error.request_id,
            until=now + REST,
            password=_glimpse(login),
        ).model_dump_json()
        self._memory.put(_refused(_owner(login)), refusal)
        if self._notes is not None:
            note = {_refused(_account(login)): refusal}
            self._notes.put_many(note, int(REST.total_seconds()))

    def check(self, login: Login, now: datetime) -> None:
        """Make sure that a login may be tried.

        Raises:
            CloudRefusedError: it was refused a short while ago, here or elsewhere.
        """
        known = self._memory.get(_refused(_owner(login)))
        if known is None and self._notes is not None:
            name = _refused(_account(login))
            known = self._notes.get_many([name]).get(name)
        refusal = _read(_Refusal, known)
        if refusal is None or now >= refusal.until:
            return
        if refusal.password != _glimpse(login):
            return  # it has been put right since
        raise CloudRefusedError(
            doing=doing(login),
            why=_not_before(refusal),
            status=refusal.status,
            verdict="refused",
            code="login_refused",
            request_id=refusal.request_id,
        )

    def take(self, login: Login) -> bool:
        """Take the turn to log in, if nobody has it."""
        return self._memory.take(_owner(login))

    def leave(self, login: Login) -> None:
        """Give the turn back."""
        self._memory.leave(_owner(login))

    def _kept(self, login: Login) -> Token | None:
        return _read(Token, self._memory.get(_owner(login)))


def doing(login: Login) -> str:
    """Return how errors speak of the login."""
    return f"log in at {login.identity}"


def _owner(login: Login) -> str:
    """Name the user and project that a token is for, and the password, without telling any."""
    return _digest(f"{_account(login)}\n{login.password}")


def _account(login: Login) -> str:
    """Name the user and project that a token is for; the same with every password."""
    return _digest(json.dumps(login.account))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _not_before(refusal: _Refusal) -> Reason:
    """Return why a login is not tried: what was refused, and until when that holds."""
    until = refusal.until.isoformat()
    return Reason(key=refusal.why.key, params={**refusal.why.params, "until": until})


def _glimpse(login: Login) -> int:
    """Return one byte of a slow digest of the password.

    It tells a corrected password from a refused one in 255 of 256 cases, and nobody the password.
    """
    salt = _account(login).encode()
    password = login.password.encode()
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

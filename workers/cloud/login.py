"""Gives connections their tokens: one login for all processes of a host that need it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from bot.core.codes.clouds import LoginBusy
from bot.core.connection import Connection
from bot.core.errors import CloudRefusedError, CloudUnavailableError
from bot.core.ports import Clock
from bot.core.vendor import Answer, Login, Token
from bot.systems import vendor_of
from workers.cloud.tokens import NO_TOKEN, Tokens, doing

_LOOK: Final = 0.05  # seconds between two looks whether somebody else's login has ended
_LOOKS: Final = 100


class Logins:
    """Gives each connection that needs one its token, by one login for all that wait for it."""

    def __init__(
        self,
        ask: Callable[[Connection, Login], Awaitable[Answer]],
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
        login = vendor_of(connection).login(connection)
        if login is None:
            return NO_TOKEN
        for _ in range(self._looks):
            token = self._tokens.get(login, self._clock())
            if token is not None:
                return token
            if self._tokens.take(login):
                try:
                    return await self._in_turn(connection, login)
                finally:
                    self._tokens.leave(login)
            await asyncio.sleep(_LOOK)
        why = LoginBusy(identity=login.identity)
        raise CloudUnavailableError(doing=doing(login), why=why)

    def forget(self, connection: Connection, token: Token) -> bool:
        """Drop a token that the API calls expired; return whether another one is worth a try."""
        login = vendor_of(connection).login(connection)
        return login is not None and self._tokens.drop(login, token.text, self._clock())

    async def _in_turn(self, connection: Connection, login: Login) -> Token:
        """Log in, unless somebody has just done so."""
        now = self._clock()
        token = self._tokens.get(login, now)
        if token is not None:
            return token
        self._tokens.check(login, now)
        answer = await self._ask(connection, login)
        try:
            token = vendor_of(connection).token(answer, self._clock())
        except CloudRefusedError as refusal:
            self._tokens.refuse(login, refusal, self._clock())
            raise
        self._tokens.put(login, token, self._clock())
        return token

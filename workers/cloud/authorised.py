"""The layer that gives a call its credentials; the only one that knows tokens."""

import json
from typing import NamedTuple

from bot.core.connection import Connection, secrets_of
from bot.core.errors import CloudUnavailableError
from bot.core.flow import Call, Reply
from bot.core.vendor import Answer, Login, Outgoing, Token
from bot.redaction import Redactor
from bot.systems import vendor_of
from workers.cloud.layers import Request, Wait
from workers.cloud.login import Logins
from workers.cloud.parts import CloudParts
from workers.cloud.tokens import NO_TOKEN, doing
from workers.cloud.transports import ExchangeError, Transport
from workers.cloud.verdicts import incomplete, url_of


class Answered(NamedTuple):
    """What came back; *renews*: the token had run out, and the next call will get another."""

    reply: Reply
    renews: bool = False


class Authorised:
    """Sends calls with the connection's credentials, logging in where one needs a token."""

    def __init__(self, transport: Transport, parts: CloudParts) -> None:
        self._transport = transport
        self._parts = parts
        self._logins = Logins(self._ask_identity, parts.tokens, parts.clock)

    async def send(self, request: Request, wait: Wait) -> Answered:
        """Send a call; a read whose token ran out once more, with another token.

        Raises:
            CloudError: the login did not end well, and the call was not sent.
            ExchangeError: no complete answer came.
        """
        answered = await self._once(request, wait)
        if answered.renews and not request.call.mutates:
            answered = (await self._once(request, wait))._replace(renews=False)
        return answered

    async def _once(self, request: Request, wait: Wait) -> Answered:
        connection = request.connection
        token = await self._logins.token(connection)
        outgoing = self._outgoing(connection, request.call, token)
        redactor = self._knowing(connection, token)
        reply = (await self._transport.exchange(outgoing, wait, redactor)).reply
        has_expired = vendor_of(connection).has_expired(reply)
        return Answered(reply, has_expired and self._logins.forget(connection, token))

    def _knowing(self, connection: Connection, token: Token) -> Redactor:
        """Return what hides all secrets, those of this call included."""
        for each in (*secrets_of(connection), token.text):
            self._parts.secrets.learn(each)
        return self._parts.secrets.redactor

    def _outgoing(self, connection: Connection, call: Call, token: Token) -> Outgoing:
        body = b"" if call.body is None else json.dumps(call.body, allow_nan=False).encode()
        headers = {"Content-Type": "application/json"}
        bare = Outgoing(call.method, url_of(connection, call, token.endpoints), headers, body)
        return vendor_of(connection).authorised(bare, connection, self._parts.clock(), token.text)

    async def _ask_identity(self, connection: Connection, login: Login) -> Answer:
        total = self._parts.limits.login_total
        wait = Wait(silence=total, total=total, most=self._parts.limits.body_bytes)
        redactor = self._knowing(connection, NO_TOKEN)
        try:
            return await self._transport.exchange(login.request, wait, redactor)
        except ExchangeError as error:
            why = incomplete(error.error, total)
            raise CloudUnavailableError(doing=doing(login), why=why) from error

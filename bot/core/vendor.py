"""The contract of a vendor: its kind of connection, and how requests get their credentials.

All of it is pure: a vendor says what to send and what an answer means, the client sends it.
"""

from datetime import datetime
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar

from pydantic import AwareDatetime, Field

from bot.core.connection import Connection
from bot.core.flow import Reply
from bot.core.records import Record

ConnectionT_contra = TypeVar("ConnectionT_contra", bound=Connection, contravariant=True)


class Outgoing(NamedTuple):
    """A request as it will be sent; *url* is complete, its query sorted and encoded."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """An answer with all its headers, names in lower case."""

    reply: Reply
    headers: dict[str, str]


class Token(Record):
    """What an identity service gave, and the addresses of services that it told with it.

    `trusted_until` is set for a token that was fetched because an API called the one before it
    expired: an API that says so of this one, too, until then, means something else.
    """

    text: str = Field(repr=False)
    expires_at: AwareDatetime
    renew_at: AwareDatetime
    endpoints: dict[str, str] = Field(default_factory=dict)
    trusted_until: AwareDatetime | None = None


class Login(NamedTuple):
    """What a user sends to an identity service for a token."""

    identity: str  # the service's proper name
    request: Outgoing
    account: tuple[str, ...]  # who logs in to what: the same with every password
    password: str


class Vendor(Protocol[ConnectionT_contra]):
    """One vendor of clouds, as the registry lists it."""

    kind: ClassVar[str]  # as in slipway.yaml
    connection: ClassVar[type[Any]]  # the fields of a connection in slipway.yaml

    def login(self, connection: ConnectionT_contra) -> Login | None:
        """Return what must be sent for a token first; None where no login is needed."""
        ...

    def token(self, answer: Answer, now: datetime) -> Token:
        """Return the token that a login was answered with.

        Raises:
            CloudRefusedError: the identity service declined.
            CloudUnavailableError: there is none.
        """
        ...

    def authorised(
        self, request: Outgoing, connection: ConnectionT_contra, now: datetime, token: str
    ) -> Outgoing:
        """Return *request* with its credentials; *token* is what a login gave, where one did."""
        ...

    def has_expired(self, reply: Reply) -> bool:
        """Whether an API says that the token ran out, so that another one may do."""
        ...

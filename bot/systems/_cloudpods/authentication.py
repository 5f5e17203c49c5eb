"""How requests to Cloudpods get their token, and where its catalog says that services are.

Source: https://github.com/yunionio/cloudpods (pkg/mcclient).
"""

from datetime import datetime
from typing import ClassVar, Final, assert_never

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.core.codes.clouds import NoCatalog
from bot.core.connection import Endpoint, ReadyToken
from bot.core.errors import CloudUnavailableError
from bot.core.flow import Reply
from bot.core.vendor import Answer, Login, Outgoing, Token
from bot.systems._cloudpods.connection import CloudpodsConnection, CloudpodsPassword
from bot.systems._cloudpods.errors import has_expired
from bot.systems._wire.keystone import Identity, User, password_login, token_in, with_token

_KEYSTONE: Final = Identity("Keystone", frozenset({400, 401, 403, 404, 409, 423, 429}))
_INTERFACES: Final = ("public", "internal")  # of a catalog's addresses, the first is best
_ADDRESS: Final[TypeAdapter[str]] = TypeAdapter(Endpoint)


class Cloudpods:
    """Cloudpods as the registry lists it."""

    kind: ClassVar[str] = "cloudpods"
    connection: ClassVar[type[CloudpodsConnection]] = CloudpodsConnection

    def login(self, connection: CloudpodsConnection) -> Login | None:
        """Return what a user sends to Keystone; a ready token needs no login."""
        auth = connection.auth
        if not isinstance(auth, CloudpodsPassword):
            return None
        password = auth.password.get_secret_value()
        user = User(auth.username, password, auth.domain)
        project = {"name": auth.project, "domain": {"name": auth.domain}}
        return Login(
            identity=_KEYSTONE.name,
            request=password_login(f"{auth.identity_url}/auth/tokens", user, project),
            account=(self.kind, auth.identity_url, auth.project, auth.domain, auth.username),
            password=password,
        )

    def token(self, answer: Answer, now: datetime) -> Token:
        """Return Keystone's token with the addresses of the catalog."""
        token = token_in(answer, _KEYSTONE, now)
        if answer.reply.body is None:
            why = NoCatalog(identity=_KEYSTONE.name)
            raise CloudUnavailableError(doing=f"log in at {_KEYSTONE.name}", why=why)
        return token.model_copy(update={"endpoints": _endpoints(answer.reply)})

    def authorised(
        self, request: Outgoing, connection: CloudpodsConnection, now: datetime, token: str
    ) -> Outgoing:
        """Return *request* with its token."""
        match connection.auth:
            case ReadyToken(token=ready):
                return with_token(request, ready.get_secret_value())
            case CloudpodsPassword():
                return with_token(request, token)
            case _:
                assert_never(connection.auth)

    def has_expired(self, reply: Reply) -> bool:
        """Whether a service says that the token ran out."""
        return has_expired(reply)


class _Address(BaseModel):
    interface: str
    url: str


class _Service(BaseModel):
    type: str
    endpoints: tuple[_Address, ...] = ()


class _CatalogBody(BaseModel):
    catalog: tuple[_Service, ...]


class _TellingBody(BaseModel):
    token: _CatalogBody


def _endpoints(reply: Reply) -> dict[str, str]:
    """Return the address of each service of the catalog: public before internal, any region."""
    try:
        services = _TellingBody.model_validate(reply.body).token.catalog
    except ValidationError:
        return {}
    found: dict[str, str] = {}
    for service in services:
        usable = {
            each.interface: address
            for each in reversed(service.endpoints)
            if (address := _address(each.url))
        }
        best = next((usable[name] for name in _INTERFACES if name in usable), "")
        if best:
            found.setdefault(service.type, best)
    return found


def _address(url: str) -> str:
    """Return *url* as slipway.yaml would take it; "" where credentials may not be sent there."""
    try:
        return _ADDRESS.validate_python(url)
    except ValidationError:
        return ""


VENDOR: Final = Cloudpods()

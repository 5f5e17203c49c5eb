"""Connections: where a cloud is and with what credentials; nothing is opened here.

Each vendor declares its kind of connection (see `bot.core.vendor`).
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Discriminator, Field, SecretStr, StringConstraints

from bot.core.errors import ConfigurationError
from bot.core.records import Record

_PORTS: Final = {"http": 80, "https": 443}
CREDENTIAL: Final = "credential:"  # how tags of kinds of credentials begin; nobody writes them
_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+")  # what a header may carry, blanks excepted


def _sendable(secret: SecretStr) -> SecretStr:
    if not _PRINTABLE.fullmatch(secret.get_secret_value()):
        msg = "is empty, or has blanks, line ends or characters outside ASCII"
        raise ValueError(msg)
    return secret


def _filled(secret: SecretStr) -> SecretStr:
    """Refuse a password that nobody has; one may have blanks, but hardly at its ends."""
    text = secret.get_secret_value()
    if not text:
        msg = "is empty"
        raise ValueError(msg)
    if text != text.strip():
        msg = "begins or ends with a blank or a line end"
        raise ValueError(msg)
    return secret


def _trimmed(text: str) -> str:
    if text != text.strip():
        msg = "begins or ends with a blank or a line end"
        raise ValueError(msg)
    return text


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _endpoint(url: str) -> str:
    """Return *url* without a slash at its end, if credentials may be sent there."""
    parts = urlsplit(url)
    port = parts.port  # raises ValueError where it is no port
    if not _PRINTABLE.fullmatch(url) or not parts.hostname or port == 0:
        msg = "is not an address"
    elif parts.username is not None or parts.password is not None:
        msg = "has a user name in it; credentials stand under auth"
    elif parts.query or parts.fragment or "?" in url or "#" in url:
        msg = "has a query or a fragment"
    elif parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        msg = "begins with neither https:// nor, on loopback only, http://"
    else:
        return url.rstrip("/")
    raise ValueError(msg)


Credential: TypeAlias = Annotated[SecretStr, AfterValidator(_sendable)]  # goes into a header
PasswordText: TypeAlias = Annotated[SecretStr, AfterValidator(_filled)]  # goes into a JSON body
Endpoint: TypeAlias = Annotated[str, AfterValidator(_endpoint)]
Service: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$")]
Words: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=255), AfterValidator(_trimmed)
]


class ReadyToken(Record):
    """A token that somebody fetched; nothing renews it."""

    token: Credential


def by_field(tags: Mapping[str, str], wanted: str) -> Discriminator:
    """Tell credentials apart by a field that only one kind has: its name, and the kind's tag.

    Where none is there, *wanted* says which may be given.
    """

    def tag(auth: Any) -> str | None:
        given = auth if isinstance(auth, dict) else getattr(auth, "__dict__", {})
        return next((tag for field, tag in tags.items() if field in given), None)

    return Discriminator(
        tag,
        custom_error_type="no_credential",
        custom_error_message=f"no credential is given: {wanted}",
    )


class Connection(Record):
    """What connections of all kinds have; a vendor's own adds its fields."""

    login_services: ClassVar[frozenset[str]] = frozenset()  # endpoints that only a login names

    kind: str
    name: Name
    auth: Record
    endpoints: dict[Service, Endpoint] = Field(default_factory=dict)

    def endpoint(self, service: str) -> str:
        """Return the address of *service*.

        Raises:
            ConfigurationError: it is not given, and nothing derives it.
        """
        if service not in self.endpoints:
            raise ConfigurationError([f"connections.{self.name}.endpoints.{service} is missing"])
        return self.endpoints[service]

    def places(self, service: str) -> frozenset[tuple[str, ...]]:
        """Return what names where *service* is called, and for whom.

        Two connections that share one of these reach the same things.
        """
        return frozenset({(comparable(self.endpoint(service)),)})

    def completed(self, path: str) -> str:
        """Return the path of a call with what it leaves to the connection filled in."""
        return path


def comparable(url: str) -> str:
    """Return *url* so that two spellings of one address are alike."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or _PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"


def secrets_of(connection: Connection) -> Iterator[str]:
    """Yield each secret of *connection*, so that texts from outside can be freed of it."""
    for _, secret in secret_fields(connection):
        yield secret


def secret_fields(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield name and value of each secret that stands under `auth`."""
    for name, value in connection.auth:
        if isinstance(value, SecretStr):
            yield name, value.get_secret_value()

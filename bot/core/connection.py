"""Connections: where a cloud is and with what credentials; records only, nothing is opened here."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Discriminator, Field, SecretStr, StringConstraints, Tag

from bot.core.errors import ConfigurationError
from bot.core.records import Record

_PRINTABLE: Final = re.compile(r"[\x21-\x7e]+")  # what a header may carry, blanks excepted


def _sendable(secret: SecretStr) -> SecretStr:
    if not _PRINTABLE.fullmatch(secret.get_secret_value()):
        msg = "is empty, or has blanks, line ends or characters outside ASCII"
        raise ValueError(msg)
    return secret


def _filled(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value():
        msg = "is empty"
        raise ValueError(msg)
    return secret


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
Words: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class AccessKey(Record):
    """An access key: signs every request; with a security token it is a temporary one."""

    access_key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{4,128}$")]
    secret_key: Credential
    security_token: Credential | None = None


class ReadyToken(Record):
    """A token that somebody fetched; nothing renews it."""

    token: Credential


class Password(Record):
    """A user of an account (`domain`): IAM gives a token for it, which is renewed."""

    username: Words
    password: PasswordText
    domain: Words


class CloudpodsPassword(Record):
    """A user of a Cloudpods domain, who logs in at `identity_url` for one project."""

    identity_url: Endpoint
    username: Words
    password: PasswordText
    project: Words
    domain: Words = "Default"


def _way_in(auth: Any) -> str | None:
    """Return which kind of credential *auth* is meant to be, by the field that only it has."""
    given = auth if isinstance(auth, dict) else getattr(auth, "__dict__", {})
    return next((tag for field, tag in _MARKS.items() if field in given), None)


_MARKS: Final = {
    "token": "ready-token",
    "password": "user-password",
    "username": "user-password",
    "access_key": "access-key",
    "secret_key": "access-key",
}


_WANTED: Final = "no credential is given"

HuaweiAuth: TypeAlias = Annotated[
    Annotated[AccessKey, Tag("access-key")]
    | Annotated[ReadyToken, Tag("ready-token")]
    | Annotated[Password, Tag("user-password")],
    Discriminator(
        _way_in,
        custom_error_type="no_credential",
        custom_error_message=f"{_WANTED}: access_key and secret_key, token, or username",
    ),
]
CloudpodsAuth: TypeAlias = Annotated[
    Annotated[ReadyToken, Tag("ready-token")] | Annotated[CloudpodsPassword, Tag("user-password")],
    Discriminator(
        _way_in,
        custom_error_type="no_credential",
        custom_error_message=f"{_WANTED}: token, or username with password",
    ),
]


class HuaweiConnection(Record):
    """One project of one region of Huawei Cloud.

    Source: https://developer.huaweicloud.com/intl/en-us/endpoint for the names of endpoints.
    """

    kind: Literal["huaweicloud"] = "huaweicloud"
    name: Name
    region: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,31}$")]
    project_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    auth: HuaweiAuth
    endpoints: dict[Service, Endpoint] = Field(default_factory=dict)

    def endpoint(self, service: str) -> str:
        """Return the address of *service*, derived from the region where none is given."""
        return self.endpoints.get(service) or f"https://{service}.{self.region}.myhuaweicloud.com"


class CloudpodsConnection(Record):
    """One Cloudpods installation, as one of its users."""

    kind: Literal["cloudpods"] = "cloudpods"
    name: Name
    auth: CloudpodsAuth
    endpoints: dict[Service, Endpoint] = Field(default_factory=dict)

    def endpoint(self, service: str) -> str:
        """Return the address of *service*.

        Raises:
            ConfigurationError: it is not given; nothing derives it.
        """
        if service not in self.endpoints:
            raise ConfigurationError([f"connections.{self.name}.endpoints.{service} is missing"])
        return self.endpoints[service]


Connection: TypeAlias = Annotated[
    HuaweiConnection | CloudpodsConnection, Field(discriminator="kind")
]


def secrets_of(connection: Connection) -> Iterator[str]:
    """Yield each secret of *connection*, so that texts from outside can be freed of it."""
    for value in dict(connection.auth).values():
        if isinstance(value, SecretStr):
            yield value.get_secret_value()

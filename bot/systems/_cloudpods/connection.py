"""Connections to Cloudpods, as they stand in slipway.yaml."""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Tag
from typing_extensions import override

from bot.core.connection import (
    CREDENTIAL,
    Connection,
    Endpoint,
    PasswordText,
    ReadyToken,
    Words,
    by_field,
    comparable,
)
from bot.core.records import Record

_DEFAULT: Final = "Default"  # the domain of most installations
_TOKEN: Final = f"{CREDENTIAL}ready-token"
_USER: Final = f"{CREDENTIAL}user-password"


class CloudpodsPassword(Record):
    """A user of a Cloudpods domain, who logs in at `identity_url` for one project."""

    identity_url: Endpoint
    username: Words
    password: PasswordText
    project: Words
    domain: Words = _DEFAULT


CloudpodsAuth: TypeAlias = Annotated[
    Annotated[ReadyToken, Tag(_TOKEN)] | Annotated[CloudpodsPassword, Tag(_USER)],
    by_field(
        {"token": _TOKEN, "password": _USER, "username": _USER},
        "token, or username with password",
    ),
]


class CloudpodsConnection(Connection):
    """One Cloudpods installation, as one of its users."""

    kind: Literal["cloudpods"] = "cloudpods"
    auth: CloudpodsAuth

    @override
    def places(self, service: str) -> frozenset[tuple[str, ...]]:
        """Return what names the domain: its name, with where one logs in and the service is.

        Names of clusters are a domain's; that of a ready token is not known, and most have one.
        """
        told, domain = {self.endpoints.get(service, "")}, _DEFAULT
        if isinstance(self.auth, CloudpodsPassword):
            told.add(self.auth.identity_url)
            domain = self.auth.domain
        return frozenset((comparable(each), domain.lower()) for each in told if each)

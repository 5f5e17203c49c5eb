"""Connections to Cloudpods, as they stand in slipway.yaml."""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Tag

from bot.core.connection import (
    CREDENTIAL,
    Connection,
    Endpoint,
    PasswordText,
    ReadyToken,
    Words,
    by_field,
)
from bot.core.records import Record

_TOKEN: Final = f"{CREDENTIAL}ready-token"
_USER: Final = f"{CREDENTIAL}user-password"


class CloudpodsPassword(Record):
    """A user of a Cloudpods domain, who logs in at `identity_url` for one project."""

    identity_url: Endpoint
    username: Words
    password: PasswordText
    project: Words
    domain: Words = "Default"


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

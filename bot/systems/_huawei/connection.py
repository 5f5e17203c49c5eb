"""Connections to Huawei Cloud, as they stand in slipway.yaml."""

from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import StringConstraints, Tag
from typing_extensions import override

from bot.core.connection import (
    CREDENTIAL,
    Connection,
    Credential,
    PasswordText,
    ReadyToken,
    Words,
    by_field,
    comparable,
)
from bot.core.records import Record

_KEY: Final = f"{CREDENTIAL}access-key"
_TOKEN: Final = f"{CREDENTIAL}ready-token"
_USER: Final = f"{CREDENTIAL}user-password"


class AccessKey(Record):
    """An access key: signs every request; with a security token it is a temporary one."""

    access_key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{4,128}$")]
    secret_key: Credential
    security_token: Credential | None = None


class Password(Record):
    """A user of an account (`domain`): IAM gives a token for it, which is renewed."""

    username: Words
    password: PasswordText
    domain: Words


HuaweiAuth: TypeAlias = Annotated[
    Annotated[AccessKey, Tag(_KEY)]
    | Annotated[ReadyToken, Tag(_TOKEN)]
    | Annotated[Password, Tag(_USER)],
    by_field(
        {
            "token": _TOKEN,
            "password": _USER,
            "username": _USER,
            "access_key": _KEY,
            "secret_key": _KEY,
        },
        "access_key and secret_key, token, or username",
    ),
]


class HuaweiConnection(Connection):
    """One project of one region of Huawei Cloud.

    Source: https://developer.huaweicloud.com/intl/en-us/endpoint for the names of endpoints.
    """

    login_services: ClassVar[frozenset[str]] = frozenset({"iam"})

    kind: Literal["huaweicloud"] = "huaweicloud"
    region: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,31}$")]
    project_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    auth: HuaweiAuth

    @override
    def endpoint(self, service: str) -> str:
        """Return the address of *service*, derived from the region where none is given."""
        return self.endpoints.get(service) or f"https://{service}.{self.region}.myhuaweicloud.com"

    @override
    def places(self, service: str) -> frozenset[tuple[str, ...]]:
        """Return what names the project of this region."""
        return frozenset({(comparable(self.endpoint(service)), self.project_id.lower())})

    @override
    def completed(self, path: str) -> str:
        """Return *path* with the project in it."""
        return path.replace("{project_id}", self.project_id)

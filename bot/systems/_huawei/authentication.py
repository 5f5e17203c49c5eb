"""How requests to Huawei Cloud get their credentials: signed by a key, or with a token from IAM.

Source: https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
"""

from datetime import datetime
from typing import ClassVar, Final, assert_never

from bot.core.connection import ReadyToken
from bot.core.flow import Reply
from bot.core.vendor import Answer, Login, Outgoing, Token
from bot.systems._huawei.connection import AccessKey, HuaweiConnection, Password
from bot.systems._huawei.errors import has_expired
from bot.systems._huawei.signing import Key, signed_headers
from bot.systems._wire.keystone import Identity, User, password_login, token_in, with_token

_IAM: Final = Identity("IAM", frozenset({400, 401, 403, 404}))


class Huawei:
    """Huawei Cloud as the registry lists it."""

    kind: ClassVar[str] = "huaweicloud"
    connection: ClassVar[type[HuaweiConnection]] = HuaweiConnection

    def login(self, connection: HuaweiConnection) -> Login | None:
        """Return what a user sends to IAM; a key and a ready token need no login."""
        auth = connection.auth
        if not isinstance(auth, Password):
            return None
        iam, password = connection.endpoint("iam"), auth.password.get_secret_value()
        user = User(auth.username, password, auth.domain)
        url = f"{iam}/v3/auth/tokens?nocatalog=true"
        return Login(
            identity=_IAM.name,
            request=password_login(url, user, {"id": connection.project_id}),
            account=(self.kind, iam, connection.project_id, auth.domain, auth.username),
            password=password,
        )

    def token(self, answer: Answer, now: datetime) -> Token:
        """Return IAM's token."""
        return token_in(answer, _IAM, now)

    def authorised(
        self, request: Outgoing, connection: HuaweiConnection, now: datetime, token: str
    ) -> Outgoing:
        """Return *request* signed, or with its token."""
        match connection.auth:
            case AccessKey() as key:
                return _signed(request, key, connection.project_id, now)
            case ReadyToken(token=ready):
                return with_token(request, ready.get_secret_value())
            case Password():
                return with_token(request, token)
            case _:
                assert_never(connection.auth)

    def has_expired(self, reply: Reply) -> bool:
        """Whether the gateway or a service says that the token ran out."""
        return has_expired(reply)


def _signed(request: Outgoing, auth: AccessKey, project: str, now: datetime) -> Outgoing:
    headers = {**request.headers, "X-Project-Id": project}
    if auth.security_token is not None:
        headers["X-Security-Token"] = auth.security_token.get_secret_value()
    key = Key(auth.access_key, auth.secret_key.get_secret_value())
    return request._replace(headers=signed_headers(request._replace(headers=headers), key, now))


VENDOR: Final = Huawei()

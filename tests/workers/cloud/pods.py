"""A connection to a simulated Cloudpods, and what its answers prove."""

from typing import Any, Final

from typing_extensions import override

from bot.core.connection import Connection
from bot.core.errors import Verdict
from bot.core.flow import Call, Reply
from bot.core.proof import ErrorForm
from bot.core.vendor import Login
from bot.sandbox.clouds.cloudpods.content import PASSWORD, USERNAME
from bot.systems import vendor_of
from bot.systems._cloudpods.connection import CloudpodsConnection
from bot.systems.servicestage_v3 import ServiceStageV3

READ: Final = Call(method="GET", service="k8s", path="/releases")
CHANGE: Final = Call(
    method="POST", service="k8s", path="/releases/etcd-release/upgrade", body={"version": "8.11.2"}
)


class Pods(ServiceStageV3):
    """A system whose missing rights may be a token that ran out, as in Cloudpods."""

    @override
    def error_form(self, reply: Reply) -> ErrorForm | None:
        body: dict[str, Any] = reply.body if isinstance(reply.body, dict) else {}
        return ErrorForm(code=str(body.get("class")), message=str(body.get("details")))

    @override
    def verdict(self, reply: Reply) -> Verdict:
        if reply.is_success:
            return "accepted"
        return "expired" if reply.status in {401, 403} else "unknown"


def pods_at(
    address: str, password: str = PASSWORD, *, token: str = "", **endpoints: str
) -> CloudpodsConnection:
    """Return a connection to the installation at *address*, as the sandbox's user."""
    user = {
        "identity_url": f"{address}/v3",
        "username": USERNAME,
        "password": password,
        "project": "system",
    }
    return CloudpodsConnection.model_validate(
        {"name": "lab", "auth": {"token": token} if token else user, "endpoints": endpoints}
    )


def login_of(connection: Connection) -> Login:
    """Return what the connection's user logs in with."""
    login = vendor_of(connection).login(connection)
    if login is None:
        raise LookupError(connection.name)
    return login

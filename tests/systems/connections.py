"""Connections of every vendor, as slipway.yaml has them."""

from typing import Any, Final

from bot.core.connection import Connection
from bot.core.vendor import Outgoing
from bot.systems import VENDORS

HUAWEI: Final[dict[str, Any]] = {
    "kind": "huaweicloud",
    "name": "huawei",
    "region": "cn-north-4",
    "project_id": "063a3158b1a34710b36ad208b9497d00",
    "auth": {"access_key": "AKTEST0001", "secret_key": "sk-not-a-real-one"},
}
LAB: Final[dict[str, Any]] = {
    "kind": "cloudpods",
    "name": "lab",
    "auth": {
        "identity_url": "https://lab.example:30500/v3",
        "username": "ops",
        "password": "pw",
        "project": "system",
    },
    "endpoints": {"k8s": "https://lab.example:30442/api/"},
}
USER: Final = {"username": "u", "password": "pw", "domain": "d"}
REQUEST: Final = Outgoing("GET", "https://a.example/x", {"Content-Type": "application/json"}, b"")


def read(written: dict[str, Any]) -> Connection:
    """Return the connection, by its vendor."""
    model = next(each.connection for each in VENDORS if each.kind == written["kind"])
    connection: Connection = model.model_validate(written)
    return connection


def huawei(**auth: Any) -> Connection:
    """Return a connection to Huawei Cloud; with *auth*, other credentials."""
    return read({**HUAWEI, "auth": auth or HUAWEI["auth"]})


def lab(**auth: Any) -> Connection:
    """Return a connection to Cloudpods; with *auth*, other credentials."""
    return read({**LAB, "auth": auth or LAB["auth"]})

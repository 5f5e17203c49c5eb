"""What a cloud echoes: no secret that Slipway holds gets any further than the client."""

import asyncio
import base64
import json
from typing import Final

import pytest

from bot.core.codes.systems import VendorSaid
from bot.core.errors import CloudRefusedError, UnreadableReplyError
from bot.core.flow import Call, Flow
from bot.redaction import HIDDEN, KnownSecrets
from bot.systems.servicestage_v3 import ServiceStageV3
from tests.journal.builders import NOON
from tests.workers.cloud.direct import TARGET, parts_for
from tests.workers.cloud.wire import connection_to, http, served
from workers.cloud.client import cloud_client, polling_client
from workers.cloud.parts import CloudParts

OWN: Final = "sk-not-a-real-one"  # of the connection that is called
OTHER: Final = "lab-password-0001"  # of another one
READ: Final = Call(method="GET", service="servicestage", path="/x")
ECHO: Final = f"{OWN}, {OTHER}, {base64.b64encode(f'ops:{OTHER}'.encode()).decode()}"


def parts(url: str) -> CloudParts:
    """Return what a client is made of that knows the secrets of all connections."""
    known = KnownSecrets([OTHER])
    return parts_for(connection_to(url), ServiceStageV3(), lambda: NOON, secrets=known)


def error() -> bytes:
    """An error in the gateway's form that echoes everything."""
    return http(400, json.dumps({"error_code": "A.1", "error_msg": f"no: {ECHO}"}).encode())


def is_free(text: str) -> bool:
    """Whether nothing of what was echoed is left."""
    return OWN not in text and OTHER not in text and "b3BzOmxhYi1wYXNz" not in text


def test_an_error_tells_no_secret_of_any_connection() -> None:
    """V10: neither in what people read, nor in what is logged, nor in what a system may see."""
    with served(error()) as server, pytest.raises(CloudRefusedError) as caught:
        cloud_client(parts(server.url)).send(TARGET, READ)
    assert caught.value.code == "A.1"
    assert is_free(str(caught.value))
    assert is_free(caught.value.reason.model_dump_json())
    assert HIDDEN in str(caught.value)


def looking() -> Flow[VendorSaid]:
    """Read, and say what was read."""
    reply = yield READ
    return VendorSaid(words=json.dumps(reply.body))


def misreading() -> Flow[VendorSaid]:
    """Read, and fail to understand it."""
    reply = yield READ
    raise UnreadableReplyError(doing="look", why=VendorSaid(words=json.dumps(reply.body)))


def test_what_a_flow_comes_to_tells_no_secret() -> None:
    """A success may carry the words of a failure; its content itself is the system's to use."""
    body = json.dumps({"message": ECHO}).encode()
    with served(http(200, body), http(200, body)) as server:
        client = cloud_client(parts(server.url))
        assert client.send(TARGET, READ).body == {"message": ECHO}
        assert is_free(client.ask(TARGET, looking()).words)
    with served(http(200, body)) as server, pytest.raises(UnreadableReplyError) as caught:
        cloud_client(parts(server.url)).ask(TARGET, misreading())
    assert is_free(caught.value.reason.model_dump_json())


def test_neither_does_a_look() -> None:
    """Pollers read most of what clouds say."""

    async def look(url: str) -> VendorSaid:
        async with polling_client(parts(url)) as client:
            return await client.ask(TARGET, looking())

    with served(http(200, json.dumps({"message": ECHO}).encode())) as server:
        assert is_free(asyncio.run(look(server.url)).words)

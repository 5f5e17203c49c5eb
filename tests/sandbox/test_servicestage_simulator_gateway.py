"""The gateway of the simulated Huawei Cloud: tokens, paths, queries and bodies."""

from typing import Any, Final

import httpx
import pytest

from bot.sandbox.clouds import Credential, HuaweiConfig, ReadyToken, sandbox_config
from tests.sandbox.servicestage_client import (
    CAS,
    COMPONENT,
    COMPONENTS,
    PROJECT,
    SIGNED_AT,
    Bearer,
    a_world,
    an_upgrade,
)

JSON: Final = {"content-type": "application/json"}


def error(response: httpx.Response) -> tuple[int, str, str]:
    """Return the status, code and text of a refusal."""
    body = response.json()
    return response.status_code, body["error_code"], body["error_msg"]


TOKENS: Final = {
    "ready": ("good", 200, None, None),
    "none": ("", 401, "APIGW.0301", "x-auth-token not found"),
    "unknown": ("made-up", 401, "APIGW.0301", "decrypt token fail"),
    "expired": ("old", 401, "APIGW.0307", "The token must be updated"),
}


@pytest.mark.parametrize("what", TOKENS)
def test_a_token_is_believed_while_it_lives(what: str) -> None:
    """A ready token is let in; without one, with a strange or an expired one it is 401."""
    token, status, code, text = TOKENS[what]
    ready = (ReadyToken(token="good"), ReadyToken(token="old", expires_at=SIGNED_AT))
    config = sandbox_config().model_copy(update={"tokens": ready})
    world = a_world(config)

    response = world.client.get(COMPONENT, auth=Bearer(token))

    assert response.status_code == status
    assert response.json().get("error_code") == code
    assert (text or "") in response.json().get("error_msg", "")


NO_SUCH_API: Final = {
    "a path nobody serves": ("GET", f"{CAS}/nothing"),
    "a trailing slash": ("GET", f"{COMPONENT}/"),
    "a template in the path": ("GET", f"{COMPONENTS}/%7Bcomponent_id%7D"),
    "an escaped slash": ("GET", f"{COMPONENTS}/a%2Fb"),
    "an empty id": ("GET", f"{COMPONENTS}//records"),
    "another method": ("PATCH", COMPONENT),
    "records by POST": ("POST", f"{COMPONENT}/records"),
}


@pytest.mark.parametrize("what", NO_SUCH_API)
def test_what_is_not_served_is_no_api(what: str) -> None:
    """An unknown path, another method or an unfilled template is APIGW.0101."""
    method, path = NO_SUCH_API[what]
    world = a_world()

    response = world.client.request(method, path)

    assert error(response)[:2] == (404, "APIGW.0101")


def test_another_project_is_forbidden() -> None:
    """A project in the path that is not the credential's is refused."""
    world = a_world()

    response = world.client.get(COMPONENT.replace(PROJECT, "0" * 32))

    assert error(response)[:2] == (403, "APIGW.0302")


BODIES: Final[dict[str, tuple[bytes, dict[str, str]]]] = {
    "no content type": (b'{"action":"stop"}', {}),
    "text": (b'{"action":"stop"}', {"Content-Type": "text/plain"}),
    "no body": (b"", JSON),
    "not JSON": (b"action=stop", JSON),
    "a list": (b'["stop"]', JSON),
    "a name twice": (b'{"action":"start","action":"stop"}', JSON),
    "not a number": (b'{"action":"scale","parameters":{"replica":NaN}}', JSON),
    "latin-1": (b'{"action":"st\xf6p"}', JSON),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_body_must_be_a_json_object(what: str) -> None:
    """Another content type, no body, or anything but one readable object is refused."""
    content, headers = BODIES[what]
    world = a_world(auth=Bearer())

    response = world.client.post(f"{COMPONENT}/action", content=content, headers=headers)

    assert error(response)[:2] == (400, "SVCSTG.00100400")
    assert world.cloud.executed == ()


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json;charset=utf8", "application/json; charset=UTF-8"],
)
def test_json_may_name_its_charset(content_type: str) -> None:
    """The content types that the vendor's pages use are all accepted."""
    world = a_world()

    response = world.client.post(
        f"{COMPONENT}/action",
        content=b'{"action":"stop"}',
        headers={"Content-Type": content_type},
    )

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (COMPONENT, "force=true"),
        (COMPONENTS, "application_name=shop"),
        (COMPONENTS, "limit=101"),
        (COMPONENTS, "limit=ten"),
        (COMPONENTS, "limit=1&limit=2"),
        (COMPONENTS, "order=up"),
        (COMPONENTS, "order_by=colour"),
        (f"{COMPONENT}/records", "snapshot_order_by=version"),
    ],
)
def test_a_query_holds_only_what_is_known(path: str, query: str) -> None:
    """Unknown fields, and values out of range, are refused."""
    world = a_world()

    response = world.client.get(f"{path}?{query}")

    assert error(response)[:2] == (400, "SVCSTG.00100400")


def test_every_request_is_remembered_with_its_answer() -> None:
    """The list of requests has what was asked, how it was answered, and its id."""
    world = a_world()

    response = world.client.get(COMPONENT)
    refused = world.client.put(COMPONENT, json=an_upgrade(colour="red"))

    assert [(asked.method, asked.status) for asked in world.cloud.requests] == [
        ("GET", 200),
        ("PUT", 400),
    ]
    ids = [asked.request_id for asked in world.cloud.requests]
    assert ids == [response.headers["X-Request-Id"], refused.headers["X-Request-Id"]]
    assert "colour" in world.cloud.strictness[0].text


def test_a_config_never_prints_its_secrets() -> None:
    """The text of a configuration holds neither secret keys nor tokens."""
    key = Credential(ak="AK", sk="hidden-1", security_token="hidden-2")
    config = HuaweiConfig(
        project_id=PROJECT, credentials=(key,), tokens=(ReadyToken(token="hidden-3"),)
    )

    assert "hidden" not in repr(config)


ODD_REQUESTS: Final[dict[str, tuple[dict[str, Any], int, str]]] = {
    "a header twice": ({"headers": [("X-Odd", "1"), ("X-Odd", "2")]}, 400, "APIGW.0201"),
    "a body of 12 MB and a byte": ({"content": b" " * (12 * 2**20 + 1)}, 413, "APIGW.0201"),
    "a body where none belongs": ({"json": {"force": True}}, 400, "SVCSTG.00100400"),
    "the project of another token": ({"headers": {"X-Project-Id": "0"}}, 401, "APIGW.0301"),
    "another algorithm": ({"headers": {"Authorization": "Bearer x"}}, 401, "APIGW.0301"),
}


@pytest.mark.parametrize("what", ODD_REQUESTS)
def test_an_odd_request_is_refused(what: str) -> None:
    """What no client of this API should send does not get through."""
    given, status, code = ODD_REQUESTS[what]
    world = a_world(auth=Bearer())

    response = world.client.request("DELETE", COMPONENT, **given)

    assert error(response)[:2] == (status, code)
    assert world.cloud.executed == ()

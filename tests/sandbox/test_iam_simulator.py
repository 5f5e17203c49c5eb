"""The simulated IAM: a password gives a token, which the gateway lets in until it ends."""

from typing import Any, Final

import httpx
import pytest

from bot.sandbox.clouds.huawei.content import DOMAIN, PASSWORD, PROJECT_ID, USERNAME
from tests.sandbox.servicestage_client import COMPONENT, Bearer, a_world

LOGIN: Final = "/v3/auth/tokens?nocatalog=true"


def body(
    *, user: str = USERNAME, password: str = PASSWORD, domain: str = DOMAIN, **project: str
) -> Any:
    """What a client sends."""
    who = {"name": user, "password": password, "domain": {"name": domain}}
    identity = {"methods": ["password"], "password": {"user": who}}
    return {"auth": {"identity": identity, "scope": {"project": project or {"id": PROJECT_ID}}}}


def test_a_password_gives_a_token_in_a_header() -> None:
    """201, the token in X-Subject-Token, its times in the body; the project may be named."""
    world = a_world()
    for project in ({"id": PROJECT_ID}, {"name": "cn-north-4"}):
        response = world.client.post(LOGIN, json=body(**project), auth=Bearer(""))
        assert response.status_code == 201
        token = response.headers["x-subject-token"]
        assert len(token) > 1_000
        told = response.json()["token"]
        assert told["project"] == {
            "id": PROJECT_ID,
            "name": "cn-north-4",
            "domain": {"id": f"id-of-{DOMAIN}", "name": DOMAIN},
        }
        assert "catalog" not in told
        assert world.client.get(COMPONENT, auth=Bearer(token)).status_code == 200
    assert [each.status for each in world.cloud.logins] == [201, 201]
    assert world.cloud.executed == ()


def test_a_token_ends_and_older_ones_stay_good() -> None:
    """A second login does not end the first; after its time a token must be renewed."""
    world = a_world()
    tokens = [
        world.client.post(LOGIN, json=body(), auth=Bearer("")).headers["x-subject-token"]
        for _ in range(2)
    ]
    for token in tokens:
        assert world.client.get(COMPONENT, auth=Bearer(token)).status_code == 200
    world.cloud.expire_tokens()
    for token in tokens:
        refused = world.client.get(COMPONENT, auth=Bearer(token))
        assert refused.json()["error_code"] == "APIGW.0307"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (body(password="wrong"), 401),
        (body(user="nobody"), 401),
        (body(domain="elsewhere"), 401),
        (body(id="another"), 403),
        ({"auth": {"identity": {"methods": ["password"]}}}, 400),
        ({}, 400),
        (body() | {"more": 1}, 400),
    ],
    ids=["password", "user", "domain", "project", "half", "empty", "more"],
)
def test_what_is_wrong_is_declined_in_keystones_form(sent: Any, status: int) -> None:
    """Nobody is told which of name and password was wrong."""
    response: httpx.Response = a_world().client.post(LOGIN, json=sent, auth=Bearer(""))
    assert response.status_code == status
    error = response.json()["error"]
    assert error["code"] == status
    assert "x-subject-token" not in response.headers
    if status == 401:
        assert error["message"] == "The username or password is wrong."

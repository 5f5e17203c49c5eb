"""Who may ask the simulated Cloudpods: logins, tokens, and what a bad one is answered with."""

import copy
from typing import Any, Final

import pytest

from bot.sandbox.clouds.cloudpods.config import UserSeed
from bot.sandbox.clouds.cloudpods.content import PASSWORD, USERNAME
from tests.sandbox.cloudpods_client import ETCD, ROWS, Lab, a_lab, a_login, error

LOGIN: Final = "/v3/auth/tokens"
DENIED: Final = "not enough privilege to do k8s:{} (require:domain,allow:none,query:domain)"


@pytest.fixture
def lab() -> Lab:
    """Return the sandbox's installation, for somebody without a token."""
    return a_lab(token="")


def as_token(lab: Lab, **scope: Any) -> dict[str, str]:
    """Log in, and return the header that follows from it."""
    answer = lab.client.post(LOGIN, json=a_login(**scope))
    return {"X-Auth-Token": answer.headers["x-subject-token"]}


def test_a_login_gives_token_and_catalog(lab: Lab) -> None:
    """Section 2: the token in a header and the body; the catalog of two interfaces each."""
    answer = lab.client.post(LOGIN, json=a_login())
    body = answer.json()
    assert answer.status_code == 200
    assert body["id"] == answer.headers["x-subject-token"]
    token = body["token"]
    assert token["issued_at"] == "2024-05-06T07:08:09.000000Z"
    assert token["expires_at"] == "2024-05-07T07:08:09.000000Z"
    assert token["project"]["name"] == "system"
    urls = {
        (each["type"], one["interface"]): one["url"]
        for each in token["catalog"]
        for one in each["endpoints"]
    }
    assert urls["k8s", "public"] == "http://lab.test/api"
    assert urls["identity", "public"] == "http://lab.test/v3"
    assert urls["k8s", "internal"] != urls["k8s", "public"]
    assert lab.client.get(ETCD, headers={"X-Auth-Token": body["id"]}).status_code == 200
    [login] = lab.cloud.logins
    assert (login.user, login.status) == (USERNAME, 200)
    assert lab.cloud.executed == ()


def test_without_a_project_a_token_is_of_no_use(lab: Lab) -> None:
    """Section 2: no catalog, no roles."""
    body = a_login(system={"all": True})
    answer = lab.client.post(LOGIN, json=body)
    assert "catalog" not in answer.json()["token"]
    headers = {"X-Auth-Token": answer.headers["x-subject-token"]}
    assert lab.client.get(ETCD, headers=headers).status_code == 403


def test_the_catalog_is_as_configured() -> None:
    """An installation may lie elsewhere, or not be told of at all."""
    for changes, found in (({"k8s_url": "https://k8s.test/api"}, 2), ({"has_k8s": False}, 1)):
        lab = a_lab(token="", **changes)
        catalog = lab.client.post(LOGIN, json=a_login()).json()["token"]["catalog"]
        assert len(catalog) == found


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return a login with one thing changed."""
    body = copy.deepcopy(a_login())
    *where, last = path.split(".")
    inner = body
    for name in where:
        inner = inner[name]
    inner[last] = value
    return body


USER: Final = "auth.identity.password.user"
BAD_LOGINS: Final[list[tuple[Any, int, str]]] = [
    (a_login("wrong"), 401, "WrongPassword"),
    (changed(f"{USER}.name", "nobody"), 404, "UserNotFound"),
    (changed(f"{USER}.domain.name", "Other"), 404, "UserNotFound"),
    (changed("auth.scope.project.name", "other"), 401, "UnauthorizedError"),
    (changed("auth.identity.methods", ["password", "token"]), 401, "[auth] invalid auth methods"),
    (changed("auth.identity.methods", ["aksk"]), 401, "UnauthorizedError"),
    (changed("auth.identity", "password"), 401, "[auth] invalid auth methods"),
    ({"auth": []}, 400, "InputParameterError"),
    ([], 400, "InputParameterError"),
]


@pytest.mark.parametrize(("body", "status", "kind"), BAD_LOGINS)
def test_logins_that_are_declined(lab: Lab, body: Any, status: int, kind: str) -> None:
    """Section 2: each with its status and class; no token is given."""
    answer = lab.client.post(LOGIN, json=body)
    assert error(answer)[:2] == (status, kind)
    assert "x-subject-token" not in answer.headers


def test_a_body_that_is_no_json(lab: Lab) -> None:
    """Section 2: 400."""
    assert error(lab.client.post(LOGIN, content=b"{"))[:2] == (400, "InputParameterError")


def test_too_many_tries_lock_the_user() -> None:
    """Section 2: 429 first, then 423, with the right password, too."""
    lab = a_lab(token="", tries_max=2)
    seen = [lab.client.post(LOGIN, json=a_login("wrong")).status_code for _ in range(4)]
    assert seen == [401, 401, 429, 423]
    assert error(lab.client.post(LOGIN, json=a_login()))[:2] == (423, "UserLocked")
    assert [each.status for each in lab.cloud.logins] == [401, 401, 429, 423, 423]


def test_a_right_password_ends_the_counting() -> None:
    """Only wrong ones in a row count."""
    lab = a_lab(token="", tries_max=2)
    for password in ("wrong", "wrong", PASSWORD, "wrong", "wrong"):
        lab.client.post(LOGIN, json=a_login(password))
    assert lab.client.post(LOGIN, json=a_login()).status_code == 200


USERS: Final[list[tuple[tuple[UserSeed, ...], int, str]]] = [
    ((UserSeed(name=USERNAME, password=PASSWORD, state="locked"),), 423, "UserLocked"),
    ((UserSeed(name=USERNAME, password=PASSWORD, state="disabled"),), 423, "UserDisabled"),
    (
        tuple(UserSeed(name=USERNAME, password=PASSWORD, domain=one) for one in ("A", "B")),
        *(409, "ConflictError"),
    ),
]


@pytest.mark.parametrize(("users", "status", "kind"), USERS)
def test_users_who_cannot_log_in(users: tuple[UserSeed, ...], status: int, kind: str) -> None:
    """Section 2: locked, disabled, and one name in two domains that nobody names."""
    lab = a_lab(token="", users=users)
    body = a_login()
    del body["auth"]["identity"]["password"]["user"]["domain"]
    assert error(lab.client.post(LOGIN, json=body))[:2] == (status, kind)


def test_a_bad_token_is_a_missing_right(lab: Lab) -> None:
    """Section 2: 403 on model routes, 401 on charts; nobody says that it has ended."""
    headers = as_token(lab)
    assert lab.client.get(ROWS, headers=headers).status_code == 200
    lab.clock.turn(86_400)
    for bad in ({}, {"X-Auth-Token": "x"}, headers):
        told = error(lab.client.get(ROWS, headers=bad))
        assert told == (403, "ForbiddenError", DENIED.format("releases:list"))
    told = error(lab.client.post(f"{ETCD}/upgrade", headers=headers, json={}))
    assert told == (403, "ForbiddenError", DENIED.format("releases:perform:upgrade"))
    charts = "/api/charts?repo=bitnami-new"
    assert error(lab.client.get(charts)) == (401, "UnauthorizedError", "Unauthorized")
    assert error(lab.client.get(charts, headers=headers))[2] == "InvalidToken"


def test_tokens_end_on_demand_and_by_their_owner(lab: Lab) -> None:
    """A test may end all; whoever has one may revoke it."""
    first, second = as_token(lab), as_token(lab)
    lab.client.delete(LOGIN, headers={**first, "X-Subject-Token": first["X-Auth-Token"]})
    assert lab.client.get(ETCD, headers=first).status_code == 403
    assert lab.client.get(ETCD, headers=second).status_code == 200
    lab.cloud.expire_tokens()
    assert lab.client.get(ETCD, headers=second).status_code == 403
    assert lab.client.get(ETCD, headers=as_token(lab)).status_code == 200

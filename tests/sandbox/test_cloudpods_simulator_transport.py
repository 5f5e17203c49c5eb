"""How the simulated kubeserver takes requests, and which faults befall it."""

import json
from typing import Final

import pytest

from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.cloudpods.content import OTHER_CLUSTER
from bot.sandbox.clouds.cloudpods.wire import mangled
from tests.sandbox.cloudpods_client import ETCD, ROWS, Lab, a_lab, error


@pytest.fixture
def lab() -> Lab:
    """Return the sandbox's installation."""
    return a_lab()


def test_a_request_id_is_kept_and_extended(lab: Lab) -> None:
    """3.1: ours with six digits behind it; without one, six digits."""
    mine = lab.client.get(ETCD, headers={"X-Request-Id": "op-1"}).headers["x-request-id"]
    assert mine.startswith("op-1-")
    assert len(mine) == len("op-1-") + 6
    assert len(lab.client.get(ETCD).headers["x-request-id"]) == 6


def test_a_400_carries_its_text_as_location(lab: Lab) -> None:
    """Section 4: the header is no address."""
    answer = lab.client.put(ETCD, json={"name": "other"})
    assert error(answer)[2] == "can not update cluster resource name"
    assert answer.headers["location"] == "can not update cluster resource name"


LOST: Final[dict[str, tuple[bytes, dict[str, str]]]] = {
    "another type": (b'{"revision": 1}', {"Content-Type": "text/plain"}),
    "no type": (b'{"revision": 1}', {}),
    "no JSON": (b"{revision: 1}", {"Content-Type": "application/json"}),
    "no object": (b"[1]", {"Content-Type": "application/json"}),
    "chunked": (b'{"revision": 1}', {"Content-Type": "application/json", "Content-Length": ""}),
}


@pytest.mark.parametrize(("body", "headers"), LOST.values(), ids=list(LOST))
def test_a_body_that_is_not_taken_is_none(lab: Lab, body: bytes, headers: dict[str, str]) -> None:
    """3.1: without a body a rollback goes to the previous revision, whatever was meant."""
    for version in ("8.11.2", "8.12.0"):
        lab.post("upgrade", version=version)
    assert lab.client.post(f"{ETCD}/rollback", content=body, headers=headers).status_code == 200
    assert lab.history()[4][2] == "Rollback to 2"


def test_a_trailing_comma_is_taken(lab: Lab) -> None:
    """3.1: the vendor's parser does; a comma in a text stays."""
    body = b'{"values_json": {"a": "x,}", "b": [1,],}, }'
    headers = {"Content-Type": "application/json"}
    answer = lab.client.post(f"{ETCD}/upgrade", content=body, headers=headers)
    assert answer.json()["release"]["config"] == {"a": "x,}", "b": [1]}


def test_percent_signs_are_mangled_since_311() -> None:
    """Section 4: in unclassified texts, by Go's formatting without arguments."""
    assert mangled("bad 100% of %s x") == "bad 100%!o(MISSING)f %!s(MISSING) x"
    assert mangled("100%%") == "100%"
    why = 'cannot patch "x" with kind StatefulSet: 100% forbidden'
    for branch, told in (("4.0", "100%!f(MISSING)orbidden"), ("3.10", "100% forbidden")):
        one = a_lab(branch=branch)
        one.cloud.fail_next("etcd-release", why)
        assert error(one.post("upgrade", version="8.11.2"))[2].endswith(told)
        assert one.history()[2][2].endswith("100% forbidden")


def test_the_lists_around_releases(lab: Lab) -> None:
    """Section 9: keywords and envelopes; version and ping want no token."""
    clusters = lab.get("/api/kubeclusters")["kubeclusters"]
    assert [each["name"] for each in clusters] == ["test122", OTHER_CLUSTER]
    assert lab.get("/api/kubeclusters/test122")["kubecluster"]["status"] == "running"
    assert lab.get("/api/namespaces", cluster="test122")["namespaces"][0]["status"] == "Active"
    assert len(lab.get("/api/namespaces")["namespaces"]) == 2
    assert lab.get("/api/repos/bitnami-new")["repo"]["type"] == "external"
    assert lab.get("/api/events") == {"events": []}
    stranger = a_lab(token="")
    assert stranger.get("/api/ping") == {"ping": "pong"}
    assert stranger.get("/api/version")["git_branch"] == "release/4.0"


FAULTS: Final[list[tuple[Fault, int, int]]] = [
    (Fault(kind="throttled", retry_after="3"), 429, 0),
    (Fault(kind="answer", status=502), 502, 0),
    (Fault(kind="answer", status=504, when="after"), 504, 1),
    (Fault(kind="later", status=504, seconds=5), 504, 0),
    (Fault(kind="answer", match=f"POST {ETCD}/upgrade", status=500), 500, 0),
]


@pytest.mark.parametrize(("fault", "status", "executions"), FAULTS)
def test_faults_befall_kubeserver_too(fault: Fault, status: int, executions: int) -> None:
    """The faults of every simulated cloud work here; a login is no mutation."""
    lab = a_lab()
    lab.cloud.faults.add(fault)
    lab.client.get(ETCD)
    answer = lab.post("upgrade", version="8.11.2")
    assert answer.status_code == status
    assert len(lab.cloud.executed) == executions
    assert lab.cloud.requests[-1].status == status
    lab.clock.turn(5)
    assert len(lab.cloud.executed) == (1 if fault.kind == "later" else executions)


def test_a_throttled_answer_is_cloudpods_own(lab: Lab) -> None:
    """Section 4: a full queue, in the flat form."""
    lab.cloud.faults.add(Fault(kind="throttled", match="any", retry_after="3"))
    answer = lab.client.get(ETCD)
    assert error(answer) == (429, "TooManyRequests", "Request queue is full")
    assert answer.headers["retry-after"] == "3"


def test_what_was_declined_is_told(lab: Lab) -> None:
    """The simulator remembers what was refused, and what took effect with its body."""
    lab.client.get(f"{ROWS}/x")
    lab.post("upgrade", version="8.11.2")
    [refused] = lab.cloud.strictness
    assert (refused.status, refused.code) == (404, "ResourceNotFoundError")
    [executed] = lab.cloud.executed
    assert json.dumps(executed.body) == '{"release": {"version": "8.11.2"}}'
    assert executed.principal == "slipway"


def test_a_test_may_look_past_the_wire(lab: Lab) -> None:
    """The looks of a test see what a client would; armed faults can be seen and taken back."""
    assert lab.cloud.release("etcd-release") == lab.get()
    assert lab.cloud.history("etcd-release") == lab.get(f"{ETCD}/history")
    lab.cloud.faults.add(Fault(kind="empty"))
    assert len(lab.cloud.faults.waiting) == 1
    lab.cloud.faults.clear()
    assert not lab.cloud.faults.waiting

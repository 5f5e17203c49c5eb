"""Each kind of sender: how it proves who it is, and what of its events proposes a version."""

import base64
import copy
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.hooks import Deployable, HookKind, Nothing
from handlers.hooks.ingress import HookLimits
from tests.handlers.hooking import KEY, OTHER, SECRET, Headers, Outside, signed

TOKEN: Final = "a token of a sender, long enough"
DIGEST: Final = "sha256:" + "3d" * 32
REPOSITORY: Final = {"id": 186853002, "full_name": "shop/checkout"}
SENDER: Final = {"login": "ann"}

RELEASE: Final[dict[str, Any]] = {
    "action": "published",
    "release": {"id": 17372790, "tag_name": "1.4.1", "draft": False, "prerelease": False},
    "repository": REPOSITORY,
    "sender": SENDER,
}
PACKAGE: Final[dict[str, Any]] = {
    "action": "published",
    "registry_package": {
        "id": 10696,
        "name": "checkout",
        "namespace": "shop",
        "package_type": "CONTAINER",
        "package_version": {
            "id": 57755791,
            "version": DIGEST,
            "container_metadata": {"tag": {"name": "1.4.1", "digest": DIGEST}},
        },
    },
    "repository": REPOSITORY,
    "sender": SENDER,
}
RUN: Final[dict[str, Any]] = {
    "action": "completed",
    "workflow_run": {
        "id": 2897,
        "name": "release",
        "event": "push",
        "head_branch": "1.4.1",
        "head_sha": "3484",
        "conclusion": "success",
        "run_number": 163,
        "run_attempt": 1,
        "head_repository": {**REPOSITORY},
    },
    "repository": REPOSITORY,
    "sender": SENDER,
}
GITLAB_RELEASE: Final[dict[str, Any]] = {
    "object_kind": "release",
    "action": "create",
    "tag": "1.4.1",
    "name": "Spring",
    "released_at": "2026-11-02 12:55:12 UTC",
    "project": {"id": 2, "path_with_namespace": "shop/checkout"},
}
PIPELINE: Final[dict[str, Any]] = {
    "object_kind": "pipeline",
    "object_attributes": {
        "id": 31,
        "ref": "1.4.1",
        "tag": True,
        "status": "success",
        "source": "push",
    },
    "project": {"id": 2, "path_with_namespace": "shop/checkout"},
    "user": {"username": "ann"},
}
PUSH: Final[dict[str, Any]] = {
    "type": "PUSH_ARTIFACT",
    "occur_at": 1764300000,
    "operator": "robot$ci",
    "event_data": {
        "resources": [{"digest": DIGEST, "tag": "1.4.1", "resource_url": "r.example/x:1.4.1"}],
        "repository": {"name": "checkout", "namespace": "shop", "repo_full_name": "shop/checkout"},
    },
}
PUSH_EVENT: Final[dict[str, Any]] = {
    "specversion": "1.0",
    "id": "66c0",
    "source": "/projects/2/webhook/policies/15",
    "type": "harbor.artifact.pushed",
    "time": "2026-11-28T03:20:00Z",
    "operator": "robot$ci",
    "data": PUSH["event_data"],
}
OURS: Final[dict[str, Any]] = {
    "specversion": "1.0",
    "id": "build-163",
    "source": "/pipelines/7",
    "type": "slipway.deploy.proposed",
    "data": {"target": "checkout", "version": "1.4.1"},
}
CLOUD: Final = b"application/cloudevents+json; charset=utf-8"


def hexed(prefix: str, body: bytes, key: str = TOKEN) -> bytes:
    """HMAC-SHA256 of the body in hex."""
    return f"{prefix}{hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}".encode()


def by_github(name: str) -> Callable[[bytes], Headers]:
    """The headers of GitHub for an event of this name."""
    return lambda body: [
        (b"content-type", b"application/json"),
        (b"x-github-event", name.encode()),
        (b"x-github-delivery", b"72d3162e-cc78-11e3-81ab-4c9367dc0958"),
        (b"x-hub-signature-256", hexed("sha256=", body)),
    ]


def by_token(_body: bytes) -> Headers:
    """The headers of GitLab with a secret token."""
    return [(b"content-type", b"application/json"), (b"x-gitlab-token", TOKEN.encode())]


def by_authorization(value: str, label: bytes = b"application/json") -> Callable[[bytes], Headers]:
    """A fixed `Authorization`."""
    return lambda _body: [(b"content-type", label), (b"authorization", value.encode())]


BEARER: Final = by_authorization(f"Bearer {TOKEN}", CLOUD)
Row = tuple[HookKind, str, Callable[[bytes], Headers], dict[str, Any], str]
RIGHT: Final[dict[str, Row]] = {
    "github release": (
        "github", TOKEN, by_github("release"), RELEASE, "release:186853002:17372790:1.4.1"
    ),
    "github package": (
        "github", TOKEN, by_github("registry_package"), PACKAGE, "package:10696:57755791:1.4.1"
    ),
    "github run": ("github", TOKEN, by_github("workflow_run"), RUN, "run:186853002:2897:1"),
    "gitlab release": ("gitlab", TOKEN, by_token, GITLAB_RELEASE, "release:2:1.4.1"),
    "gitlab pipeline": ("gitlab", TOKEN, by_token, PIPELINE, "pipeline:2:31:success"),
    "gitlab signing": ("gitlab", SECRET, signed, GITLAB_RELEASE, "release:2:1.4.1"),
    "harbor": (
        *("harbor", TOKEN, by_authorization(TOKEN), PUSH),
        f"push:shop/checkout:{DIGEST}:1.4.1:1764300000",
    ),
    "harbor as cloud event": (
        *("harbor", TOKEN, by_authorization(f"Bearer {TOKEN}"), PUSH_EVENT),
        f"push:shop/checkout:{DIGEST}:1.4.1:2026-11-28T03:20:00Z",
    ),
    "cloudevents with a scheme in small letters": (
        *("cloudevents", TOKEN, by_authorization(f"bearer {TOKEN}", CLOUD), OURS),
        "/pipelines/7 build-163",
    ),
    "cloudevents of harbor": (
        "cloudevents", TOKEN, BEARER, PUSH_EVENT, "/projects/2/webhook/policies/15 66c0"
    ),
    "cloudevents of ours": ("cloudevents", TOKEN, BEARER, OURS, "/pipelines/7 build-163"),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_an_event_proposes_its_version(name: str) -> None:
    """Each documented body, proven as its sender does it, names source and version; and its key."""
    kind, secret, prove, content, key = RIGHT[name]
    body = json.dumps(content).encode()
    outside = Outside(kind, secrets=(secret,))
    answer = outside.send(prove(body), body)
    assert answer.status_code == 202, answer.text
    [event] = outside.kept.received
    assert event.key == key
    assert isinstance(event.says, Deployable)
    assert event.says.version == "1.4.1"
    assert outside.kept.by_name["ci"].target_of(event.says.sources) == "checkout"
    again = outside.send(prove(body), body)
    assert (again.status_code, again.json()) == (200, answer.json())


@pytest.mark.parametrize("name", RIGHT)
def test_another_secret_proves_nothing(name: str) -> None:
    """HT-1: without, with an empty and with a foreign proof every kind answers 401."""
    kind, secret, prove, content, _ = RIGHT[name]
    body = json.dumps(content).encode()
    foreign = secret[:-4] + ("AAA=" if secret is SECRET else "xxxx")
    for held, proof in (
        (foreign, prove(body)),
        (secret, []),
        (secret, [(header, b"") for header, _ in prove(body)]),
        (secret, [*prove(body), *prove(body)]),
    ):
        outside = Outside(kind, secrets=(held,))
        assert outside.send(proof, body).status_code == 401
        assert outside.kept.received == []


def test_the_signature_of_githubs_own_example_holds() -> None:
    """The documented secret, body and signature; SHA-1 does not count."""
    outside = Outside("github", secrets=("It's a Secret to Everybody",))
    digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    told = [(b"x-hub-signature-256", f"sha256={digest}".encode())]
    assert outside.send(told, b"Hello, World!").json() == {"ignored": "unreadable"}
    old = hmac.new(b"It's a Secret to Everybody", b"Hello, World!", hashlib.sha1).hexdigest()
    assert (
        outside.send([(b"x-hub-signature", f"sha1={old}".encode())], b"Hello, World!").status_code
        == 401
    )


def changed(content: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The same, but for one member."""
    copied: dict[str, Any] = copy.deepcopy(content)
    *above, last = path.split(".")
    inner = copied
    for part in above:
        inner = inner[part]
    inner[last] = value
    return copied


UNWANTED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "a draft": ("github release", changed(RELEASE, "release.draft", value=True)),
    "a release created": ("github release", changed(RELEASE, "action", "created")),
    "an untagged image": (
        "github package",
        changed(PACKAGE, "registry_package.package_version.container_metadata.tag.name", ""),
    ),
    "no image": (
        "github package",
        changed(PACKAGE, "registry_package.package_version.container_metadata", None),
    ),
    "a run that failed": ("github run", changed(RUN, "workflow_run.conclusion", "failure")),
    "a run under way": ("github run", changed(RUN, "action", "requested")),
    "a pull request": ("github run", changed(RUN, "workflow_run.event", "pull_request")),
    "a fork": ("github run", changed(RUN, "workflow_run.head_repository.id", 7)),
    "HT-7-relabelled": ("github run", RELEASE),
    "HT-7-two-objects": ("github release", {**RELEASE, **RUN}),
    "a ping": ("github release", {"zen": "Keep it logically awesome.", "hook_id": 1}),
    "a release updated": ("gitlab release", changed(GITLAB_RELEASE, "action", "update")),
    "a branch": ("gitlab pipeline", changed(PIPELINE, "object_attributes.tag", value=False)),
    "a merge request": (
        "gitlab pipeline",
        changed(PIPELINE, "object_attributes.source", "merge_request_event"),
    ),
    "a failed pipeline": (
        "gitlab pipeline",
        changed(PIPELINE, "object_attributes.status", "failed"),
    ),
    "a job": ("gitlab pipeline", {"object_kind": "build"}),
    "a pull": ("harbor", changed(PUSH, "type", "PULL_ARTIFACT")),
    "an untagged push": ("harbor", changed(PUSH, "event_data.resources", [{"digest": DIGEST}])),
    "a digest as tag": (
        "harbor",
        changed(PUSH, "event_data.resources", [{"digest": DIGEST, "tag": DIGEST}]),
    ),
    "another cloud event": ("cloudevents of ours", changed(OURS, "type", "com.example.deleted")),
}


@pytest.mark.parametrize("name", UNWANTED)
def test_what_proposes_nothing_is_answered_so(name: str) -> None:
    """Authentic and not wanted is 200: a failure would make senders repeat it, or switch off."""
    row, content = UNWANTED[name]
    kind, secret, prove, _, _ = RIGHT[row]
    body = json.dumps(content).encode()
    answer = Outside(kind, secrets=(secret,)).send(prove(body), body)
    assert (answer.status_code, answer.json()) == (200, {"ignored": "unwanted_event"})


def dropped(content: Any) -> Iterator[Any]:
    """*content* with each of its members left out, one at a time, and made a list or a number."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield {name: each for name, each in content.items() if name != key}
            strange: list[Any] = [[], 7, None, "x", {}]
            for other in strange:
                yield {**content, key: other}
            for inner in dropped(value):
                yield {**content, key: inner}
    if isinstance(content, list) and content:
        yield from ([inner] for inner in dropped(content[0]))


@pytest.mark.parametrize("name", RIGHT)
def test_no_shape_breaks_a_reader(name: str) -> None:
    """HT-5: each member left out, or of another kind, is an answer, and never a failure."""
    kind, secret, prove, content, _ = RIGHT[name]
    outside = Outside(kind, secrets=(secret,), limits=HookLimits(answering=20))
    requests = []
    for each in dropped(content):
        body = json.dumps(each).encode()
        requests.append((prove(body), body))
    statuses = {answer.status_code for answer in outside.send_all(requests)}
    assert statuses <= {200, 202, 429}


ANY_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "data", "object_kind", "release", "repository", "package"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["type", "release", "workflow_run", "data"]), ANY_JSON))
def test_whatever_is_signed_is_answered(content: dict[str, Any]) -> None:
    """HT-5: anything at all, by every kind of sender."""
    body = json.dumps(content).encode()
    for kind, secret, prove, _, _ in RIGHT.values():
        outside = Outside(kind, secrets=(secret,))
        assert outside.send(prove(body), body).status_code in {200, 202}


def test_only_structured_cloud_events_are_read() -> None:
    """WH-11: in binary mode id and type are headers, which no proof covers."""
    body = json.dumps(OURS).encode()
    plain = by_authorization(f"Bearer {TOKEN}")(body)
    binary = [*plain, (b"ce-id", b"1"), (b"ce-type", b"slipway.deploy.proposed")]
    batch = by_authorization(f"Bearer {TOKEN}", b"application/cloudevents-batch+json")(body)
    for headers in (plain, binary, batch):
        answer = Outside("cloudevents", secrets=(TOKEN,)).send(headers, body)
        assert answer.json() == {"ignored": "unreadable"}


def test_a_user_and_a_password_are_a_secret_too() -> None:
    """Senders that know basic authentication alone send both in one header."""
    secret = "slipway:" + TOKEN
    written = base64.b64encode(secret.encode()).decode()
    body = json.dumps(PUSH).encode()
    headers = by_authorization(f"Basic {written}")(body)
    assert Outside("harbor", secrets=(secret,)).send(headers, body).status_code == 202


def test_a_key_is_signed_or_of_the_body() -> None:
    """HT-7: the id in GitHub's header is not signed, so a new one makes no new delivery."""
    body = json.dumps(RELEASE).encode()
    outside = Outside("github", secrets=(TOKEN,))
    first = outside.send(by_github("release")(body), body)
    other: Headers = [
        (b"x-github-delivery", b"another") if n == b"x-github-delivery" else (n, v)
        for n, v in by_github("release")(body)
    ]
    again = outside.send(other, body)
    assert (again.status_code, again.json()) == (200, first.json())


def test_a_gitlab_hook_with_a_signing_token_wants_the_signature() -> None:
    """The token in a header proves no time: where GitLab can sign, that alone counts."""
    body = json.dumps(GITLAB_RELEASE).encode()
    outside = Outside("gitlab", secrets=(SECRET,))
    assert outside.send([(b"x-gitlab-token", SECRET.encode())], body).status_code == 401
    assert outside.send(signed(body, key=OTHER), body).status_code == 401
    assert outside.send(signed(body, key=KEY), body).status_code == 202
    assert not isinstance(outside.said, Nothing)


@pytest.mark.parametrize("secrets", [(SECRET, TOKEN), (TOKEN, SECRET)])
def test_a_gitlab_hook_counts_either_while_a_signing_token_replaces_the_token(
    secrets: tuple[str, str],
) -> None:
    """GitLab sends what it has: the token before, both for a while, the signature in the end."""
    body = json.dumps(GITLAB_RELEASE).encode()
    outside = Outside("gitlab", secrets=secrets)
    wrong = [(b"x-gitlab-token", b"another, that is not ours")]
    for headers in (by_token(body), signed(body, key=KEY), [*wrong, *signed(body, key=KEY)]):
        assert outside.send(headers, body).status_code in {200, 202}
    numbers = {TOKEN: ("first", "second")[secrets.index(TOKEN)]}
    numbers[SECRET] = "first" if numbers[TOKEN] == "second" else "second"
    proved = [numbers[TOKEN], numbers[SECRET], numbers[SECRET]]
    assert outside.proved == [("ci", each) for each in proved]
    for refused in (wrong, signed(body, key=OTHER), [(b"x-gitlab-token", SECRET.encode())], []):
        assert outside.send(refused, body).status_code == 401
    causes = [verdict for _, verdict in outside.counted if verdict.startswith(("header", "wrong"))]
    assert causes == [*["wrong_signature"] * 3, "header_grammar"]


def test_of_several_tags_one_that_may_be_a_version_counts() -> None:
    """An image is pushed as `latest` and by its version: the one that moves hides not the other."""
    outside = Outside("harbor", secrets=(TOKEN,))
    tags = ("latest", DIGEST, "1.4.1", "1.4")
    resources = [{"digest": DIGEST, "tag": each} for each in tags]
    body = json.dumps(changed(PUSH, "event_data.resources", resources)).encode()
    assert outside.send(by_authorization(TOKEN)(body), body).status_code == 202
    assert isinstance(outside.said, Deployable)
    assert outside.said.version == "1.4.1"


def test_a_key_is_one_that_every_database_keeps() -> None:
    """PostgreSQL has no text with a NUL in it: such a key is kept by its hash."""
    outside = Outside("cloudevents", secrets=(TOKEN,))
    for number in ("1\0", "1\0\0", "1"):
        body = json.dumps({**OURS, "id": number}).encode()
        assert outside.send(BEARER(body), body).status_code == 202
    keys = [each.key for each in outside.kept.received]
    assert len({*keys}) == 3
    assert "\0" not in "".join(keys)


def test_a_long_key_is_kept_by_its_hash() -> None:
    """A database's index takes only so much of a key, and the whole of it tells two apart."""
    outside = Outside("github", secrets=(TOKEN,))
    for tag in ("1" * 5_000, "1" * 4_999 + "2"):
        body = json.dumps({**RELEASE, "release": {**RELEASE["release"], "tag_name": tag}}).encode()
        assert outside.send(by_github("release")(body), body).status_code in {200, 202}
    first, second = (each.key for each in outside.kept.received)
    assert first != second
    assert len(first) == len(second) == 64

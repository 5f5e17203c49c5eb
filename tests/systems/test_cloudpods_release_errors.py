"""What each of Cloudpods' errors proves."""

import json
from typing import Final

import pytest

from bot.core.errors import Verdict
from bot.core.flow import Reply
from bot.core.records import Json
from bot.systems._cloudpods.errors import error_form, verdict

LITERAL: Final[list[tuple[int, str, str, Verdict]]] = [
    (504, "TimeoutError", "request process timeout", "unknown"),
    (409, "DuplicateNameError", "Duplicate name release etcd-release", "refused"),
    (500, "duplicate entry", "duplicate entry", "refused"),
    (400, "InputParameterError", 'Illegal chart name: "etcd"', "refused"),
    (
        403,
        "ForbiddenError",
        ("not enough privilege to do k8s:releases:list (require:domain,allow:none,query:domain)"),
        "expired",
    ),
    (401, "UnauthorizedError", "InvalidToken", "expired"),
    (404, "NotFoundError", "Cluster zzz", "not_found"),
    (404, "ResourceNotFoundError", "release etcd-release not found", "not_found"),
    (406, "NotEmptyError", "namespace", "refused"),
    (406, "NotAcceptableError", "internal release", "refused"),
    (
        404,
        "ActionNotFoundError",
        ("release perform sync not found, please check service version, current version: v"),
        "unsupported",
    ),
    (404, "SpecNotFoundError", "release x foo not found", "unsupported"),
    (404, "NotFoundError", "Handler not found", "unsupported"),
    (404, "NotFoundError", "Handler not found: /x", "unsupported"),
    (423, "UserLocked", "locked", "refused"),
    (429, "TooManyRequests", "Request queue is full", "throttled"),
    (499, "ServiceAbnormal", "x", "unknown"),
    (403, "OtherError", "x", "refused"),
    (
        500,
        "UnclassifiedError",
        ("update release: another operation (install/upgrade/rollback) is in progress"),
        "busy",
    ),
    (
        500,
        "UnclassifiedError",
        (
            "update release: create: failed to create: secrets "
            '"sh.helm.release.v1.etcd.v4" already exists'
        ),
        "busy",
    ),
    (500, "UnclassifiedError", "update release: bad 100%!o(MISSING)f %!s(MISSING) x", "unknown"),
    (500, "InternalServerError", "Internal server error: boom", "unknown"),
]
DECLINED: Final = (
    'update release: "x" has no deployed releases',
    "Run rollback: release: not found",
    "Run rollback: invalid release revision",
    "get release history: release: not found",
    "update release: Kubernetes cluster unreachable: dial tcp: connection refused",
    "get chart: no chart version found for etcd-9.9.9",
    "get chart: no chart name found",
    "get release etcd-release repo: not found",
    "install release: cannot re-use a name that is still in use",
    "cluster id must provided",
)


@pytest.mark.parametrize(("status", "word", "details", "proves"), LITERAL)
def test_every_literal_error_is_told_apart(
    status: int, word: str, details: str, proves: Verdict
) -> None:
    """Section 4: the flat object is read, and proves what the API's pages say it does."""
    body: Json = {"class": word, "code": status, "details": details, "time": "2026-11-21T00:11:05Z"}
    form = error_form(Reply(status=status, body=body))
    assert form is not None
    assert (form.code, form.message) == (word, details)
    assert verdict(Reply(status=status, body=body)) == proves


@pytest.mark.parametrize("details", DECLINED)
def test_a_500_that_declines_is_a_refusal(details: str) -> None:
    """14.6: Helm's and the index's clear refusals; nothing was executed."""
    body: Json = {"class": "UnclassifiedError", "code": 500, "details": details}
    assert verdict(Reply(status=500, body=body)) == "refused"


FOREIGN: Final[list[Json]] = [
    None,
    "x",
    [],
    {},
    {"class": "X"},
    {"class": 7, "details": "x"},
    {"class": "", "details": "x"},
    {"error": {"code": "x", "message": "x"}},
    {"data": {"class": "X"}},
]


@pytest.mark.parametrize("body", FOREIGN)
@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 502])
def test_a_foreign_body_proves_nothing(body: Json, status: int) -> None:
    """A proxy's page is no answer of the API's: it may have forwarded the call."""
    assert error_form(Reply(status=status, body=body)) is None
    assert verdict(Reply(status=status, body=body)) == "unknown"


def test_successes_and_redirects_are_told_by_their_status() -> None:
    """A 200 is accepted whatever it holds; a redirect is followed never."""
    assert verdict(Reply(status=200, body={"class": "X", "details": "x"})) == "accepted"
    assert verdict(Reply(status=302)) == "misdirected"


def test_json_inside_an_errors_text_is_replaced_by_its_own_words() -> None:
    """Section 4: a wrapped error carries another as text."""
    inner = json.dumps({"error": {"class": "NotFoundError", "details": "Cluster zzz"}})
    body: Json = {"class": "NotFoundError", "details": f"FetchClusterByIdOrName: {inner}"}
    nested: Json = {"error": body}
    for each in (body, nested):
        form = error_form(Reply(status=404, body=each))
        assert form is not None
        assert form.message == "FetchClusterByIdOrName: Cluster zzz"
    for odd in ("x {", 'x {"details": 7}', "x {}", 'x {"error": 7}'):
        form = error_form(Reply(status=404, body={"class": "X", "details": odd}))
        assert form is not None
        assert form.message == odd

"""Huawei's error bodies, and what each answer proves."""

from typing import Any, Final

import pytest

from bot.core.flow import Reply
from bot.core.proof import ErrorForm
from bot.systems._huawei.errors import error_form, verdict

FORMS: Final[dict[str, tuple[Any, tuple[str, str] | None]]] = {
    "A gateway": (
        {"error_msg": "no", "error_code": "APIGW.0301", "request_id": "r"},
        ("APIGW.0301", "no"),
    ),
    "B ServiceStage": (
        {"error_code": "SVCSTG.00100400", "error_msg": "bad", "detail": "x"},
        ("SVCSTG.00100400", "bad"),
    ),
    "C CCE": (
        {"errorCode": "CCE.01400001", "errorMessage": "bad"},
        ("CCE.01400001", "bad"),
    ),
    "C by the kit's key": ({"errorCode": "CCE_CM.0004", "errorMsg": "x"}, ("CCE_CM.0004", "x")),
    "D Kubernetes": (
        {"kind": "Status", "status": "Failure", "code": 409, "reason": "Conflict", "message": "m"},
        ("Conflict", "m"),
    ),
    "D without a reason": ({"kind": "Status", "code": 403, "message": "m"}, ("403", "m")),
    "D with C's keys": (
        {"kind": "Status", "code": 409, "message": "m", "errorCode": "CCE.01409002"},
        ("CCE.01409002", "m"),
    ),
    "E keystone": (
        {"error": {"code": 401, "title": "Unauthorized", "message": "m"}},
        ("401", "m"),
    ),
    "F 403": (
        {"error_code": "PAP.0", "error_msg": "m", "encoded_authorization_message": "zzz"},
        ("PAP.0", "m"),
    ),
    "a code alone": ({"error_code": "SVCSTG.00100401"}, ("SVCSTG.00100401", "")),
    "controls in the text": (
        {"error_code": "A.1", "error_msg": "a\x1b[31m\nb\u202e"},
        ("A.1", "a [31m b"),
    ),
    "no code": ({"message": "Bad Gateway"}, None),
    "somebody's code and message": ({"code": 502, "message": "Bad Gateway"}, None),
    "a code of the wrong type": ({"error_code": ["x"], "error_msg": "m"}, None),
    "a code with blanks": ({"error_code": "a b", "error_msg": "m"}, None),
    "an error that is text": ({"error": "nope"}, None),
    "nothing": (None, None),
    "a list": ([{"error_code": "A.1"}], None),
    "text": ("error_code", None),
}


@pytest.mark.parametrize(("body", "form"), FORMS.values(), ids=list(FORMS))
def test_error_forms(body: Any, form: tuple[str, str] | None) -> None:
    """Only the API's own forms count as its word."""
    wanted = ErrorForm(code=form[0], message=form[1]) if form else None
    assert error_form(Reply(status=400, body=body)) == wanted


IAM: Final = "Incorrect IAM authentication information: "
PROOFS: Final[list[tuple[int, str, str, str]]] = [
    (401, "SVCSTG.00100401", "not found or unauthorized", "not_found"),
    (401, "APIGW.0307", "The token must be updated", "expired"),
    (401, "APIG.0307", "The token must be updated", "expired"),
    (401, "APIGW.0301", IAM + "decrypt token fail", "expired"),
    (401, "APIG.0301", IAM + "token expires, expires_at: 2026-01-01", "expired"),
    (401, "APIGW.0301", IAM + "x-auth-token not found", "expired"),
    (401, "APIGW.0301", IAM + "verify aksk signature fail", "refused"),
    (401, "APIGW.0301", IAM + "Get secretKey failed,ak:X,err:ak not exist", "refused"),
    (401, "APIGW.0301", "AK access failed to reach the limit,forbidden", "refused"),
    (401, "APIGW.0303", "the clock is wrong", "refused"),
    (401, "APIGW.0305", "x", "refused"),
    (401, "X.1", "token expires", "refused"),
    (429, "APIGW.0308", "The throttling threshold has been reached", "throttled"),
    (404, "SVCSTG.00100404", "component not found", "not_found"),
    (404, "SVCSTG.00100429", "job not found", "not_found"),
    (404, "APIGW.0101", "no such API", "refused"),
    (409, "SVCSTG.00100400", "whatever", "busy"),
    (400, "SVCSTG.00100400", "another operation is running on the component", "busy"),
    (400, "SVCSTG.00100400", "The component is upgrading.", "busy"),
    (400, "SVCSTG.00100400", "the instance is busy, job JOB1 has not ended", "busy"),
    (403, "CCE.01403003", "Update release is forbidden", "busy"),
    (429, "CCE.01429002", "Resource locked by other requests", "busy"),
    (429, "CCE.01429003", "Too many at once", "busy"),
    (429, "CCE.01429004", "The balance is not enough", "refused"),
    (429, "CCE.02429001", "Too many requests", "throttled"),
    (400, "CCE.01400024", "A node is being created", "busy"),
    (403, "CCE.01403003", "The state forbids it", "busy"),
    (403, "CCE.01403009", "The state forbids it", "busy"),
    (403, "CCE.01403001", "Forbidden", "refused"),
    (403, "CCE.01403002", "The account is restricted", "refused"),
    (400, "CCE.01400075", "The precheck has expired", "refused"),
    (404, "CCE.01404001", "Resource not found", "not_found"),
    (409, "CCE.01409002", "The version is stale", "busy"),
    (409, "CCE.01409001", "The resource exists already", "busy"),
    (500, "CCE.01500001", "Update release is forbidden", "busy"),
    (409, "SVCSTG.00100441", "The instance version is used already", "refused"),
    (400, "SVCSTG.00100441", "The instance version is used already", "refused"),
    (500, "SVCSTG.00100441", "The instance version is used already", "unknown"),
    (500, "CCE.01500001", "Internal error", "unknown"),
    (503, "CCE.01429002", "Resource locked by other requests", "unknown"),
    (400, "SVCSTG.00100400", "version is invalid", "refused"),
    (403, "APIGW.0302", "you may not", "refused"),
    (422, "SVCSTG.00100422", "base resources empty", "refused"),
    (500, "APIGW.0601", "internal", "unknown"),
    (502, "APIGW.0201", "backend unavailable", "unknown"),
    (503, "APIGW.0613", "IAM is down", "unknown"),
    (504, "APIGW.0201", "backend timeout", "unknown"),
    (408, "X.1", "time", "unknown"),
    (418, "X.1", "other", "unknown"),
]


@pytest.mark.parametrize(("status", "code", "message", "proof"), PROOFS)
def test_what_an_error_proves(status: int, code: str, message: str, proof: str) -> None:
    """PR2 to PR9, with what section 3.3 knows better of 401."""
    body: Any = {"error_code": code, "error_msg": message}
    assert verdict(Reply(status=status, body=body)) == proof


@pytest.mark.parametrize(
    ("status", "code", "message", "proof"),
    [each for each in PROOFS if each[1].startswith("CCE.")],
)
def test_what_an_error_of_cce_proves(status: int, code: str, message: str, proof: str) -> None:
    """The same in CCE's own two forms, of which one wraps the other."""
    own: Any = {"errorCode": code, "errorMessage": message}
    wrapped: Any = {"kind": "Status", "apiVersion": "v1", "code": status, "message": message, **own}
    for body in (own, wrapped):
        assert verdict(Reply(status=status, body=body)) == proof


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 502])
def test_a_foreign_body_proves_nothing(status: int) -> None:
    """PR8: a proxy may have forwarded before it spoke."""
    assert verdict(Reply(status=status, text="<html>no</html>")) == "unknown"


@pytest.mark.parametrize(
    ("status", "proof"), [(200, "accepted"), (202, "accepted"), (307, "misdirected")]
)
def test_answers_without_error(status: int, proof: str) -> None:
    """PR6 and PR7."""
    assert verdict(Reply(status=status)) == proof

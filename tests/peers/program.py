"""The SDK, asked line by line: makes calls and signatures, and says how it understood the answers.

It is a program of its own for what the SDK does to its process: it writes below HOME when it is
imported, obeys proxies, keeps threads, takes half a second and 40 MB, and hangs after a fork.

Standard input and output hold one JSON object a line. A body is written in the SDK's vocabulary:
`{"$model": name, ...}` is a model with its attributes, `{"$read": name, "json": ...}` one that the
SDK itself reads from JSON; everything else stands for itself.
"""

import base64
import inspect
import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

import huaweicloudsdkcce.v3 as cce
import huaweicloudsdkservicestage.v2 as servicestage_v2
import huaweicloudsdkservicestage.v3 as servicestage_v3
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from huaweicloudsdkcore.utils.http_utils import sanitize_for_serialization

_CLIENTS: Final = {
    "cce": cce.CceClient,
    "servicestage-v2": servicestage_v2.ServiceStageClient,
    "servicestage-v3": servicestage_v3.ServiceStageClient,
}
_TIMEOUTS: Final = (5, 20)  # seconds: to connect, and to read


def call(asked: dict[str, Any]) -> dict[str, Any]:
    """Make a call, and return how its answer was understood."""
    client = _client(asked["client"], json.dumps(asked["door"]))
    client.preset_headers = {"X-Sdk-Date": asked["at"]}
    method = asked["method"]
    made = getattr(client.model_package, f"{_camel(method)}Request")(**asked["fields"])
    if asked["body"] is not None:
        made.body = _built(client, asked["body"])
    lacking = sorted(set(_lacking(getattr(made, "body", None))))
    try:
        answer = getattr(client, method)(made)
    except ServiceResponseException as error:
        return {"error": _told(error), "lacking": lacking}
    return {"answer": _plain(answer), "lacking": lacking}


def sign(asked: dict[str, Any]) -> dict[str, Any]:
    """Sign a request, and return its headers."""
    request = SdkRequest(
        method=asked["method"],
        schema="https",
        host=asked["host"],
        resource_path=asked["path"],
        query_params=[tuple(pair) for pair in asked["query"]],
        header_params=asked["headers"],
        body=base64.b64decode(asked["body"]),
    )
    signed = Signer(BasicCredentials(asked["access"], asked["secret"])).sign(request)
    return {"headers": signed.header_params, "uri": signed.uri}


@lru_cache
def _client(name: str, door: str) -> Any:
    known = json.loads(door)
    credentials = BasicCredentials(known["access"], known["secret"], known["project"])
    if known["token"]:
        credentials.with_security_token(known["token"])
    config = HttpConfig(timeout=_TIMEOUTS, user_agent="peer")
    building = _CLIENTS[name].new_builder().with_http_config(config)
    return building.with_credentials(credentials).with_endpoint(known["url"]).build()


def _camel(method: str) -> str:
    return "".join(word.capitalize() for word in method.split("_"))


def _built(client: Any, written: Any) -> Any:
    if isinstance(written, list):
        return [_built(client, each) for each in written]
    if not isinstance(written, dict):
        return written
    if "$read" in written:
        return client._deserialize(written["json"], written["$read"])  # noqa: SLF001 - no other way
    members = {name: _built(client, value) for name, value in written.items() if name != "$model"}
    if "$model" not in written:
        return members
    return getattr(client.model_package, written["$model"])(**members)


def _lacking(body: Any) -> Iterator[str]:
    """Name what the SDK's own models want and were not given; it never checks that itself."""
    if isinstance(body, dict | list):
        for each in body.values() if isinstance(body, dict) else body:
            yield from _lacking(each)
    elif hasattr(body, "openapi_types"):
        for name in body.openapi_types:
            value = getattr(body, name)
            if value is None and _is_wanted(type(body).__init__, name):
                yield f"{type(body).__name__}.{name}"
            yield from _lacking(value)


@lru_cache
def _is_wanted(constructor: Callable[..., None], name: str) -> bool:
    """Whether a model's constructor sets a member without asking if it was given."""
    return f"if {name} is not None" not in inspect.getsource(constructor)


def _plain(answer: Any) -> Any:
    seen = sanitize_for_serialization(answer)
    return seen["body"] if set(seen) == {"body"} else seen


def _told(error: Any) -> dict[str, Any]:
    return {
        "kind": type(error).__name__,
        "status": error.status_code,
        "code": error.error_code,
        "message": error.error_msg,
        "request_id": error.request_id,
    }


def main() -> None:
    """Answer until the input ends."""
    logging.disable()
    known = {"call": call, "sign": sign}
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = known[asked.pop("do")](asked)
        except Exception:  # noqa: BLE001 - the outermost loop: whoever asked is told
            answer = {"fault": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer, default=float) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

"""What requests to the simulated ServiceStage are signed with."""

from typing import Final

import httpx

from bot.sandbox.clouds.http.wire import Request
from tests.sandbox.servicestage_client import (
    PROJECT,
)

AK: Final = "AKTESTEXAMPLE0000001"


SK: Final = "sk-example-secret-not-real"


DATE: Final = "20240506T070809Z"


HEADERS: Final = {"x-project-id": PROJECT, "x-sdk-date": DATE}


def a_request(
    method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> Request:
    """Return a request as it would arrive."""
    found = httpx.URL(url)
    path, _, query = found.raw_path.decode().partition("?")
    everything = {"host": found.netloc.decode(), **HEADERS, **(headers or {})}
    return Request(method, path, query, tuple(everything.items()), body)

"""What answers and failures mean for whoever made the call; sends nothing itself."""

import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.codes import Code
from bot.core.codes.clouds import (
    BadCertificate,
    Broken,
    ForeignAnswer,
    NoAnswer,
    NoEndpoint,
    NotReached,
    Redirected,
)
from bot.core.codes.systems import VendorSaid
from bot.core.connection import Connection
from bot.core.errors import (
    CloudError,
    CloudRefusedError,
    CloudUnavailableError,
    ConfigurationError,
    OutcomeUnknownError,
    Verdict,
)
from bot.core.flow import Call, Reply, query_text
from bot.core.foreign import one_line
from bot.core.system import System
from workers.cloud.replies import retry_after


def url_of(connection: Connection, call: Call, catalog: Mapping[str, str] | None = None) -> str:
    """Return the complete address of *call*, its query as it will be signed.

    What slipway.yaml says of an endpoint goes before what *catalog* says, which came with a token.

    Raises:
        ValueError: something in its path was not filled in.
        CloudRefusedError: nobody says where the service is; nothing was sent.
    """
    where = connection.completed(call.path)
    if "{" in where or "}" in where or not where.startswith("/"):
        msg = f"the path of {call.name} is not complete"
        raise ValueError(msg)
    query = f"?{query_text(call.query)}" if call.query else ""
    return f"{_endpoint(connection, call, catalog or {})}{where}{query}"


def _endpoint(connection: Connection, call: Call, catalog: Mapping[str, str]) -> str:
    if call.service in catalog and call.service not in connection.endpoints:
        return catalog[call.service]
    try:
        return connection.endpoint(call.service)
    except ConfigurationError as error:
        why = NoEndpoint(connection=connection.name, service=call.service)
        raise CloudRefusedError(
            doing=call.name, why=why, status=0, verdict="misdirected", code="no_endpoint"
        ) from error


def failed_read(
    system: System[Any], call: Call, reply: Reply, verdict: Verdict, now: datetime
) -> CloudError:
    """Return the error for an answer to a read that is no usable 2xx."""
    if verdict in {"unknown", "accepted"}:
        return CloudUnavailableError(doing=call.name, why=unusable(reply))
    return _refusal(system, call, reply, verdict, now)


def failed_mutation(
    system: System[Any], call: Call, reply: Reply, verdict: Verdict, now: datetime
) -> CloudError:
    """Return the error for an answer to a mutating call that was not accepted."""
    if verdict == "unknown":
        why = unusable(reply)
        return OutcomeUnknownError(doing=call.name, why=why, request_id=reply.request_id)
    return _refusal(system, call, reply, verdict, now)


def _refusal(
    system: System[Any], call: Call, reply: Reply, verdict: Verdict, now: datetime
) -> CloudRefusedError:
    form = system.error_form(reply)
    wait = retry_after(reply.headers.get("retry-after"), now)
    said = VendorSaid(code=form.code, words=one_line(form.message)) if form else None
    return CloudRefusedError(
        doing=call.name,
        why=said or unusable(reply),
        status=reply.status,
        verdict=verdict,
        code=form.code if form else "",
        request_id=reply.request_id,
        retry_after=form.wait if form and wait is None else wait,
    )


def not_sent(call: Call, error: Exception) -> CloudUnavailableError | CloudRefusedError:
    """Return the proof that no byte left; a wrong certificate is not waited for to turn right."""
    if _is_about_certificate(error):
        why = BadCertificate(detail=told(error))
        return CloudRefusedError(
            doing=call.name, why=why, status=0, verdict="misdirected", code="certificate"
        )
    return CloudUnavailableError(doing=call.name, why=NotReached(detail=told(error)))


def _is_about_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def unusable(reply: Reply) -> Code:
    """Return what came instead of an answer of the API's own."""
    if 300 <= reply.status < 400:  # noqa: PLR2004 - the class of status codes
        return Redirected(status=reply.status)
    kind = one_line(reply.headers.get("content-type", ""))
    return ForeignAnswer(status=reply.status, content_type=kind)


def incomplete(error: Exception, within: float) -> Code:
    """Return why no complete answer came in *within* seconds."""
    if isinstance(error, TimeoutError):
        return NoAnswer(within=within)
    return Broken(detail=told(error))


def told(error: Exception) -> str:
    """Return what *error* says to people; its class is for those who read code."""
    return one_line(str(error))

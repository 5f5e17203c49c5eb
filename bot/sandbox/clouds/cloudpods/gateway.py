"""How a request reaches kubeserver: its route, who asks, its time limit, and the faults.

Source: https://github.com/yunionio/cloudpods (pkg/appsrv)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias
from urllib.parse import parse_qsl, unquote
from uuid import uuid4

from bot.sandbox.clouds.cloudpods.estate import Pods
from bot.sandbox.clouds.cloudpods.identity import LOGIN, Identity
from bot.sandbox.clouds.cloudpods.wire import (
    BehindError,
    Held,
    Pod,
    PodRoute,
    body_in,
    declined,
    error_answer,
)
from bot.sandbox.clouds.http.faults import Faults, Hit
from bot.sandbox.clouds.http.ledger import Ledger
from bot.sandbox.clouds.http.outcome import Outcome
from bot.sandbox.clouds.http.wire import Answer, RefusedError, Request

_FIXED: Final = {"X-Frame-Options": "SAMEORIGIN", "X-XSS-Protection": "1; mode=block"}
_TIMED_OUT: Final = declined(504, "TimeoutError", "request process timeout")


@dataclass(frozen=True)
class Waiting:
    """An answer that is not there yet: ask *resume* again once *seconds* have passed."""

    seconds: float
    resume: "Callable[[float], Outcome | Waiting]"


Step: TypeAlias = Outcome | Waiting


@dataclass(frozen=True)
class _Visit:
    """A request on its way; *again* says that it was put off before."""

    request: Request
    at: float
    request_id: str
    hit: Hit | None = None


@dataclass
class PodGateway:
    """Lets requests through to the identity service and to the *routes* of kubeserver."""

    pods: Pods
    identity: Identity
    routes: tuple[PodRoute, ...]
    faults: Faults = field(default_factory=Faults)
    ledger: Ledger = field(default_factory=Ledger)

    def handle(self, request: Request, now: float) -> Step:
        """Answer *request*, or say how long that takes."""
        self.pods.timeline.run(now)
        request_id = _request_id(request)
        mutates = request.method not in {"GET", "HEAD"} and request.path != LOGIN
        hit = self.faults.take(request.method, request.path, mutates=mutates)
        visit = _Visit(request, now, request_id, hit)
        if hit is None or hit.fault.executes:
            return self._served(visit)
        if hit.fault.kind == "later":
            later = replace(visit, at=now + hit.fault.seconds, hit=None)
            self.pods.timeline.at(later.at, lambda at: self._unheard(replace(later, at=at)))
        return self._closed(visit, self._fault_answer(visit, hit))

    def _served(self, visit: _Visit) -> Step:
        """Execute; a release that is held by another request is waited for."""
        try:
            answer = self._execute(visit)
        except BehindError as behind:
            return self._behind(visit, behind.until)
        except RefusedError as refusal:
            return self._closed(visit, self._refused(visit, refusal))
        if isinstance(answer, Answer):
            return self._closed(visit, answer)
        return self._timed(visit, answer)

    def _timed(self, visit: _Visit, held: Held) -> Step:
        """Give an answer in its time; after the limit, 504, and the work goes on by the clock."""
        limit = self.pods.config.process_seconds
        if not self.pods.config.waits:
            late = held.seconds > limit
            return self._closed(visit, self._late(visit) if late else held.finish(visit.at))
        if not held.seconds:
            return self._closed(visit, held.finish(visit.at))
        if held.seconds <= limit:
            return Waiting(held.seconds, lambda now: self._closed(visit, held.finish(now)))
        return Waiting(limit, lambda _now: self._closed(visit, self._late(visit)))

    def _behind(self, visit: _Visit, until: float) -> Step:
        """Queue: the caller is told 504 at the limit, and the request is executed all the same."""
        limit = self.pods.config.process_seconds
        wait = until - visit.at
        if self.pods.config.waits and wait <= limit:
            return Waiting(wait, lambda now: self._served(replace(visit, at=max(now, until))))
        self.pods.timeline.at(until, lambda at: self._unheard(replace(visit, at=at)))
        late = self._late(visit)
        if not self.pods.config.waits:
            return self._closed(visit, late)
        return Waiting(limit, lambda _now: self._closed(visit, late))

    def _unheard(self, visit: _Visit) -> None:
        """Execute what nobody waits for any more; what it is behind of has ended."""
        try:
            self._execute(visit)
        except BehindError as behind:
            self.pods.timeline.at(behind.until, lambda at: self._unheard(replace(visit, at=at)))
        except RefusedError as refusal:
            self._refused(visit, refusal)

    def _execute(self, visit: _Visit) -> Answer | Held:
        request = visit.request
        if request.path == LOGIN:
            return self.identity.handle(request, visit.at)
        route, names = self._route(request)
        if route is None:
            raise declined(404, "NotFoundError", "Handler not found")
        who = self._principal(visit, route)
        answer = route.handle(self._pod(visit, route, names))
        if route.mutates:
            body = body_in(request)
            self.ledger.note_executed(request, visit.at, body=body, by=who)
        return answer

    def _pod(self, visit: _Visit, route: PodRoute, names: Mapping[str, str]) -> Pod:
        body = body_in(visit.request)
        inner = (body or {}).get(route.wrapper)
        wrapped = isinstance(inner, dict)
        query: dict[str, tuple[str, ...]] = {}
        for name, value in parse_qsl(visit.request.query, keep_blank_values=True):
            query[name] = (*query.get(name, ()), value)
        return Pod(
            at=visit.at,
            names={name: unquote(value) for name, value in names.items()},
            query=query,
            body=inner if isinstance(inner, dict) else body,
            wrapped=wrapped,
        )

    def _route(self, request: Request) -> tuple[PodRoute | None, Mapping[str, str]]:
        for route in self.routes:
            names = route.match(request.path)
            if route.method == request.method and names is not None:
                return route, names
        return None, {}

    def _principal(self, visit: _Visit, route: PodRoute) -> str:
        """Return who asks; model routes find a bad token out late, as a missing right."""
        text = visit.request.header("x-auth-token")
        who = self.identity.holder(text, visit.at)
        if who is not None:
            return who
        if route.is_open:
            return "guest"
        if not route.rights:
            raise declined(401, "UnauthorizedError", "InvalidToken" if text else "Unauthorized")
        allow = "(require:domain,allow:none,query:domain)"
        text = f"not enough privilege to do k8s:{route.rights} {allow}"
        raise declined(403, "ForbiddenError", text)

    def _late(self, visit: _Visit) -> Answer:
        return error_answer(_TIMED_OUT, visit.at)

    def _refused(self, visit: _Visit, refusal: RefusedError) -> Answer:
        self.ledger.note_refused(visit.request, visit.at, refusal)
        return error_answer(refusal, visit.at, mangles=self.pods.config.branch != "3.10")

    def _fault_answer(self, visit: _Visit, hit: Hit) -> Answer:
        fault = hit.fault
        if fault.kind != "throttled":
            return fault.answer(visit.request_id)
        error = declined(429, "TooManyRequests", "Request queue is full")
        answer = error_answer(error, visit.at)
        wait = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
        return replace(answer, headers={**answer.headers, **wait})

    def _closed(self, visit: _Visit, answer: Answer) -> Outcome:
        """Note the request, and give the answer what every answer carries."""
        hit = visit.hit
        if hit is not None and hit.fault.executes and hit.fault.kind == "answer":
            answer = hit.fault.answer(visit.request_id)
        status = None if hit is not None and hit.fault.is_silent else answer.status
        self.ledger.note_asked(visit.request, visit.at, status=status, request_id=visit.request_id)
        full = replace(answer, headers={**_FIXED, **answer.headers})
        return Outcome(full, visit.request_id, hit)


def _request_id(request: Request) -> str:
    mine, own = uuid4().hex[:6], request.header("x-request-id")
    return f"{own}-{mine}" if own else mine

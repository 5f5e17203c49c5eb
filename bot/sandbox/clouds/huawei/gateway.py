"""The gateway before every service: routes, callers, request ids and faults."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import uuid4

from bot.sandbox.clouds.http.faults import Faults, Hit
from bot.sandbox.clouds.http.ledger import Ledger
from bot.sandbox.clouds.http.outcome import Outcome
from bot.sandbox.clouds.http.wire import (
    Answer,
    Call,
    Principal,
    RefusedError,
    Request,
    Route,
    refused_by_gateway,
)
from bot.sandbox.clouds.huawei.authentication import Authentication
from bot.sandbox.clouds.huawei.reading import body_of, query_of

BODY_MAX: Final = 12 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class _Visit:
    """A request on its way through the gateway."""

    request: Request
    route: Route | None
    names: Mapping[str, str]
    request_id: str
    at: float
    asked_at: float
    hit: Hit | None = None


@dataclass
class Gateway:
    """Lets requests through to the *routes*, or declines them as the vendor does."""

    routes: tuple[Route, ...]
    authentication: Authentication
    faults: Faults = field(default_factory=Faults)
    ledger: Ledger = field(default_factory=Ledger)
    _later: list[_Visit] = field(default_factory=list)

    def handle(self, request: Request, now: float, asked_at: float | None = None) -> Outcome:
        """Answer *request*; what was put off until now is executed first.

        It was signed for *asked_at*, which is not *now* while the cloud stands still.
        """
        self.catch_up(now)
        request_id = uuid4().hex
        route, names = self._route(request)
        mutates = request.method != "GET" if route is None else route.mutates
        hit = self.faults.take(request.method, request.path, mutates=mutates)
        signed = now if asked_at is None else asked_at
        visit = _Visit(request, route, names, request_id, now, signed, hit)
        answer = self._answer(visit)
        status = None if hit is not None and hit.fault.is_silent else answer.status
        self.ledger.note_asked(request, now, status=status, request_id=request_id)
        return Outcome(answer, request_id, hit)

    def catch_up(self, now: float) -> None:
        """Execute what a fault put off until *now*, in its order and at its time."""
        due = sorted((each for each in self._later if each.at <= now), key=lambda one: one.at)
        self._later = [each for each in self._later if each.at > now]
        for visit in due:
            self._served(visit)

    def _route(self, request: Request) -> tuple[Route | None, Mapping[str, str]]:
        for route in self.routes:
            names = route.match(request.path)
            if route.method == request.method and names is not None and _are_plain(names):
                return route, names
        return None, {}

    def _answer(self, visit: _Visit) -> Answer:
        if visit.hit is None:
            return self._served(visit)
        fault = visit.hit.fault
        if fault.executes:
            served = self._served(visit)
            return fault.answer(visit.request_id) if fault.kind == "answer" else served
        if fault.kind == "later":
            due = visit.at + fault.seconds
            self._later.append(replace(visit, at=due, asked_at=due, hit=None))
        return fault.answer(visit.request_id)

    def _served(self, visit: _Visit) -> Answer:
        try:
            return self._execute(visit)
        except RefusedError as refusal:
            self.ledger.note_refused(visit.request, visit.at, refusal)
            return refusal.answer(visit.request_id)

    def _execute(self, visit: _Visit) -> Answer:
        if visit.route is None:
            text = "The API does not exist or has not been published in the environment"
            raise refused_by_gateway(404, "APIGW.0101", text)
        call = Call(
            at=visit.at,
            principal=self._principal(visit),
            names=visit.names,
            query=query_of(visit.request, visit.route),
            body=body_of(visit.request, visit.route),
            disguise=None if visit.hit is None else visit.hit.disguise,
            hides_jobs=visit.hit is not None and visit.hit.hides_jobs,
        )
        answer = visit.route.handle(call)
        if visit.route.mutates and not answer.changed_nothing:
            by = call.principal.name
            self.ledger.note_executed(visit.request, visit.at, body=call.body, by=by)
        return answer

    def _principal(self, visit: _Visit) -> Principal:
        request = visit.request
        if len({name for name, _ in request.headers}) < len(request.headers):
            raise refused_by_gateway(400, "APIGW.0201", "Bad request: a header is given twice")
        if len(request.body) > BODY_MAX:
            raise refused_by_gateway(413, "APIGW.0201", "Request entity too large")
        if visit.route is not None and visit.route.is_login:
            return self.authentication.stranger
        principal = self.authentication.principal(request, visit.asked_at)
        if visit.names.get("project_id", principal.project_id) != principal.project_id:
            text = "The IAM user is not authorized to access the API"
            raise refused_by_gateway(403, "APIGW.0302", text)
        return principal


def _are_plain(names: Mapping[str, str]) -> bool:
    """Whether a path was filled in: a template, an empty name or an escape is nobody's id."""
    return all(name and "%" not in name and "{" not in name for name in names.values())

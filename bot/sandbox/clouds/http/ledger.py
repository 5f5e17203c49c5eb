"""What a simulated cloud remembers of those who asked: for tests, and for curious people."""

from dataclasses import dataclass, field

from bot.sandbox.clouds.http.wire import JsonObject, Record, RefusedError, Request


class Executed(Record):
    """A mutation that took effect."""

    method: str
    path: str
    body: JsonObject | None
    at: float
    principal: str


class Asked(Record):
    """A request that came, and the status it was answered with; None: it got no answer."""

    method: str
    path: str
    query: str
    at: float
    status: int | None
    request_id: str


class Refused(Record):
    """A request that was declined for a reason of its own, not by a fault."""

    method: str
    path: str
    at: float
    status: int
    code: str
    text: str


@dataclass
class Ledger:
    """The three lists, each in the order of what happened."""

    executed: list[Executed] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def note_asked(
        self, request: Request, at: float, *, status: int | None, request_id: str
    ) -> None:
        """Remember that *request* came."""
        self.asked.append(
            Asked(
                method=request.method,
                path=request.path,
                query=request.query,
                at=at,
                status=status,
                request_id=request_id,
            )
        )

    def note_executed(
        self, request: Request, at: float, *, body: JsonObject | None, by: str
    ) -> None:
        """Remember that *request* took effect."""
        self.executed.append(
            Executed(method=request.method, path=request.path, body=body, at=at, principal=by)
        )

    def note_refused(self, request: Request, at: float, refusal: RefusedError) -> None:
        """Remember that *request* was declined."""
        self.refused.append(
            Refused(
                method=request.method,
                path=request.path,
                at=at,
                status=refusal.status,
                code=refusal.code,
                text=refusal.text,
            )
        )

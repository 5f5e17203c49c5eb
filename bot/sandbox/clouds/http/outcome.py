"""What leaves a cloud's gateway."""

from dataclasses import dataclass

from bot.sandbox.clouds.http.faults import Hit
from bot.sandbox.clouds.http.wire import Answer


@dataclass(frozen=True)
class Outcome:
    """What leaves the gateway: the answer, and the fault that spoils its delivery."""

    answer: Answer
    request_id: str
    hit: Hit | None

"""Four things that a bot for deployments is asked for, and what came of them: see `measured`."""

import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from bot.sandbox.slack import Message, RateLimits
from tests.bench.load import PEOPLE, person
from tests.bench.peers.fake import CHANNEL, FINAL
from tests.bench.peers.figures import NONE, cut
from tests.bench.peers.sides import FREE, GATED, Side, plain, slipway
from tests.bench.peers.table import table

DEPLOYMENTS: Final = FREE[:20]
GATES: Final = GATED[:10]
JOB_SECONDS: Final = 6.0
STORM_SECONDS: Final = 20.0  # of a job, while there is a limit
STORM_PATIENCE: Final = 90.0
PATIENCE: Final = 150.0
QUIET: Final = 100.0  # Slipway says that work resumes within a minute or two
FORMS_EVERY: Final = 2.0
TRIGGER_LIVES: Final = 3.0
LOOK_SECONDS: Final = 0.1
APPROVERS: Final = ("U0BOB", "U0LEAD")

Make = Callable[[Path, RateLimits, float], AbstractContextManager[Side]]
_Came = TypeVar("_Came")
MAKES: Final[tuple[Make, ...]] = (slipway, plain)


class Killed(NamedTuple):
    """What became of deployments whose bot was killed in the middle of them."""

    completed: int
    doubled: int
    untold: int


class Stormed(NamedTuple):
    """What became of deployments under the limit, and of the forms that people opened."""

    told: int  # finals
    delays: list[float]  # from each end to the line that tells it
    provoked: int
    forms: list[float]  # seconds until each was opened
    unopened: int


class Result(NamedTuple):
    """What one side did."""

    name: str
    killed: Killed
    mutations: int  # of ten deployments, each approved by two people at once
    stormed: Stormed


def measured() -> list[Result]:
    """Kill it, press twice, and let it storm: both sides side by side, as they wait most of it."""
    with ThreadPoolExecutor(2 * len(MAKES)) as pool:
        calm, strict = RateLimits(enabled=False), RateLimits()
        others = [
            pool.submit(_with, each, calm, JOB_SECONDS, _killed_and_pressed) for each in MAKES
        ]
        storms = [pool.submit(_with, each, strict, STORM_SECONDS, _stormed) for each in MAKES]
        return [
            Result(*other.result(), storm.result())
            for other, storm in zip(others, storms, strict=True)
        ]


def _with(make: Make, limits: RateLimits, seconds: float, work: Callable[[Side], _Came]) -> _Came:
    with (
        tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder,
        make(Path(folder), limits, seconds) as side,
    ):
        _ready(side)
        return work(side)


def _ready(side: Side) -> None:
    """Wait until the bot answers a command; this one opens a form."""
    _until(lambda: side.workspace.command("/deploy", by="U0ANN", channel=CHANNEL).ok, PATIENCE)


def _killed_and_pressed(side: Side) -> tuple[str, Killed, int]:
    pressed = _pressed(side)
    return side.name, _killed(side), pressed


def _killed(side: Side) -> Killed:
    """Kill the bot once half of the deployments have reached the cloud."""
    for number in DEPLOYMENTS:
        _command(side, number, " now")
    half = len(DEPLOYMENTS) // 2
    _until(lambda: len([each for each in DEPLOYMENTS if side.calls()[each]]) >= half, PATIENCE)
    side.kill()
    side.start()
    _ready(side)
    _await_finals(side, DEPLOYMENTS)
    calls = side.calls()
    finals = {each: _finals(side, each) for each in DEPLOYMENTS}
    doubled = sum(len(finals[each]) > 1 or calls[each] > 1 for each in DEPLOYMENTS)
    completed = sum(bool(each) for each in finals.values())
    return Killed(completed, doubled, len(DEPLOYMENTS) - completed)


def _pressed(side: Side) -> int:
    """Let two people approve at once; return how often the cloud was asked for a change."""
    for number in GATES:
        _command(side, number)
    _until(lambda: all(_gate(side, each) for each in GATES), PATIENCE)
    with ThreadPoolExecutor(len(APPROVERS)) as pool:
        for number in GATES:
            card = _gate(side, number)
            if card is not None:
                list(pool.map(lambda who, card=card: _press(side, card, who), APPROVERS))
    _await_finals(side, GATES)
    return sum(side.calls()[each] for each in GATES)


def _stormed(side: Side) -> Stormed:
    """Begin all at once, and open a form every now and then."""
    for number in DEPLOYMENTS:
        _command(side, number, " now")
    ended: dict[int, float] = {}
    forms: list[float | None] = []
    began = time.time()
    while time.time() < began + STORM_PATIENCE:
        for number, calls in side.calls().items():
            if calls:
                ended.setdefault(number, time.time() + STORM_SECONDS)
        if len(forms) * FORMS_EVERY < time.time() - began:
            forms.append(_opened(side))
        if all(_finals(side, each) for each in DEPLOYMENTS):
            break
        time.sleep(LOOK_SECONDS)  # noqa: TID251 - looks at its own pace
    told = {each: _finals(side, each)[0] for each in DEPLOYMENTS if _finals(side, each)}
    delays = [
        max(0.0, float(final.ts) - ended[number])
        for number, final in told.items()
        if number in ended
    ]
    refused = sum(each.error == "ratelimited" for each in side.workspace.refused)
    opened = [each for each in forms if each is not None]
    return Stormed(len(told), delays, refused, opened, len(forms) - len(opened))


def _opened(side: Side) -> float | None:
    """Return the seconds until the form that `/deploy` asks for was open; None: it never was."""
    before = sum(each.method == "views.open" for each in side.workspace.executed)
    asked = time.time()
    side.workspace.command("/deploy", by="U0ANN", channel=CHANNEL)

    def opened() -> list[float]:
        calls = [each for each in side.workspace.executed if each.method == "views.open"]
        return [each.at for each in calls[before:]]

    _until(lambda: bool(opened()), TRIGGER_LIVES)
    for view in side.workspace.views("U0ANN"):
        side.workspace.close_view(view.id, by="U0ANN", cleared=True)
    return opened()[0] - asked if opened() else None


def _command(side: Side, number: int, more: str = "") -> None:
    text = f"/deploy bench-{number}" + (more if side.approve == "approve" else " 1.4.0")
    side.workspace.command(text, by=person(number % PEOPLE), channel=side.channel(number))


def _press(side: Side, card: Message, by: str) -> None:
    side.workspace.press(side.approve, ts=card.ts, channel=card.channel, by=by)


def _card(side: Side, number: int) -> Message | None:
    words = f"bench-{number} "
    for each in side.workspace.messages(side.channel(number)):
        if words in f"{each.text} ".replace("*", " ").replace("`", " ").replace(":", " "):
            return each
    return None


def _gate(side: Side, number: int) -> Message | None:
    card = _card(side, number)
    return card if card is not None and side.approve in card.action_ids else None


def _finals(side: Side, number: int) -> list[Message]:
    """Return the replies that say that it went well."""
    card = _card(side, number)
    thread = side.workspace.thread(card.channel, card.ts)[1:] if card is not None else []
    return [each for each in thread if FINAL.search(each.text)]


def _await_finals(side: Side, numbers: Sequence[int]) -> None:
    """Wait until each has ended, or none more has for a while."""
    seen, at = -1, time.monotonic()

    def settled() -> bool:
        nonlocal seen, at
        now, told = time.monotonic(), sum(bool(_finals(side, each)) for each in numbers)
        if told != seen:
            seen, at = told, now
        return told == len(numbers) or now - at > QUIET

    _until(settled, PATIENCE)


def _until(holds: Callable[[], bool], patience: float) -> None:
    until = time.monotonic() + patience
    while not holds() and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)  # noqa: TID251 - looks at its own pace


def told(results: Sequence[Result]) -> str:
    """Return the section of the page."""
    heads = ["", *(each.name for each in results)]
    return table(heads, [[words, *(cell(each) for each in results)] for words, cell in ROWS])


def _seconds(values: Sequence[float], percent: int) -> str:
    found = cut(values, percent)
    return NONE if found is None else f"{found:.1f} s"


ROWS: Final[tuple[tuple[str, Callable[[Result], str]], ...]] = (
    ("(a) killed in the middle of 20: completed", lambda r: str(r.killed.completed)),
    ("(a) doubled: told or carried out twice", lambda r: str(r.killed.doubled)),
    ("(a) not told how they ended", lambda r: str(r.killed.untold)),
    ("(b) changes made of 10 that two people approve at once", lambda r: str(r.mutations)),
    ("(c) 20 at once, one message a second: finals told", lambda r: str(r.stormed.told)),
    ("(c) from an end to its line: p50", lambda r: _seconds(r.stormed.delays, 50)),
    ("(c) from an end to its line: last", lambda r: _seconds(r.stormed.delays, 100)),
    ("(c) refusals provoked", lambda r: str(r.stormed.provoked)),
    ("(d) a form meanwhile: p50", lambda r: _seconds(r.stormed.forms, 50)),
    ("(d) a form meanwhile: slowest", lambda r: _seconds(r.stormed.forms, 100)),
    ("(d) forms not open within 3 s", lambda r: str(r.stormed.unopened)),
)

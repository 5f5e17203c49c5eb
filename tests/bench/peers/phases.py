"""What is done to a bot, and what came of it."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from tests.bench.peers.driver import Delivery
from tests.bench.peers.running import Bot, Said

# The numbers of commands: each phase has its own, and each is a target of Slipway's.
WARMING: Final = range(20)
STEADY: Final = range(1_000, 1_100)  # as many of them as are wanted
SAME: Final = range(2_000, 2_020)
TYPED: Final = range(3_000, 3_020)
UNSIGNED: Final = range(4_000, 4_001)
LIMITED: Final = range(5_000, 5_020)
AFTER: Final = range(6_000, 6_005)
SLOW: Final = range(7_000, 7_060)
BURST: Final = range(10_000, 10_300)  # as many of them as are wanted
NUMBERS: Final = (
    *WARMING,
    *STEADY,
    *SAME,
    *TYPED,
    *UNSIGNED,
    *LIMITED,
    *AFTER,
    *SLOW,
    *BURST,
)
RATE: Final = 20.0  # commands a second, steady
SLACKS_SECONDS: Final = 3.0  # after which Slack gives up
CALM_PATIENCE: Final = 20.0
LIMIT_PATIENCE: Final = 60.0
FINALS_PATIENCE: Final = 40.0
QUIET: Final = 8.0  # seconds without a new post: nothing more comes


class Times(NamedTuple):
    """Of one phase, in seconds: to acknowledgements and first posts; and what is missing."""

    acknowledged: list[float]
    replied: list[float]
    refused: int  # answered with the truth that nothing will happen
    late: int  # acknowledged after Slack has given up, or never
    silent: int  # neither refused nor replied to while it was waited for
    replies_a_second: float


class Calm(NamedTuple):
    """What a bot does with nothing in its way."""

    boot_seconds: float
    boot_calls: int
    calls_each: float
    steady: Times
    finals: list[float]  # from a command to the line that says how it ended
    burst: Times
    memory: float


class Hard(NamedTuple):
    """What a bot does when it is not easy."""

    same_delivery: int  # replies to 20 deliveries that come twice
    typed_again: int  # replies to 20 commands that people type twice
    unsigned: str  # what an unsigned request is answered with
    delivered: int  # of 20 under the limit
    delivered_seconds: float
    provoked: int  # refusals
    limited_late: int  # acknowledgements under the limit after 3 s
    answered_after: int  # of 5
    slow_late: int  # acknowledgements after 3 s, of commands with a second of work behind


async def calm(bot: Bot, commands: int, burst: int) -> Calm:
    """Boot, steady, burst."""
    said = await bot.slack.said()
    boot = min(post.at for post in said.posts) - bot.started_at, said.calls
    await _sent(bot, WARMING, RATE)
    if bot.peer.tells_finals:
        await _finals(bot, WARMING)
    before = (await bot.slack.said()).calls
    steady = await _times(bot, STEADY[:commands], RATE)
    finals = await _finals(bot, STEADY[:commands]) if bot.peer.tells_finals else []
    calls = (await bot.slack.said()).calls - before
    held = bot.memory()
    loud = await _times(bot, BURST[:burst], float("inf"))
    return Calm(*boot, calls / commands, steady, finals, loud, max(held, bot.memory()))


async def hard(bot: Bot) -> Hard:
    """Repeat, unsigned, limit, afterwards, slow work."""
    same = await _repeated(bot, SAME, again="")
    typed = await _repeated(bot, TYPED, again="again-")
    unsigned = await _unsigned(bot, UNSIGNED[0])
    slow = await _slow(bot, SLOW)
    limited = await _limited(bot, LIMITED)
    await _sent(bot, AFTER, RATE)
    said = await bot.until(lambda said: _answered(said, AFTER) == len(AFTER), 5.0)
    return Hard(same, typed, unsigned, *limited, _answered(said, AFTER), slow)


async def _sent(
    bot: Bot, numbers: Sequence[int], rate: float, how: str = "", again: str | None = None
) -> list[Delivery]:
    """Send each at its time, whatever became of those before."""
    began = time.monotonic()

    async def one(place: int, number: int) -> Delivery:
        await asyncio.sleep(max(0.0, began + place / rate - time.monotonic()))
        delivery = "" if again is None else f"{again}{number}"
        return await bot.driver.send(number, how, delivery=delivery)

    return list(await asyncio.gather(*(one(*each) for each in enumerate(numbers))))


async def _times(bot: Bot, numbers: range, rate: float) -> Times:
    """Wait for acknowledgements and replies, both."""
    deliveries = await _sent(bot, numbers, rate)
    refused = {each.number for each in deliveries if "nothing will happen" in each.text.lower()}
    wanted = [each for each in numbers if each not in refused]
    said = await bot.until(
        lambda said: _answered(said, wanted) == len(wanted), CALM_PATIENCE, QUIET
    )
    replies = {number: at[0] for number, at in said.replies(wanted).items() if at}
    sent = {each.number: each.sent_at for each in deliveries}
    took = max(replies.values(), default=0.0) - min(sent.values())
    return Times(
        acknowledged=[each.seconds for each in deliveries if each.taken_at is not None],
        replied=[at - sent[number] for number, at in replies.items()],
        refused=len(refused),
        late=sum(each.seconds > SLACKS_SECONDS for each in deliveries),
        silent=len(wanted) - len(replies),
        replies_a_second=len(replies) / took if replies else 0.0,
    )


async def _finals(bot: Bot, numbers: Sequence[int]) -> list[float]:
    """Wait for what was begun to end; return how long it took from the first post."""

    def ends(said: Said) -> dict[int, float]:
        return {each.number: each.at for each in said.posts if each.is_final}

    said = await bot.until(lambda said: set(numbers) <= set(ends(said)), FINALS_PATIENCE, QUIET)
    begun = {number: at[0] for number, at in said.replies(numbers).items() if at}
    return [at - begun[number] for number, at in ends(said).items() if number in begun]


async def _repeated(bot: Bot, numbers: range, again: str) -> int:
    """Send all, and once they are answered all again; return how many replies came."""
    await _sent(bot, numbers, RATE)
    await bot.until(lambda said: _answered(said, numbers) == len(numbers), CALM_PATIENCE, QUIET)
    await _sent(bot, numbers, RATE, again=again)
    said = await bot.until(lambda said: _all(said, numbers) >= 2 * len(numbers), 3.0, 1.5)
    return _all(said, numbers)


async def _unsigned(bot: Bot, number: int) -> str:
    if bot.peer.transport == "socket":
        return "-"  # nobody can send one
    answer = await bot.driver.send(number, is_signed=False)
    said = await bot.until(lambda said: _answered(said, [number]) == 1, 1.0)
    return f"{answer.status}, {'carried out' if _answered(said, [number]) else 'not carried out'}"


async def _slow(bot: Bot, numbers: range) -> int:
    deliveries = await _sent(bot, numbers, RATE, bot.peer.slow)
    await bot.until(lambda said: _answered(said, numbers) == len(numbers), CALM_PATIENCE, QUIET)
    return sum(each.seconds > SLACKS_SECONDS for each in deliveries)


async def _limited(bot: Bot, numbers: range) -> tuple[int, float, int, int]:
    before = (await bot.slack.said()).refused
    await bot.slack.limit(is_on=True)
    began = time.monotonic()
    sending = asyncio.create_task(_sent(bot, numbers, float("inf")))
    said = await bot.until(
        lambda said: _answered(said, numbers) == len(numbers), LIMIT_PATIENCE, QUIET
    )
    await bot.slack.limit(is_on=False)
    deliveries = await sending
    late = sum(each.seconds > SLACKS_SECONDS for each in deliveries)
    last = max((at[0] for at in said.replies(numbers).values() if at), default=began)
    return _answered(said, numbers), last - began, said.refused - before, late


def _answered(said: Said, numbers: Sequence[int]) -> int:
    return sum(bool(at) for at in said.replies(numbers).values())


def _all(said: Said, numbers: Sequence[int]) -> int:
    return sum(len(at) for at in said.replies(numbers).values())

"""What CCE answers about a cluster besides its status: the versions that are offered."""

from typing import Final

from bot.core.flow import Flow
from bot.core.system import Offer, Questions
from bot.systems.cce_cluster import versions
from bot.systems.cce_cluster.codes import ByPath
from bot.systems.cce_cluster.discovery import discover
from bot.systems.cce_cluster.reads import read_live, read_ways
from bot.systems.cce_cluster.target import Cluster


def offered(target: Cluster) -> Flow[tuple[Offer, ...]]:
    """Read what the cluster may be upgraded to; where nothing is offered, where paths lead."""
    live = yield from read_live(target)
    told = live.info.targets if live.info else ()
    ways = () if told else (yield from read_ways(target, live.version))
    return (
        *(Offer(version=each) for each in _descending(told)),
        *(Offer(version=each, description=ByPath().reason) for each in _descending(ways)),
        Offer(version=live.version or "?", is_current=True),
    )


QUESTIONS: Final = Questions(versions=offered, discover=discover)


def _descending(there: tuple[str, ...]) -> list[str]:
    return sorted(there, key=lambda each: versions.parsed(each) or (), reverse=True)

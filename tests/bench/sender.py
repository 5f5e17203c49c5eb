"""One sender of the outbox: the worker's own code, without the worker's other parts.

python -m tests.bench.sender [by-channel]     settings come from the environment, as the worker's do

One that goes by channel learns nothing of the workspace as a whole from what Slack refuses.
"""

import sys
import time
from collections.abc import Callable

from typing_extensions import override

from bot.app.clouds import cloud_parts
from bot.app.resources import now, open_configuration, open_parts
from bot.core.surfaces import POSTS
from bot.engine import engine_on
from bot.facts import Gatherer
from bot.redis.cache import Cache
from bot.redis.due_times import DueTimes
from bot.redis.flags import Flags
from bot.redis.leases import Leases, owner_here
from bot.settings import Settings
from workers.cloud.client import cloud_client
from workers.context import WorkerContext
from workers.slack import SlackDirectory, SlackMessages, web_client
from workers.slack.outbox import send_for

TICK_SECONDS = 8.0


class ByChannel(Flags):
    """Notes what was refused in a channel, and forgets what that means for all of them."""

    @override
    def note(self, name: str, seconds: float, write: Callable[[str, float], str]) -> str:
        return "" if name == f"refused:{POSTS}" else super().note(name, seconds, write)


def main() -> None:
    """Send until the end."""
    settings = Settings()
    credentials, catalogue = open_configuration(settings, serves=False)
    parts = open_parts(settings, catalogue)
    client = web_client(credentials.bot_token.get_secret_value(), settings.slack_api_url)
    clouds = cloud_parts(parts.catalogue, parts.redis, now)
    context = WorkerContext(
        engine=engine_on(parts.journal, parts.doorbell),
        journal=parts.journal,
        catalogue=parts.catalogue,
        facts=Gatherer(
            catalogue=parts.catalogue,
            journal=parts.journal,
            directory=SlackDirectory(client, Cache(parts.redis)),
            clock=now,
            team=lambda: "",
        ),
        cloud=cloud_client(clouds),
        limiter=clouds.limiter,
        clock=now,
        monotonic=time.monotonic,
        schedule=DueTimes(parts.redis),
        claims=Leases(parts.redis, owner_here()),
        flags=(ByChannel if "by-channel" in sys.argv else Flags)(parts.redis),
        cache=Cache(parts.redis),
        ring=parts.doorbell.ring,
    )
    while True:
        send_for(context, SlackMessages(client), TICK_SECONDS)


if __name__ == "__main__":
    main()

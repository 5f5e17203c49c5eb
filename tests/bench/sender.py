"""One sender of the outbox: the worker's own code, without the worker's other parts.

python -m tests.bench.sender     settings come from the environment, as the worker's do
"""

import time

from bot.app.clouds import TargetClouds
from bot.app.parts import now, open_configuration, open_parts
from bot.engine import Engine
from bot.rates import Rates
from bot.schedule import Cache, Claims, Marks, Schedule
from bot.settings import Settings
from workers.outbox import send_for
from workers.pacing import Pacing
from workers.ports import Desk
from workers.slack import SlackDirectory, SlackMessages, web_client

TICK_SECONDS = 8.0


def main() -> None:
    """Send until the end."""
    settings = Settings()
    credentials, catalogue = open_configuration(settings, serves=False)
    parts = open_parts(settings, catalogue)
    client = web_client(credentials.bot_token.get_secret_value(), settings.slack_api_url)
    desk = Desk(
        engine=Engine(parts.journal, parts.doorbell),
        journal=parts.journal,
        places=parts.catalogue,
        directory=SlackDirectory(client, Cache(parts.redis)),
        cloud=TargetClouds(parts.catalogue),
        pacing=Pacing(Rates(parts.redis)),
        clock=now,
        monotonic=time.monotonic,
        schedule=Schedule(parts.redis),
        claims=Claims(parts.redis),
        marks=Marks(parts.redis),
        ring=parts.doorbell.ring,
        team=lambda: "",
    )
    while True:
        send_for(desk, SlackMessages(client), TICK_SECONDS)


if __name__ == "__main__":
    main()

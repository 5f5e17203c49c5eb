"""Errbot's plug-in: `!ping 17` is answered with `pong 17`."""

import time

from errbot import BotPlugin, botcmd


class Ping(BotPlugin):
    """Answers pings."""

    @botcmd
    def ping(self, _message, args) -> str:
        """Answer."""
        number, _, how = args.partition(" ")
        if how:
            time.sleep(1.0)  # noqa: TID251 - the work that a handler has
        return f"pong {number}"

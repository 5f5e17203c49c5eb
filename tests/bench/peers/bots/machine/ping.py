"""Slack Machine's plug-in: `ping 17` is answered with `pong 17`."""

import asyncio

from machine.plugins.base import MachineBasePlugin
from machine.plugins.decorators import listen_to


class Ping(MachineBasePlugin):
    """Answers pings."""

    @listen_to(r"^ping (?P<number>\d+)(?P<how> slow)?$")
    async def ping(self, msg, number, how) -> None:
        """Answer."""
        if how:
            await asyncio.sleep(1.0)
        await msg.say(f"pong {number}")

"""Opsdroid's skill: `ping 17` is answered with `pong 17`."""

import asyncio

from opsdroid.matchers import match_regex
from opsdroid.skill import Skill


class Ping(Skill):
    """Answers pings."""

    @match_regex(r"^ping (?P<number>\d+)(?P<how> slow)?$")
    async def ping(self, message) -> None:
        """Answer."""
        if message.regex["how"]:
            await asyncio.sleep(1.0)
        await message.respond(f"pong {message.regex['number']}")

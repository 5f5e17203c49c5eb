"""The whole product as a user of Redis with the least rights."""

from pathlib import Path
from typing import Any, Final

from bot.redis.rights import LEAST
from bot.sandbox.redis import await_redis
from tests.processes.forks import Preloaded
from tests.processes.house import house

ASKED_IN_VAIN: Final = {"client|list"}  # RQ asks for its own address, and does without


def test_y14_a_user_with_the_least_rights_deploys(tmp_path: Path, forks: Preloaded) -> None:
    """Y14: from the start to the last message and the end, Redis refuses nothing that matters."""
    with house(tmp_path, forks, started=False) as home:
        home.redis.start()
        await_redis(home.redis_url)
        server: Any = home.client()
        server.execute_command("ACL", "SETUSER", "slipway", "reset", "on", ">word", *LEAST.split())
        home.lead("SLIPWAY_REDIS_URL", home.redis_url.replace("//", "//slipway:word@"))
        home.start()

        operation_id = home.deploy(home.target())
        home.approve(operation_id)
        home.card_with(operation_id, word="succeeded")
        home.until_all_told()
        for each in (home.worker, home.bot):
            each.terminate()
            assert each.code() == 0

        refused = {str(each["object"]) for each in server.acl_log()}
        assert refused <= ASKED_IN_VAIN
        assert not home.worker.events("redis.unavailable")

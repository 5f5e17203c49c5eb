"""A connection that logs in at IAM by a password: one login, renewed when its token ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.clouds.huawei.content import PASSWORD
from bot.sandbox.content import configuration
from tests.conversations.invariants import check
from tests.conversations.stage import opened
from tests.conversations.world import World


@pytest.fixture
def five(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with the sandbox's own slipway.yaml."""
    with opened(folder, redis_url, configured=configuration) as here:
        yield here
        check(here)


def statuses(world: World) -> list[int]:
    """How the logins ended."""
    return [each.status for each in world.cloud.logins]


def test_an_upgrade_goes_through_with_a_token_from_iam(five: World) -> None:
    """The cluster is upgraded with tokens alone; each process logs in once."""
    five.command("/upgrade edge v1.30")
    five.settle()
    card = five.approve(five.card())
    assert five.operation(card).phase.kind == "succeeded"
    logins = statuses(five)
    assert set(logins) == {201}
    five.command("/ops status edge")
    assert statuses(five) == logins


def test_a_token_that_ended_is_renewed_and_nobody_notices(five: World) -> None:
    """When the gateway wants a new token, one login follows, and the answer comes."""
    assert "v1.29" in five.command("/ops status edge").text
    before = len(statuses(five))
    five.expected |= {"APIGW.0307"}
    five.cloud.expire_tokens()
    assert "v1.29" in five.command("/ops status edge").text
    assert statuses(five)[before:] == [201]


def test_a_wrong_password_is_said_and_not_tried_again(five: World) -> None:
    """IAM locks users who fail: a login that was refused is not repeated for each question."""
    five.expected |= {"Unauthorized"}
    five.edit("CLOUD_PASSWORD", "CLOUD_TOKEN")
    for _ in range(3):
        said = five.command("/ops status edge").text
        assert "[login_refused]" in said or "[cloud_refused]" in said, said
        assert PASSWORD not in said
    assert statuses(five) == [401]

"""A workspace, and a client of its Web API."""

from typing import Any, Final

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SANDBOX, Channel, RateLimits, Workspace

DEPLOYS: Final = "C0DEPLOYS"


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


def a_workspace() -> Workspace:
    """Return one with a private and an archived channel, and without rate limits."""
    extra = (
        Channel(id="C0SECRET", name="secret", is_private=True, members=("U0ANN",)),
        Channel(id="C0OLD", name="old", is_archived=True, members=("U0SLIPWAY",)),
        Channel(id="C0OTHER", name="other", members=("U0ANN",)),
    )
    config = SANDBOX.model_copy(update={"channels": SANDBOX.channels + extra})
    return Workspace(config, Clock(), limits=RateLimits(enabled=False))


def refusal(client: WebClient, method: str, **arguments: object) -> dict[str, Any]:
    """Return Slack's answer to a call that it refuses."""
    with pytest.raises(SlackApiError) as caught:
        client.api_call(method, json=arguments)
    data = caught.value.response.data
    assert isinstance(data, dict)
    return data


JSON: Final = "application/json"

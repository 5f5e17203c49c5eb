"""Points bots that have no setting for it at the fake Slack, by the SDK's own default.

Python imports this by itself where its folder is on the path. The bots stay as they are.
"""

import os
from importlib import import_module

_OWN = "https://slack.com/api/"


def _pointed(module: str, name: str) -> None:
    made = getattr(import_module(module), name).__init__
    fake = os.environ["SLACK_API_URL"]
    made.__defaults__ = tuple(fake if each == _OWN else each for each in made.__defaults__)


if "SLACK_API_URL" in os.environ:
    _pointed("slack_sdk.web.base_client", "BaseClient")
    _pointed("slack_sdk.web.async_base_client", "AsyncBaseClient")

"""Errbot's settings."""

import os
from importlib.util import find_spec
from pathlib import Path

BACKEND = "SlackV3"
BOT_EXTRA_BACKEND_DIR = str(Path(find_spec("slackv3").origin).parent)
BOT_EXTRA_PLUGIN_DIR = str(Path(__file__).parent / "plugins")
BOT_DATA_DIR = os.environ["BENCH_FOLDER"]
BOT_LOG_FILE = None
BOT_LOG_LEVEL = 40
BOT_ADMINS = ("@u0ann",)
BOT_IDENTITY = {
    "token": os.environ["SLACK_BOT_TOKEN"],
    "app_token": os.environ["SLACK_APP_TOKEN"],
    "signing_secret": os.environ["SLACK_SIGNING_SECRET"],
}
CORE_PLUGINS = ()

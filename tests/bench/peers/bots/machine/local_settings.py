"""Slack Machine's settings."""

import os

SLACK_BOT_TOKEN = os.environ["SLACK_BOT_TOKEN"]
SLACK_APP_TOKEN = os.environ["SLACK_APP_TOKEN"]
LOGLEVEL = "ERROR"
PLUGINS = ["ping.Ping"]

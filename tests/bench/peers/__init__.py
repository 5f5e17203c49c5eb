"""Slipway beside other bots, each in an environment of its own, against one fake Slack."""

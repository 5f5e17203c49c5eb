"""Slipway: change production from Slack, one journalled operation at a time."""

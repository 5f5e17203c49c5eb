"""Conversations: people, the real bot and workers, and strict simulators of Slack and cloud."""

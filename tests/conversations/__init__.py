"""Conversations: people, the real bot and workers, and strict simulators of Slack and cloud."""

import pytest

pytest.register_assert_rewrite(
    "tests.conversations.cards", "tests.conversations.invariants", "tests.conversations.world"
)

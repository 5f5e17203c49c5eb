"""A fresh workspace for each test."""

import pytest

from tests.handlers.workspace import Workspace


@pytest.fixture
def workspace() -> Workspace:
    """Return a workspace in which nothing has happened."""
    return Workspace()

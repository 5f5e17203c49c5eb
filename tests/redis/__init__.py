"""Tests of what goes through Redis."""

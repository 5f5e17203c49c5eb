"""Tests of what watches remote tasks."""

"""Tests of what brings Slack up to date."""

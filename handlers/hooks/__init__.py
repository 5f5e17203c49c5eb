"""Hooks: events from outside, verified before anything is interpreted."""

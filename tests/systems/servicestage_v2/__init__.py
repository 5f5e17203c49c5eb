"""Tests of one system, by subject."""

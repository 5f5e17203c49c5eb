"""Benchmarks: each prints its figure beside a baseline of the same run. None is a test."""

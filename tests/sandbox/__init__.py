"""Tests of the sandbox: simulators and page."""

"""Tests of the calls to clouds."""

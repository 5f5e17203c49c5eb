"""Tests of the systems: one contract suite for all, and one module for each."""

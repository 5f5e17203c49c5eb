"""Packages from outside, as somebody else would write them, and what is tried on them."""

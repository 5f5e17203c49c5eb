"""Fields from outside, for all systems: what may be missing, and text made fit for people."""

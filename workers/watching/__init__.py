"""Watches remote tasks, and rings again for what has gone quiet."""

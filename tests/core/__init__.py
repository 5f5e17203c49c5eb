"""The core, tested as values."""

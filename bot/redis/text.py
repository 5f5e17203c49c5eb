"""Text out of Redis."""


def text(value: object) -> str:
    """Return what Redis gave as text."""
    return value.decode() if isinstance(value, bytes) else str(value)

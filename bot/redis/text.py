"""Text out of Redis."""


def text(value: object) -> str:
    """Return what Redis gave as text, whatever it is."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)

"""What a reader sees of finished blocks."""

from collections.abc import Iterator, Sequence

from bot.core.records import Json
from bot.views.layout import Block


def texts(value: Json | Sequence[Block]) -> Iterator[str]:
    """Yield every text of *value*, in order."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name == "text" and isinstance(part, str):
                yield part
            else:
                yield from texts(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from texts(item)


def words(blocks: Sequence[Block]) -> str:
    """Return all texts of *blocks*, a line each."""
    return "\n".join(texts(blocks))

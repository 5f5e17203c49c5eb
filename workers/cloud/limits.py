"""How long calls may take, and how much they may bring."""

from pydantic import Field

from bot.core.records import Record


class CloudLimits(Record):
    """How long and how much; times in seconds. A system may be more patient with its mutations."""

    connect: float = Field(default=3, gt=0)
    read_silence: float = Field(default=20, gt=0)  # without a byte
    read_total: float = Field(default=30, gt=0)
    mutation_silence: float = Field(default=30, gt=0)
    mutation_total: float = Field(default=35, gt=0)
    login_total: float = Field(default=5, gt=0)  # a permit does not wait longer
    body_bytes: int = Field(default=2_000_000, gt=0)
    mutation_body_bytes: int = Field(default=32_000_000, gt=0)  # some return a whole chart
    connections: int = Field(default=200, gt=0)  # to one address at once, of one poller

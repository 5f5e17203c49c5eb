"""The composition roots: what a bot and a worker are made of."""

from bot.app.bot import run_bot
from bot.app.resources import new_operation_id, now, open_catalogue, open_parts
from bot.app.worker import run_workers

__all__ = ["new_operation_id", "now", "open_catalogue", "open_parts", "run_bot", "run_workers"]

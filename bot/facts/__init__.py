"""The one place that gathers what the rules need: from journal, catalogue, directory and clock."""

from bot.facts.gatherer import Gatherer
from bot.facts.running import running, runs
from bot.facts.suspects import cause, suspects

__all__ = ["Gatherer", "cause", "running", "runs", "suspects"]

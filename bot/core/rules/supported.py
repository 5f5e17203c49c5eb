"""Rule: the target's system can do what is asked."""

import re

from bot.core.codes.rules import (
    NoObjects,
    NoOption,
    NoStrategies,
    NotCreatable,
    NothingToCancel,
    NoValues,
    NoVersion,
    Unsupported,
)
from bot.core.codes.systems import NoSuchStrategy
from bot.core.records import Asked
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Abilities, Facts
from bot.core.rules.intents import Change, Intent
from bot.core.target import Target
from bot.core.value_words import is_json


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse what the API has no call for, or what the words lack for it."""
    if not isinstance(intent, Change) or facts.target is None or facts.abilities is None:
        return None
    return _lacking(intent.asked, facts.target, facts.abilities) or Finding.yes()


def _lacking(asked: Asked, target: Target, system: Abilities) -> Finding | None:
    action, parameters = asked.action, asked.parameters
    if action not in system.actions:
        if action == "rollback" and system.no_rollback:
            return Finding.because(system.no_rollback)
        can = tuple(sorted(system.actions))
        return Finding.no(Unsupported(action=action, system=system.title, can=can))
    if action == "create" and target.create is None:
        return Finding.no(NotCreatable(target=target.name))
    if parameters.values and not system.takes_values:
        return Finding.no(NoValues(system=system.title, target=target.name))
    objects = [key for key, value in parameters.values.items() if is_json(value)]
    if objects and not system.takes_json:
        return Finding.no(NoObjects(system=system.title, word=objects[0]))
    if parameters.way == "cancel" and parameters.version is None:
        cannot = Finding.no(NothingToCancel(system=system.title, target=target.name))
        return None if system.cancels else cannot
    if parameters.strategy and not system.strategies:
        return Finding.no(NoStrategies(system=system.title, target=target.name))
    if parameters.strategy and not is_strategy(parameters.strategy, system.strategies):
        return Finding.no(NoSuchStrategy(word=parameters.strategy, known=system.strategies))
    there = system.options.get(action, ())
    odd = next((each for each in parameters.options if each not in there), None)
    if odd is not None:
        return Finding.no(NoOption(option=odd, system=system.title, known=there))
    if action == "deploy" and parameters.version is None and not system.takes_values:
        return Finding.no(NoVersion())
    return None


def is_strategy(word: str, known: tuple[str, ...]) -> bool:
    """Return whether *word* is one of the *known*, where a capital stands for 1 to 99."""
    forms = (re.sub("[A-Z]", "[1-9][0-9]?", re.escape(each)) for each in known)
    return any(re.fullmatch(form, word) for form in forms)

"""The words of changes: targets, versions, values, numbers."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final, TypeAlias

from bot.core.codes import Denied
from bot.core.codes.grammar import BadVersion, NoTarget, SecretInValues, TooManyWords
from bot.core.records import Action, Asked, Parameters
from bot.core.rules.intents import Change
from bot.core.secrecy import is_secret
from bot.core.verbs.line import shown
from bot.core.verbs.text import split

VERSION: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}")  # a chart's may have a +
OPERATION: Final = re.compile(r"op-[0-9a-hjkmnp-tv-z]{10}")

ReadParameters: TypeAlias = Callable[[str, list[str]], Parameters | Denied]


def change(
    verb: str, action: Action, text: str, read: ReadParameters, own: Collection[str] = ()
) -> Change | Denied:
    """Return the change that *text* asks for; *read* reads what follows the target.

    The flags *own*, which only this verb has, are called as the parameters that they fill.
    """
    words = split(verb, text, own)
    if isinstance(words, Denied):
        return words
    if not words.plain:
        return Denied.of(NoTarget(verb=verb))
    target, *rest = words.plain
    parameters = read(verb, rest)
    if isinstance(parameters, Denied):
        return parameters
    more = {**words.own, "options": words.options}
    return Change(
        asked=Asked(action=action, parameters=parameters.model_copy(update=more)),
        target=target.lower(),
        reason=words.reason,
        dry_run=words.dry_run,
        break_glass=words.break_glass,
    )


def nothing_more(verb: str, words: list[str]) -> Parameters | Denied:
    """Read nothing: the target is all."""
    return too_many(verb, words[0]) if words else Parameters()


def one_version(verb: str, words: list[str]) -> str | Denied | None:
    """Return the one version that may follow, where one does."""
    if len(words) > 1:
        return too_many(verb, words[1])
    if words and not VERSION.fullmatch(words[0]):
        return Denied.of(BadVersion(word=shown(words[0])))
    return words[0] if words else None


def too_many(verb: str, word: str) -> Denied:
    """Refuse a word that nothing is left for."""
    return Denied.of(TooManyWords(verb=verb, word=shown(word)))


def refused_words(words: Mapping[str, str]) -> Denied | None:
    """Refuse `key=value` words that hold a secret: they would be recorded and shown."""
    told = (path for path, value in words.items() if is_secret(path, value))
    return next(map(secret_word, told), None)


def secret_word(path: str) -> Denied:
    """Return the refusal of a word that sets a secret at *path*."""
    return Denied.of(SecretInValues(word=shown(path)))

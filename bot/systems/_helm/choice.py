"""Which values a release is to be given: the whole of them, or none at all."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from bot.core.codes import Denied
from bot.core.commands.keys import Key, parse_key
from bot.core.commands.refusals import refused_words, secret_word
from bot.core.errors import CloudRefusedError
from bot.core.plan import PlannedStep
from bot.core.records import Json, PastStep, Record
from bot.systems._helm.codes import ValuesUnknown
from bot.systems._helm.masks import is_masked, leaves, paths_of_masks
from bot.systems._helm.values import (
    Values,
    ValuesError,
    changes,
    masked,
    overlay,
    with_secrets,
)


class Wanted(Record):
    """What a release is to be given, as a step may record it."""

    is_sent: bool  # False: no values are sent, the present ones stay
    words: dict[str, str]  # all that were typed and hold
    values: Values | None = None  # whole, with secrets masked; None: nobody knows them
    dropped: tuple[str, ...] = ()  # words typed earlier that do not fit any more

    @property
    def parameters(self) -> dict[str, Json]:
        """The part of a step's parameters that is about values."""
        return {"sends_values": self.is_sent, "words": dict(self.words), "values": self.values}


def maker(past: tuple[PastStep, ...], revision: str) -> PastStep | None:
    """Return the newest step of ours that made *revision* of the present release.

    Revisions are counted anew after a deletion, so nothing older than one counts.
    """
    for step in past:
        if step.has_failed:
            continue
        if step.action == "delete":
            return None
        if step.task == revision:
            return step
    return None


def kept_words(step: PastStep | None) -> dict[str, str]:
    """Return the typed words that hold since *step*."""
    words = step.parameters.get("words") if step else None
    return _texts(words) if isinstance(words, dict) else {}


def recorded_values(step: PastStep | PlannedStep | None) -> Values | None:
    """Return the whole values that *step* recorded, secrets masked; None: it knew none."""
    values = step.parameters.get("values") if step else None
    return values if isinstance(values, dict) else None


def kept(step: PastStep | None) -> Wanted:
    """Return what holds where no values are sent: what *step*, which made them, knew of them."""
    return Wanted(is_sent=False, words=kept_words(step), values=recorded_values(step))


def wanted(
    declared: Values | None,
    words: Mapping[str, str],
    made_by: PastStep | None,
    shown: Values | None,
) -> Wanted | Denied:
    """Return what to give the release, or why it cannot be known.

    *declared* are the target's values in slipway.yaml, *made_by* is the step of ours that made
    the present revision, *shown* are the live values where they are provably of this revision.
    """
    refused = refused_words(words)
    if refused:
        return refused
    if declared is not None:
        return _declared(declared, words, kept_words(made_by), shown)
    if not words:
        return kept(made_by)
    base = recorded_values(made_by)
    if base is None and shown is not None and not _has_mask(shown):
        base = shown
    if base is None:
        return Denied.of(ValuesUnknown())
    return _laid_over(base, words, kept_words(made_by), (shown or {},))


def sendable(step: PlannedStep, doing: str, *sources: Values | None) -> Values:
    """Return the values of *step* with their secrets, from the first source that knows each.

    Raises:
        CloudRefusedError: a secret is not known, so nothing may be sent.
    """
    try:
        return with_secrets(recorded_values(step) or {}, *(each for each in sources if each))
    except ValuesError as error:
        raise CloudRefusedError(
            doing=doing, why=error.code, status=0, verdict="refused", code=error.code.reason.code
        ) from error


def can_send(step: PlannedStep, *sources: Values | None) -> bool:
    """Return whether *sources* know every secret of *step*'s values."""
    try:
        with_secrets(recorded_values(step) or {}, *(each for each in sources if each))
    except ValuesError:
        return False
    return True


def has_secrets(values: Values | None) -> bool:
    """Return whether some of *values* are masked, so that a change in them cannot be seen."""
    return values is not None and _has_mask(values)


def is_same(before: Values | None, after: Values | None) -> bool:
    """Return whether it is certain that *after* changes nothing."""
    known = before is not None and after is not None
    return known and not has_secrets(after) and not changes(before or {}, after or {})


def _declared(
    declared: Values, words: Mapping[str, str], earlier: dict[str, str], shown: Values | None
) -> Wanted | Denied:
    """Lay over what is declared the words that hold, as far as these still fit, and the new."""
    base, holds, dropped = declared, dict[str, str](), list[str]()
    for word, text in earlier.items():
        try:
            base = overlay(base, {word: text})
        except ValuesError:
            dropped.append(word)
        else:
            holds[word] = text
    return _laid_over(base, words, holds, (declared, shown or {}), tuple(dropped))


def _laid_over(
    base: Values,
    words: Mapping[str, str],
    earlier: dict[str, str],
    sources: tuple[Values, ...],
    dropped: tuple[str, ...] = (),
) -> Wanted | Denied:
    try:
        whole = overlay(base, words)
    except ValuesError as error:
        return Denied.of(error.code)
    hidden = masked(whole, *sources, typed_at=_keys((*earlier, *words)))
    refused = _refused_in(hidden, words) or _refused_unknown(hidden, sources)
    if refused:
        return refused
    return Wanted(is_sent=True, words={**earlier, **words}, values=hidden, dropped=dropped)


def _keys(words: Iterable[str]) -> tuple[Key, ...]:
    """Return where *words* lead, as far as they do: older journals may hold what is no key."""
    found = []
    for word in words:
        with suppress(ValueError):
            found.append(parse_key(word))
    return tuple(found)


def _refused_in(hidden: Values, words: Mapping[str, str]) -> Denied | None:
    """Refuse a word that turns out to be a secret by what stands beside it, or by the API."""
    told = [leaf.key for leaf in leaves(hidden) if is_masked(leaf.value)]
    for word in words:
        key = parse_key(word)
        if any(each[: len(key)] == key for each in told):
            return secret_word(word)
    return None


def _refused_unknown(hidden: Values, sources: tuple[Values, ...]) -> Denied | None:
    try:
        with_secrets(hidden, *sources)
    except ValuesError as error:
        return Denied.of(error.code)
    return None


def _has_mask(values: Values) -> bool:
    return bool(paths_of_masks(values))


def _texts(words: dict[str, Json]) -> dict[str, str]:
    return {word: text for word, text in words.items() if isinstance(text, str)}

"""Which values a release is to be given: the whole of them, or none at all."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from bot.core.codes import Denied
from bot.core.errors import CloudRefusedError
from bot.core.keys import key_text, parse_key
from bot.core.plan import PlannedStep
from bot.core.records import Json, PastStep, Record
from bot.core.value_words import unquoted
from bot.core.verbs.words import refused_words, secret_word
from bot.systems._helm.codes import ValuesUnknown
from bot.systems._helm.differences import changes
from bot.systems._helm.masks import is_masked, leaves, paths_of_masks
from bot.systems._helm.merging import alone
from bot.systems._helm.values import (
    Values,
    ValuesError,
    keys_of,
    masked,
    merged,
    overlay,
    with_secrets,
)

# Whether the cloud is given all values of a release, or those alone that change.
ValuesMode: TypeAlias = Literal["replace", "merge"]


class Wanted(Record):
    """What a release is to be given, as a step may record it."""

    is_sent: bool  # False: no values are sent, the present ones stay
    words: dict[str, str]  # all that were typed and hold
    values: Values | None = None  # whole, with secrets masked; None: nobody knows them
    dropped: tuple[str, ...] = ()  # words typed earlier that do not fit any more
    part: Values | None = None  # what alone is sent, where the cloud keeps the rest

    @property
    def parameters(self) -> dict[str, Json]:
        """The part of a step's parameters that is about values."""
        whole: dict[str, Json] = {"words": dict(self.words), "values": self.values}
        part: dict[str, Json] = {} if self.part is None else {"part": self.part}
        return {"sends_values": self.is_sent, **whole, **part}


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
    *,
    mode: ValuesMode = "replace",
    resets: bool = False,
) -> Wanted | Denied:
    """Return what to give the release, or why it cannot be known.

    All values are sent: those that are declared, or, where these only fill what the cloud masks,
    those that it shows with them. In the mode "merge" the words are sent alone, with what is
    declared.

    *declared* are the target's values in slipway.yaml, *made_by* is the step of ours that made
    the present revision, *shown* are the live values where they are provably of this revision.
    Where it *resets*, nothing holds but what is declared and typed now, over the chart's defaults.
    """
    refused = refused_words({word: unquoted(text) for word, text in words.items()})
    if refused:
        return refused
    earlier = kept_words(made_by)
    if resets:
        dropped = tuple(word for word in earlier if word not in words)
        own = declared or {}
        return _laid_over(own, words, {}, (own, shown or {}), dropped)
    if mode == "merge" and (words or declared is not None):
        return _alone(declared, words, earlier, shown)
    if declared is not None and fills_masks(declared, shown):
        whole = merged(shown or {}, declared)
        return _laid_over(whole, words, earlier, (declared, shown or {}))
    if declared is not None:
        return _declared(declared, words, earlier, shown)
    if not words:
        return kept(made_by)
    base = recorded_values(made_by)
    base = shown if base is None else base
    if base is None:
        return Denied.of(ValuesUnknown())
    return _laid_over(base, words, earlier, (shown or {},))


def fills_masks(declared: Values, shown: Values | None) -> bool:
    """Return whether slipway.yaml declares of what is shown only what is masked there."""
    masks = paths_of_masks(shown or {})
    return bool(masks) and {key_text(leaf.key) for leaf in leaves(declared)} <= masks


def sendable(step: PlannedStep, doing: str, *sources: Values | None) -> Values:
    """Return the values of *step* with their secrets, from the first source that knows each.

    Raises:
        CloudRefusedError: a secret is not known, so nothing may be sent.
    """
    try:
        return with_secrets(_to_send(step), *(each for each in sources if each))
    except ValuesError as error:
        raise CloudRefusedError(
            doing=doing, why=error.code, status=0, verdict="refused", code=error.code.reason.code
        ) from error


def can_send(step: PlannedStep, *sources: Values | None) -> bool:
    """Return whether *sources* know every secret of *step*'s values."""
    try:
        with_secrets(_to_send(step), *(each for each in sources if each))
    except ValuesError:
        return False
    return True


def _to_send(step: PlannedStep) -> Values:
    part = step.parameters.get("part")
    return part if isinstance(part, dict) else recorded_values(step) or {}


def has_secrets(values: Values | None) -> bool:
    """Return whether some of *values* are masked, so that a change in them cannot be seen."""
    return values is not None and _has_mask(values)


def is_same(before: Values | None, after: Values | None, sent: Values | None = None) -> bool:
    """Return whether it is certain that *after* changes nothing; only *sent* may hold secrets."""
    if before is None or after is None or has_secrets(after if sent is None else sent):
        return False
    return not changes(before, after, are_masked=True)


def _alone(
    declared: Values | None, words: Mapping[str, str], earlier: dict[str, str], shown: Values | None
) -> Wanted | Denied:
    """Send what is declared and typed alone; what then runs is known where the rest is shown."""
    try:
        part = alone(declared, words, shown)
    except ValuesError as error:
        return Denied.of(error.code)
    sources, typed_at = (declared or {}, shown or {}), keys_of((*earlier, *words))
    hidden = masked(part, *sources, typed_at=typed_at)
    refused = _refused_in(hidden, words) or _refused_unknown(hidden, sources)
    if refused:
        return refused
    whole = None if shown is None else masked(merged(shown, part), *sources, typed_at=typed_at)
    holds = {**earlier, **words}
    return Wanted(is_sent=True, words=holds, values=whole, part=hidden)


def _declared(
    declared: Values, words: Mapping[str, str], earlier: dict[str, str], shown: Values | None
) -> Wanted | Denied:
    """Lay over what is declared the words that hold, as far as these still fit, and the new."""
    base, holds, dropped = declared, dict[str, str](), list[str]()
    for word, text in earlier.items():
        try:
            base = overlay(base, {word: text}, shown)
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
        whole = overlay(base, words, sources[-1])
    except ValuesError as error:
        return Denied.of(error.code)
    hidden = masked(whole, *sources, typed_at=keys_of((*earlier, *words)))
    refused = _refused_in(hidden, words) or _refused_unknown(hidden, sources)
    if refused:
        return refused
    return Wanted(is_sent=True, words={**earlier, **words}, values=hidden, dropped=dropped)


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

"""Explanations: what each rule says, in their order, with its line and what would help."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.core.codes import Reason
from bot.core.outcomes import Explained
from bot.core.rules import Finding, Verdict
from bot.views.text import code, escaped, mention
from bot.views.words import Locale, Marked, pair, phrases, said, say, sentences
from bot.views.words.naming import (
    ALARM,
    INFO,
    REFUSED,
    SUCCEEDED,
    WAITING,
    WARNING,
    action_name,
    headline,
    stands,
    state,
)

_SYMBOLS: Final[dict[Verdict, str]] = {
    "yes": SUCCEEDED,
    "passed": ALARM,
    "no": REFUSED,
    "wait": WAITING,
    "moot": INFO,
    "void": WARNING,
}


def explained_lines(outcome: Explained, locale: Locale) -> tuple[str, ...]:
    """Return whether it may happen, then one line for each rule that had something to say."""
    return (
        *_head(outcome, locale),
        *(_line(finding, outcome.of_another, locale) for finding in outcome.decision.findings),
        *_later(outcome, locale),
        *_help(_of_target(outcome), outcome.of_another, locale),
    )


def _head(outcome: Explained, locale: Locale) -> Iterator[str]:
    operation = outcome.operation
    if operation is None:
        key = "why.can" if outcome.decision.is_allowed else "why.cannot"
        who = mention(outcome.person) if outcome.person else ""
        wish = action_name(outcome.action, locale) if outcome.action else say("why.approve", locale)
        yield say(key, locale, who=Marked(who), action=wish, target=outcome.target)
        return
    yield headline(operation, locale)
    how = stands(operation, locale) if operation.is_final else state(operation, locale).marked
    yield f"{how} · {code(operation.id)}"
    if outcome.then is not None:
        yield say("why.then" if outcome.is_kept else "why.then_lost", locale, at=outcome.then)
    else:
        is_free = outcome.decision.is_allowed
        yield say("why.nothing" if is_free else "why.next", locale)


def _later(outcome: Explained, locale: Locale) -> Iterator[str]:
    """Yield what holds the operation all the same, once somebody has approved it."""
    if outcome.later:
        yield say("why.later", locale)
        yield from (_line(each, outcome.of_another, locale) for each in outcome.later)


def _name(finding: Finding, locale: Locale) -> str:
    key = f"rule.{finding.rule}"
    return say(key, locale) if key in phrases(locale) else escaped(finding.rule)


def _line(finding: Finding, of: str | None, locale: Locale) -> str:
    name = _name(finding, locale)
    if finding.place:
        place = Marked(code(finding.place, 120))
        name = say("list.aside", locale, words=Marked(name), aside=place)
    passed = say("why.passed", locale) if finding.verdict == "passed" else ""
    why = sentences((_says(finding.why, of, locale) if finding.why else "", passed), locale)
    words = pair(name, why, locale) if why else name
    return f"{_SYMBOLS[finding.verdict]} {words}"


def _says(why: Reason, of: str | None, locale: Locale) -> str:
    """Return what is said to a person; to whoever asks about *of*, what is said of them."""
    key = f"another.{why.key}"
    if of and key in phrases(locale):
        return say(key, locale, **{**why.params, "person": of})
    return said(why, locale).says


def _of_target(outcome: Explained) -> tuple[Finding, ...]:
    """Return the findings, each with the target, which what is kept of an operation leaves out."""
    target = outcome.operation.target if outcome.operation else outcome.target
    return tuple(
        each.model_copy(update={"why": _naming(each.why, target)}) if each.why else each
        for each in (*outcome.decision.findings, *outcome.later)
    )


def _naming(why: Reason, target: str) -> Reason:
    named = why.params.get("target") or target
    return why.model_copy(update={"params": {**why.params, "target": named}})


def _help(findings: Sequence[Finding], of: str | None, locale: Locale) -> Iterator[str]:
    """Yield what would let each rule pass that stands in the way; its name, where several do."""
    stopping: dict[str, list[Finding]] = {}
    for each in findings:
        if not each.lets_pass:
            stopping.setdefault(each.rule, []).append(each)
    found = [(alike[0], way) for alike in stopping.values() if (way := _way(alike, of, locale))]
    if len(found) == 1:
        yield say("why.way", locale, remedy=Marked("\n".join(found[0][1])))
    elif found:
        yield say("why.ways", locale)
    for finding, way in found if len(found) > 1 else ():
        yield f"• {pair(_name(finding, locale), way[0], locale)}"
        yield from (f"   {each}" for each in way[1:])


def _way(alike: Sequence[Finding], of: str | None, locale: Locale) -> tuple[str, ...]:
    """Return what helps against one rule, and whom to ask; nothing where it does not say."""
    who = tuple(dict.fromkeys(one for each in alike for one in each.who))
    reasons = (each.why for each in alike if each.why is not None)
    remedy = next(filter(None, (_remedy(each, who, of, locale) for each in reasons)), "")
    asked = say("denied.who", locale, who=who) if who else ""
    return tuple(filter(None, (remedy, asked)))


def _remedy(why: Reason, who: Sequence[str], of: str | None, locale: Locale) -> str:
    key = f"another.{why.key}.way"
    if of and who and key in phrases(locale):
        return say(key, locale, person=of)
    return said(why, locale, who=who).remedy

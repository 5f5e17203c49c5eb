"""Explanations: what each rule says, in their order, with its line and what would help."""

from collections.abc import Iterator
from typing import Final

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
        *(_line(finding, locale) for finding in outcome.decision.findings),
        *_help(outcome, locale),
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
    yield f"{state(operation, locale).marked} · {code(operation.id)}"
    if outcome.then is not None:
        yield say("why.then" if outcome.is_kept else "why.then_lost", locale, at=outcome.then)
    else:
        is_free = outcome.decision.is_allowed
        yield say("why.nothing" if is_free else "why.next", locale)


def _line(finding: Finding, locale: Locale) -> str:
    key = f"rule.{finding.rule}"
    name = say(key, locale) if key in phrases(locale) else escaped(finding.rule)
    if finding.place:
        place = Marked(code(finding.place, 120))
        name = say("list.aside", locale, words=Marked(name), aside=place)
    passed = say("why.passed", locale) if finding.verdict == "passed" else ""
    why = sentences((said(finding.why, locale).says if finding.why else "", passed), locale)
    words = pair(name, why, locale) if why else name
    return f"{_SYMBOLS[finding.verdict]} {words}"


def _help(outcome: Explained, locale: Locale) -> Iterator[str]:
    """Yield what would make the first rule that does not say yes let it pass."""
    found = outcome.decision.decisive
    if found is None:
        return
    if found.why is not None and (remedy := said(found.why, locale).remedy):
        yield say("why.way", locale, remedy=Marked(remedy))
    alike = [each for each in outcome.decision.findings if each.rule == found.rule]
    who = tuple(dict.fromkeys(one for each in alike if not each.lets_pass for one in each.who))
    if who:
        yield say("denied.who", locale, who=who)

"""The suspects of an incident in words: one paragraph each, with a way back where there is one."""

from collections.abc import Iterator
from typing import Final

from bot.core.codes import Reason
from bot.core.incidents import Incident
from bot.core.outcomes import Suspects
from bot.core.rules import RollBack
from bot.core.suspects import AFTER_SHOWN, SHOWN, Candidate, Suspect
from bot.core.verbs import action_id, token_of
from bot.views.blocks import context, section
from bot.views.layout import Block, Drawn
from bot.views.text import TEXT_MAX, fallback_text, plain
from bot.views.words import Locale, Marked, phrase, said, say, say_plain, sentences, spelled
from bot.views.words.naming import subject

OUTSIDE_MAX: Final = 5  # changes outside of Slipway that are named
_BUTTON_MAX: Final = 75  # characters
_CONFIRM_MAX: Final = 300


def suspects_of(incident: Incident, found: Suspects, locale: Locale) -> Drawn:
    """Return what may have caused *incident*, and why each may: people decide."""
    lines = list(_lines(incident, found, locale))
    text = fallback_text("\n".join(words for words, _ in lines), TEXT_MAX)
    blocks = [_block(number, *line, found, locale) for number, line in enumerate(lines)]
    key = "suspects.small_known" if incident.since else "suspects.small"
    small = say(key, locale, hours=found.hours)
    below = context((small,), "slipway.suspects.small")
    return Drawn(text=text, blocks=(*blocks, *below), sequence=incident.sequence)


def _lines(
    incident: Incident, found: Suspects, locale: Locale
) -> Iterator[tuple[str, RollBack | None]]:
    ranking = found.ranking
    key = "suspects.head" if ranking.stands_out else "suspects.none_stands_out"
    if not ranking.suspects:
        key = "suspects.none" if incident.targets else "suspects.no_targets"
    yield say(key, locale), None
    yield from ((words, None) for words in _outside(incident, found, locale))
    for suspect in ranking.suspects[:SHOWN]:
        yield _suspect(suspect, found, locale), found.ways.get(suspect.candidate.operation)
    more = len(ranking.suspects) - SHOWN
    if more > 0:
        yield say("suspects.more", locale, more=more), None
    if ranking.after:
        told = [_later(each, found, locale) for each in ranking.after[:AFTER_SHOWN]]
        listed = Marked(say("list.semicolon", locale).join(told))
        left = len(ranking.after) - len(told)
        yield say("suspects.after", locale, operations=listed, more=left or None), None


def _later(candidate: Candidate, found: Suspects, locale: Locale) -> str:
    """Return a change after the onset, with its operation."""
    operation = found.operations.get(candidate.operation)
    if operation is None:
        return say("suspects.after_unread", locale, operation=candidate.operation)
    what = subject(operation, locale)
    return say("suspects.after_one", locale, subject=what, operation=operation.id)


def _outside(incident: Incident, found: Suspects, locale: Locale) -> Iterator[str]:
    """Yield what was changed outside of Slipway, which no points weigh, and what is not known."""
    own = set(incident.targets)
    ordered = sorted(found.outside, key=lambda each: (each.target in own, each.changed_at))
    for each in reversed(ordered[-OUTSIDE_MAX:]):
        onset = found.ranking.onset
        is_before = each.changed_at <= onset
        length = onset - each.changed_at if is_before else each.changed_at - onset
        key = "suspects.outside" if is_before else "suspects.outside_after"
        yield say(key, locale, **dict(each), length=length)
    if found.unread:
        yield say("suspects.unread", locale, targets=found.unread)


def _suspect(suspect: Suspect, found: Suspects, locale: Locale) -> str:
    candidate = suspect.candidate
    operation = found.operations[candidate.operation]
    clauses = say("list.semicolon", locale).join(
        phrase(each.says.reason, locale) for each in suspect.told
    )
    head = say(
        "suspects.suspect",
        locale,
        band=say(f"suspects.{suspect.band}", locale),
        subject=subject(operation, locale),
        operation=operation.id,
        by=operation.requester,
        times=suspect.times if suspect.times > 1 else None,
    )
    why = found.reasons.get(candidate.operation)
    way = _no_way_back(why, locale) if why else ""
    return "\n".join(filter(None, (head, Marked(clauses), way)))


def _no_way_back(why: Reason, locale: Locale) -> str:
    """Return why no button takes it back, and what a person can do instead."""
    return sentences(
        (say("suspects.no_way_back", locale, why=why), said(why, locale).remedy), locale
    )


def _block(number: int, words: str, way: RollBack | None, found: Suspects, locale: Locale) -> Block:
    block = section(words, f"slipway.suspect.{number}")
    if way is None:
        return block
    operation = found.operations[way.operation]
    version = spelled(operation.plan.before, locale).strip() or operation.revision_before or ""
    text = say_plain("button.roll_back", locale, version=version)
    label = say_plain("button.label_of_target", locale, button=text, target=operation.target)
    where = {"target": operation.target, "connection": operation.connection}
    button: Block = {
        "type": "button",
        "action_id": action_id(way),
        "text": {"type": "plain_text", "text": plain(text, _BUTTON_MAX), "emoji": False},
        "value": token_of(way).value,
        "accessibility_label": plain(label, _BUTTON_MAX),
        "style": "danger",
    }
    if way.operation in found.unshown:
        button["confirm"] = {
            "title": _plain("confirm.roll_back", locale),
            "text": _plain("confirm.roll_back_text", locale, **where, version=version),
            "confirm": _plain("confirm.roll_back_yes", locale),
            "deny": _plain("confirm.back", locale),
            "style": "danger",
        }
    return {**block, "accessory": button}


def _plain(key: str, locale: Locale, **params: str) -> Block:
    words = plain(say_plain(key, locale, **params), _CONFIRM_MAX)
    return {"type": "plain_text", "text": words, "emoji": False}

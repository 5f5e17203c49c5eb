"""Details: all that is known of an operation, whole, in a view of its own.

What an approval is given for can be read here to its last letter; the card has what must be seen.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from bot.core.codes import Reason, Value
from bot.core.operation import Operation, Step
from bot.core.plan import Change, PlannedStep
from bot.core.records import Json, Parameters
from bot.core.rules import GateState
from bot.views.blocks import BLOCKS_MAX, sections
from bot.views.card_states import approver, gate_lines
from bot.views.layout import Block
from bot.views.notes import recovery_line
from bot.views.steps import step_lines
from bot.views.task_lines import findings
from bot.views.text import code, whole
from bot.views.words import Locale, Marked, pair, say, say_plain, spelled, worded
from bot.views.words.naming import arrow, headline, is_fact, phase_reason, state, step_title

_LONG: Final = 200  # characters, from which on a sentence may have been cut


def details(
    operation: Operation, locale: Locale, gates: tuple[GateState, ...] = ()
) -> dict[str, Json]:
    """Return the view of *operation*, of which *gates* are several."""
    blocks: list[Block] = []
    for name, lines in _parts(operation, gates, locale):
        blocks += sections(lines, f"slipway.details_{name}")
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": say_plain("details.title", locale)},
        "close": {"type": "plain_text", "text": say_plain("details.close", locale)},
        "blocks": [*blocks[: BLOCKS_MAX["modal"]]],
    }


def _parts(
    operation: Operation, gates: tuple[GateState, ...], locale: Locale
) -> Iterator[tuple[str, list[str]]]:
    """Yield the parts of the view that have something to say, each with its lines."""
    now = state(operation, locale).marked
    where = say(
        "details.where",
        locale,
        target=operation.target,
        system=operation.system,
        connection=operation.connection,
    )
    head = [headline(operation, locale), now, where]
    yield "head", [*head, *_came_from(operation, locale), *_reasons(operation, locale)]
    for name, lines in (
        ("changes", _changes(operation, locale)),
        ("asked", _asked(operation.parameters, operation.reason)),
        ("sent", _sent(operation.plan.steps, locale)),
        ("steps", _steps(operation, locale)),
        ("ways", _ways(operation, locale)),
        ("approvals", _approvals(operation, gates, locale)),
        ("ids", _ids(operation, locale)),
    ):
        told = list(lines)
        if told:
            yield name, [say(f"details.{name}", locale), *told]


def _came_from(operation: Operation, locale: Locale) -> Iterator[str]:
    """Yield which operation it undoes, or goes on with."""
    if operation.rollback_of:
        yield say("details.rolls_back", locale, operation=operation.rollback_of)
    if operation.follows:
        way = operation.parameters.way
        yield say("details.continues", locale, operation=operation.follows, way=way)


def _reasons(operation: Operation, locale: Locale) -> Iterator[str]:
    """Yield why it stands where it stands; foreign words in it that may be cut there, whole."""
    why = phase_reason(operation)
    if why:
        yield worded(why, locale)
    if isinstance(why, Reason):
        for words in why.params.values():
            if isinstance(words, str) and len(words) > _LONG:
                yield from whole(words)


def _changes(operation: Operation, locale: Locale) -> Iterator[str]:
    plan = operation.plan
    if not plan.is_made:
        return
    if all((each.before, each.after) != (plan.before, plan.after) for each in plan.changes):
        yield arrow(plan.before, plan.after, locale)
    for each in plan.changes:
        yield from _change(each, locale)


def _change(change: Change, locale: Locale) -> Iterator[str]:
    name = worded(change.name, locale)
    before, after = _whole(change.before, locale), _whole(change.after, locale)
    if is_fact(change) and len(after) == 1:
        yield f"• {pair(name, after[0], locale)}"
        return
    if len(before) == len(after) == 1:
        yield f"• {pair(name, f'{before[0]} → {after[0]}', locale)}"
        return
    yield f"• {pair(name, '', locale).rstrip()}"
    yield from before
    yield "→"
    yield from after


def _whole(value: Value, locale: Locale) -> tuple[str, ...]:
    return whole(spelled(value, locale))


def _asked(parameters: Parameters, reason: str) -> Iterator[str]:
    asked = parameters.model_dump(mode="json", exclude_defaults=True)
    values = asked.pop("values", {})
    for name, value in {**asked, **values}.items():
        yield from _named(name, value)
    if reason:
        yield from (f"> {line}" for line in whole(reason))


def _sent(steps: Iterable[PlannedStep], locale: Locale) -> Iterator[str]:
    for step in steps:
        yield f"*{step_title(step, locale)}*"
        for name, value in step.parameters.items():
            yield from _named(name, value)


def _named(name: str, value: Json) -> Iterator[str]:
    """Yield a parameter, whole."""
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    first, *more = whole(told)
    yield f"• {code(name, 400)}: {first}"
    yield from more


def _steps(operation: Operation, locale: Locale) -> Iterator[str]:
    if operation.was_sent:
        yield from step_lines(operation, None, locale)
    for step in operation.steps:
        if step.phase == "failed":
            yield from _found(step)


def _found(step: Step) -> Iterator[str]:
    """Yield all that a failed step complains of, in the vendor's words, whole."""
    for each in findings(step.tasks):
        first, *more = whole(" ".join(filter(None, (each.status, each.detail))))
        yield f"• {code(each.name)}: {first}"
        yield from more


def _ways(operation: Operation, locale: Locale) -> Iterator[str]:
    """Yield what each recovery option does, for whoever is about to press one."""
    for each in operation.ways:
        yield recovery_line(each, locale)


def _approvals(operation: Operation, gates: tuple[GateState, ...], locale: Locale) -> Iterator[str]:
    yield say("details.requested", locale, by=operation.requester, at=operation.created_at)
    yield from gate_lines(gates, locale)
    for each in operation.approvals:
        yield say("details.approved", locale, who=Marked(approver(each, locale)), at=each.at)


def _ids(operation: Operation, locale: Locale) -> Iterator[str]:
    yield say("details.operation", locale, operation=operation.id)
    policy, version = operation.policy, operation.plan.policy_version
    yield say("details.policy", locale, policy=policy, version=version)
    yield say("details.digest", locale, round=operation.round, digest=operation.plan.digest)
    for planned, step in zip(operation.plan.steps, operation.steps, strict=False):
        yield from _ids_of(planned, step, locale)


def _ids_of(planned: PlannedStep, step: Step, locale: Locale) -> Iterator[str]:
    title = step_title(planned, locale)
    if step.remote_task:
        yield say("details.task", locale, step=title, task=step.remote_task)
    if step.request_id:
        yield say("details.request", locale, step=title, request=step.request_id)

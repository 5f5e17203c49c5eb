"""Answers: what a person reads after a command or a press."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, assert_never

from bot.core.codes import Denied, Reason
from bot.core.operation import AwaitingApproval, Operation
from bot.core.outcomes import (
    AlertJoined,
    ChangeFormWanted,
    DetailsWanted,
    Discovered,
    Done,
    DryRun,
    Entries,
    Explained,
    FormWanted,
    Health,
    Help,
    IncidentDone,
    IncidentFormWanted,
    IncidentHelp,
    IncidentList,
    IncidentStatus,
    Noted,
    OperationStatus,
    Outcome,
    PreviewWanted,
    Recorded,
    Repeated,
    Reported,
    ReviewWanted,
    TargetQueue,
    Targets,
    TargetStatus,
    Unchanged,
    Values,
    Versions,
    WhatRuns,
)
from bot.core.policy import gates_of
from bot.core.queue import Line
from bot.core.records import ChannelId, Json, OperationId, Record
from bot.core.rules import Seen
from bot.core.verbs import Token, verb_of
from bot.views.blocks import actions, sections
from bot.views.card import change_lines
from bot.views.discoveries import discovered_lines
from bot.views.doors import doors
from bot.views.explanations import explained_lines
from bot.views.fitting import fitted
from bot.views.health import health_lines
from bot.views.help import help_lines
from bot.views.incidents import help_of_incidents, incident_lines, list_lines, status_lines
from bot.views.layout import Block, Button, Message
from bot.views.listings import (
    entry_lines,
    offer_lines,
    operation_lines,
    queue_lines,
    target_lines,
    target_status_lines,
    value_lines,
)
from bot.views.reports import reported_lines
from bot.views.standing import running_lines, running_message
from bot.views.text import TEXT_MAX, escaped, fallback_text, is_id
from bot.views.words import Locale, Marked, said, say, say_plain, sentences, stopped
from bot.views.words.naming import (
    ALARM,
    INFO,
    RECORDED,
    WAITING,
    WARNING,
    action_name,
    arrow,
    state,
    step_word,
    subject,
)

STEPS_MAX: Final = 12  # steps of a dry run that are shown; the rest is counted
_CODE_MAX: Final = 60
_NO_DIGEST: Final = "0" * 12  # of a button that decides nothing
_CHECKS: Final = {
    "passed": "dry_run.check_passed",
    "refused": "dry_run.check_refused",
    "unknown": "dry_run.check_unknown",
}


def answer(outcome: Outcome, locale: Locale, *, recorded_nothing: bool = True) -> Message:
    """Say what came of a command or a press.

    A denial ends with "Nothing was recorded." and its code; the former not where *recorded_nothing*
    is false: a press concerns what was recorded long ago.
    """
    if isinstance(outcome, WhatRuns):
        return running_message(outcome, locale)
    lines = _lines(outcome, locale, recorded_nothing=recorded_nothing)
    return _message(lines, locale, below=actions(_buttons(outcome, locale)))


def _buttons(outcome: Outcome, locale: Locale) -> tuple[Button, ...]:
    """Return what an answer offers: the forms, or to look at what is in a refusal's way."""
    if isinstance(outcome, Help) and not outcome.verb and outcome.example_target:
        return doors(locale, is_first=True)
    if not isinstance(outcome, Denied) or outcome.operation is None:
        return ()
    text = say_plain("button.in_the_way", locale, operation=outcome.operation)
    token = Token(operation=outcome.operation, seen=Seen(round=0, digest=_NO_DIGEST))
    name = verb_of("details").action_id()
    return (Button(action_id=name, text=text, label=text, value=token.value),)


def whisper(outcome: Outcome, locale: Locale) -> str:
    """Say what came of a press, or of what a worker did, to one person."""
    return answer(outcome, locale, recorded_nothing=not isinstance(outcome, Denied)).text


class Waiting(Record):
    """What an operation waits for before anything is sent."""

    operation: OperationId
    connection: str  # whose cloud gives no usable answer; "": it is Slack
    since: datetime
    until: datetime | None  # when its gate lapses
    because: Reason | None


def waiting(told: Waiting, locale: Locale) -> str:
    """Say what an operation waits for, since when, why, and until when."""
    return f"{WARNING} {say('answer.waiting_for', locale, **dict(told))}"


def parked(operation_id: OperationId, locale: Locale) -> str:
    """Say that an operation waits for workers of another version."""
    return f"{WARNING} {say('answer.parked', locale, operation=operation_id)}"


def directly(text: str, channel: ChannelId, error: str, locale: Locale) -> str:
    """Say to one person what the card says whose *channel* Slack does not let us write: *error*."""
    words = Marked(text)
    return say("answer.directly", locale, channel=channel, code=error, text=words)


def _message(lines: Iterable[str], locale: Locale, below: Sequence[Block] = ()) -> Message:
    shown = fitted(lines, locale)
    text = fallback_text("\n".join(shown), TEXT_MAX)
    return Message(text=text, blocks=[*sections(shown, "slipway.answer"), *below])


def beside_a_field(denied: Denied, locale: Locale, *, recorded_nothing: bool = True) -> str:
    """Return a denial where Slack draws no marks: in plain text, people by their names.

    What *locale* knows of them are those of `spoken_of`.
    """
    somebody = say_plain("people.somebody", locale)
    reader = locale.model_copy(update={"stranger": somebody})
    where = {"is_in_form": True, "is_plain": True}
    lines = [*_denied(denied, reader, recorded_nothing=recorded_nothing, **where)]
    # A field has no lines: there one would run into the next.
    ended = (stopped(each, locale) for each in lines[:-1])
    return fallback_text("\n".join((*ended, *lines[-1:])))


def on_a_page(denied: Denied, locale: Locale, *, recorded_nothing: bool = True) -> list[Block]:
    """Return a denial as the page of a form, with what helps there."""
    lines = _denied(denied, locale, recorded_nothing=recorded_nothing, is_in_form=True)
    return _message(lines, locale).blocks


def plan_on_a_page(planned: DryRun, locale: Locale) -> list[Block]:
    """Return a plan as the page of a form, whose button goes on."""
    return _message(_dry_run(planned, locale, ends="dry_run.nothing_yet"), locale).blocks


def spoken_of(denied: Denied) -> tuple[str, ...]:
    """Return the ids of those whom *denied* names: people and user groups."""
    named = [each for each in _words_in(denied.why.params) if is_id(each)]
    return tuple(dict.fromkeys((*denied.who, *named)))


def _words_in(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _words_in([*value.values()])
    elif isinstance(value, Sequence):
        for each in value:
            yield from _words_in(each)


def _denied(
    denied: Denied,
    locale: Locale,
    *,
    recorded_nothing: bool,
    is_in_form: bool = False,
    is_plain: bool = False,
) -> Iterator[str]:
    tell = say_plain if is_plain else say
    where = {"is_in_form": is_in_form, "is_plain": is_plain}
    why, remedy = said(denied.why, locale, who=denied.who, **where)
    yield why
    if denied.who:
        yield tell("denied.who", locale, who=denied.who)
    if denied.rule:
        yield tell("denied.rule", locale, rule=denied.rule)
    nothing = tell("denied.nothing_recorded", locale) if recorded_nothing else ""
    code = f"[{escaped(denied.code, _CODE_MAX)}]"
    helps = sentences((remedy, nothing), locale)
    yield " ".join(part for part in (helps, code) if part)


def _lines(outcome: Outcome, locale: Locale, *, recorded_nothing: bool) -> Iterable[str]:
    match outcome:
        case Recorded():
            return _recorded(outcome, locale)
        case Repeated(operation=operation):
            return _present(operation, _named("answer.repeated", operation, locale), locale)
        case DryRun():
            return _dry_run(outcome, locale)
        case Help():
            return help_lines(outcome, locale)
        case Targets():
            return target_lines(outcome, locale)
        case WhatRuns():
            return running_lines(outcome, locale)
        case TargetStatus():
            return target_status_lines(outcome, locale)
        case OperationStatus():
            return operation_lines(outcome, locale)
        case TargetQueue():
            return queue_lines(outcome, locale)
        case Entries():
            return entry_lines(outcome, locale)
        case Discovered():
            return discovered_lines(outcome, locale)
        case Health():
            return health_lines(outcome, locale)
        case Versions():
            return offer_lines(outcome, locale)
        case Values():
            return value_lines(outcome, locale)
        case Reported():
            return reported_lines(outcome, locale)
        case Explained():
            return explained_lines(outcome, locale)
        case Noted(event=event):
            return (say(f"noted.{event.kind}", locale, **dict(event), name=event.target),)
        case IncidentDone():
            return incident_lines(outcome, locale)
        case AlertJoined(incident=incident):
            known = {"incident": incident.id, "channel": incident.channel}
            return (f"{RECORDED} {say('alert.joined', locale, **known)}",)
        case IncidentStatus():
            return status_lines(outcome, locale)
        case IncidentList():
            return list_lines(outcome, locale)
        case IncidentFormWanted():
            return (say("incident_answer.form", locale),)
        case ChangeFormWanted() | PreviewWanted():
            return (say("incident_answer.form", locale),)
        case IncidentHelp():
            return help_of_incidents(outcome, locale)
        case Done(operation=operation):
            return _present(operation, say("answer.done", locale, operation=operation.id), locale)
        case Unchanged(operation=operation, why=why):
            is_named = operation.id in why.params.values()  # by the reason itself
            key = "answer.unchanged_named" if is_named else "answer.unchanged"
            words = say(key, locale, operation=operation.id, why=why)
            return _present(operation, words, locale)
        case FormWanted():
            return (_form_wanted(outcome, locale),)
        case ReviewWanted(operation=operation):
            return operation_lines(OperationStatus(operation=operation), locale)
        case DetailsWanted(operation=operation):
            return operation_lines(OperationStatus(operation=operation), locale)
        case Denied():
            return _denied(outcome, locale, recorded_nothing=recorded_nothing)
        case _:
            assert_never(outcome)


def _form_wanted(outcome: FormWanted, locale: Locale) -> str:
    key = "answer.form_recovery" if outcome.option else "answer.form_reject"
    operation = outcome.operation
    what = subject(operation, locale)
    return say(key, locale, operation=operation.id, subject=what)


def _recorded(outcome: Recorded, locale: Locale) -> Iterator[str]:
    operation = outcome.operation
    yield f"{RECORDED} {_named('answer.recorded', operation, locale)}"
    if outcome.warned:
        yield f"{WARNING} {said(outcome.warned, locale).says}"
    if operation.break_glass is not None:
        due = operation.break_glass.due
        yield f"{ALARM} {say('answer.glass_broken', locale, due=due)}"
    if outcome.replaces:
        yield say("answer.replaces", locale, replaces=outcome.replaces)
    if outcome.passes:
        yield say("answer.passes", locale, passes=outcome.passes)
    yield _next(outcome, locale)


def _named(key: str, operation: Operation, locale: Locale) -> str:
    """Say which operation it is, what it does, and where it is followed."""
    what, channel = subject(operation, locale), operation.channel
    return say(key, locale, operation=operation.id, subject=what, channel=channel)


def _next(outcome: Recorded, locale: Locale) -> str:
    operation, queue_is_down = outcome.operation, outcome.queue_is_down
    if outcome.line is not None:
        return f"{WAITING} {_place(outcome, outcome.line, locale)}"
    if not isinstance(operation.phase, AwaitingApproval):
        return say("answer.queue_down" if queue_is_down else "answer.starting", locale)
    needed = max(1, operation.approvals_needed - len(operation.approvals))
    who = outcome.approvers
    if queue_is_down:
        return say("answer.waiting_queue_down", locale, needed=needed, who=who)
    return f"{WAITING} {say('answer.waiting', locale, needed=needed, who=who)}"


def _place(outcome: Recorded, line: Line, locale: Locale) -> Marked:
    spot = line.of(outcome.operation.id)
    position = spot.position if spot else len(line.spots) + 1
    if outcome.queue_is_down:
        return say("answer.in_line_queue_down", locale, position=position)
    holder, at = line.holder.id if line.holder else None, spot.expected_start if spot else None
    return say("answer.in_line", locale, position=position, holder=holder, at=at)


def _present(operation: Operation, words: str, locale: Locale) -> Iterator[str]:
    yield words
    yield f"{state(operation, locale).marked} · {subject(operation, locale)}"
    if operation.approvals:
        yield say("answer.approved_by", locale, who=[each.by for each in operation.approvals])


def _dry_run(outcome: DryRun, locale: Locale, *, ends: str = "dry_run.nothing") -> Iterator[str]:
    draft, action = outcome.draft, action_name(outcome.asked.action, locale, outcome.target.system)
    head = say("dry_run.head", locale, action=action, target=outcome.target.name)
    yield f"{head} {arrow(draft.before, draft.after, locale)}".rstrip()
    yield from (f"{WARNING} {say('dry_run.barred', locale, why=each)}" for each in outcome.barred)
    passed = outcome.passed_over
    yield from (f"{ALARM} {say('dry_run.passed_over', locale, why=each)}" for each in passed)
    if outcome.waits is not None:
        yield f"{WAITING} {said(outcome.waits, locale).says}"
    if outcome.warned is not None:
        yield f"{WARNING} {said(outcome.warned, locale).says}"
    yield from change_lines(draft, locale)
    if outcome.no_rollback:
        yield f"{WARNING} {say('note.no_way_back', locale, why=outcome.no_rollback)}"
    if outcome.check != "none":
        mark = INFO if outcome.check == "passed" else WARNING
        yield f"{mark} {say(_CHECKS[outcome.check], locale, why=outcome.check_says)}"
    names = [step_word(step, locale) for step in draft.steps[:STEPS_MAX]]
    more = len(draft.steps) - len(names)
    yield say("dry_run.more_steps" if more else "dry_run.steps", locale, steps=names, more=more)
    yield from _gates(outcome, locale)
    yield f"{INFO} {say(ends, locale)}"


def _gates(outcome: DryRun, locale: Locale) -> Iterator[str]:
    """Yield who would have to approve it: nobody where the glass is broken."""
    gates = [each for each in gates_of(outcome.policy, outcome.asked.action) if each.name]
    if outcome.breaks_glass:
        yield say("dry_run.glass_broken", locale)
    elif gates:
        for each in gates:
            told = {"gate": each.name, "approvals": each.approvals, "who": each.approve}
            yield say("dry_run.gate", locale, **told)
    elif outcome.approvals:
        needed, who = outcome.approvals, outcome.approvers
        yield say("dry_run.approvals", locale, approvals=needed, who=who)
    else:
        yield say("dry_run.no_approvals", locale)

"""Operations as JSON and as lines; the shape is kept, since scripts rely on it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bot.core.estimates import Estimate
from bot.core.events import Event
from bot.core.gates import stood_at
from bot.core.operation import Failed, Operation, RecoveryOption, Step
from bot.core.queue import Line, Spot
from bot.core.records import Json
from bot.core.rows import UnreadableEvent, UnreadableOperation
from bot.core.surfaces import Surface
from bot.views.words import spelled


class Timing(NamedTuple):
    """What is known of an operation's time beside itself."""

    now: datetime
    usual: Estimate | None = None  # before it began: how long it would take


def operation_json(
    operation: Operation,
    events: Sequence[tuple[int, Event | UnreadableEvent]],
    surfaces: Sequence[Surface] = (),
    timing: Timing | None = None,
    line: Line | None = None,
) -> dict[str, Json]:
    """Return *operation* as scripts see it; times are RFC 3339 in UTC."""
    timing = timing or Timing(now=operation.finished_at or operation.created_at)
    return {
        "id": operation.id,
        "target": operation.target,
        "system": operation.system,
        "action": operation.action,
        "parameters": operation.parameters.model_dump(mode="json", exclude_defaults=True),
        "phase": operation.phase.kind,
        "failed": _failed(operation),
        "requester": operation.requester,
        "channel": operation.channel,
        "reason": operation.reason,
        "created_at": _time(operation.created_at),
        "finished_at": _time(operation.finished_at),
        "rollback_of": operation.rollback_of,
        "countdown": _countdown(operation),
        "follows": operation.follows,
        "incident": operation.incident,
        "ways": [_way(each) for each in operation.ways],
        "queue": _spot(line.of(operation.id)) if line else None,
        "plan": {
            "digest": operation.plan.digest if operation.plan.is_made else None,
            "steps": [each.model_dump(mode="json") for each in operation.plan.steps],
        },
        "steps": [_step(each) for each in operation.steps],
        "expected": _expected(operation, timing.usual),
        "is_late": operation.is_late(timing.now),
        "is_stuck": operation.is_stuck(timing.now),
        "approvals": _approvals(operation),
        "break_glass": _broken(operation),
        "events": [_event(sequence, event) for sequence, event in events],
        "surfaces": [
            {"kind": each.kind, "channel": each.channel, "ts": each.ts} for each in surfaces
        ],
    }


def unreadable_json(operation: UnreadableOperation) -> dict[str, Json]:
    """Return what is known of an operation that cannot be read."""
    known = operation.model_dump(mode="json", exclude={"is_open", "created_at"})
    return {**known, "created_at": _time(operation.created_at), "unreadable": True}


def operation_line(operation: Operation | UnreadableOperation) -> str:
    """Return *operation* as one line of a list."""
    phase = _phase(operation)
    if isinstance(operation, UnreadableOperation):
        at = _time(operation.created_at) or "?"
        what = f"{operation.action} {operation.target} (cannot be read)"
        return f"{operation.id}  {at}  {phase:<17}  {what}"
    plan = operation.plan
    change = f"{spelled(plan.before)} → {spelled(plan.after)}" if plan.is_made else ""
    what = f"{operation.action} {operation.target} {change}".rstrip()
    return f"{operation.id}  {_time(operation.created_at)}  {phase:<17}  {what}"


def _spot(spot: Spot | None) -> dict[str, Json] | None:
    if spot is None:
        return None
    return {"position": spot.position, "expected_start": _time(spot.expected_start)}


def _phase(operation: Operation | UnreadableOperation) -> str:
    phase = operation.phase if isinstance(operation, UnreadableOperation) else operation.phase.kind
    return phase.replace("_", " ")


def _approvals(operation: Operation) -> list[Json]:
    """Return who approved when; also at which gate of several, and by whose right."""
    gates = stood_at(operation) if operation.gates else (None,) * len(operation.approvals)
    return [
        {
            "by": each.by,
            "at": _time(each.at),
            **({"gate": gate} if gate else {}),
            **({"for": each.behalf} if each.behalf else {}),
        }
        for each, gate in zip(operation.approvals, gates, strict=True)
    ]


def _expected(operation: Operation, usual: Estimate | None) -> dict[str, Json] | None:
    """Return how long it usually takes, in seconds, where there are samples enough to tell."""
    told = operation.expected.usual if operation.expected else usual
    if told is None or not told.is_reliable:
        return None
    return {"p50": told.p50, "p90": told.p90, "samples": told.samples}


def _broken(operation: Operation) -> dict[str, Json] | None:
    broken = operation.break_glass
    if broken is None:
        return None
    review = broken.review
    told: dict[str, Json] | None = None
    if review is not None:
        at = _time(review.at)
        told = {"by": review.by, "at": at, "verdict": review.verdict, "note": review.note}
    return {
        "by": operation.requester,
        "reason": operation.reason,
        "review": told,
        "due": _time(broken.due),
    }


def _countdown(operation: Operation) -> dict[str, Json] | None:
    """Return what is to follow the failure by itself, and what became of that."""
    phase = operation.phase
    countdown = phase.countdown if isinstance(phase, Failed) else None
    if countdown is None:
        return None
    why = countdown.reason.code if countdown.reason else None
    told = {"held_by": countdown.held_by, "code": why, "rollback": countdown.rollback}
    return {"until": _time(countdown.until), **told}


def _failed(operation: Operation) -> dict[str, Json] | None:
    """Return why it failed: the stable code, and the parameters of what people are told."""
    if not isinstance(operation.phase, Failed):
        return None
    reason = operation.phase.reason
    return {"code": operation.phase.code, "reason": reason.key, "params": reason.params}


def _way(option: RecoveryOption) -> dict[str, Json]:
    words = {"label": spelled(option.label), "explanation": spelled(option.explanation)}
    return {**option.model_dump(mode="json"), **words}


def _step(step: Step) -> dict[str, Json]:
    return {
        "name": step.name,
        "phase": step.phase,
        "remote_task": step.remote_task,
        "started_at": _time(step.started_at),
        "finished_at": _time(step.finished_at),
        "detail": spelled(step.detail),
    }


def _event(sequence: int, event: Event | UnreadableEvent) -> dict[str, Json]:
    if isinstance(event, UnreadableEvent):
        return {
            "sequence": sequence,
            "at": _time(event.at),
            "kind": event.kind,
            "by": event.by,
            "detail": {"unreadable": True},
        }
    detail = event.model_dump(mode="json", exclude={"at", "by", "kind", "plan"})
    return {
        "sequence": sequence,
        "at": _time(event.at),
        "kind": event.kind,
        "by": event.by,
        "detail": detail,
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None

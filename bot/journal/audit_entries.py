"""What the audit keeps of an event, small and without secrets."""

import json
from typing import Final

from bot.core import events as ev
from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.ports import AuditEntry
from bot.core.records import SLIPWAY, Json, Moment, OperationId, UserId
from bot.core.rules import Decided

DETAIL_MAX: Final = 2_000  # characters
_WORD_MAX: Final = 300  # characters of one text, where the whole is too long
_TOLD: Final = frozenset(
    {
        "attempt", "behalf", "code", "decide_after", "digest", "evidence", "extra", "option",
        "reason", "request_id", "retry_at", "sent_at", "step", "task",
    }
)  # fmt: skip


def entry_of(operation: Operation, event: Event) -> AuditEntry:
    """Return what the audit keeps of *event*."""
    told: dict[str, Json] = event.model_dump(mode="json", include=set(_TOLD))
    told = {name: value for name, value in told.items() if value is not None or name != "behalf"}
    match event:
        case ev.Requested():
            told = _asked(operation)
        case ev.Planned(plan=plan) | ev.ApprovalsVoided(plan=plan):
            told["digest"] = plan.digest
        case ev.AnswerAwaited(awaited=awaited):
            told |= awaited.model_dump(mode="json", exclude_defaults=True)
        case ev.Reviewed(verdict=verdict, note=note):
            told |= {"verdict": verdict, "note": note}
        case ev.PlanExtended(steps=steps):
            told["steps"] = ", ".join(each.name for each in steps)
        case _:
            pass
    return AuditEntry(
        at=event.at, who=event.by, what=event.kind, subject=operation.id, detail=compact(told)
    )


def entry_of_decision(
    decided: Decided, *, at: Moment, by: UserId, subject: OperationId
) -> AuditEntry:
    """Return what the audit keeps of a decision beside the act that follows from it."""
    what = "allowed" if decided.is_allowed else "denied"
    kept: Json = decided.model_dump(mode="json", exclude_defaults=True)
    return AuditEntry(at=at, who=by, what=what, subject=subject, detail=compact({"decided": kept}))


def answered(operation: Operation, told: dict[str, Json], *, at: Moment) -> AuditEntry:
    """Return what the audit keeps of the answer to a mutating call, or of there being none."""
    return AuditEntry(
        at=at, who=SLIPWAY, what="answered", subject=operation.id, detail=compact(told)
    )


def compact(told: dict[str, Json]) -> str:
    """Return *told* as JSON of at most `DETAIL_MAX` characters; long texts are cut."""
    whole = canonical(told)
    if len(whole) <= DETAIL_MAX:
        return whole
    for most in (_WORD_MAX, _WORD_MAX // 4, 0):
        cut = {key: _cut(value, most) for key, value in told.items()}
        shorter = canonical(cut)
        if len(shorter) <= DETAIL_MAX:
            return shorter
    return canonical({"cut": True})


def canonical(content: dict[str, Json]) -> str:
    """Return *content* as JSON in the one way that is hashed and signed."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def storable(text: str) -> str:
    """Return *text* without what PostgreSQL cannot store: NUL, halves of surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _asked(operation: Operation) -> dict[str, Json]:
    asked: dict[str, Json] = {
        "action": operation.action,
        "target": operation.target,
        "reason": operation.reason,
        **operation.parameters.model_dump(
            mode="json", exclude={"values", "items", "texts", "options"}, exclude_none=True
        ),
    }
    texts = {
        # Their names only: a value may be a secret.
        "values": ", ".join(sorted(operation.parameters.values)),
        "items": ", ".join(operation.parameters.items),
        "options": ", ".join(operation.parameters.options),
        "rollback_of": operation.rollback_of,
        "follows": operation.follows,
        "break_glass": "yes" if operation.break_glass else "",
    }
    return asked | {name: text for name, text in texts.items() if text}


def _cut(value: Json, most: int) -> Json:
    """Return *value* with its texts cut, also those in the parameters of a reason."""
    match value:
        case str():
            return value if len(value) <= most else value[:most] + "…"
        case list():
            return [_cut(each, most) for each in value]
        case dict():
            return {name: _cut(each, most) for name, each in value.items()}
        case _:
            return value

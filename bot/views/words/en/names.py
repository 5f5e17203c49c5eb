"""English: what actions, phases, steps, units and lists are called."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Params, Template


def _awaits(params: Params) -> str:
    whose = "{connection:name}" if params.get("connection") else "Slack"
    return f"waiting for {whose} since {{since:clock}}"


NAMES: Final[Mapping[str, Template]] = {
    "action.deploy": "Deploy",
    "action.deploy.cce-cluster": "Upgrade",
    "action.rollback": "Roll back",
    "action.restart": "Restart",
    "action.start": "Start",
    "action.stop": "Stop",
    "action.scale": "Scale",
    "action.create": "Create",
    "action.delete": "Delete",
    "operation.named": "{action} {target:name}",
    "wanted.version": "to {version:text:60}",
    "wanted.replicas": "to {replicas:count:replica}",
    "phase.reading": "reading the live state…",
    "phase.awaits": _awaits,
    "phase.waiting": "waiting in line",
    "phase.offered": "ready to start",
    "phase.awaiting_approval": "waiting for approval",
    "phase.approvals_of": "({given} of {needed})",
    "phase.queued": "queued",
    "phase.running": "running",
    "phase.uncertain": "uncertain",
    "phase.stalled": "stalled",
    "phase.succeeded": "succeeded",
    "phase.failed": "failed",
    "phase.rejected": "rejected",
    "phase.expired": "expired",
    "phase.cancelled": "cancelled",
    "phase.waits": "(waiting for a decision)",
    "phase.step_of": "(step {step} of {total})",
    "step.pending": "pending",
    "step.submitting": "sending",
    "step.watching": "running",
    "step.succeeded": "succeeded",
    "step.failed": "failed",
    "step.uncertain": "uncertain",
    "step.stalled": "stalled",
    "step.numbered": "step {number}",
    "step.nameless": "Step",
    "people.anyone": "anyone",
    "list.comma": ", ",
    "list.and_more": "{listed} and {more} more",
    "list.more": "… {more} more",
    "list.before": "… {before} before",
    "sentence.end": ".",
    "unit.d": "{number} d",
    "unit.h": "{number} h",
    "unit.min": "{number} min",
    "unit.s": "{number} s",
    "unit.none": "under 1 s",
}

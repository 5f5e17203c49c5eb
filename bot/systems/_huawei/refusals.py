"""Why a change of something in ServiceStage is not planned, in words that both versions use."""

from collections.abc import Sequence
from typing import Final

from bot.core.codes import Denied
from bot.core.commands import nearest

_SHOWN: Final = 5


def no_change(reason: str, way_out: str) -> Denied:
    """Return the refusal of what is so already."""
    return Denied(code="no_change", reason=reason, way_out=way_out)


def lacks(what: str) -> Denied:
    """Return the refusal of a question that names too little."""
    return Denied(code="usage", reason=f"no {what} was named", way_out=f"Name the {what}.")


def unsupported(action: str, things: str) -> Denied:
    """Return the refusal of an action that is none of Slipway's."""
    return Denied(
        code="unsupported_action",
        reason=f"Slipway does not {action} ServiceStage {things}",
        way_out="Use ServiceStage's console.",
    )


def in_progress(thing: str, what: str) -> Denied:
    """Return the refusal while *thing* is being changed; *what* says by what."""
    return Denied(
        code="in_progress",
        reason=f"ServiceStage is changing the {thing} already: {what}",
        way_out="Try again when it has ended; /ops status shows it.",
    )


def not_creatable(reason: str) -> Denied:
    """Return the refusal of a template that is not whole."""
    return Denied(
        code="not_creatable",
        reason=reason,
        way_out="Complete `create:` of the target in slipway.yaml.",
    )


def no_previous_revision(reason: str) -> Denied:
    """Return the refusal of a rollback that has nowhere to go."""
    return Denied(
        code="no_previous_revision", reason=reason, way_out="Deploy the version that you want."
    )


def no_such_revision(revision: str, why: str, there: Sequence[str]) -> Denied:
    """Return the refusal of a rollback to *revision*, with the nearest of those *there*."""
    near = nearest(revision, there, most=_SHOWN) or tuple(there[:_SHOWN])
    known = f"Choose one of {', '.join(near)}." if near else "Deploy the version that you want."
    return Denied(code="no_such_revision", reason=f"{revision} {why}", way_out=known)

"""What the doorbell's job does: it looks at the subject that it names."""

from workers.advancing.advance import advance
from workers.advancing.outside import look_outside
from workers.context import WorkerContext

_INCIDENT = "inc-"  # what ids of incidents begin with


def answer(context: WorkerContext, subject_id: str) -> None:
    """Advance an operation as far as it goes, or look what else changed around an incident."""
    if subject_id.startswith(_INCIDENT):
        look_outside(context, subject_id)
    else:
        advance(context, subject_id)

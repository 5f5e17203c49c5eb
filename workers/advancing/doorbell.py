"""What the doorbell's job does: it looks at the subject that it names."""

from workers.advancing.advance import advance
from workers.advancing.outside import look_outside
from workers.context import WorkerContext
from workers.watching.outcomes import OUTCOME, read_outcome
from workers.watching.states import STATES, read_states

_INCIDENT = "inc-"  # what ids of incidents begin with


def answer(context: WorkerContext, subject_id: str) -> None:
    """Advance an operation as far as it goes, or look around an incident, or at what runs."""
    if subject_id == STATES:
        read_states(context)
    elif subject_id.startswith(OUTCOME):
        read_outcome(context, subject_id)
    elif subject_id.startswith(_INCIDENT):
        look_outside(context, subject_id)
    elif not context.witness.is_behind():  # else it is settled first, and rung for again
        advance(context, subject_id)

"""Why a change may have caused an incident: a clause for each feature, as a code with its words."""

from bot.core.codes import Code, Value
from bot.core.records import Moment, OperationId, TargetName


class EndedBefore(Code):
    """The change ended so long before the onset."""

    key = "suspect.ended_before"
    gap: float  # seconds


class RanAtOnset(Code):
    """The change was under way at the onset."""

    key = "suspect.ran_at_onset"


class OnTarget(Code):
    """The change was made to a target of the incident."""

    key = "suspect.on_target"
    target: TargetName


class Beneath(Code):
    """The change was made to the cluster that a target of the incident runs on."""

    key = "suspect.beneath"
    target: TargetName


class Beside(Code):
    """The change was made to a neighbour: in the same cluster or application."""

    key = "suspect.beside"
    target: TargetName


class ContentChanged(Code):
    """The change brought another version, other values, or a state that is not the same."""

    key = "suspect.content"
    action: str
    before: Value
    after: Value


class ScaledDown(Code):
    """The change left fewer copies."""

    key = "suspect.scaled_down"


class Restarted(Code):
    """The change restarted or started what ran."""

    key = "suspect.restarted"


class ScaledUp(Code):
    """The change made more copies."""

    key = "suspect.scaled_up"


class SameAgain(Code):
    """The change brought the same version and values again."""

    key = "suspect.same_again"


class CarriesMany(Code):
    """Many targets stand on what was changed."""

    key = "suspect.carries"
    targets: int


class SeveralThings(Code):
    """More than one of version, values and scale was changed."""

    key = "suspect.several"


class MajorStep(Code):
    """The version changed in its first number."""

    key = "suspect.major"


class MinorStep(Code):
    """The version changed in its second number."""

    key = "suspect.minor"


class ManyValues(Code):
    """Many values were changed at once."""

    key = "suspect.values"
    values: int


class FirstChange(Code):
    """The target was not changed for long before it."""

    key = "suspect.first_change"
    days: int


class EndedBadly(Code):
    """The change failed, stalled, or is uncertain."""

    key = "suspect.ended_badly"
    phase: str


class StillRan(Code):
    """The change had not ended at the onset."""

    key = "suspect.still_ran"


class Slow(Code):
    """The change took longer than nineteen in twenty of its kind."""

    key = "suspect.slow"


class CutCorners(Code):
    """The change passed what holds others: by break-glass, or past a freeze."""

    key = "suspect.cut_corners"


class ApprovedAlone(Code):
    """The change was approved by whoever asked for it."""

    key = "suspect.approved_alone"


class KnownBad(Code):
    """This version was rolled back from before, or in an earlier incident."""

    key = "suspect.known_bad"
    version: Value
    at: Moment


class OftenTrouble(Code):
    """Two of the target's last ten changes were rolled back from."""

    key = "suspect.often_trouble"


class UndoneBefore(Code):
    """The change was rolled back before the onset."""

    key = "suspect.undone"
    at: Moment
    operation: OperationId


class BackToQuiet(Code):
    """The change goes back to what ran for a day or more without an incident."""

    key = "suspect.back_to_quiet"


class ReplacedBefore(Code):
    """A later change of the same thing succeeded before the onset."""

    key = "suspect.replaced"
    at: Moment
    operation: OperationId

"""What both versions of ServiceStage say."""

from typing import Literal, TypeAlias

from bot.core.codes import Code
from bot.core.codes.systems import LabelName

Form: TypeAlias = Literal["text", "number", "count", "object", "list", "object_or_list"]


class UnknownSetting(Code):
    """A `key=value` word names no setting of what is deployed."""

    key = "bad_values.unknown"
    name: str
    near: tuple[str, ...]


class SettingDiffers(Code):
    """A setting has another value than what was sent."""

    key = "evidence.setting_differs"
    name: str


class MisformedSetting(Code):
    """The value of a setting has another form than the API wants."""

    key = "bad_values.form"
    name: str
    form: Form


class ScaledByHosts(Code):
    """It runs on virtual machines, and those are scaled by naming hosts."""

    key = "unsupported_action.hosts"


class NoMore(Code):
    """What a deletion leads to."""

    key = "value.no_more"


class OthersStay(Code):
    """A component stays, since other instances than the target's run in it."""

    key = "value.others_stay"
    others: int


class GoneForGood(Code):
    """What is deleted does not come back: its versions go with it."""

    key = "no_way_back.deleted"
    thing: LabelName
    is_creatable: bool  # slipway.yaml has a template that makes a new one


class IdIsGone(Code):
    """What slipway.yaml names by its id is gone; what is created has an id of its own."""

    key = "value.id_is_gone"


class KeptStrategy(Code):
    """How a version is brought out where nobody says: as the one before."""

    key = "value.kept_strategy"
    word: str


class DeletedBefore(Code):
    """The target is not there, and it was Slipway that deleted it."""

    key = "not_found.deleted"
    thing: LabelName
    id: str
    is_creatable: bool
    has_id: bool  # slipway.yaml names what was deleted by its id


class Leaving(Code):
    """What is being deleted is still there."""

    key = "task.leaving"
    thing: LabelName
    status: str  # the vendor's word


class IsGone(Code):
    """What was to be deleted is not there any more."""

    key = "task.is_gone"
    thing: LabelName


class NotDeleted(Code):
    """A deletion ended, and what was to be deleted is still there."""

    key = "task_failed.not_deleted"
    thing: LabelName
    status: str  # the vendor's word
    fault: str = ""  # the vendor's


class GoneSince(Code):
    """The evidence that a lost call deletes something; without a status it is gone."""

    key = "adopted.gone"
    thing: LabelName
    id: str
    status: str = ""  # the vendor's word


class StillHere(Code):
    """What a lost call was to delete is there as before."""

    key = "no_trace.still_here"
    thing: LabelName
    status: str  # the vendor's word

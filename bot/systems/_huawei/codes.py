"""What both versions of ServiceStage say."""

from typing import Literal, TypeAlias

from bot.core.codes import Code

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

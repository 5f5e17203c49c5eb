"""In which language channels are told."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter

from bot.catalogue.complaints import Faults
from bot.catalogue.file import ChannelEntry
from bot.catalogue.model import Channel
from bot.core.languages import Language

_LANGUAGE: Final[TypeAdapter[Language]] = TypeAdapter(Language)
_CHANNELS: Final = TypeAdapter(dict[Channel, ChannelEntry])


class Languages(NamedTuple):
    """What channels are told in: all of them, and those that differ."""

    everywhere: Language = "en"
    channels: Mapping[str, Language] = {}


def languages_of(content: Mapping[str, Any], faults: Faults) -> Languages:
    """Return what `language` and `channels` say; note what is wrong there."""
    everywhere = faults.checked(
        ("language",), lambda: _LANGUAGE.validate_python(content.get("language", "en"))
    )
    channels = faults.checked(
        ("channels",),
        lambda: _CHANNELS.validate_python(content.get("channels", {})),
        tuple(ChannelEntry.model_fields),
    )
    entries = (channels or {}).items()
    return Languages(everywhere or "en", {name: each.language for name, each in entries})

"""English: what the installation says about itself, in the channel of its audit."""

from collections.abc import Mapping
from typing import Final

from bot.views.words.template import Template

AUDIT: Final[Mapping[str, Template]] = {
    "audit.anchored": "Audit anchor of {at:moment}, record {sequence}: `{line:text:600}`",
}

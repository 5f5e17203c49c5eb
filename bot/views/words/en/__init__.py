"""English: what each code says."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import LEGACY
from bot.views.words.en.cce import CCE
from bot.views.words.en.cloudpods import CLOUDPODS
from bot.views.words.en.helm import HELM
from bot.views.words.en.servicestage import SERVICESTAGE
from bot.views.words.en.systems import SYSTEMS
from bot.views.words.template import Words

ENGLISH: Final[Mapping[str, Words]] = {
    LEGACY: Words("{words}"),
    **SERVICESTAGE,
    **SYSTEMS,
    **CCE,
    **HELM,
    **CLOUDPODS,
}

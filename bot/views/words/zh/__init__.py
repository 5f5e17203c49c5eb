"""Chinese: what each code says, and what the views say themselves."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import LEGACY
from bot.views.words.template import Template, Words
from bot.views.words.zh.answers import ANSWERS
from bot.views.words.zh.audit import AUDIT
from bot.views.words.zh.buttons import BUTTONS
from bot.views.words.zh.cards import CARDS
from bot.views.words.zh.cce import CCE
from bot.views.words.zh.cloudpods import CLOUDPODS
from bot.views.words.zh.clouds import CLOUDS
from bot.views.words.zh.details import DETAILS
from bot.views.words.zh.forms import FORMS
from bot.views.words.zh.grammar import GRAMMAR
from bot.views.words.zh.helm import HELM
from bot.views.words.zh.help import HELP
from bot.views.words.zh.home import HOME
from bot.views.words.zh.incidents import INCIDENT_PHRASES, INCIDENTS
from bot.views.words.zh.manifest import MANIFEST
from bot.views.words.zh.names import NAMES
from bot.views.words.zh.operations import OPERATIONS
from bot.views.words.zh.proposals import PROPOSAL_PHRASES, PROPOSALS
from bot.views.words.zh.reports import REPORTS
from bot.views.words.zh.rules import RULES
from bot.views.words.zh.service import SERVICE
from bot.views.words.zh.servicestage import SERVICESTAGE
from bot.views.words.zh.suspects import SUSPECT_PHRASES, SUSPECTS
from bot.views.words.zh.systems import SYSTEMS
from bot.views.words.zh.targets import TARGET_PHRASES, TARGETS
from bot.views.words.zh.threads import THREADS
from bot.views.words.zh.why import WHY

CHINESE: Final[Mapping[str, Words]] = {
    LEGACY: Words("{words:text:500}"),
    **SERVICESTAGE,
    **SYSTEMS,
    **CLOUDS,
    **CCE,
    **HELM,
    **CLOUDPODS,
    **OPERATIONS,
    **GRAMMAR,
    **MANIFEST,
    **RULES,
    **PROPOSALS,
    **TARGETS,
    **INCIDENTS,
    **SUSPECTS,
    **SERVICE,
}
CHINESE_PHRASES: Final[Mapping[str, Template]] = {
    **NAMES,
    **CARDS,
    **THREADS,
    **BUTTONS,
    **FORMS,
    **HOME,
    **DETAILS,
    **ANSWERS,
    **AUDIT,
    **TARGET_PHRASES,
    **INCIDENT_PHRASES,
    **SUSPECT_PHRASES,
    **PROPOSAL_PHRASES,
    **REPORTS,
    **HELP,
    **WHY,
}

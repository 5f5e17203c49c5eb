"""English: what each code says, and what the views say themselves."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import LEGACY
from bot.views.words.en.answers import ANSWERS
from bot.views.words.en.audit import AUDIT
from bot.views.words.en.buttons import BUTTONS
from bot.views.words.en.cards import CARDS
from bot.views.words.en.cce import CCE
from bot.views.words.en.cloudpods import CLOUDPODS
from bot.views.words.en.clouds import CLOUDS
from bot.views.words.en.details import DETAILS
from bot.views.words.en.forms import FORMS
from bot.views.words.en.grammar import GRAMMAR
from bot.views.words.en.helm import HELM
from bot.views.words.en.help import HELP
from bot.views.words.en.home import HOME
from bot.views.words.en.incidents import INCIDENT_PHRASES, INCIDENTS
from bot.views.words.en.manifest import MANIFEST
from bot.views.words.en.names import NAMES
from bot.views.words.en.operations import OPERATIONS
from bot.views.words.en.proposals import PROPOSAL_PHRASES, PROPOSALS
from bot.views.words.en.reports import REPORTS
from bot.views.words.en.rules import RULES
from bot.views.words.en.service import SERVICE
from bot.views.words.en.servicestage import SERVICESTAGE
from bot.views.words.en.suspects import SUSPECT_PHRASES, SUSPECTS
from bot.views.words.en.systems import SYSTEMS
from bot.views.words.en.targets import TARGET_PHRASES, TARGETS
from bot.views.words.en.threads import THREADS
from bot.views.words.en.why import WHY
from bot.views.words.template import Template, Words

ENGLISH: Final[Mapping[str, Words]] = {
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
ENGLISH_PHRASES: Final[Mapping[str, Template]] = {
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

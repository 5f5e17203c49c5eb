"""The buttons of a proposal's card: ask for what is proposed, or dismiss it."""

import re
from typing import Final

from bot.core.proposal import AnyProposal, ProposalPress
from bot.core.verbs.verb import Verb

_VALUE: Final = re.compile(r"(?P<proposal>prop-[0-9a-hjkmnp-tv-z]{10}):(?P<seen>[0-9a-f]{12})")


def proposal_value(proposal: AnyProposal) -> str:
    """Return what a button of the card of *proposal* carries: it says what was shown."""
    return f"{proposal.id}:{proposal.seen}"


def read_deploy_proposed(value: str) -> ProposalPress | None:
    """Return the press that *value* stands for; None: it is no whole one."""
    found = _VALUE.fullmatch(value)
    return ProposalPress(does="deploy_proposed", **found.groupdict()) if found else None


def read_open_proposed(value: str) -> ProposalPress | None:
    """Return the press that *value* stands for; None: it is no whole one."""
    found = _VALUE.fullmatch(value)
    return ProposalPress(does="open_proposed", **found.groupdict()) if found else None


def read_dismiss(value: str) -> ProposalPress | None:
    """Return the press that *value* stands for; None: it is no whole one."""
    found = _VALUE.fullmatch(value)
    return ProposalPress(does="dismiss", **found.groupdict()) if found else None


DEPLOY_PROPOSED: Final = Verb(name="deploy_proposed", reads=read_deploy_proposed)
OPEN_PROPOSED: Final = Verb(name="open_proposed", reads=read_open_proposed)
DISMISS: Final = Verb(name="dismiss", reads=read_dismiss)

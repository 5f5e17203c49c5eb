"""What pickers offer, as Slack lists it.

Source: https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
"""

from bot.core.codes import Value
from bot.core.outcomes import Choice, TargetChoice, VersionChoice
from bot.core.policy import NO_POLICY
from bot.core.records import Json
from bot.views.layout import Block
from bot.views.modal import option
from bot.views.words import Locale, say_plain, spelled


def options(choices: tuple[Choice, ...], locale: Locale) -> list[Json]:
    """Return what is offered, each with where it is known from."""
    return [option_of(each, locale) for each in choices]


def option_of(choice: Choice, locale: Locale) -> Block:
    """Return one of them."""
    if isinstance(choice, TargetChoice):
        policy = choice.target.policy
        told = {"title": choice.title, "policy": "" if policy == NO_POLICY else policy}
        words = say_plain("choice.target", locale, **told)
        return option(choice.target.name, choice.target.name, words)
    return option(choice.version, choice.version, _known_from(choice, locale))


def _known_from(choice: VersionChoice, locale: Locale) -> str:
    says = spelled(choice.says, locale) if choice.says else ""
    told = {"says": says, "at": choice.at}
    if choice.is_current:
        return say_plain("choice.current", locale, **told)
    match choice.source:
        case "typed":
            return say_plain("choice.typed", locale)
        case "cloud":
            key = "deployed" if choice.at else "cloud" if says else "listed"
            return say_plain(f"choice.{key}", locale, **told)
        case "history":
            phase: Value = say_plain(f"phase.{choice.phase}", locale)
            key = "choice.history" if choice.was_sent else "choice.requested"
            return say_plain(key, locale, phase=phase, at=choice.at)
        case "elsewhere":
            key = "choice.elsewhere" if choice.was_sent else "choice.requested_elsewhere"
            return say_plain(key, locale, where=choice.where)

"""What a verb is: a word that people use, as a command, a button or both, and what it becomes."""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from bot.core.codes import Denied
from bot.core.operation import Operation
from bot.core.outcomes import OperationStatus, Unchanged
from bot.core.proposal import ProposalPress
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Ask, Change, IncidentIntent, Press, TargetIntent

Typed: TypeAlias = Change | TargetIntent | IncidentIntent | Ask | Press
About: TypeAlias = Callable[[Operation, Facts], OperationStatus | Unchanged]
PREFIX: Final = "slipway."  # of every action_id and callback_id of ours


class Verb(NamedTuple):
    """One verb: grammar, usage, example, intent and form. The rest is derived from it."""

    name: str
    commands: tuple[str, ...] = ()  # how it is typed: "deploy", "ops status"
    usage: str = ""  # what follows the command: "<target> <version>"
    example: str = ""  # the same, filled in: "checkout 1.4.0"
    parse: Callable[[str], Typed | Denied] | None = None
    about: About | None = None  # where it is a question that may be about an operation
    press: type[Press] | None = None  # where it is a button: what that does
    # where it is a button of a proposal: the press that its value stands for
    reads: Callable[[str], ProposalPress | None] | None = None
    has_options: bool = False  # whether its action_id names an option: "slipway.recovery.retry"

    @property
    def asks(self) -> bool:
        """Whether it only asks: what is typed wrong may be taken for it."""
        return self.parse is not None and isinstance(self.parse(self.example), Ask)

    @property
    def callback_id(self) -> str:
        """The form's name in Slack."""
        is_reason = self.press is None or self.press.opens == "reason"
        return f"{PREFIX}{self.name}_{'reason' if is_reason else 'form'}"

    def action_id(self, option: str = "") -> str:
        """Return the button's name in Slack; names are unique in a message."""
        return f"{PREFIX}{self.name}" + (f".{option}" if option else "")

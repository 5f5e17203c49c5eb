"""Changes that are typed: several people's are done together, and each is answered by itself."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import ValidationError
from slack_bolt import BoltResponse

from bot.core.errors import JournalUnavailableError, SlipwayError
from bot.core.outcomes import Outcome, Wish
from bot.core.rules import Change
from bot.core.verbs import SLASH, parse
from bot.readers import Readers
from handlers.errors import answer_to
from handlers.payloads import SlashCommand, as_typed
from handlers.ports import Service
from handlers.refusals import spoken


class TypedChange(NamedTuple):
    """A change as it was typed, with the fields of the command."""

    wish: Wish
    fields: dict[str, object]


class Changes:
    """Reads changes and has them done; the listeners of `handlers.commands` do all else."""

    def __init__(self, service: Service, readers: Readers) -> None:
        self._service = service
        self._readers = readers
        self._names = {readers.anybody.command(name): name for name in SLASH}

    def read(self, fields: Mapping[str, object]) -> TypedChange | None:
        """Return the change that a command asks for; None: it asks for something else.

        A dry run is something else: it waits for a cloud.
        """
        name = self._names.get(str(fields.get("command")))
        if name is None:
            return None
        try:
            typed = SlashCommand.model_validate(fields)
        except ValidationError:
            return None
        intent = parse(name, as_typed(typed.text))
        if not isinstance(intent, Change) or intent.dry_run:
            return None
        return TypedChange(Wish(intent, typed.caller, typed.trigger_id), {**fields})

    def answers(self, typed: Sequence[TypedChange]) -> list[BoltResponse]:
        """Have the changes done, and return the answer to each.

        One that nobody can do keeps no other out: then each is done by itself.
        """
        try:
            outcomes = self._service.changes([each.wish for each in typed])
            return [self._said(*each) for each in zip(typed, outcomes, strict=True)]
        except JournalUnavailableError as error:
            return [self._failed(error, each) for each in typed]
        except Exception as error:  # noqa: BLE001 - whatever it is, it is answered, here and now
            if len(typed) == 1:
                return [self._failed(error, typed[0])]
            return [answer for each in typed for answer in self.answers([each])]

    def again(self, typed: TypedChange) -> BoltResponse | None:
        """Return how stands what was recorded of *typed*, and do nothing; None: nothing was."""
        try:
            outcome = self._service.repeated(typed.wish.delivery)
        except SlipwayError:
            return None
        return self._said(typed, outcome) if outcome else None

    def _said(self, typed: TypedChange, outcome: Outcome) -> BoltResponse:
        return spoken(outcome, self._readers.of(typed.wish.by.user))

    def _failed(self, error: Exception, typed: TypedChange) -> BoltResponse:
        return answer_to(error, typed.fields, self._service, self._readers)

"""`@slipway status | why | cancel | …`: also in threads, where commands do not work."""

import re
from contextlib import suppress
from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App

from bot.core.errors import QueueUnavailableError
from bot.core.outcomes import Caller, Done, OperationStatus, Outcome
from bot.core.surfaces import Show, answered, whispered
from bot.core.verbs import VERBS
from bot.core.verbs.keyboards import plain
from bot.readers import Readers
from bot.views.answers import whisper
from handlers.event_payloads import Mention
from handlers.payloads import as_typed
from handlers.ports import Seen, Service
from handlers.unread import Unread

_OPS: Final = "ops "
_QUESTIONS: Final = (command for each in VERBS if each.asks for command in each.commands)
# Nothing that starts a change: no card would be here.
WORDS: Final = frozenset(
    {
        "cancel",
        "help",
        *(each.removeprefix(_OPS) for each in _QUESTIONS if each.startswith(_OPS)),
    }
)
_OF_SOMEBODY: Final = "can"  # a question that may name a person
_ANYBODY: Final = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_CALLED: Final = re.compile(rf"(?:\s*{_ANYBODY.pattern})+\s*[:,]?")  # "@slipway, …"


def register(
    app: App, service: Service, seen: Seen, *, bot_user: str, readers: Readers, unread: Unread
) -> None:
    """Attach the listener for mentions of *bot_user*."""

    @app.event("app_mention")
    def mentioned(ack: Ack, body: dict[str, object]) -> None:
        try:
            mention = Mention.model_validate(body)
        except ValidationError as error:
            unread.tell("app_mention", error)
            ack()  # a bot or a workflow, which nobody can whisper to
            return
        outcome = service.mention(
            asked(mention.event.text, bot_user),
            by=mention.caller,
            thread_ts=mention.event.thread_ts,
            delivery=mention.event_id,
        )
        event = f"event:{mention.event_id}"
        if not isinstance(outcome, Done) and not _was_answered(seen, event):
            service.show(_answer(outcome, mention.caller, readers))
            with suppress(QueueUnavailableError):
                seen.note(event)
        ack()


def _answer(outcome: Outcome, to: Caller, readers: Readers) -> Show:
    """Return what is answered: how an operation stands is told to its whole thread."""
    if isinstance(outcome, OperationStatus) and to.thread_ts:
        text = whisper(outcome, readers.in_channel(to.channel))
        return answered(to.user, to.channel, text, thread_ts=to.thread_ts)
    text = whisper(outcome, readers.of(to.user))
    return whispered(to.user, to.channel, text, thread_ts=to.thread_ts)


def asked(text: str, bot_user: str) -> str:
    """Return what is said after the mention of *bot_user*: one of WORDS and its object.

    Anything else asks for help about its first word, so that an unknown one is said to be unknown.
    Whoever else is mentioned is no part of it, but for whom a question is about.
    """
    _, found, after = text.partition(f"<@{bot_user}")
    said = plain(as_typed(_CALLED.sub("", f"<@{bot_user}{after}", count=1))).split()
    if not found or not said:
        return "help"
    word = said[0].lower()
    if word not in WORDS:
        return f"help {word}"
    object_ = " ".join(said[1:])
    return f"{word} {object_ if word == _OF_SOMEBODY else _ANYBODY.sub(' ', object_)}".strip()


def _was_answered(seen: Seen, event: str) -> bool:
    """Whether the event was answered before: Slack redelivers events, up to three times."""
    try:
        return seen.has(event)
    except QueueUnavailableError:
        return False

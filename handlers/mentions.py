"""`@slipway status | why | cancel | help`: also in threads, where commands do not work."""

import re
from contextlib import suppress
from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App

from bot.core.errors import QueueUnavailableError
from bot.core.outcomes import Done
from bot.core.surfaces import whispered
from bot.core.verbs.keyboards import plain
from bot.views.answers import whisper
from bot.views.words import Locale
from handlers.payloads import Mention, as_typed
from handlers.ports import Seen, Service

WORDS: Final = (
    "status",
    "why",
    "cancel",
    "help",
)  # nothing that starts a change: no card would be here
_ANYBODY: Final = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")


def register(app: App, service: Service, seen: Seen, *, bot_user: str, locale: Locale) -> None:
    """Attach the listener for mentions of *bot_user*."""

    @app.event("app_mention")
    def mentioned(ack: Ack, body: dict[str, object]) -> None:
        try:
            mention = Mention.model_validate(body)
        except ValidationError:
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
            caller = mention.caller
            text = whisper(outcome, locale)
            told = whispered(caller.user, caller.channel, text, thread_ts=caller.thread_ts)
            service.show(told)
            with suppress(QueueUnavailableError):
                seen.note(event)
        ack()


def asked(text: str, bot_user: str) -> str:
    """Return what is said after the mention of *bot_user*: one of WORDS and its object."""
    _, _, after = text.partition(f"<@{bot_user}")
    said = plain(as_typed(_ANYBODY.sub(" ", f"<@{bot_user}{after}"))).split()
    if not said or said[0].lower() not in WORDS:
        return "help"
    return " ".join((said[0].lower(), *said[1:]))


def _was_answered(seen: Seen, event: str) -> bool:
    """Whether the event was answered before: Slack redelivers events, up to three times."""
    try:
        return seen.has(event)
    except QueueUnavailableError:
        return False

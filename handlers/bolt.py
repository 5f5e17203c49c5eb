"""The Bolt app with all listeners; HTTP and Socket Mode are served by the same."""

import logging
from typing import Any, Final, NamedTuple, TypeAlias

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped

from bot.readers import Readers
from handlers import (
    buttons,
    change_forms,
    commands,
    errors,
    forms,
    home,
    incidents,
    mentions,
    pickers,
    proposals,
    reviews,
)
from handlers.changes import Changes
from handlers.installation import Guard, Installation
from handlers.opening import Forms
from handlers.ports import OpenForm, Seen, Service, UpdateForm, Views
from handlers.unread import Unread

SlackClient: TypeAlias = Any  # slack_sdk's WebClient, which only bot.app and workers.slack name

_LOGGER: Final = "slack_bolt"


class Doors(NamedTuple):
    """What answers: listeners for all that Slack sends, and what does typed changes together."""

    app: App
    changes: Changes


def bolt_app(
    *,
    client: SlackClient,
    identity: AuthorizeResult,
    installation: Installation,
    service: Service,
    seen: Seen,
    open_form: OpenForm,
    update_form: UpdateForm,
    readers: Readers,
) -> Doors:
    """Build the app: it answers when its listener has ended, and calls nothing of Slack's itself.

    Signatures are checked by `handlers.ingress` in front of it, never here. Give *client* no
    token and no retry handlers; *identity* is what `auth.test` said at the start.
    """
    app = App(
        name=_LOGGER,  # Bolt sets the level of the logger that is called so
        logger=_quiet_logger(),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        signing_secret="",
        client=client,
        authorize=lambda: identity,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
    )
    app.middleware(Guard(installation))
    errors.register(app, service, readers=readers)
    opener, unread = Forms(Views(open_form, update_form), readers), Unread()
    commands.register(app, service, forms=opener, readers=readers)
    buttons.register(app, service, forms=opener, readers=readers)
    change_forms.register(app, service, readers=readers)
    pickers.register(app, service, update_form=update_form, readers=readers)
    home.register(app, service, forms=opener, readers=readers, unread=unread)
    proposals.register(app, service, forms=opener, readers=readers)
    forms.register(app, service, readers=readers)
    incidents.register(app, service, forms=opener, readers=readers, unread=unread)
    reviews.register(app, service, readers=readers)
    bot_user = identity.bot_user_id or ""
    mentions.register(app, service, seen, bot_user=bot_user, readers=readers, unread=unread)
    return Doors(app, Changes(service, readers))


def _quiet_logger() -> logging.Logger:
    """Return Bolt's logger at WARNING: below that it logs whole bodies."""
    logger = logging.getLogger(_LOGGER)
    logger.setLevel(logging.WARNING)
    logger.addFilter(_is_news)
    return logger


def _is_news(record: logging.LogRecord) -> bool:
    """Leave out that Bolt found SLACK_BOT_TOKEN by itself, and rightly uses our client instead."""
    return record.getMessage() != warning_client_prioritized_and_token_skipped()

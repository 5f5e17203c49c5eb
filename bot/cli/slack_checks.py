"""What `slipway doctor` asks of Slack: tokens, scopes, and the words of slipway.yaml."""

from collections.abc import Iterator
from contextlib import suppress

from bot.app.resources import now
from bot.app.slack_words import asked
from bot.catalogue import Catalogue
from bot.cli.clock_checks import against
from bot.cli.exit_codes import CONFIGURATION, CREDENTIALS
from bot.cli.findings import Finding
from bot.core.errors import (
    ConfigurationError,
    CredentialError,
    SlackHeldError,
    SlackRefusedError,
    SlipwayError,
)
from bot.journal import journal_on, open_engine
from bot.settings import Settings, slack_credentials
from workers.slack import SCOPES, installation, opens_connection, web_client


def slack(settings: Settings) -> Iterator[Finding]:
    """Ask Slack whose the bot token is, and what it may do."""
    try:
        token = slack_credentials(settings, serves=True).bot_token.get_secret_value()
        where = installation(web_client(token, settings.slack_api_url))
    except CredentialError as error:
        yield Finding("slack", "fail", "; ".join(error.faults), "see README", CREDENTIALS)
    except ConfigurationError as error:
        yield Finding("slack", "fail", "; ".join(error.faults), "set it", CONFIGURATION)
    except SlackRefusedError as error:
        yield Finding("slack", "fail", error.code, "install the app again", CREDENTIALS)
    except SlipwayError as error:
        yield Finding("slack", "fail", str(error), "check the network and SLACK_API_URL")
    else:
        yield Finding("slack", "ok", f"workspace {where.team}")
        yield from against("Slack", [where.answered_at] if where.answered_at else [], now())
        missing = sorted(set(SCOPES) - set(where.scopes)) if where.scopes else []
        if missing:
            found = f"missing {', '.join(missing)}"
            yield Finding("scopes", "fail", found, "install the app from slipway manifest again")


def slack_words(settings: Settings, catalogue: Catalogue) -> Iterator[Finding]:
    """Ask Slack of each channel, group and person of slipway.yaml."""
    try:
        token = slack_credentials(settings, serves=True).bot_token.get_secret_value()
    except (ConfigurationError, CredentialError):
        return  # said already
    client = web_client(token, settings.slack_api_url)
    try:
        for each in asked(client, catalogue, _kept_names(settings)):
            check = f"{each.kind} {each.word}"
            yield Finding(check, each.level, each.found, each.remedy, word=each)
    except SlackRefusedError:
        return  # of the token: said already
    except SlipwayError as error:
        yield Finding("names", "warn", str(error), "try again in a minute")


def _kept_names(settings: Settings) -> dict[str, str]:
    """Return what names stand for in the journal, where that can be read."""
    with suppress(SlipwayError):
        return journal_on(open_engine(settings.database_url)).names.all()
    return {}


def app_token(settings: Settings) -> Iterator[Finding]:
    """Try the token of Socket Mode as the bot does, without a connection that anybody opens."""
    token = settings.slack_app_token
    if token is None:
        return
    client = web_client("", settings.slack_api_url)
    try:
        opens_connection(client, token.get_secret_value())
    except SlackRefusedError as error:
        remedy = "make one with connections:write: Basic Information, App-Level Tokens"
        found = f"SLACK_APP_TOKEN: Slack says {error.code}"
        yield Finding("app token", "fail", found, remedy, CREDENTIALS)
    except SlackHeldError as error:
        yield Finding("app token", "warn", str(error), "try again in a minute")
    except SlipwayError as error:
        yield Finding("app token", "fail", str(error), "check the network and SLACK_API_URL")
    else:
        yield Finding("app token", "ok", "opens Socket Mode connections")

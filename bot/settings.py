"""The environment: its only reader, checked at the start."""

import ipaddress
import re
from pathlib import Path
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.core.errors import ConfigurationError, CredentialError

SLACK_API: Final = "https://slack.com/api/"
_PLACEHOLDER: Final = re.compile(r"changeme|your-|(?:^|-)x{3,}(?:-|$)", re.IGNORECASE)
_PORT_MAX: Final = 65_535
_SIGNING_SECRET_MIN: Final = 16  # characters; Slack's own have 32


class Settings(BaseSettings):
    """What the environment says; secrets show themselves to nobody."""

    model_config = SettingsConfigDict(
        env_prefix="",
        env_ignore_empty=True,  # `NAME=` in a .env file means: not set
        extra="ignore",
        str_strip_whitespace=True,  # a line end behind a secret is no part of it
        frozen=True,
    )

    slack_bot_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_api_url: str = SLACK_API
    slipway_config: Path = Path("slipway.yaml")
    slipway_database_url: SecretStr = SecretStr("sqlite:///slipway.db")
    slipway_redis_url: SecretStr = SecretStr("redis://127.0.0.1:6379/0")
    slipway_audit_key: SecretStr | None = None  # Ed25519: PEM, or its 32 bytes in Base64
    slipway_audit_key_file: Path | None = None  # a file with one
    slipway_listen: str = "127.0.0.1:3000"
    slipway_log_format: Literal["text", "json"] = "text"
    slipway_log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO")
    otel_exporter_otlp_endpoint: str = ""  # where traces go; "": nobody asks for any
    no_color: str = ""  # anything: no colours, see https://no-color.org

    @field_validator("slipway_log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("slack_api_url")
    @classmethod
    def _slack_url(cls, value: str) -> str:
        url = urlsplit(value)
        if url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.hostname)):
            return value if value.endswith("/") else value + "/"
        msg = "wants https, or http on a loopback address"
        raise ValueError(msg)

    @field_validator("slipway_listen")
    @classmethod
    def _listen(cls, value: str) -> str:
        found = re.fullmatch(r"(?:\[[0-9a-fA-F:]+\]|[^:\s]+):([0-9]{1,5})", value)
        if not found or int(found[1]) > _PORT_MAX:
            msg = "wants host:port, such as 127.0.0.1:3000"
            raise ValueError(msg)
        return value

    @property
    def listen(self) -> tuple[str, int]:
        """The address to bind, as host and port."""
        host, _, port = self.slipway_listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that is set, for what must keep them out of its texts."""
        held = [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]
        return (*held, _password(self.database_url), _password(self.redis_url))

    @property
    def database_url(self) -> str:
        """The database's address, with its password."""
        return self.slipway_database_url.get_secret_value()

    @property
    def redis_url(self) -> str:
        """Redis' address, with its password."""
        return self.slipway_redis_url.get_secret_value()


class SlackCredentials(BaseModel):
    """The checked tokens; `app_token` is set where Socket Mode is used."""

    model_config = ConfigDict(frozen=True)

    bot_token: SecretStr
    signing_secret: SecretStr | None
    app_token: SecretStr | None


def read_settings() -> Settings:
    """Read the environment.

    Raises:
        ConfigurationError: with every fault, each naming its variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigurationError(
            [f"{str(each['loc'][0]).upper()}: {_words(each['msg'])}" for each in error.errors()]
        ) from error


def slack_credentials(settings: Settings, *, serves: bool) -> SlackCredentials:
    """Return the tokens; a bot that *serves* needs a signing secret or an app token as well.

    Raises:
        ConfigurationError: a variable is not set; all faults are listed.
        CredentialError: one is set to what cannot be right.
    """
    missing, misshapen = _missing(settings, serves=serves), _misshapen(settings)
    if missing:
        raise ConfigurationError([*missing, *misshapen])
    if misshapen or settings.slack_bot_token is None:
        raise CredentialError(misshapen)
    return SlackCredentials(
        bot_token=settings.slack_bot_token,
        signing_secret=settings.slack_signing_secret,
        app_token=settings.slack_app_token,
    )


def _missing(settings: Settings, *, serves: bool) -> list[str]:
    faults = []
    if settings.slack_bot_token is None:
        faults.append("SLACK_BOT_TOKEN: not set; it is the bot token of the Slack app (xoxb-…)")
    if serves and settings.slack_signing_secret is None and settings.slack_app_token is None:
        faults.append(
            "SLACK_SIGNING_SECRET: not set; HTTP needs it "
            "(for Socket Mode set SLACK_APP_TOKEN instead)"
        )
    return faults


def _misshapen(settings: Settings) -> list[str]:
    faults = []
    bot, app, secret = (
        None if each is None else each.get_secret_value()
        for each in (
            settings.slack_bot_token,
            settings.slack_app_token,
            settings.slack_signing_secret,
        )
    )
    if bot is not None and not bot.startswith("xoxb-"):
        faults.append("SLACK_BOT_TOKEN: a bot token begins with xoxb-")
    if app is not None and not app.startswith("xapp-"):
        faults.append("SLACK_APP_TOKEN: an app-level token begins with xapp-")
    if secret is not None and len(secret.strip()) < _SIGNING_SECRET_MIN:
        faults.append(
            f"SLACK_SIGNING_SECRET: empty or shorter than {_SIGNING_SECRET_MIN} characters"
        )
    named = (
        ("SLACK_BOT_TOKEN", bot),
        ("SLACK_APP_TOKEN", app),
        ("SLACK_SIGNING_SECRET", secret),
    )
    for name, value in named:
        if value and _PLACEHOLDER.search(value):
            faults.append(f"{name}: still holds the placeholder of an example")
    return faults


def _password(url: str) -> str:
    """Return the password in an address; "" where there is none."""
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return ""


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _words(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message[:1].lower() + message[1:]

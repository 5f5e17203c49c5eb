"""The environment: what is read, what is refused, what is never shown."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import ConfigurationError, CredentialError
from bot.settings import Settings, read_settings, slack_credentials

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1234567890-abcdefghij",
    "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
}


@pytest.fixture(autouse=True)
def _scratch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start from an environment without anything of ours."""
    for name in (each.upper() for each in Settings.model_fields):
        monkeypatch.delenv(name, raising=False)


def given_environment(monkeypatch: pytest.MonkeyPatch, values: Mapping[str, str]) -> None:
    """Set these variables."""
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_defaults_are_those_of_the_contract() -> None:
    """With nothing set, everything is where the contract says."""
    settings = read_settings()
    assert str(settings.slipway_config) == "slipway.yaml"
    assert settings.database_url == "sqlite:///slipway.db"
    assert settings.redis_url == "redis://127.0.0.1:6379/0"
    assert settings.listen == ("127.0.0.1", 3000)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.slipway_log_format, settings.slipway_log_level) == ("text", "INFO")


@pytest.mark.parametrize(
    ("name", "value"),
    [("SLIPWAY_LISTEN", "3000"), ("SLIPWAY_LISTEN", "127.0.0.1:65536"), ("SLIPWAY_LISTEN", ":80"),
     ("SLIPWAY_LISTEN", "host:port"), ("SLIPWAY_LOG_FORMAT", "xml"), ("SLIPWAY_LOG_LEVEL", "loud"),
     ("SLACK_API_URL", "http://slack.example/"), ("SLACK_API_URL", "slack.com"),
     ("SLACK_API_URL", "http://127.0.0.1.evil.example/")],
)  # fmt: skip
def test_a_wrong_value_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Y10, Y18: each fault begins with the variable that has it."""
    given_environment(monkeypatch, {name: value})
    with pytest.raises(ConfigurationError) as caught:
        read_settings()
    [fault] = caught.value.faults
    assert fault.startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("value", "address"),
    [("0.0.0.0:80", ("0.0.0.0", 80)), ("[::1]:3000", ("::1", 3000)), ("bot:65535", ("bot", 65535))],  # noqa: S104 - parsed, not bound
)
def test_addresses_are_read(
    monkeypatch: pytest.MonkeyPatch, value: str, address: tuple[str, int]
) -> None:
    """Names, addresses of both families, and every port."""
    given_environment(monkeypatch, {"SLIPWAY_LISTEN": value})
    assert read_settings().listen == address


def test_a_line_end_is_no_part_of_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """V29: `NAME=$(cat file)` and its like bring one along; nothing that is set here ends so."""
    url = "sqlite:////srv/slipway.db"
    given_environment(
        monkeypatch,
        {
            **{name: f" {value}\r\n" for name, value in GOOD.items()},
            "SLIPWAY_DATABASE_URL": f"{url}\n",
            "SLIPWAY_REDIS_URL": "redis://127.0.0.1/1\n",
            "SLIPWAY_LISTEN": "127.0.0.1:3000\n",
            "SLACK_API_URL": "https://slack.example/api/\n",
        },
    )
    settings = read_settings()
    credentials = slack_credentials(settings, serves=True)
    assert credentials.bot_token.get_secret_value() == GOOD["SLACK_BOT_TOKEN"]
    assert credentials.signing_secret is not None
    assert credentials.signing_secret.get_secret_value() == GOOD["SLACK_SIGNING_SECRET"]
    assert (settings.database_url, settings.redis_url) == (url, "redis://127.0.0.1/1")
    assert settings.listen == ("127.0.0.1", 3000)
    assert settings.slack_api_url == "https://slack.example/api/"


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """`NAME=` in a .env file does not switch Socket Mode on, nor the default off."""
    given_environment(
        monkeypatch, {**GOOD, "SLACK_APP_TOKEN": "", "SLIPWAY_LOG_FORMAT": "", "SLIPWAY_CONFIG": ""}
    )
    settings = read_settings()
    assert slack_credentials(settings, serves=True).app_token is None
    assert settings.slipway_log_format == "text"
    assert str(settings.slipway_config) == "slipway.yaml"


WRONG: dict[str, tuple[dict[str, str], bool, type[ConfigurationError], str]] = {
    "Y12 empty secret": ({"SLACK_SIGNING_SECRET": ""}, True, ConfigurationError, "SIGNING_SECRET"),
    "Y12 blank secret": ({"SLACK_SIGNING_SECRET": " " * 32}, True, CredentialError, "empty or"),
    "Y12 short secret": ({"SLACK_SIGNING_SECRET": "abc"}, True, CredentialError, "shorter"),
    "Y12 user token": ({"SLACK_BOT_TOKEN": "xoxp-1"}, False, CredentialError, "begins with xoxb-"),
    "Y12 app as bot": ({"SLACK_BOT_TOKEN": "xapp-1"}, True, CredentialError, "begins with xoxb-"),
    "Y12 bot as app": ({"SLACK_APP_TOKEN": "xoxb-1"}, True, CredentialError, "begins with xapp-"),
    "Y13 your": ({"SLACK_BOT_TOKEN": "xoxb-your-token"}, True, CredentialError, "placeholder"),
    "Y13 xxx": ({"SLACK_BOT_TOKEN": "xoxb-xxxx-xxxx"}, True, CredentialError, "placeholder"),
    "Y13 app": ({"SLACK_APP_TOKEN": "xapp-xxx"}, True, CredentialError, "APP_TOKEN: still"),
    "Y13 changeme": ({"SLACK_SIGNING_SECRET": "changeme" * 4}, True, CredentialError, "placehold"),
    "no token": ({"SLACK_BOT_TOKEN": ""}, False, ConfigurationError, "SLACK_BOT_TOKEN: not set"),
}


@pytest.mark.parametrize("case", WRONG)
def test_credentials_that_cannot_be_right_are_refused(
    monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """Y12, Y13: at the start, by name, and without repeating them."""
    changes, serves, error, says = WRONG[case]
    given_environment(monkeypatch, {**GOOD, **changes})
    with pytest.raises(error) as caught:
        slack_credentials(read_settings(), serves=serves)
    assert type(caught.value) is error
    [fault] = caught.value.faults
    assert says in fault
    assert not any(value in fault for value in changes.values() if len(value) > 8)


@pytest.mark.parametrize(
    ("values", "serves"),
    [(GOOD, True), ({**GOOD, "SLACK_APP_TOKEN": "xapp-1-A0-1"}, True),
     ({"SLACK_BOT_TOKEN": GOOD["SLACK_BOT_TOKEN"], "SLACK_APP_TOKEN": "xapp-1-A0-1"}, True),
     ({"SLACK_BOT_TOKEN": GOOD["SLACK_BOT_TOKEN"]}, False),
     ({**GOOD, "SLACK_BOT_TOKEN": "xoxb-12-34-aXXXbxxxc"}, True)],
)  # fmt: skip
def test_right_credentials_are_taken(
    monkeypatch: pytest.MonkeyPatch,
    values: dict[str, str],
    serves: bool,  # noqa: FBT001 - a column
) -> None:
    """HTTP, Socket Mode, both; a worker needs the token only; chance letters are no placeholder."""
    given_environment(monkeypatch, values)
    found = slack_credentials(read_settings(), serves=serves)
    assert found.bot_token.get_secret_value() == values["SLACK_BOT_TOKEN"]


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40))
def test_no_secret_shows_itself(end: str) -> None:
    """Neither printing nor dumping the settings shows one; who must mask them can have them."""
    secret = f"xoxb-s3cr3t{end}"
    settings = Settings.model_validate(
        {"slack_bot_token": secret, "slipway_redis_url": f"redis://:{secret}@127.0.0.1"}
    )
    assert secret in settings.secrets
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "s3cr3t" not in shown

"""Files leave for Slack alone, without a token, and follow nothing."""

import pytest

from bot.core.errors import SlackRefusedError
from workers.slack.uploads import may_have_files, send_file

SLACK = "https://slack.com/api/"
OWN = "http://127.0.0.1:4000/api/"


@pytest.mark.parametrize(
    ("url", "home", "may"),
    [
        ("https://files.slack.com/upload/v1/x", SLACK, True),
        ("https://files.slack.com:443/upload/v1/x", SLACK, True),
        ("https://slack.com/upload", SLACK, True),
        ("http://127.0.0.1:4000/upload/v1/x", OWN, True),
        ("https://files.slack.com/x", OWN, True),
        ("http://files.slack.com/upload", SLACK, False),
        ("https://files.slack.com:8443/x", SLACK, False),
        ("https://slack.com.evil.example/x", SLACK, False),
        ("https://notslack.example/x", SLACK, False),
        ("https://files.slack.com@evil.example/x", SLACK, False),
        ("https://u:p@files.slack.com/x", SLACK, False),
        ("http://127.0.0.1:4001/x", OWN, False),
        ("https://127.0.0.1:4000/x", OWN, False),
        ("https://files.slack.com:none/x", SLACK, False),
        ("file:///etc/passwd", SLACK, False),
        ("", SLACK, False),
    ],
)
def test_files_go_to_slack_or_the_origin_of_its_api_alone(
    url: str, home: str, *, may: bool
) -> None:
    """Scheme, host and port; neither a name that looks like it, nor one before an @."""
    assert may_have_files(url, home) is may


def test_an_address_elsewhere_gets_nothing() -> None:
    """It is refused before a connection is made, and the host is named."""
    with pytest.raises(SlackRefusedError) as refused:
        send_file("https://evil.example/x", b"secret", home=SLACK)
    assert refused.value.code == "upload_url_not_slacks"
    assert refused.value.detail == "evil.example"

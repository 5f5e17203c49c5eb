"""The languages that Slipway speaks."""

from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


def spoken_to(locale: str, otherwise: Language) -> Language:
    """Return the language for whom Slack addresses in *locale* ("zh-CN"), of those there are.

    Source: https://docs.slack.dev/reference/methods/users.info (include_locale)
    """
    tongue = locale.replace("_", "-").partition("-")[0].lower()
    return next((each for each in LANGUAGES if each == tongue), otherwise)

"""Words of ours where Slack draws no marks: beside the field of a form that has a fault."""

import html
import re
from typing import Final

from bot.views.words import Locale, say

_TOKEN: Final = re.compile(
    r"<(?:@(?P<user>\w+)|!subteam\^(?P<group>\w+)|#(?P<channel>\w+)"
    r"|!date\^\d+\^[^|>]*\|(?P<moment>[^>]*)|https?:[^|>]*\|(?P<words>[^>]*))>"
)
_MARKS: Final = re.compile(r"[`*]")  # those of others are other letters already, by the escape
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z")


def unmarked(mrkdwn: str, locale: Locale) -> str:
    """Return what *mrkdwn*, made by us, says to whoever sees its marks as letters.

    Who is mentioned is called by name; of whom *locale* knows none, is somebody.
    """
    somebody = say("people.somebody", locale)

    def said(found: re.Match[str]) -> str:
        whose = found["user"] or found["group"]
        if whose:
            return locale.names.get(whose, somebody)
        if found["channel"]:
            return f"#{found['channel']}"
        return _MOMENT.sub(r"\1 \2 UTC", found["moment"] or found["words"] or "")

    parts, at = [], 0
    for found in _TOKEN.finditer(mrkdwn):
        parts += [_MARKS.sub("", mrkdwn[at : found.start()]), said(found)]
        at = found.end()
    return html.unescape("".join((*parts, _MARKS.sub("", mrkdwn[at:]))))

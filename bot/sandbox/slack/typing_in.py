"""What a person types, as Slack passes it on: escaped, with names turned into ids."""

import re
from typing import Final

from bot.sandbox.slack.state import State

_NAME: Final = re.compile(r"(?<![\w<|])([@#])([\w.-]*\w)")


def escaped(text: str) -> str:
    """Return *text* with Slack's three characters escaped, but not `<@U…>`."""
    whole = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"&lt;(@[A-Z0-9]+)&gt;", r"<\1>", whole)


def with_references(state: State, text: str, *, named: bool = False) -> str:
    """Return *text* with `@ann` and `#deploys` as references; *named* ones carry the name too."""

    def reference(found: re.Match[str]) -> str:
        sign, name = found.groups()
        target = _found(state, sign, name)
        if target is None:
            return found.group()
        return f"<{target}|{name}>" if named or sign == "#" else f"<{target}>"

    return _NAME.sub(reference, text)


def _found(state: State, sign: str, name: str) -> str | None:
    if sign == "#":
        ids = [f"#{c.id}" for c in state.channels.values() if c.name == name and not c.is_im]
    else:
        ids = [f"@{p.id}" for p in state.people.values() if p.name == name]
        ids += [f"!subteam^{g.id}" for g in state.groups.values() if g.handle == name]
    return ids[0] if ids else None

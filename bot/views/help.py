"""The help: what can be typed, with examples that work for whoever asks."""

from collections.abc import Iterator
from typing import Final

from bot.core.outcomes import Help
from bot.views.text import escaped

LINES_MAX: Final = 12


def help_lines(outcome: Help) -> tuple[str, ...]:
    """Return at most `LINES_MAX` lines of mrkdwn."""
    return tuple(_lines(escaped(outcome.prefix, 20), outcome))


def _lines(prefix: str, outcome: Help) -> Iterator[str]:
    ops = f"/{prefix}ops"
    target = escaped(outcome.example_target) or "checkout"
    yield "*Slipway* changes what runs in the cloud, with approval and in the open."
    yield f'`/{prefix}deploy {target} 1.4.0 --reason "why"` deploys a version'
    yield f"`/{prefix}rollback {target}` goes back, to the revision before or a named one"
    yield f"`{ops} restart {target}` · `start` · `stop` · `scale {target} 3` · `create` · `delete`"
    yield f"`{ops} targets` lists what can be changed"
    yield f"`{ops} status {target}` says how it runs now · `{ops} status op-…` how an operation is"
    yield f"`{ops} history {target}` · `{ops} revisions {target}` say what ran before"
    yield f"`{ops} cancel op-…` withdraws what was not sent yet"
    yield "`--dry-run` after a change shows what would be done, and records nothing"
    yield "In threads, type `@slipway status`: Slack takes no slash commands there."
    if not outcome.example_target:
        yield "You may ask, but change nothing here: your name stands in no policy's `request`."
    if outcome.can_approve:
        yield "You may approve: press *Approve* or *Reject* on a card."

"""What the app says without the Web API: answers to commands and posts to a `response_url`."""

from typing import Final

from bot.sandbox.slack.errors import RefusedError
from bot.sandbox.slack.messages import replaced
from bot.sandbox.slack.records import JsonObject, Message
from bot.sandbox.slack.state import State
from bot.sandbox.slack.strictness import check_message
from bot.sandbox.slack.tickets import Hook

_KNOWN: Final = frozenset(
    {
        "blocks",
        "delete_original",
        "link_names",
        "mrkdwn",
        "replace_original",
        "response_type",
        "text",
        "thread_ts",
        "unfurl_links",
        "unfurl_media",
    }
)
_TYPES: Final = frozenset({"ephemeral", "in_channel"})


def say(
    state: State, user: str, channel: str, body: JsonObject, thread_ts: str | None = None
) -> Message:
    """Post what the app answered: to *user* only, unless it says `in_channel`.

    Raises:
        RefusedError: it is no message, or not one that Slack would show.
    """
    _check(body)
    check_message(body.get("text"), body.get("blocks"))
    public = body.get("response_type") == "in_channel"
    return state.post(
        channel,
        state.config.bot_user_id,
        body["text"],
        blocks=body.get("blocks"),
        thread_ts=body.get("thread_ts", thread_ts),
        reader=None if public else user,
    )


def use_hook(state: State, token: str, body: JsonObject) -> None:
    """Do what a post to a `response_url` asks for.

    Raises:
        RefusedError: the address is used up, or its body is refused.
    """
    _check(body)
    hook = state.tickets.use_hook(token)
    original = _original(state, hook)
    if body.get("delete_original") and original is not None:
        state.messages.put(original.model_copy(update={"deleted": True}))
    elif body.get("replace_original") and original is not None:
        check_message(body.get("text"), body.get("blocks"))
        blocks = state.named(body.get("blocks"))
        state.messages.put(replaced(original, body["text"], blocks))
    else:
        say(state, hook.user, hook.channel, body, hook.thread_ts)


def _original(state: State, hook: Hook) -> Message | None:
    return state.messages.get(hook.channel, hook.message_ts) if hook.message_ts else None


def _check(body: JsonObject) -> None:
    unknown = sorted(body.keys() - _KNOWN)
    if unknown:
        messages = [f"[ERROR] unknown argument: {name}" for name in unknown]
        raise RefusedError(code="invalid_payload", messages=messages)
    if body.get("response_type", "ephemeral") not in _TYPES:
        wrong = "[ERROR] must be ephemeral or in_channel [json-pointer:/response_type]"
        raise RefusedError(code="invalid_payload", messages=[wrong])

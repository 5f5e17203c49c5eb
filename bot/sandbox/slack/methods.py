"""The table of Web API methods: what each needs, knows and costs, and what carries it out."""

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from bot.sandbox.slack import canvases, channels, chat, directory, files, forms, marks, rooms
from bot.sandbox.slack.limits import Tier
from bot.sandbox.slack.records import JsonObject
from bot.sandbox.slack.state import State

TokenKind: TypeAlias = Literal["bot", "app"]
Run: TypeAlias = Callable[[State, JsonObject], JsonObject]


class Method(NamedTuple):
    """One method; where a scope hangs on the kind of channel, `run` asks for it."""

    run: Run
    tier: Tier
    required: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ()
    token: TokenKind = "bot"  # noqa: S105 - a kind of token


def _method(run: Run, tier: Tier, required: str, optional: str = "", *, scopes: str = "") -> Method:
    needed = frozenset(required.split())
    known = needed | frozenset(optional.split())
    return Method(run, tier, needed, known, tuple(scopes.split()))


_WORDS: Final = "text blocks link_names parse"  # no attachments: legacy, and not drawn
_PAGES: Final = "cursor limit"
_SPAN: Final = f"{_PAGES} include_all_metadata inclusive latest oldest"

METHODS: Final[Mapping[str, Method]] = {
    "apps.connections.open": Method(
        directory.connections_open,
        "1",
        scopes=("connections:write",),
        token="app",  # noqa: S106 - a kind of token
    ),
    "bots.info": _method(directory.bots_info, "3", "", "bot", scopes="users:read"),
    "auth.test": _method(directory.auth_test, "special", ""),
    "bookmarks.add": _method(
        marks.add_bookmark,
        "2",
        "channel_id title type",
        "link emoji entity_id access_level parent_id",
        scopes="bookmarks:write",
    ),
    "bookmarks.list": _method(marks.list_bookmarks, "3", "channel_id", scopes="bookmarks:read"),
    "canvases.create": _method(
        canvases.create, "2", "", "title document_content channel_id", scopes="canvases:write"
    ),
    "chat.delete": _method(chat.delete, "3", "channel ts", scopes="chat:write"),
    "chat.getPermalink": _method(chat.get_permalink, "special", "channel message_ts"),
    "chat.postEphemeral": _method(
        chat.post_ephemeral,
        "4",
        "channel user",
        f"{_WORDS} thread_ts",
        scopes="chat:write",
    ),
    "chat.postMessage": _method(
        chat.post_message,
        "post",
        "channel",
        f"{_WORDS} thread_ts reply_broadcast unfurl_links unfurl_media mrkdwn metadata",
        scopes="chat:write",
    ),
    "chat.update": _method(
        chat.update,
        "3",
        "channel ts",
        f"{_WORDS} reply_broadcast metadata",
        scopes="chat:write",
    ),
    "conversations.archive": _method(channels.archive, "2", "channel"),
    "conversations.canvases.create": _method(
        canvases.create_of_channel,
        "2",
        "channel_id",
        "title document_content",
        scopes="canvases:write",
    ),
    "conversations.create": _method(channels.create, "2", "name", "is_private"),
    "conversations.history": _method(rooms.history, "3", "channel", _SPAN),
    "conversations.info": _method(rooms.info, "3", "channel", "include_locale include_num_members"),
    "conversations.invite": _method(channels.invite, "3", "channel users", "force"),
    "conversations.list": _method(rooms.list_, "2", "", f"{_PAGES} exclude_archived types"),
    "conversations.members": _method(rooms.members, "4", "channel", _PAGES),
    "conversations.open": _method(
        rooms.open_, "3", "", "channel return_im users", scopes="im:write"
    ),
    "conversations.replies": _method(rooms.replies, "3", "channel ts", _SPAN),
    "conversations.setPurpose": _method(channels.set_purpose, "2", "channel purpose"),
    "conversations.setTopic": _method(channels.set_topic, "2", "channel topic"),
    "files.completeUploadExternal": _method(
        files.complete,
        "4",
        "files",
        "channel_id channels thread_ts initial_comment blocks",
        scopes="files:write",
    ),
    "files.getUploadURLExternal": _method(
        files.upload_url,
        "4",
        "filename length",
        "alt_txt snippet_type",
        scopes="files:write",
    ),
    "pins.add": _method(marks.add_pin, "2", "channel timestamp", scopes="pins:write"),
    "reactions.add": _method(
        marks.add_reaction, "3", "channel timestamp name", scopes="reactions:write"
    ),
    "reactions.remove": _method(
        marks.remove_reaction, "2", "channel timestamp name", scopes="reactions:write"
    ),
    "usergroups.list": _method(
        directory.usergroups_list,
        "2",
        "",
        "include_count include_disabled include_users",
        scopes="usergroups:read",
    ),
    "usergroups.users.list": _method(
        directory.usergroups_users_list,
        "2",
        "usergroup",
        "include_disabled",
        scopes="usergroups:read",
    ),
    "users.list": _method(
        directory.users_list, "2", "", f"{_PAGES} include_locale", scopes="users:read"
    ),
    "users.info": _method(directory.users_info, "4", "user", "include_locale", scopes="users:read"),
    "views.open": _method(forms.views_open, "4", "trigger_id view"),
    "views.publish": _method(forms.views_publish, "4", "user_id view", "hash"),
    "views.push": _method(forms.views_push, "4", "trigger_id view"),
    "views.update": _method(forms.views_update, "4", "view", "view_id external_id hash"),
}

"""Who and what is in the simulated workspace, and how its app is connected."""

from typing import Final

from bot.sandbox.slack.records import Record

# As the manifest asks for them: a test compares.
BOT_SCOPES: Final = frozenset(
    {
        "app_mentions:read",
        "bookmarks:read",
        "bookmarks:write",
        "canvases:write",
        "channels:history",
        "channels:manage",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "usergroups:read",
        "users:read",
    }
)


class Person(Record):
    """A member of the workspace, or somebody seen in it."""

    id: str
    name: str
    real_name: str
    title: str = ""
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False
    is_bot: bool = False
    team_id: str = "T0SLIPWAY"
    teams: tuple[str, ...] = ()  # of an organisation, that they are a member of
    locale: str = "en-US"  # in which Slack addresses them


class Group(Record):
    """A user group; a disabled one is listed only where that is asked for."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()
    is_disabled: bool = False


class Channel(Record):
    """A channel, or the direct conversation between one person and the bot."""

    id: str
    name: str
    topic: str = ""
    purpose: str = ""
    creator: str = ""
    created: int = 0  # unix seconds
    members: tuple[str, ...] = ()
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False  # with another organisation, by Slack Connect
    refuses_posts: str = ""  # the error that whoever posts gets, as in a channel of announcements
    refuses_replies: str = ""  # the same for replies alone
    is_im: bool = False


class Command(Record):
    """A slash command that the app has registered."""

    command: str
    description: str = ""
    usage_hint: str = ""
    should_escape: bool = False


class WorkspaceConfig(Record):
    """The whole workspace before anything happens in it."""

    team_id: str = "T0SLIPWAY"
    team_name: str = "Slipway sandbox"
    team_domain: str = "slipway-sandbox"
    app_id: str = "A0SLIPWAY"
    bot_user_id: str = "U0SLIPWAY"
    bot_id: str = "B0SLIPWAY"
    bot_token: str = "xoxb-sandbox"  # noqa: S105 - opens the simulator and nothing else
    app_token: str = "xapp-sandbox"  # noqa: S105 - opens the simulator and nothing else
    verification_token: str = "sandbox-verification"  # noqa: S105 - deprecated and proves nothing
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 - shared with the sandbox's bot
    people: tuple[Person, ...] = ()
    groups: tuple[Group, ...] = ()
    channels: tuple[Channel, ...] = ()
    commands: tuple[Command, ...] = ()
    # by id, with the name in the menu of each message
    message_shortcuts: tuple[tuple[str, str], ...] = (("slipway.incident_mark", "Add to timeline"),)
    # each with its name, outside of messages
    global_shortcuts: tuple[tuple[str, str], ...] = (("slipway.shortcut_deploy", "Deploy"),)
    bot_events: frozenset[str] = frozenset(
        {"app_mention", "app_home_opened", "reaction_added", "reaction_removed"}
    )
    scopes: frozenset[str] = BOT_SCOPES
    has_options_url: bool = True  # where the manifest names none, pickers ask nobody over HTTP
    has_canvases: bool = True  # whether the workspace pays for them
    app_scopes: frozenset[str] = frozenset({"connections:write"})
    request_url: str = ""
    socket_mode: bool = False
    answer_limit: float = 3.0  # seconds until an unanswered delivery is given up


_EVERYBODY: Final = ("U0ANN", "U0BOB", "U0LEAD", "U0EVE", "U0SLIPWAY")

SANDBOX: Final = WorkspaceConfig(
    people=(
        Person(id="U0ANN", name="ann", real_name="Ann", title="requester"),
        Person(id="U0BOB", name="bob", real_name="Bob", title="approver"),
        Person(id="U0LEAD", name="lea", real_name="Lea", title="lead"),
        Person(id="U0EVE", name="eve", real_name="Eve", title="outsider"),
        Person(id="U0SLIPWAY", name="slipway", real_name="Slipway", title="app", is_bot=True),
    ),
    groups=(
        Group(id="S0DEVS", handle="devs", name="Developers", users=("U0ANN",)),
        Group(id="S0SRE", handle="sre", name="Reliability", users=("U0BOB", "U0LEAD")),
        Group(id="S0BREAK", handle="break-glass", name="Break glass", users=("U0LEAD",)),
    ),
    channels=(
        Channel(id="C0DEPLOYS", name="deploys", topic="What ships, and how", members=_EVERYBODY),
        Channel(id="C0GENERAL", name="general", topic="Everything else", members=_EVERYBODY),
        Channel(id="C0INCIDENTS", name="incidents", topic="When it burns", members=_EVERYBODY),
    ),
    commands=(
        Command(
            command="/deploy",
            description="Deploy a version to a target",
            usage_hint="<target> <version>",
        ),
        Command(
            command="/upgrade",
            description="Upgrade a target to a version",
            usage_hint="<target> <version>",
        ),
        Command(
            command="/rollback",
            description="Bring back what ran before",
            usage_hint="<target> [<revision>]",
        ),
        Command(
            command="/ops",
            description="Targets, status, history, scale, restart, freeze and more",
            usage_hint="help",
            should_escape=True,
        ),
        Command(
            command="/incident",
            description="Open, note and close an incident",
            usage_hint='open "<title>" [<target> ...]',
            should_escape=True,
        ),
    ),
)

"""A strict imitation of a Slack workspace, for the sandbox and for tests."""

from bot.sandbox.slack.app import slack_app
from bot.sandbox.slack.config import (
    BOT_SCOPES,
    SANDBOX,
    Channel,
    Command,
    Group,
    Person,
    WorkspaceConfig,
)
from bot.sandbox.slack.courier import sign
from bot.sandbox.slack.errors import NothingThereError, RefusedError, UnknownPersonError
from bot.sandbox.slack.faults import Fault, FaultKind, Faults
from bot.sandbox.slack.limits import RateLimits
from bot.sandbox.slack.records import (
    Answer,
    Executed,
    Message,
    Notice,
    Refused,
    SentEvent,
    View,
)
from bot.sandbox.slack.server import loopback_socket, served, served_app
from bot.sandbox.slack.strictness import check_message, check_view
from bot.sandbox.slack.workspace import Workspace

__all__ = [
    "BOT_SCOPES",
    "SANDBOX",
    "Answer",
    "Channel",
    "Command",
    "Executed",
    "Fault",
    "FaultKind",
    "Faults",
    "Group",
    "Message",
    "NothingThereError",
    "Notice",
    "Person",
    "RateLimits",
    "Refused",
    "RefusedError",
    "SentEvent",
    "UnknownPersonError",
    "View",
    "Workspace",
    "WorkspaceConfig",
    "check_message",
    "check_view",
    "loopback_socket",
    "served",
    "served_app",
    "sign",
    "slack_app",
]

"""Surfaces: what Slack shows of which subject, and where."""

from typing import Literal, TypeAlias

from bot.core.records import ChannelId, Record

SubjectKind: TypeAlias = Literal["operation", "target", "incident", "person"]
SurfaceKind: TypeAlias = Literal["operation_card", "operation_thread", "whisper", "direct"]


class Subject(Record):
    """What a surface is about."""

    kind: SubjectKind
    id: str


class Surface(Record):
    """A message of Slack, or one to be, and what it shows."""

    id: str
    kind: SurfaceKind
    subject: Subject
    channel: ChannelId
    ts: str | None = None  # None: it was not posted yet

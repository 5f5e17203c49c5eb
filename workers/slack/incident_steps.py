"""What is done to an incident's channel in Slack: each step by itself, and safe to repeat."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, TypeAlias

from bot.core.errors import IllegalEventError, SlackError, SlackRefusedError
from bot.core.incidents import ChannelMade, Incident, StepFailed, StepName, channel_names
from bot.core.operation import Operation
from bot.core.records import SLIPWAY, Json, Moment, is_person
from bot.core.rows import OutboxRow
from bot.views.incidents import bookmark_title, purpose, topic
from workers.context import SlackWriter, WorkerContext
from workers.slack.calls import OF_THE_TOKEN

log = logging.getLogger("slipway.incidents")

Act: TypeAlias = Callable[[WorkerContext, SlackWriter, OutboxRow], None]

TOGETHER: Final = 30  # people in one invitation
PAGES: Final = 20  # of the list of channels, that are looked through for one of ours
PAGE: Final = 999
EARLIER: Final = timedelta(minutes=1)  # as far as Slack's clock may be behind ours
LATELY: Final = 50  # newest operations of a target among which those of the window are
_DONE: Final = frozenset(
    {"already_in_channel", "cant_invite_self", "already_pinned", "already_archived"}
)


def step(name: StepName, act: Act) -> Act:
    """Return what does *act*, and tells where Slack refuses it.

    What a missing scope or right keeps from being done is tried again, since people may mend it;
    all else is left, and everything that is not this step goes on.
    """

    def run(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
        try:
            act(context, slack, row)
        except SlackRefusedError as error:
            if error.code in OF_THE_TOKEN:
                raise
            tell_failed(context, row, name, error)
            if name == "channel" or error.code == "missing_scope":
                raise

    return run


def tell_failed(
    context: WorkerContext,
    row: OutboxRow,
    name: StepName,
    error: SlackRefusedError,
    who: tuple[str, ...] = (),
) -> None:
    """Say once in the incident what Slack refused."""
    now = context.clock()
    log.warning("incident.step_refused", extra={"row": row.id, "why": str(error)})
    if context.journal.notices.first(row.subject, f"{row.id}:{error.code}", now):
        failed = StepFailed(
            at=now, by=SLIPWAY, step=name, code=error.code, detail=error.detail[:200], who=who
        )
        context.engine.apply_incident(row.subject.id, failed)


def make_channel(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    """Make the channel, or take the one that an earlier try has made."""
    incident = context.journal.incidents.load(row.subject.id)
    if incident.channel is not None or not incident.is_open:
        return
    names = tuple(channel_names(incident, context.catalogue().incidents.prefix))
    found = _made_before(context, slack, incident, names) if row.in_doubt else None
    made = found or _made(slack, incident, names)
    event = ChannelMade(
        at=context.clock(), by=SLIPWAY, channel=made["id"], name=str(made["name"])[:80]
    )
    try:
        context.engine.apply_incident(incident.id, event)
    except IllegalEventError:  # who was slow here was overtaken by another, which took the same one
        log.warning("incident.channel_known", extra={"incident": incident.id})


def set_topic(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    """Say in the topic how it stands."""
    incident = context.journal.incidents.load(row.subject.id)
    words = topic(incident, name_of(slack, incident.lead), context.reader(row))
    slack.do("conversations.setTopic", {"channel": row.channel, "topic": words})


def set_purpose(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    """Say in the purpose what the channel is for."""
    incident = context.journal.incidents.load(row.subject.id)
    words = purpose(incident, context.reader(row))
    slack.do("conversations.setPurpose", {"channel": row.channel, "purpose": words})


def pin_card(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:  # noqa: ARG001 - as every step
    """Pin the card, which stands by now."""
    _tolerantly(slack, "pins.add", {"channel": row.channel, "timestamp": row.thread_ts or ""})


def bookmark_card(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    """Bookmark the card, once."""
    where = {"channel": row.channel, "message_ts": row.thread_ts or ""}
    link = str(slack.do("chat.getPermalink", where)["permalink"])
    if row.in_doubt:
        known = slack.do("bookmarks.list", {"channel_id": row.channel}).get("bookmarks") or ()
        if any(each.get("link") == link for each in known):
            return
    title = bookmark_title(context.reader(row))
    told = {"channel_id": row.channel, "title": title, "type": "link", "link": link}
    slack.do("bookmarks.add", told)


def invite(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    """Invite whoever opened and leads it, whom slipway.yaml names, and who changed its targets."""
    incident = context.journal.incidents.load(row.subject.id)
    people = tuple(dict.fromkeys(_people(context, slack, row, incident)))
    for at in range(0, len(people), TOGETHER):
        _invite(context, slack, row, people[at : at + TOGETHER])


def archive(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    """End the channel, unless the incident was opened again meanwhile."""
    if not context.journal.incidents.load(row.subject.id).is_open:
        _tolerantly(slack, "conversations.archive", {"channel": row.channel})


def _made(slack: SlackWriter, incident: Incident, names: tuple[str, ...]) -> Mapping[str, Any]:
    """Make it under the first name that is free."""
    for name in names[:-1]:
        try:
            return _create(slack, incident, name)
        except SlackRefusedError as error:
            if error.code != "name_taken" and not error.code.startswith("invalid_name"):
                raise
    return _create(slack, incident, names[-1])


def _create(slack: SlackWriter, incident: Incident, name: str) -> Mapping[str, Any]:
    asked: dict[str, Json] = {"name": name, "is_private": incident.is_private}
    made: Mapping[str, Any] = slack.do("conversations.create", asked)["channel"]
    return made


def _made_before(
    context: WorkerContext, slack: SlackWriter, incident: Incident, names: tuple[str, ...]
) -> Mapping[str, Any] | None:
    """Return the channel that a try before made, whose answer was lost.

    It has one of the names, we made it, since the incident was opened, and it is no other's.
    """
    ours = slack.do("auth.test", {})["user_id"]
    since = (incident.opened_at - EARLIER).timestamp()
    for each in _channels(slack, is_private=incident.is_private):
        is_ours = each.get("creator") == ours and float(each.get("created") or 0) >= since
        is_free = context.journal.incidents.of_channel(str(each.get("id"))) is None
        if is_ours and each.get("name") in names and is_free:
            return each
    return None


def _channels(slack: SlackWriter, *, is_private: bool) -> Iterator[Mapping[str, Any]]:
    kind = "private_channel" if is_private else "public_channel"
    asked: dict[str, Any] = {"types": kind, "exclude_archived": True, "limit": PAGE}
    for _ in range(PAGES):
        answer = slack.do("conversations.list", asked)
        yield from answer.get("channels") or ()
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        asked["cursor"] = cursor


def _people(
    context: WorkerContext, slack: SlackWriter, row: OutboxRow, incident: Incident
) -> Iterator[str]:
    """Yield whom to invite, whoever opened it first: only the bot is in a new channel."""
    yield from filter(is_person, (incident.opener, incident.lead))
    for name in context.catalogue().incidents.invite:
        if not name.startswith("S"):
            yield from (name,) if name.startswith(("U", "W")) else ()
            continue
        try:
            yield from slack.do("usergroups.users.list", {"usergroup": name}).get("users") or ()
        except SlackRefusedError as error:
            log.warning("incident.group_refused", extra={"group": name, "why": str(error)})
            if error.code == "missing_scope":  # all others are invited
                tell_failed(context, row, "invite", error)
    since = incident.opened_at - context.catalogue().incidents.window
    for target in incident.targets:
        found = context.journal.operations.recent(LATELY, target)
        yield from (
            each.requester for each in found if _is_of(each, since) and is_person(each.requester)
        )


def _is_of(operation: Operation, since: Moment) -> bool:
    return operation.was_sent and (operation.finished_at is None or operation.finished_at >= since)


def _invite(
    context: WorkerContext, slack: SlackWriter, row: OutboxRow, people: tuple[str, ...]
) -> None:
    """Invite all at once; where that is refused, one by one, since one may keep all out."""
    asked: dict[str, Json] = {"channel": row.channel, "users": ",".join(people), "force": True}
    try:
        answer = slack.do("conversations.invite", asked)
    except SlackRefusedError as error:
        if error.code in OF_THE_TOKEN | {"missing_scope"}:
            raise
        if error.code not in _DONE:
            _invite_singly(context, slack, row, people)
        return
    _tell_uninvited(context, row, answer.get("errors") or ())


def _tell_uninvited(
    context: WorkerContext, row: OutboxRow, errors: Sequence[Mapping[str, Any]]
) -> None:
    """Name those who could not be invited, while all others were."""
    told = [(str(each.get("user") or ""), str(each.get("error") or "")) for each in errors]
    missing = [(user, code) for user, code in told if user and code not in _DONE]
    if missing:
        error = SlackRefusedError("conversations.invite", missing[0][1])
        tell_failed(context, row, "invite", error, tuple(user for user, _ in missing))


def _invite_singly(
    context: WorkerContext, slack: SlackWriter, row: OutboxRow, people: tuple[str, ...]
) -> None:
    refused: list[tuple[str, SlackRefusedError]] = []
    for each in people:
        try:
            _tolerantly(slack, "conversations.invite", {"channel": row.channel, "users": each})
        except SlackRefusedError as error:
            refused.append((each, error))
    if refused:
        who = tuple(each for each, _ in refused)
        tell_failed(context, row, "invite", refused[0][1], who)


def _tolerantly(slack: SlackWriter, method: str, arguments: Mapping[str, Json]) -> None:
    """Make a call of which it is fine that it was made before."""
    try:
        slack.do(method, arguments)
    except SlackRefusedError as error:
        if error.code not in _DONE:
            raise


def name_of(slack: SlackWriter, user: str) -> str:
    """Return what people call *user*; "" where Slack does not tell: a topic names nobody then."""
    if not is_person(user):
        return ""
    try:
        found = slack.do("users.info", {"user": user}).get("user") or {}
    except SlackError:
        return ""
    profile = found.get("profile") or {}
    return str(profile.get("display_name") or found.get("real_name") or found.get("name") or "")

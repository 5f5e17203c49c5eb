"""The one caller of Slack: what went wrong is mapped by what it proves, and rights fail closed."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pytest
from starlette.responses import JSONResponse, Response

from bot.core.errors import (
    DirectoryError,
    SlackError,
    SlackHeldError,
    SlackRefusedError,
    SlackUnknownError,
)
from bot.core.policy import Member
from bot.core.surfaces import Subject
from bot.sandbox.ports import free_port
from bot.sandbox.slack import FaultKind, RateLimits, Workspace, served, served_app
from bot.sandbox.slack.config import SANDBOX
from workers.slack import (
    MEMBER_SECONDS,
    RETRY_AFTER_DEFAULT,
    RETRY_AFTER_MAX,
    SCOPES,
    SlackDirectory,
    SlackMessages,
    form_opener,
    installation,
    web_client,
)

TOKEN: Final = "xoxb-sandbox"
DEPLOYS: Final = "C0DEPLOYS"
OP: Final = Subject(kind="operation", id="op-0123456789")
BLOCKS: Final[list[dict[str, Any]]] = [
    {"type": "section", "text": {"type": "plain_text", "text": "checkout"}}
]


class Kept:
    """A cache that keeps everything, and forgets when it is told to."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.seconds: dict[str, int] = {}  # by the name of what is kept

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        return {name: self.values[name] for name in names if name in self.values}

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:
        self.values |= values
        self.seconds |= dict.fromkeys(values, seconds)


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """A served workspace without rate limits."""
    with served(Workspace(SANDBOX, limits=RateLimits(enabled=False))) as workspace:
        yield workspace


@pytest.fixture
def slack(workspace: Workspace) -> SlackMessages:
    """The product's writer, pointed at the workspace."""
    return SlackMessages(web_client(TOKEN, workspace.api_url, timeout=1))


@contextmanager
def answering(body: object, status: int = 200, **headers: str) -> Iterator[str]:
    """Serve something that answers everything with the same, and yield its address."""
    written = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = (
        Response(body, status, written)
        if isinstance(body, str)
        else JSONResponse(body, status, written)
    )
    with served_app(answer) as address:
        yield f"{address}/api/"


def posted(slack: SlackMessages, sequence: int = 0, thread_ts: str | None = None) -> str:
    """Post a message of the operation and return its ts."""
    made = slack.post(
        DEPLOYS,
        f"message {sequence}",
        BLOCKS,
        about=OP,
        sequence=sequence,
        thread_ts=thread_ts,
        broadcast=False,
    )
    return made.ts


FAULTS: Final[dict[FaultKind, tuple[type[SlackError], bool]]] = {
    "ratelimited": (SlackHeldError, False),
    "drop_before": (SlackUnknownError, False),
    "drop_after": (SlackUnknownError, True),
    "server_error": (SlackUnknownError, False),
    "html": (SlackUnknownError, False),
    "internal_error": (SlackUnknownError, False),
    "internal_error_after": (SlackUnknownError, True),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_mapped_by_what_it_proves(
    workspace: Workspace, slack: SlackMessages, kind: FaultKind
) -> None:
    """Held and refused prove that nothing was done; all else may have been; nothing is repeated."""
    error, was_done = FAULTS[kind]
    workspace.faults.add("chat.postMessage", kind, retry_after=7)
    with pytest.raises(error):
        posted(slack)
    assert len(workspace.messages(DEPLOYS)) == int(was_done)
    assert slack.find(DEPLOYS, about=OP, sequence=0, thread_ts=None) == (
        workspace.messages(DEPLOYS)[0].ts if was_done else None
    )


def test_silence_is_no_answer(workspace: Workspace, slack: SlackMessages) -> None:
    """A call that timed out may have been executed."""
    workspace.faults.add("chat.postMessage", "slow", seconds=1.3)
    with pytest.raises(SlackUnknownError):
        posted(slack)


def test_nobody_there_is_unknown_as_well() -> None:
    """A refused connection proves much, but to look again costs nothing."""
    slack = SlackMessages(web_client(TOKEN, f"http://127.0.0.1:{free_port()}/api/"))
    with pytest.raises(SlackUnknownError):
        posted(slack)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("30", 30.0), ("0.5", 0.5), ("1e2", 100.0), ("999999", RETRY_AFTER_MAX),
     ("inf", RETRY_AFTER_MAX), ("nan", RETRY_AFTER_DEFAULT), ("-5", RETRY_AFTER_DEFAULT),
     ("0", RETRY_AFTER_DEFAULT), ("soon", RETRY_AFTER_DEFAULT),
     ("Wed, 21 Oct 2026 07:28:00 GMT", RETRY_AFTER_DEFAULT)],
)  # fmt: skip
def test_the_pause_is_obeyed_within_reason(written: str, seconds: float) -> None:
    """Retry-After is taken as it is, and bounded; what cannot be read is half a minute."""
    with answering({"ok": False, "error": "ratelimited"}, 429, Retry_After=written) as address:
        slack = SlackMessages(web_client(TOKEN, address))
        with pytest.raises(SlackHeldError) as caught:
            posted(slack)
    assert caught.value.retry_after == seconds
    assert caught.value.method == "chat.postMessage"


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [({"ok": False, "error": "ratelimited"}, 200, SlackHeldError),
     ({"ok": False, "error": "ratelimited"}, 429, SlackHeldError),
     ({"ok": False, "error": "channel_not_found"}, 200, SlackRefusedError),
     ({"ok": False, "error": "fatal_error"}, 200, SlackUnknownError),
     ({"ok": False, "error": "service_unavailable"}, 503, SlackUnknownError),
     ({"ok": False, "error": "request_timeout"}, 200, SlackUnknownError),
     ({"ok": False, "error": "invalid_auth"}, 502, SlackUnknownError),
     ({"ok": False}, 200, SlackUnknownError), ({}, 200, SlackUnknownError),
     ({"ok": True}, 200, SlackUnknownError), ({"ok": True, "ts": ""}, 200, SlackUnknownError),
     ("<html>Sign in</html>", 200, SlackUnknownError), ("", 200, SlackUnknownError),
     ("", 504, SlackUnknownError), ('{"ok": tr', 200, SlackUnknownError)],
)  # fmt: skip
def test_an_answer_proves_what_it_proves(
    body: object, status: int, error: type[SlackError]
) -> None:
    """Only Slack's own error word proves that nothing was posted; a ts proves that it was."""
    with answering(body, status) as address, pytest.raises(error):
        posted(SlackMessages(web_client(TOKEN, address)))


def test_a_refusal_keeps_slacks_words(workspace: Workspace, slack: SlackMessages) -> None:
    """The code is Slack's; a missing scope is named."""
    with pytest.raises(SlackRefusedError) as caught:
        slack.whisper("C0NOWHERE", "U0ANN", "hello")
    assert (caught.value.method, caught.value.code) == ("chat.postEphemeral", "channel_not_found")
    workspace.set_scopes(frozenset({"commands"}))
    with pytest.raises(SlackRefusedError, match=r"missing_scope \(needs chat:write\)"):
        posted(slack)


def test_a_message_is_found_again_among_many(workspace: Workspace, slack: SlackMessages) -> None:
    """The look-up goes through all pages, and takes no other operation's message for ours."""
    card = posted(slack)
    for number in range(105):
        other = Subject(kind="operation", id=f"op-{number:010d}")
        slack.post(DEPLOYS, "x", BLOCKS, about=other, sequence=0, thread_ts=None, broadcast=False)
    reply = posted(slack, 3, card)
    assert slack.find(DEPLOYS, about=OP, sequence=0, thread_ts=None) == card
    assert slack.find(DEPLOYS, about=OP, sequence=3, thread_ts=card) == reply
    assert slack.find(DEPLOYS, about=OP, sequence=4, thread_ts=card) is None
    methods = [each.method for each in workspace.executed]
    assert methods.count("conversations.history") == 2


def test_an_update_keeps_the_mark(workspace: Workspace, slack: SlackMessages) -> None:
    """A card that was updated is still found as the card, and is the same message."""
    card = posted(slack)
    slack.update(DEPLOYS, card, "newer", BLOCKS, about=OP)
    assert [each.text for each in workspace.messages(DEPLOYS)] == ["newer"]
    assert slack.find(DEPLOYS, about=OP, sequence=0, thread_ts=None) == card


def test_a_whisper_is_for_one_person(workspace: Workspace, slack: SlackMessages) -> None:
    """Nobody else sees it, and it does not stand in the channel."""
    slack.whisper(DEPLOYS, "U0ANN", "only you")
    assert [each.text for each in workspace.whispers("U0ANN")] == ["only you"]
    assert workspace.whispers("U0BOB") == []
    assert workspace.messages(DEPLOYS) == []


def test_a_form_needs_a_living_trigger(workspace: Workspace) -> None:
    """Slack refuses a trigger that it does not know; that is an error of ours to handle."""
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": BLOCKS}
    with pytest.raises(SlackRefusedError, match="trigger"):
        form_opener(web_client(TOKEN, workspace.api_url))("1.2.3", view)


def test_the_installation_is_what_the_token_says(workspace: Workspace) -> None:
    """Whose token it is, and what it may do, comes from Slack itself."""
    workspace.set_scopes(frozenset(SCOPES))
    where = installation(web_client(TOKEN, workspace.api_url))
    assert (where.team, where.bot_user, where.bot) == ("T0SLIPWAY", "U0SLIPWAY", "B0SLIPWAY")
    assert where.app == "A0SLIPWAY"
    assert set(where.scopes) == set(SCOPES)
    with pytest.raises(SlackRefusedError, match="invalid_auth"):
        installation(web_client("xoxb-other", workspace.api_url))


@pytest.mark.parametrize("kind", ["refused", "server_error", "html", "ratelimited"])
def test_a_bot_starts_without_knowing_its_app(workspace: Workspace, kind: FaultKind) -> None:
    """Where Slack does not tell which app it is, everything else is known all the same."""
    workspace.faults.add("bots.info", kind)
    where = installation(web_client(TOKEN, workspace.api_url))
    assert (where.team, where.app) == ("T0SLIPWAY", "")


def a_directory(workspace: Workspace, kept: Kept) -> SlackDirectory:
    """Return the product's directory, pointed at the workspace."""
    return SlackDirectory(web_client(TOKEN, workspace.api_url), kept)


def test_people_are_asked_about_once_a_minute(workspace: Workspace) -> None:
    """Answers are kept for a minute; then Slack is asked again, and what changed counts."""
    kept = Kept()
    directory = a_directory(workspace, kept)
    among = frozenset({"S0SRE", "S0DEVS"})
    for _ in range(3):
        assert directory.member("U0BOB", among).groups == {"S0SRE"}
    assert len(workspace.executed) == 3  # one person, two groups
    words = ("name:", "locale:")
    decides = {key: each for key, each in kept.seconds.items() if not key.startswith(words)}
    assert max(decides.values()) == MEMBER_SECONDS

    workspace.set_group("S0SRE", ())
    workspace.change_person("U0BOB", deleted=True)
    assert directory.member("U0BOB", among).groups == {"S0SRE"}
    kept.values.clear()
    after = directory.member("U0BOB", among)
    assert (after.groups, after.is_deactivated) == (frozenset(), True)


def test_groups_that_no_rule_names_are_not_asked_for(workspace: Workspace) -> None:
    """Only what the policies name costs a call."""
    assert a_directory(workspace, Kept()).member("U0BOB", frozenset()).groups == frozenset()
    assert [each.method for each in workspace.executed] == ["users.info"]


@pytest.mark.parametrize(
    ("method", "kind"),
    [(method, kind) for method in ("users.info", "usergroups.users.list")
     for kind in ("ratelimited", "drop_before", "server_error", "html", "internal_error")],
)  # fmt: skip
def test_what_slack_does_not_tell_is_an_error(
    workspace: Workspace, method: str, kind: FaultKind
) -> None:
    """C27: nobody gets a right because Slack could not be asked; and the failure is not kept."""
    kept = Kept()
    directory = a_directory(workspace, kept)
    workspace.faults.add(method, kind)
    with pytest.raises(DirectoryError):
        directory.member("U0BOB", frozenset({"S0SRE"}))
    assert directory.member("U0BOB", frozenset({"S0SRE"})).groups == {"S0SRE"}


def test_who_is_not_known_has_no_rights(workspace: Workspace) -> None:
    """A person whom Slack does not know is an error, and errors mean no."""
    with pytest.raises(DirectoryError):
        a_directory(workspace, Kept()).member("U0NOBODY", frozenset({"S0SRE"}))


FULL: Final[dict[str, Any]] = {
    "id": "U0BOB", "team_id": "T0SLIPWAY", "deleted": False, "is_bot": False,
    "is_restricted": False, "is_ultra_restricted": False,
}  # fmt: skip


def described(user: dict[str, Any]) -> Member:
    """Return the member that Slack's description of a person makes."""
    with answering({"ok": True, "user": user}) as address:
        return SlackDirectory(web_client(TOKEN, address), Kept()).member("U0BOB", frozenset())


def worst(member: Member) -> set[str]:
    """Return what stands against the person."""
    flags = {"is_bot", "is_guest", "is_stranger", "is_deactivated"}
    return {flag for flag in flags if getattr(member, flag)} | (
        set() if member.team == "T0SLIPWAY" else {"team"}
    )


@pytest.mark.parametrize(
    ("left_out", "against"),
    [("deleted", {"is_deactivated"}), ("is_bot", {"is_bot"}), ("is_restricted", {"is_guest"}),
     ("is_ultra_restricted", {"is_guest"}), ("team_id", {"team"})],
)  # fmt: skip
def test_r14_a_missing_flag_is_the_worst_case(left_out: str, against: set[str]) -> None:
    """R14: what Slack leaves out, or says oddly, is taken as a reason to refuse."""
    assert worst(described(FULL)) == set()
    assert worst(described({k: v for k, v in FULL.items() if k != left_out})) == against
    assert worst(described({**FULL, left_out: None})) == against


def test_a_stranger_is_marked_only_where_it_is_so() -> None:
    """Slack leaves is_stranger out for members, so only its presence says anything."""
    assert worst(described({**FULL, "is_stranger": True})) == {"is_stranger"}
    assert worst(described({**FULL, "is_stranger": False})) == set()


def test_nothing_said_is_everything_against() -> None:
    """An answer without a person, and Slackbot itself, may do nothing."""
    assert worst(described({})) == {"is_bot", "is_guest", "is_deactivated", "team"}
    with answering({"ok": True, "user": {**FULL, "id": "USLACKBOT"}}) as address:
        directory = SlackDirectory(web_client(TOKEN, address), Kept())
        assert directory.member("USLACKBOT", frozenset()).is_bot


@pytest.mark.parametrize("users", [None, [], ["U0SUE"]])
def test_r15_an_empty_group_is_nobody(users: object) -> None:
    """R15: a group without members, or without a list, contains nobody."""
    with answering({"ok": True, "user": FULL, "users": users}) as address:
        directory = SlackDirectory(web_client(TOKEN, address), Kept())
        assert directory.member("U0BOB", frozenset({"S0SRE"})).groups == frozenset()


def test_a_later_reply_tells_the_earlier_ones(workspace: Workspace, slack: SlackMessages) -> None:
    """Replies that were sent together are found by each of them; the card is no reply."""
    card = posted(slack)
    together = posted(slack, 12, card)
    for sequence in (3, 12):
        assert slack.find(DEPLOYS, about=OP, sequence=sequence, thread_ts=card) == together
    assert slack.find(DEPLOYS, about=OP, sequence=13, thread_ts=card) is None
    assert [each.ts for each in workspace.messages(DEPLOYS)][:1] == [card]


def test_names_are_asked_for_once_and_never_raise(workspace: Workspace) -> None:
    """What people are called decides nothing: kept for a day; who is not known is left out."""
    kept = Kept()
    directory = a_directory(workspace, kept)
    for _ in range(3):
        assert directory.names(["U0BOB", "U0NOBODY", "slipway", ""]) == {"U0BOB": "Bob"}
    assert len(workspace.executed) == 1
    assert kept.seconds["name:U0BOB"] == 86_400
    assert kept.seconds["name:U0NOBODY"] == MEMBER_SECONDS


def test_groups_are_called_by_their_handles(workspace: Workspace) -> None:
    """One call tells all of them; a group that is not there is left out for a minute."""
    kept = Kept()
    directory = a_directory(workspace, kept)
    for _ in range(2):
        assert directory.names(["S0SRE", "U0BOB", "S0GONE"]) == {"S0SRE": "@sre", "U0BOB": "Bob"}
    assert sorted(each.method for each in workspace.executed) == ["usergroups.list", "users.info"]
    assert kept.seconds["name:S0GONE"] == MEMBER_SECONDS

"""Commands that are wrong, odd or hostile: reliability's rows C1 to C40, as far as they exist.

Each is answered in words, with its code first, and nothing is recorded.
"""

from pathlib import Path
from typing import Final

import pytest

from tests.conversations.cards import words
from tests.conversations.places import ANN, BOB, CROWD, GUS
from tests.conversations.stage import opened
from tests.conversations.world import World

REFUSED: Final = {
    "C2 typo": ("/ops depoly checkout", "unknown_command", "/deploy"),
    "C2 typo of a word": ("/ops statsu", "unknown_command", "/ops status"),
    "C3 no version": ("/deploy checkout", "usage", "/deploy checkout 1.4.0"),
    "C3 too many": ("/rollback checkout 1.2.0 1.1.0", "usage", "/rollback checkout"),
    "C3 no number": ("/ops scale checkout", "usage", "whole number"),
    "C3 cancel nothing": ("/ops cancel", "usage", "/ops cancel op-"),
    "C4 unknown target": ("/deploy chekout 1.4.0", "unknown_target", "checkout"),
    "C4 nothing like it": ("/deploy zzz 1.4.0", "unknown_target", "/ops targets"),
    "C7 homoglyph": ("/deploy \u0441heckout 1.4.0", "bad_character", "\\u0441"),
    "C7 full width": ("/deploy \uff43heckout 1.4.0", "bad_character", "\\uff43"),
    "C8 zero width": ("/deploy check\u200bout 1.4.0", "bad_character", "\\u200b"),
    "C8 bidi": ("/deploy \u202echeckout 1.4.0", "bad_character", "\\u202e"),
    "C8 escape": ("/deploy check\x1bout 1.4.0", "bad_character", "\\u001b"),
    "C10 long": ("/deploy checkout " + "1" * 40_000, "too_long", "at most"),
    "C11 open quote": ('/deploy checkout 1.4.0 --reason "x', "usage", "column"),
    "C12 shell": ("/deploy checkout 1.4.0;id", "bad_version", "cannot be a version"),
    "C12 substitution": ("/deploy checkout $(id)", "bad_version", "cannot be a version"),
    "C12 pipe": ("/deploy checkout 1.4.0 | sh", "usage", "is not key=value"),
    "C13 path": ("/deploy checkout ../../etc/passwd", "bad_version", "cannot be a version"),
    "C13 quoted path": ("/deploy checkout ..%2f", "bad_version", "cannot be a version"),
    "C14 long version": ("/deploy checkout " + "1" * 129, "bad_version", "at most 128"),
    "C14 emoji": ("/deploy checkout 1.4.0🚀", "bad_character", "not allowed"),
    "C16 negative": ("/ops scale checkout -1", "usage", "whole number"),
    "C16 exponent": ("/ops scale checkout 1e9", "usage", "whole number"),
    "C16 arabic": ("/ops scale checkout ٣", "bad_character", "not allowed"),
    "C16 too many": ("/ops scale checkout 99999", "usage", "to 1000"),
    "C18 flag twice": ("/deploy checkout 1.4.0 --dry-run --dry-run", "usage", "twice"),
    "C18 unknown flag": ("/deploy checkout 1.4.0 --force", "usage", "--force"),
    "C19 values": ("/deploy checkout 1.4.0 a={{7*7}}", "usage", "list in braces"),
    "C24 blank reason": ('/deploy checkout 1.4.0 --reason "  "', "usage", "--reason needs"),
    "C33 no id": ("/ops cancel 1 OR 1=1", "usage", "id, or a target, is needed"),
    "C33 unknown id": ("/ops cancel op-zzzzzzzzzz", "unknown_operation", "no such operation"),
}

TAKEN: Final = {
    "C6 capitals and blanks": ("/deploy  CHECKOUT   1.4.0 ", "checkout"),
    "C9 phone quotes": ("/deploy checkout 1.4.0 —reason “why not”", "why not"),
    "C20 mentions": ('/deploy checkout 1.4.0 --reason "<!channel> <!here>"', "&lt;!channel&gt;"),
    "C21 link": ('/deploy checkout 1.4.0 --reason "<https://evil|bank>"', "&lt;https://evil"),
    "C22 escaped": ('/deploy checkout 1.4.0 --reason "&lt;!channel&gt;"', "&lt;!channel&gt;"),
    "C40 flood": (f'/deploy checkout 1.4.0 --reason "{"😀" * 2000}"', "…"),
}


@pytest.mark.parametrize(("typed", "code", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_wrong_is_said_and_not_done(world: World, typed: str, code: str, told: str) -> None:
    """A refusal begins with its code, names what is wrong, and leaves nothing behind."""
    answer = world.command(typed)
    assert answer.ok
    assert f"[{code}]" in answer.text
    assert told in answer.text
    assert world.recorded == ()


@pytest.mark.parametrize(("typed", "shown"), TAKEN.values(), ids=TAKEN.keys())
def test_what_is_merely_odd_is_taken(world: World, typed: str, shown: str) -> None:
    """What can be meant in one way only is taken, and shown as harmless text."""
    world.asked(typed)
    card = words(world.card())
    assert shown in card
    for mark in ("<!channel", "<!here", "<https"):
        assert mark not in card


@pytest.mark.parametrize(
    ("teams", "may"), [(("T0HOME", "T0SLIPWAY"), True), (("T0HOME", "T0OTHER"), False)]
)
def test_who_is_at_home_elsewhere_in_the_organisation_is_a_member_here(
    world: World, teams: tuple[str, ...], *, may: bool
) -> None:
    """Of an organisation's workspaces a person has one as home, and may be in many."""
    world.workspace.change_person(ANN, team_id="T0HOME", teams=teams)
    answer = world.slash("/deploy", "checkout 1.4.0")
    assert ("other workspaces" not in answer.text) == may
    assert len(world.recorded) == may


def test_a_command_is_one_line(world: World) -> None:
    """C12: a line end begins no second command; what holds one is refused."""
    answer = world.slash("/deploy", "checkout 1.4.0\n/deploy flaky 2.1.0")
    assert any(code in answer.text for code in ("[usage]", "[bad_character]"))
    assert world.recorded == ()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"is_restricted": True}, "Guests"),
        ({"is_ultra_restricted": True}, "Guests"),
        ({"is_bot": True}, "Bots"),
        ({"is_stranger": True}, "other workspaces"),
        ({"team_id": "T0OTHER"}, "other workspaces"),
        ({"deleted": True}, "deactivated"),
    ],
    ids=["guest", "single-channel-guest", "bot", "stranger", "other-team", "deactivated"],
)
def test_who_is_no_full_member_may_nothing(
    world: World, changes: dict[str, bool | str], told: str
) -> None:
    """C26: flags count, whatever groups a person is in; the denial is in the audit."""
    world.workspace.change_person(ANN, **changes)
    answer = world.slash("/deploy", "checkout 1.4.0")
    assert "[not_allowed]" in answer.text
    assert told in answer.text
    assert world.recorded == ()
    kept = [each["what"] for each in world.parts.journal.audit.export()]
    assert kept == ["config_loaded", "denied"]


def test_somebody_whom_slack_does_not_know_has_no_rights(world: World) -> None:
    """C27: a user id that Slack does not know is answered as unknown rights."""
    world.expected.add("user_not_found")
    answer = world.slash("/deploy", "checkout 1.4.0", user_id="U0NOBODY")
    assert "[rights_unknown]" in answer.text


def test_a_foreign_workspace_is_refused(world: World) -> None:
    """I25: a command of another workspace is refused in words, before anything is looked up."""
    answer = world.slash("/deploy", "checkout 1.4.0", team_id="T0OTHER")
    assert answer.status_code == 200
    assert "[foreign_workspace]" in answer.text
    assert world.recorded == ()


def test_a_foreign_app_is_refused(world: World) -> None:
    """V71: the bot knows from Slack which app it is, and takes nothing that is for another."""
    answer = world.slash("/deploy", "checkout 1.4.0", api_app_id="A0OTHER")
    assert (answer.status_code, answer.content) == (403, b"")
    assert world.recorded == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"user_id": "slipway"},
        {"user_id": ""},
        {"user_id": "<@U0ANN>"},
        {"channel_id": "nowhere"},
        {"trigger_id": ""},
        {"trigger_id": "x" * 300},
    ],
    ids=["us", "nobody", "markup", "no-channel", "no-trigger", "long-trigger"],
)
def test_a_command_that_is_not_complete_does_nothing(world: World, fields: dict[str, str]) -> None:
    """What Slack would never send is refused in words, signed or not."""
    answer = world.slash("/deploy", "checkout 1.4.0", **fields)
    assert answer.status_code == 200
    assert "[unreadable_request]" in answer.text
    assert world.recorded == ()


def test_an_unknown_command_is_said_to_be_unknown(world: World) -> None:
    """I22: a command that Slipway does not have is answered in words."""
    assert "[unknown_command]" in world.slash("/nuke", "checkout").text


def test_an_address_for_answers_is_never_called(world: World) -> None:
    """C38: whatever response_url a request names, nobody calls it."""
    answer = world.slash(
        "/deploy", "checkout 1.4.0", response_url=f"{world.clouds_url}/hooks/commands"
    )
    assert "Recorded as" in answer.text
    world.settle()
    assert all("hooks" not in each.path for each in world.cloud.requests)


def test_names_prove_nothing(world: World) -> None:
    """B27: a user's name in a payload is not read; the id alone counts."""
    answer = world.slash("/deploy", "checkout 1.4.0", user_id=GUS, user_name="ann")
    assert "[not_allowed]" in answer.text


def test_two_people_ask_for_the_same_at_once(world: World) -> None:
    """C30: without a line the second is told who holds the target, and nothing is recorded."""
    world.edit("    approvals: 1\n", "    approvals: 1\n    queue: 0\n")
    world.command("/deploy checkout 1.4.0", by=ANN)
    world.machines.sleep(72)
    answer = world.command("/deploy checkout 1.4.0", by=BOB)
    assert "[locked]" in answer.text
    assert "checkout is locked by" in answer.text
    assert len(world.recorded) == 1
    assert "[locked]" in world.command("/deploy checkout 1.4.0", by=CROWD[0]).text


def test_commands_may_have_another_name(folder: Path, redis_url: str) -> None:
    """With a prefix in slipway.yaml the commands are called so, and their help says so."""
    with opened(folder, redis_url, more="commands: {prefix: ship-}\n") as world:
        assert "Recorded as" in world.slash("/ship-deploy", "checkout 1.4.0").text
        assert "/ship-deploy" in world.slash("/ship-ops", "help").text
        assert "/ship-deploy" in world.slash("/ship-deploy", "checkout").text
        assert "[unknown_command]" in world.slash("/deploy", "checkout 1.4.0").text


def test_a_way_out_that_comes_later_names_the_command_as_well(folder: Path, redis_url: str) -> None:
    """What a worker whispers of a plan that cannot be made names commands as they are called."""
    with opened(folder, redis_url, more="commands: {prefix: ship-}\n") as world:
        world.slash("/ship-ops", "start checkout")
        world.settle()
        assert "`/ship-ops status`" in world.whispers(ANN)[-1]

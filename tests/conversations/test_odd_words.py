"""What nobody means: odd characters, mentions and lengths of time, for every word with them."""

import pytest

from tests.conversations.places import ANN, BOB, EVE, LEA
from tests.conversations.world import World

WITH_REASON = (
    '/ops lock checkout "{}"',
    '/ops freeze checkout "{}"',
    '/ops halt "{}"',
    '/deploy checkout 1.4.0 --break-glass --reason "{}"',
    '/deploy checkout 1.4.0 --reason "{}"',
)
INVISIBLE = ("\u200b", "\u202e", "\u2066", "\u0000", "\u001b", "\u007f", "\ue000", "\ufeff")


@pytest.fixture
def all_rights(world: World) -> World:
    """A world in which Lea may do all of it."""
    glass = f"    break_glass: [{LEA}]\n"
    world.edit("    deadline: 30m\n  dev:", f"{glass}    deadline: 30m\n  dev:")
    with world.configuration.open("a") as file:
        file.write(f"admins: [{LEA}]\n")
    return world


@pytest.mark.parametrize("text", WITH_REASON)
@pytest.mark.parametrize("char", INVISIBLE, ids=[f"u{ord(each):04x}" for each in INVISIBLE])
def test_what_cannot_be_seen_is_refused(all_rights: World, text: str, char: str) -> None:
    """C8: zero width, bidi, NUL, ESC, DEL and private characters in a reason; nothing is kept."""
    answer = all_rights.command(text.format(f"a{char}b"), by=LEA).text
    assert "[bad_character]" in answer
    assert all_rights.recorded == ()
    assert all_rights.parts.journal.target_facts.everywhere() == ()


@pytest.mark.parametrize("text", WITH_REASON)
def test_a_reason_is_shown_and_pings_nobody(all_rights: World, text: str) -> None:
    """C20, C21: mentions and links in a reason stand there as they were typed."""
    reason = "<!channel> <!subteam^S0SRE> <@U0EVE> <https://evil.example|bank>"
    all_rights.command(text.format(reason), by=LEA)
    all_rights.settle()
    rooms = ("C0DEPLOYS", "C0GENERAL")
    seen = [each.text for room in rooms for each in all_rights.workspace.messages(room)]
    seen += all_rights.whispers(LEA)
    seen.append(all_rights.command("/ops targets checkout", by=ANN).text)
    for each in seen:
        assert "<!channel>" not in each
        assert "<https" not in each
        assert f"<@{EVE}>" not in each


@pytest.mark.parametrize(
    "text",
    [
        "/ops lock \u0441heckout x",
        "/ops freeze ch\u0435ckout x",
        "/ops unlock \uff43heckout",
        f"/ops delegate <@{EVE}> --until 2026-12-01 pr\u043ed",
        "/ops \u04bburry",
    ],
)
def test_look_alikes_are_no_names(world: World, text: str) -> None:
    """C7: Cyrillic and full-width letters name no target, policy or word of ours."""
    assert "[bad_character]" in world.command(text, by=BOB).text


LENGTHS = ("0h", "0s", "-2h", "5", "5 mins", "1h-2h", "1e9h", "\u0663h", "1.5h", "99999d")


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize(
    "text",
    [
        '/ops lock checkout "x" --for {}',
        '/ops freeze checkout "x" --for {}',
        f"/ops delegate <@{EVE}> --for {{}}",
    ],
)
def test_a_length_of_time_is_one(world: World, text: str, length: str) -> None:
    """C17: nothing, less than nothing, without a unit, or longer than anybody means."""
    answer = world.command(text.format(length), by=BOB).text
    assert any(code in answer for code in ("[bad_end]", "[usage]", "[bad_character]")), answer
    assert world.parts.journal.target_facts.everywhere() == ()

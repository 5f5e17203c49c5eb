"""An incident that ends: what was measured is said, and all of it is a file in its channel."""

import pytest

from bot.core.incidents import Incident
from bot.sandbox.slack import Message
from bot.sandbox.slack.config import BOT_SCOPES
from bot.sandbox.slack.faults import FaultKind
from tests.conversations.cards import operation_of
from tests.conversations.places import ANN, BOB, LEA
from tests.conversations.test_incidents import lines, opened, place
from tests.conversations.world import World

CALLS = ("files.getUploadURLExternal", "upload", "files.completeUploadExternal")


def files(world: World, incident: Incident) -> list[Message]:
    """Return the messages of the incident's channel that have a file."""
    return [each for each in world.workspace.messages(place(world, incident)) if each.files]


def content(world: World, message: Message) -> str:
    """Return the document that *message* has."""
    [file] = message.files
    found = world.workspace.file(str(file["name"]))
    assert found is not None
    return found.decode()


def close(world: World, incident: Incident) -> None:
    """End it, and wait until all is said."""
    world.command('/incident close "a *bad* image"', channel=place(world, incident))
    world.settle()


def test_closing_says_what_was_measured_and_attaches_the_whole(world: World) -> None:
    """Duration, operations, who did what, time to restore; people by name, in a file as well."""
    bad = world.done("/deploy checkout 1.4.0")
    world.wait(60, step=30)
    incident = opened(world)
    world.command('/incident note "errors since 14:02"', channel=place(world, incident), by=ANN)
    world.wait(120, step=30)
    world.edit("rollback_approvals: 0", "rollback_approvals: 1")
    world.approve(world.asked("/rollback checkout", by=BOB), by=LEA)
    world.wait(180, step=30)
    close(world, incident)
    [said] = [each for each in lines(world, incident) if "closed the incident" in each]
    for words in ("Time to decide", "Time to restore", "Operations:* 1", "Roll back checkout"):
        assert words in said, said
    assert "Bob: 1 operation" in said
    assert "Ann: opened it, 1 note, closed it" in said
    [shared] = files(world, incident)
    assert shared.files[0]["title"] == f"Checkout 5xx ({incident.id})"
    page = content(world, shared)
    back = "Roll back checkout 1.4.0 → 1.3.0"
    told = ("# Checkout 5xx", r"a \*bad\* image", "## Timeline", "Time to restore", "Bob:")
    for words in (*told, f"Lea approved: {back}", f"{back}: succeeded"):
        assert words in page, page
    assert f"<@{ANN}>" not in page
    assert operation_of(bad) not in page  # it came before


def test_a_file_is_there_whenever_somebody_asks(world: World) -> None:
    """Each time it is as of now, under a name of its own; elsewhere the incident is named."""
    incident = opened(world)
    assert (
        "comes as a file" in world.command("/incident export", channel=place(world, incident)).text
    )
    world.settle()
    assert "comes as a file" in world.command(f"/incident export {incident.id}").text
    world.settle()
    names = [each.files[0]["name"] for each in files(world, incident)]
    assert len(set(names)) == 2
    assert "[unknown_incident]" in world.command("/incident export").text
    assert "[usage]" in world.command(f"/incident export {incident.id} now").text


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "server_error"])
@pytest.mark.parametrize("method", CALLS)
def test_a_file_is_shared_once_wherever_an_answer_is_lost(
    world: World, method: str, kind: FaultKind
) -> None:
    """A share whose answer was lost is looked for, by the file's name, before another is made."""
    incident = opened(world)
    world.workspace.faults.add(method, kind)
    world.command("/incident export", channel=place(world, incident))
    world.settle()
    world.wait(30, step=5)
    assert len(files(world, incident)) == 1


@pytest.mark.parametrize("code", ["file_uploads_disabled", "storage_limit_reached"])
def test_a_workspace_without_files_says_so_and_where_it_can_be_had(world: World, code: str) -> None:
    """Once, and everything else of the end is done."""
    world.expected.add(code)
    incident = opened(world)
    world.workspace.faults.add(CALLS[0], "refused", code=code)
    close(world, incident)
    told = [each for each in lines(world, incident) if "slipway incidents export" in each]
    assert len(told) == 1
    assert code in told[0]
    assert any("closed the incident" in each for each in lines(world, incident))


def test_without_the_scope_the_file_comes_once_it_is_granted(world: World) -> None:
    """What is missing is named; nothing waits for it."""
    world.expected.add("missing_scope")
    world.workspace.set_scopes(BOT_SCOPES - {"files:write"})
    incident = opened(world)
    world.command('/incident close "over"', channel=place(world, incident))
    world.wait(60, step=5)
    assert len([each for each in lines(world, incident) if "files:write" in each]) == 1
    world.workspace.set_scopes(BOT_SCOPES)
    world.wait(301, step=30)
    assert len(files(world, incident)) == 1


def test_without_a_channel_there_is_no_file(world: World) -> None:
    """The command line has it, and the refusal says so."""
    world.expected |= {"restricted_action"}
    for _ in range(40):
        world.workspace.faults.add("conversations.create", "refused", code="restricted_action")
    said = world.command('/incident open "x" checkout').text
    incident_id = said.partition("Opened ")[2][:10]
    assert "[no_channel]" in world.command(f"/incident export {incident_id}").text


def test_closing_leaves_a_canvas_that_people_go_on_with(world: World) -> None:
    """The channel's own, with what the file has; what people make of it is never written over."""
    incident = opened(world)
    channel = place(world, incident)
    world.command('/incident note "errors since 14:02"', channel=channel)
    world.command("/incident export", channel=channel)
    world.settle()
    assert world.workspace.canvas(channel) is None
    close(world, incident)
    canvas = world.workspace.canvas(channel)
    assert canvas is not None
    for words in (r"a \*bad\* image", "## Timeline", "errors since 14:02"):
        assert words in canvas, canvas
    assert not canvas.startswith("# ")
    world.command("/incident reopen", channel=channel)
    world.settle()
    close(world, incident)
    assert world.workspace.canvas(channel) == canvas
    assert not any("canvas" in each for each in lines(world, incident))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("team_tier_cannot_create_channel_canvases", "This workspace's plan has no canvases"),
        ("canvas_disabled_user_team", "switched canvases off"),
        ("channel_canvas_already_exists", "which stays as it is"),
        ("canvas_creation_failed", "write it into a canvas of the channel"),
    ],
)
def test_where_there_is_no_canvas_the_file_stays(world: World, code: str, says: str) -> None:
    """It is said once, in words, and the file is there all the same."""
    world.expected.add(code)
    incident = opened(world)
    world.workspace.faults.add("conversations.canvases.create", "refused", code=code)
    close(world, incident)
    [told] = [each for each in lines(world, incident) if "canvas" in each]
    assert says in told
    assert code in told
    assert len(files(world, incident)) == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "internal_error_after"])
def test_a_canvas_is_made_once_wherever_an_answer_is_lost(world: World, kind: FaultKind) -> None:
    """Where a repetition finds it made, nobody is told that there is one already."""
    world.expected.add("channel_canvas_already_exists")
    incident = opened(world)
    world.workspace.faults.add("conversations.canvases.create", kind)
    close(world, incident)
    world.wait(30, step=5)
    assert world.workspace.canvas(place(world, incident)) is not None
    assert not any("canvas" in each for each in lines(world, incident))


def test_without_the_scope_the_canvas_comes_once_it_is_granted(world: World) -> None:
    """What is missing is named; the file is there already."""
    world.expected.add("missing_scope")
    world.workspace.set_scopes(BOT_SCOPES - {"canvases:write"})
    incident = opened(world)
    channel = place(world, incident)
    world.command('/incident close "over"', channel=channel)
    world.wait(60, step=5)
    assert len([each for each in lines(world, incident) if "canvases:write" in each]) == 1
    assert len(files(world, incident)) == 1
    world.workspace.set_scopes(BOT_SCOPES)
    world.wait(301, step=30)
    assert world.workspace.canvas(channel) is not None

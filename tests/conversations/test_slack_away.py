"""Slack refuses, holds, forgets to answer, or is away: it gets everything once, and in order."""

import pytest

from bot.sandbox.slack import FaultKind, Message
from tests.conversations.cards import APPROVE, REJECT, labels, operation_of, value_of, words
from tests.conversations.places import ANN, BOB, DEPLOYS
from tests.conversations.world import World

POST = "chat.postMessage"
UPDATE = "chat.update"
TROUBLE: tuple[FaultKind, ...] = (
    "ratelimited",
    "drop_before",
    "drop_after",
    "server_error",
    "html",
    "internal_error",
    "internal_error_after",
)


def calls(world: World, method: str) -> int:
    """Return how often the app has called *method*, whatever came of it."""
    executed = sum(each.method == method for each in world.workspace.executed)
    return executed + sum(each.method == method for each in world.workspace.refused)


def delete(world: World, message: Message) -> None:
    """Let an administrator delete a message."""
    state = world.workspace.state
    with state.lock:
        state.messages.put(message.model_copy(update={"deleted": True}))


@pytest.mark.parametrize("kind", TROUBLE)
def test_a_card_is_posted_once(world: World, kind: FaultKind) -> None:
    """Whatever goes wrong with its post, there is one card in the end, and it is whole."""
    world.workspace.faults.add(POST, kind)
    world.command("/deploy checkout 1.4.0")
    world.settle()
    assert len(world.cards()) == 1
    assert labels(world.card()) == ["Approve", "Reject…", "Details", "Cancel request"]


@pytest.mark.parametrize("kind", TROUBLE)
def test_a_reply_is_posted_once_and_in_its_place(world: World, kind: FaultKind) -> None:
    """Whatever goes wrong with a reply, the thread tells everything once, in order."""
    card = world.approved()
    world.workspace.faults.add(POST, kind)
    world.settle()
    said = world.thread(card)
    assert len(said) == 3
    assert ["Approved by" in said[0], "was accepted" in said[1], "succeeded" in said[2]] == [
        True,
        True,
        True,
    ]


@pytest.mark.parametrize("kind", TROUBLE)
def test_a_card_is_brought_up_to_date_in_the_end(world: World, kind: FaultKind) -> None:
    """Whatever goes wrong with its updates, the card shows the newest state in the end."""
    card = world.approved()
    world.workspace.faults.add(UPDATE, kind, times=3)
    world.settle()
    assert "succeeded" in world.card(card).text
    assert len(world.cards()) == 1


def test_a_pause_that_slack_names_is_kept(world: World) -> None:
    """429 with Retry-After: nothing is posted there before, and everything after."""
    card = world.approved()
    world.workspace.faults.add(POST, "ratelimited", retry_after=30)
    world.machines.ring()
    world.machines.send()
    before = calls(world, POST)
    world.wait(28)
    assert calls(world, POST) == before
    world.wait(10)
    assert len(world.thread(card)) == 3


def test_a_card_that_was_deleted_comes_again(world: World) -> None:
    """Where somebody deleted the card, what happens next brings a new one that works."""
    card = world.asked()
    delete(world, card)
    world.expected |= {"message_not_found", "thread_not_found"}
    world.command(f"/ops cancel {operation_of(card)}")
    world.settle()
    assert "*Cancelled*" in world.thread(world.card())[-1]
    assert "cancelled" in world.card().text
    assert operation_of(world.card()) == operation_of(card)


def test_a_new_card_can_be_pressed(world: World) -> None:
    """After a deletion the new card's buttons count, and its thread goes on below it."""
    world.edit("approvals: 1", "approvals: 2")
    card = world.asked()
    delete(world, card)
    world.expected |= {"message_not_found", "thread_not_found"}
    world.click(card, {"action_id": APPROVE, "value": value_of(card, APPROVE)})
    world.settle()
    fresh = world.card()
    assert fresh.ts != card.ts
    assert "1 of 2" in fresh.text
    world.press(APPROVE, fresh, by="U0LEAD")
    world.settle()
    assert "succeeded" in world.card().text


def test_everything_arrives_in_order_after_a_long_absence(world: World) -> None:
    """Ten minutes without Slack cost nothing but time."""
    card = world.approved()
    for method in (POST, UPDATE):
        world.workspace.faults.add(method, "server_error", times=10_000)
    world.wait(600, step=10)
    assert world.thread(card) == []
    assert world.mutations == ["PUT"]
    world.workspace.faults.clear()
    world.wait(400, step=10)
    assert "succeeded" in world.card(card).text
    said = world.thread(card)
    assert len(said) == 3
    assert "Approved by" in said[0]
    assert "succeeded" in said[2]


def test_an_absent_slack_is_not_hammered(world: World) -> None:
    """While Slack is away, it is asked ever less often."""
    world.approved()
    for method in (POST, UPDATE):
        world.workspace.faults.add(method, "server_error", times=10_000)
    world.wait(600, step=5)
    first = calls(world, POST) + calls(world, UPDATE)
    world.wait(600, step=5)
    second = calls(world, POST) + calls(world, UPDATE) - first
    assert second <= 60


@pytest.mark.parametrize("method", ["users.info", "usergroups.users.list"])
@pytest.mark.parametrize("kind", ["ratelimited", "drop_before", "server_error", "internal_error"])
def test_unknown_rights_are_no_rights(world: World, method: str, kind: FaultKind) -> None:
    """C27: where Slack does not tell who somebody is, nothing is recorded."""
    world.workspace.faults.add(method, kind, times=5)
    said = world.command("/deploy checkout 1.4.0").text
    assert "[rights_unknown]" in said
    assert "Nothing was recorded" in said
    assert world.recorded == ()
    world.workspace.faults.clear()
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text


def test_an_approval_without_known_rights_does_not_count(world: World) -> None:
    """B18: at a press, too, unknown rights are none."""
    card = world.asked()
    world.workspace.faults.add("users.info", "server_error")
    world.press(APPROVE, card)
    world.settle()
    assert "[rights_unknown]" in world.whispers(BOB)[-1]
    assert world.tries == 0


@pytest.mark.parametrize("kind", ["server_error", "ratelimited"])
def test_what_slack_said_a_second_ago_counts_for_the_permit(world: World, kind: FaultKind) -> None:
    """V12: whoever was looked up less than a minute ago needs no Slack to be sent for."""
    world.approved()
    for method in ("auth.test", "users.info", "usergroups.users.list"):
        world.workspace.faults.add(method, kind, times=1_000)
    world.machines.sleep(1)
    world.machines.ring()
    assert world.mutations == ["PUT"]


@pytest.mark.parametrize("listed", [ANN, "anyone"])
def test_who_is_listed_by_name_needs_no_group(world: World, listed: str) -> None:
    """V59: only the groups that decide are asked about: none for whom the policy names."""
    world.edit("request: [S0DEVS, S0SRE]", f"request: [S0DEVS, {listed}]")
    world.workspace.faults.add("usergroups.users.list", "server_error", times=1_000)
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text


@pytest.mark.parametrize("code", ["no_such_subteam", "no_permission", "plan_upgrade_required"])
def test_a_group_that_is_gone_is_nobody_and_stops_nobody_else(world: World, code: str) -> None:
    """V40: whoever may ask otherwise may; the members of that group alone may not, for good."""
    world.workspace.faults.add("usergroups.users.list", "refused", times=1_000, code=code)
    world.edit("request: [S0DEVS, S0SRE]", f"request: [S0DEVS, {ANN}]")
    assert "Recorded as" in world.command("/deploy checkout 1.4.0").text
    assert "[not_allowed]" in world.command("/deploy checkout 1.4.1", by=BOB).text
    assert "[rights_unknown]" not in world.slash("/ops", "help").text


def test_a_permit_waits_for_known_rights(world: World) -> None:
    """Right before the permit, unknown rights are waited for."""
    card = world.approved()
    world.machines.sleep(61)
    world.workspace.faults.add("users.info", "server_error", times=3)
    world.machines.ring()
    assert world.tries == 0
    world.settle()
    assert "succeeded" in world.card(card).text
    assert world.mutations == ["PUT"]


def test_a_form_that_cannot_be_opened_is_told(world: World) -> None:
    """Where the form for the reason does not open, the person is told to press again."""
    card = world.asked()
    world.workspace.faults.add("views.open", "server_error")
    world.press(REJECT, card)
    world.settle()
    assert "[form_unavailable]" in world.whispers(BOB)[-1]
    assert world.operation(card).phase.kind == "awaiting_approval"
    world.press(REJECT, card)
    assert world.submit("no").ok
    world.settle()
    assert "rejected" in world.card(card).text


def test_a_bot_outside_the_channel_posts_when_it_is_invited(world: World) -> None:
    """Where the bot is not in the channel, its card comes when it is let in."""
    everybody = next(each for each in world.workspace.config.channels if each.id == DEPLOYS).members
    bot = world.workspace.config.bot_user_id
    world.workspace.set_members(DEPLOYS, tuple(each for each in everybody if each != bot))
    world.expected |= {"not_in_channel", "channel_not_found"}
    world.command("/deploy checkout 1.4.0")
    world.wait(60)
    assert world.cards() == []
    world.workspace.set_members(DEPLOYS, everybody)
    world.wait(400, step=20)
    assert labels(world.card()) == ["Approve", "Reject…", "Details", "Cancel request"]


def test_where_the_channel_cannot_be_written_whoever_asked_is_told(world: World) -> None:
    """FM-93: how it ended comes as a direct message, once, and on the card when that can be."""
    card = world.approved()
    world.expected |= {"is_archived"}
    world.workspace.archive(DEPLOYS)
    world.wait(900, step=20)
    (told,) = world.workspace.messages(f"D{ANN.removeprefix('U')}")
    assert "succeeded" in told.text
    assert f"Slipway cannot post in <#{DEPLOYS}>" in told.text
    world.workspace.archive(DEPLOYS, archived=False)
    world.wait(400, step=20)
    assert "succeeded" in world.card(card).text


@pytest.mark.parametrize(
    "code",
    [
        *("restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
        *("no_permission", "is_inactive", "messages_tab_disabled", "a_word_of_tomorrow"),
    ],
)
def test_every_word_for_an_unwritable_channel_is_understood(world: World, code: str) -> None:
    """V41: whichever word Slack has for it, whoever asked is told, and the card comes later."""
    world.expected |= {code}
    world.workspace.refuse_posts(DEPLOYS, code)
    world.command("/deploy checkout 1.4.0")
    world.wait(60, step=20)
    (told,) = world.workspace.messages(f"D{ANN.removeprefix('U')}")
    assert f"Slipway cannot post in <#{DEPLOYS}> (`{code}`)" in told.text
    world.workspace.refuse_posts(DEPLOYS)
    world.wait(400, step=20)
    assert labels(world.card()) == ["Approve", "Reject…", "Details", "Cancel request"]


@pytest.mark.parametrize(
    "code", ["restricted_action_non_threadable_channel", "cannot_reply_to_message"]
)
def test_where_replies_cannot_be_posted_whoever_asked_is_told(world: World, code: str) -> None:
    """V41: a channel without threads keeps its card up to date, and how it ended is told."""
    world.expected |= {code}
    world.workspace.refuse_posts(DEPLOYS, replies=code)
    world.command("/deploy checkout 1.4.0")
    world.wait(60, step=20)
    card = world.card()
    assert world.press(APPROVE, card).ok
    world.wait(900, step=20)
    assert "succeeded" in world.card(card).text
    called, ended = world.workspace.messages(f"D{ANN.removeprefix('U')}")
    assert "approval* from <!subteam^S0SRE>" in called.text
    assert "succeeded" in ended.text


def test_nobody_is_spammed_by_old_whispers(world: World) -> None:
    """A whisper that Slack refuses is given up; the decision stands without it."""
    card = world.asked(by=ANN)
    world.expected |= {"user_not_in_channel", "no_permission"}
    world.workspace.faults.add("chat.postEphemeral", "drop_before")
    world.press(APPROVE, card, by=ANN)
    world.settle()
    assert len([each for each in world.whispers(ANN) if "[not_approver]" in each]) <= 1


def test_the_words_fit_even_when_everything_is_long(world: World) -> None:
    """The longest version and reason still make a card that Slack takes."""
    version = "v" * 128
    world.asked(f'/deploy checkout {version} --reason "{"because " * 100}"')
    assert "because" in words(world.card())
    assert "…" in words(world.card())

"""People lock targets: nobody else's change begins until they are unlocked."""

from tests.conversations.cards import ROLL_BACK, labels, operation_in, words
from tests.conversations.places import ANN, BOB, EVE, GUS, LEA
from tests.conversations.world import World

LOCK = '/ops lock checkout "Black Friday"'


def test_a_locked_target_is_left_alone_by_others(world: World) -> None:
    """The others are told who locked it and why; the holder goes on; unlocked, all do."""
    assert "Locked checkout" in world.command(LOCK).text
    refused = world.command("/deploy checkout 1.4.0", by=LEA).text
    assert "[locked]" in refused
    assert "Black Friday" in refused
    assert f"<@{ANN}>" in refused
    assert '/ops unlock checkout "reason"' in refused
    dry = world.command("/deploy checkout 1.4.0 --dry-run", by=LEA).text
    assert "It would be refused now: " in dry
    assert "Black Friday" in dry
    assert "would be refused" not in world.command("/deploy checkout 1.4.0 --dry-run").text
    assert "Unlocked checkout" in world.command("/ops unlock checkout").text
    assert "Recorded as" in world.command("/deploy checkout 1.4.0", by=LEA).text


def test_who_locked_it_may_change_it(world: World) -> None:
    """A lock keeps the others away."""
    world.command(LOCK)
    assert "succeeded" in world.done().text


def test_who_locked_it_takes_a_failure_back_by_its_button(world: World) -> None:
    """A lock takes no way out from its holder; whoever else presses reads whose lock it is."""
    world.command('/ops lock flaky "the big rollout"')
    card = world.done("/deploy flaky 2.1.0")
    assert labels(card)[0] == "Roll back to 2.0.0"
    world.press(ROLL_BACK, card, by=BOB)
    world.settle()
    assert len(world.recorded) == 1
    assert world.press(ROLL_BACK, card, by=ANN).ok
    world.settle()
    assert [each.requester for each in world.recorded] == [ANN, ANN]
    assert "succeeded" in world.card().text


def test_a_lock_ends_by_its_time(world: World) -> None:
    """`--for 2h` holds for two hours, and says until when."""
    assert "until" in world.command(f"{LOCK} --for 2h").text
    refused = world.command("/deploy checkout 1.4.0", by=LEA).text
    assert "[locked]" in refused
    assert "until" in refused
    world.machines.sleep(2 * 3600)
    assert "Recorded as" in world.command("/deploy checkout 1.4.0", by=LEA).text


def test_a_lock_for_a_century_is_refused(world: World) -> None:
    """What holds for a time ends within a year."""
    assert "[bad_end]" in world.command(f"{LOCK} --for 36500d").text
    assert "Recorded as" in world.command("/deploy checkout 1.4.0", by=LEA).text


def test_a_warning_is_only_said(world: World) -> None:
    """`--warn` holds nobody; whoever changes the target reads it in the answer."""
    assert "Others are warned" in world.command(f"{LOCK} --warn").text
    said = world.command("/deploy checkout 1.4.0", by=LEA).text
    assert "Recorded as" in said
    assert f"<@{ANN}> warns against changes" in said
    assert "Black Friday" in said
    world.settle()
    assert f"<@{ANN}> warns against changes" in words(world.card())
    assert labels(world.card()) == ["Approve", "Reject…", "Details", "Cancel request"]


def test_the_holder_is_reminded_after_three_hours(world: World) -> None:
    """A lock without an end is asked about every three hours, one with an end once."""
    world.command(LOCK)
    world.command('/ops lock flaky "rehearsal" --for 9h')
    room = f"D{ANN.removeprefix('U')}"
    world.wait(2.9 * 3600, step=600)
    assert world.workspace.messages(room) == []
    world.wait(0.3 * 3600, step=600)
    told = sorted(each.text for each in world.workspace.messages(room))
    assert [each.partition(" since")[0] for each in told] == [
        "You have held the lock on checkout",
        "You have held the lock on flaky",
    ]
    assert "Black Friday" in told[0]
    assert "/ops unlock checkout" in told[0]
    world.wait(3 * 3600, step=600)
    told = [each.text for each in world.workspace.messages(room)]
    assert sum("checkout since" in each for each in told) == 2
    world.command("/ops unlock checkout")
    world.wait(3 * 3600, step=600)
    assert len(world.workspace.messages(room)) == len(told)


def test_an_approver_takes_a_lock_over_with_a_reason(world: World) -> None:
    """Who may approve there unlocks it with a reason, and the holder is told by whom and why."""
    world.command(LOCK)
    assert "[reason_required]" in world.command("/ops unlock checkout", by=BOB).text
    assert "Unlocked checkout" in world.command('/ops unlock checkout "a fix"', by=BOB).text
    world.settle()
    told = [each.text for each in world.workspace.messages(f"D{ANN.removeprefix('U')}")]
    assert [f"<@{BOB}> has unlocked checkout, which you held: a fix."] == told
    assert "Recorded as" in world.command("/deploy checkout 1.4.0", by=LEA).text


def test_nobody_else_unlocks(world: World) -> None:
    """Neither outsiders nor guests end a lock, nor does anybody one that is not there."""
    world.command('/ops lock checkout "mine"', by=LEA)
    assert "[not_approver]" in world.command('/ops unlock checkout "x"', by=ANN).text
    assert "[not_approver]" in world.command('/ops unlock checkout "x"', by=EVE).text
    assert "[not_allowed]" in world.command('/ops unlock checkout "x"', by=GUS).text
    assert "[not_allowed]" in world.command('/ops lock flaky "x"', by=EVE).text
    assert "is not locked" in world.command("/ops unlock flaky").text
    assert "[locked]" in world.command("/deploy checkout 1.4.0").text


def test_the_same_lock_twice(world: World) -> None:
    """The holder's second lock replaces the first one; somebody else's is refused."""
    world.command(LOCK)
    assert "Locked checkout" in world.command('/ops lock checkout "still" --for 1h').text
    refused = world.command('/ops lock checkout "me too"', by=LEA).text
    assert "[locked]" in refused
    assert "still" in refused


def test_locks_are_listed(world: World) -> None:
    """`/ops targets` and `/ops status` say who locked a target, since when and why."""
    world.command(LOCK)
    for question in ("/ops targets check", "/ops status checkout"):
        assert f"<@{ANN}> has locked the target since" in world.command(question).text
    assert "Black Friday" not in world.command("/ops targets flaky").text


def test_what_was_approved_waits_for_a_lock_and_goes_on_by_itself(world: World) -> None:
    """A lock that comes before the first permit holds it; it ends, and all goes on."""
    card = world.approved()
    world.command('/ops lock checkout "wait"', by=LEA)
    world.settle()
    assert world.tries == 0
    assert world.operation(card).phase.kind == "queued"
    world.command("/ops unlock checkout", by=LEA)
    world.settle()
    assert "succeeded" in world.card(card).text


def test_what_a_lock_holds_goes_on_when_its_time_is_over(world: World) -> None:
    """Nobody has to press anything when the lock ends."""
    card = world.approved()
    world.command('/ops lock checkout "wait" --for 10m', by=LEA)
    world.settle()
    assert world.tries == 0
    world.wait(11 * 60, step=30)
    world.settle()
    assert "succeeded" in world.card(card).text


def test_a_reason_is_shown_and_never_interpreted(world: World) -> None:
    """Mentions and links in a reason stand there as they were typed."""
    world.command('/ops lock checkout "<!channel> see <https://evil.example|here> & go"')
    refused = world.command("/deploy checkout 1.4.0", by=LEA).text
    assert "<!channel>" not in refused
    assert "<https://evil.example" not in refused
    assert "see" in refused


def test_a_lock_has_its_record_in_the_audit(world: World) -> None:
    """Who locked, unlocked and was refused stands in the audit."""
    world.command(LOCK)
    world.command("/deploy checkout 1.4.0", by=LEA)
    world.command('/ops unlock checkout "a fix"', by=BOB)
    rows = [(each["what"], each["who"]) for each in world.parts.journal.audit.export()]
    wanted = [("locked", ANN), ("denied", LEA), ("unlocked", BOB)]
    assert [each for each in rows if each in wanted] == wanted
    assert operation_in(world.command("/deploy checkout 1.4.0", by=LEA).text)

"""Much at once: Slack's limits are kept before it says so, and what people wait for goes first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from bot.core import events as ev
from bot.core.events import Event
from bot.core.ports import Taken
from bot.redis.flags import Flags
from bot.sandbox.slack import Executed, FaultKind, RateLimits
from tests.core.builders import foreign
from tests.journal.builders import SECOND, an_id, an_operation, apply, succeeded, to_the_end
from tests.workers.slack.post_office import PostOffice, post_office
from workers.context import Posted
from workers.slack import SlackMessages
from workers.slack.outbox import Sender, send_due

MANY = 8
BURST = 4  # messages that Slack takes at once


@pytest.fixture
def office(tmp_path: Path, valkey_url: str) -> Iterator[PostOffice]:
    """An outbox at a Slack that allows what Slack allows."""
    with post_office(tmp_path, valkey_url) as here:
        yield here


@pytest.fixture
def strict(tmp_path: Path, valkey_url: str) -> Iterator[PostOffice]:
    """An outbox at a Slack that allows nothing at once."""
    with post_office(tmp_path, valkey_url, RateLimits(bursts=False)) as here:
        yield here


def told(call: Executed) -> tuple[str, int]:
    """Return the operation and the sequence that a message carries."""
    payload: dict[str, Any] = call.arguments["metadata"]["event_payload"]
    return str(payload["operation_id"]), int(payload["sequence"])


def is_final(call: Executed) -> bool:
    """Whether a message tells the end of a good course."""
    return told(call)[1] == 6


def test_slack_never_has_to_refuse(office: PostOffice) -> None:
    """Many deployments in one channel keep its limits by themselves, and all of them end there."""
    for number in range(MANY):
        office.deploy(number)
    office.pass_time(60)
    assert office.refusals() == 0
    assert sum(is_final(each) for each in office.posts()) == MANY
    assert office.journal.outbox.next_due(office.clock()) is None


def test_the_first_messages_do_not_wait(office: PostOffice) -> None:
    """After a rest, a card, the call to approve it and the first reply come at once."""
    office.deploy(1, until=2)
    office.send()
    assert [told(each)[1] for each in office.posts()] == [0, 2, 3]


def test_a_slack_that_allows_less_is_believed(strict: PostOffice) -> None:
    """A refusal is a lesson: after it, nothing more is taken in advance for a while."""
    for number in range(MANY):
        strict.deploy(number)
    strict.pass_time(90)
    assert 0 < strict.refusals() <= 5
    assert sum(is_final(each) for each in strict.posts()) == MANY


class Unsteady(SlackMessages):
    """A way to Slack on which every other message takes half a second."""

    def __init__(self, living: SlackMessages, wait: Callable[[], None]) -> None:
        self._living = living
        self._wait = wait
        self._count = 0

    @override
    def post(self, *args: Any, **options: Any) -> Posted:
        self._count += 1
        if self._count % 2:
            self._wait()
        return self._living.post(*args, **options)

    @override
    def update(self, *args: Any, **options: Any) -> None:
        self._living.update(*args, **options)


def test_after_a_refusal_no_call_comes_too_early(strict: PostOffice) -> None:
    """Going carefully, time is counted from the end of a call: nobody knows how long its way is."""
    strict.slack = Unsteady(strict.slack, lambda: strict.sleep(SECOND / 2))
    for number in range(MANY):
        strict.deploy(number)
    strict.pass_time(90)
    assert strict.refusals() <= 5
    assert sum(is_final(each) for each in strict.posts()) == MANY


def test_a_refusal_counts_from_the_end_of_its_pause(office: PostOffice) -> None:
    """However long a pause Slack names: after it, nothing is taken in advance for ten minutes."""
    office.workspace.faults.add("chat.postMessage", "ratelimited", retry_after=890)
    office.deploy(1, until=1)
    office.pass_time(885)
    assert office.posts() == []
    office.pass_time(15)
    for minutes, at_once in ((9, 1), (2, 3)):
        office.pass_time(60 * minutes)
        before = len(office.posts())
        for number in range(4):
            office.deploy(10 * minutes + number, until=1)
        office.sleep(SECOND)
        office.send()
        assert len(office.posts()) - before == at_once


def test_the_last_final_is_not_much_later_than_it_must_be(office: PostOffice) -> None:
    """Two messages for each deployment, one a second: whatever else is told costs nothing."""
    count = 20
    for number in range(count):
        office.deploy(number, until=4)
    began = office.clock().timestamp()
    office.pass_time(10)
    for number in range(count):
        apply(office.journal, an_id(number), succeeded(at=office.clock()))
    office.pass_time(90)
    finals = [each.at - began for each in office.posts() if is_final(each)]
    assert len(finals) == count
    assert max(finals) <= (2 * count - BURST) * 1.2


def test_what_ended_is_told_before_what_goes_on(office: PostOffice) -> None:
    """A final overtakes other operations' news, with what its thread has to tell before."""
    for number in range(5):
        office.deploy(number, until=1)
    office.pass_time(20)
    before = len(office.posts())
    for number in range(5):
        apply(office.journal, an_id(number), *course(number, office)[1:2])
    office.send()
    at_once = len(office.posts())
    apply(office.journal, an_id(4), *course(4, office)[2:])
    office.pass_time(20)
    news = [told(each) for each in office.posts()[before:]]
    assert at_once - before == 3
    assert news[3] == (an_id(4), 6)
    assert sorted(each for each, _ in news[4:]) == [an_id(3)]


def test_replies_go_together_while_others_wait(office: PostOffice) -> None:
    """Where threads queue, one message tells all that its thread waits for, in order, once."""
    for number in range(MANY):
        office.deploy(number)
    office.pass_time(60)
    assert len(office.posts()) <= 2 * MANY + 4
    thread = [each for each in office.posts() if told(each)[0] == an_id(4)]
    assert [told(each)[1] for each in thread] == [0, 6]
    text = str(thread[1].arguments["text"])
    flags = [text.index(each) for each in ("Approved by", "was accepted", "succeeded*")]
    assert flags == sorted(flags)
    assert all(text.count(each) == 1 for each in ("Approved by", "was accepted"))


def test_a_thread_alone_tells_one_thing_at_a_time(office: PostOffice) -> None:
    """Where nobody else waits, each message tells one thing, if a little later."""
    office.deploy(1)
    office.pass_time(10)
    assert [told(each)[1] for each in office.posts()] == [0, 2, 3, 5, 6]


@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "internal_error_after"])
def test_together_they_are_told_once(office: PostOffice, kind: FaultKind) -> None:
    """A message for several replies whose answer was lost is found again for all of them."""
    for number in range(4):
        office.deploy(number, until=1)
    office.pass_time(20)
    for number in range(4):
        apply(office.journal, an_id(number), *course(number, office)[1:])
    office.workspace.faults.add("chat.postMessage", kind, times=4)
    office.pass_time(120)
    for number in range(4):
        posts = [each for each in office.posts() if told(each)[0] == an_id(number)]
        text = " ".join(str(each.arguments["text"]) for each in posts[1:])
        assert [text.count(each) for each in ("Approved by", "was accepted")] == [1, 1]
        assert told(posts[-1])[1] == 6


def test_waiting_for_a_turn_is_no_try(office: PostOffice) -> None:
    """What was never sent is in no doubt, and no trouble makes it wait longer."""
    for number in range(MANY):
        office.deploy(number, until=1)
    office.send()
    office.sleep(0.9 * SECOND)
    office.send()
    office.sleep(1.1 * SECOND)
    [row] = office.journal.outbox.claim(office.clock(), 1, SECOND)
    assert (row.attempts, row.in_doubt, row.ts) == (0, False, None)
    looked_up = [each for each in office.workspace.executed if "conversations" in each.method]
    assert looked_up == []


def test_updates_keep_within_fifty_a_minute(office: PostOffice) -> None:
    """However much happens, all cards together are updated fifty times in any minute."""
    for number in range(MANY):
        office.deploy(number, until=4)
    for _ in range(100):
        office.pass_time(1)
        for number in range(MANY):
            seen = ev.TaskSeen(at=office.clock(), step=0, detail=foreign(str(office.clock())))
            apply(office.journal, an_id(number), seen)
    updates = [each.at for each in office.workspace.executed if each.method == "chat.update"]
    assert office.refusals() == 0
    assert max(sum(at <= each < at + 59 for each in updates) for at in updates) <= 50
    assert len(updates) >= 60


def course(number: int, office: PostOffice) -> tuple[Event, ...]:
    """Return the events of a deployment that goes well, now."""
    return to_the_end(an_operation(number, target=f"t{number}"), office.clock())


def test_a_sender_that_breaks_off_gives_its_row_back(office: PostOffice) -> None:
    """Redis goes away between claim and call: others go on with the row at once, in doubt."""
    office.deploy(1, until=1)
    office.sleep(SECOND)
    broken = replace(office.context, flags=Broken())
    with pytest.raises(ConnectionError):
        send_due(broken, office.slack)
    [row] = office.journal.outbox.claim(office.clock(), 1, SECOND)
    assert (row.kind, row.in_doubt) == ("operation_card", True)


def test_a_card_is_known_as_soon_as_it_stands(office: PostOffice) -> None:
    """People press its buttons at once; what nobody can press is kept a moment later."""
    office.deploy(1, until=2)
    office.sleep(SECOND)
    sender = Sender(office.context, office.slack)
    sender.send(office.clock())
    _, *replies = office.posts()
    ts = str(replies[-1].arguments["thread_ts"])
    assert office.journal.surfaces.surface_at("C0DEPLOYS", ts) is not None
    assert office.journal.outbox.next_due(office.clock()) is not None
    sender.keep()
    assert office.journal.outbox.next_due(office.clock()) is None


def test_what_a_dead_sender_had_not_kept_is_looked_up(office: PostOffice) -> None:
    """It had sent a reply and died before it kept that: the reply is found, and not sent again."""
    office.deploy(1, until=2)
    office.sleep(SECOND)
    Sender(office.context, office.slack).send(office.clock())
    posts = office.posts()
    office.pass_time(120)
    assert office.posts() == posts
    looked_up = [each for each in office.workspace.executed if "replies" in each.method]
    assert len(looked_up) == 1
    assert office.journal.outbox.next_due(office.clock()) is None


class Broken(Flags):
    """Redis that is away."""

    def __init__(self) -> None:
        """Connect to nothing."""

    @override
    def take(self, name: str, interval: float, slack: float) -> Taken:
        raise ConnectionError(name)

    @override
    def noted(self, names: Sequence[str], seconds: float) -> tuple[tuple[str, float], ...]:
        return tuple(("", 0.0) for _ in names)

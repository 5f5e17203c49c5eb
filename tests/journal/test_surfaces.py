"""The register: which message shows what, and which channels want what."""

from sqlalchemy import Engine, func, select

from bot.core import events as ev
from bot.core.codes.service import LockTaken
from bot.core.rules import Locked, Unlocked
from bot.core.surfaces import Show, Subject, Subscription, told_directly, whispered
from bot.journal import Journal
from bot.journal.schema import outbox, surfaces
from tests.core.builders import foreign
from tests.journal.builders import (
    ANN,
    BOB,
    CHANNEL,
    HOUR,
    NOON,
    an_id,
    an_operation,
    apply,
    create,
    planned,
    to_the_end,
)
from tests.journal.sender import CARD, LATER, LEASE, card_of, claimed, ids, reply, started

INCIDENT = "C0INCIDENT"
WANTS = Subscription(
    subject=Subject(kind="target", id="checkout"), kind="operation_card", channel=INCIDENT
)
THERE = card_of(1, INCIDENT)


def counted(engine: Engine, table: str) -> int:
    """Return how many rows a table has."""
    of = {"surfaces": surfaces, "outbox": outbox}[table]
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(of)).scalar_one()


def show_everything(journal: Journal) -> list[str]:
    """Show all that waits; return what was shown, in that order."""
    shown: list[str] = []
    while rows := claimed(journal, LATER + 2 * LEASE, limit=1):
        [row] = rows
        ts = row.ts or (None if row.kind == "whisper" else f"{len(shown)}.{row.channel}")
        journal.outbox.sent(row, ts, 99 if row.kind == "operation_card" else row.wanted, LATER)
        shown.append(row.id)
    return shown


def test_a_channel_that_subscribed_to_a_target_gets_its_cards(journal: Journal) -> None:
    """Each operation of the target has a card there, too; the thread stays with its own."""
    journal.surfaces.subscribe(WANTS, NOON)
    journal.surfaces.subscribe(WANTS, NOON)
    started(journal)
    create(journal, an_operation(2, target="billing"))

    assert [(each.id, each.channel) for each in journal.surfaces.cards_of(an_id(1))] == [
        (CARD, CHANNEL),
        (THERE, INCIDENT),
    ]
    assert [each.channel for each in journal.surfaces.cards_of(an_id(2))] == [CHANNEL]
    shown = show_everything(journal)
    assert {CARD, THERE} <= set(shown)
    assert all(f":{CHANNEL}:" in each for each in shown if each.startswith("operation_reply"))


def test_who_subscribes_late_gets_the_card_of_what_is_open(journal: Journal) -> None:
    """An incident opens while a change is under way: its card appears at once."""
    started(journal)
    show_everything(journal)

    journal.surfaces.subscribe(WANTS, LATER)

    [row] = claimed(journal)
    assert (row.id, row.channel, row.ts, row.wanted) == (THERE, INCIDENT, None, 5)


def test_a_second_card_stays_alive(journal: Journal) -> None:
    """It follows every event, also after the channel stopped wanting new ones."""
    journal.surfaces.subscribe(WANTS, NOON)
    create(journal, an_operation())
    show_everything(journal)
    journal.surfaces.unsubscribe(WANTS)

    apply(journal, an_id(1), planned(an_operation(), LATER))
    assert set(ids(claimed(journal))) == {CARD, THERE, reply(2)}
    create(journal, an_operation(2, target="billing"))
    assert [each.channel for each in journal.surfaces.cards_of(an_id(2))] == [CHANNEL]


def test_ticks_elsewhere_are_less_urgent(journal: Journal) -> None:
    """Progress is shown where the operation belongs first; an end is decisive everywhere."""
    journal.surfaces.subscribe(WANTS, NOON)
    started(journal)
    show_everything(journal)
    urgencies = []
    for event in (
        ev.TaskSeen(at=LATER + HOUR, step=0, detail=foreign("half")),
        ev.StepSucceeded(at=LATER + 2 * HOUR, step=0),
    ):
        apply(journal, an_id(1), event)
        rows = claimed(journal, LATER + 3 * HOUR)
        urgencies.append({each.id: each.urgency for each in rows if each.kind == "operation_card"})
        for each in rows:
            journal.outbox.sent(each, each.ts or "9.9", 99, LATER + 2 * HOUR)

    assert urgencies == [
        {CARD: "progress", THERE: "background"},
        {CARD: "decisive", THERE: "decisive"},
    ]


def test_the_cards_before_lose_their_buttons_everywhere(journal: Journal) -> None:
    """A new plan makes each card of what was done before due again."""
    journal.surfaces.subscribe(WANTS, NOON)
    create(journal, an_operation(1))
    apply(journal, an_id(1), *to_the_end(an_operation(1)))
    show_everything(journal)
    create(journal, an_operation(2, created_at=LATER))
    show_everything(journal)

    apply(journal, an_id(2), planned(an_operation(2), LATER + HOUR))

    due = ids(claimed(journal, LATER + HOUR))
    cards = [CARD, THERE, card_of(2), card_of(2, INCIDENT)]
    assert sorted(due) == sorted([*cards, reply(2, of=2)])


def test_what_is_shown_leaves_the_queue_and_stays_in_the_register(
    journal: Journal, engine: Engine
) -> None:
    """The queue holds what Slack does not show yet; a whisper stands nowhere."""
    started(journal)
    journal.outbox.show(whispered(ANN, CHANNEL, "recorded"), at=NOON)
    assert (counted(engine, "outbox"), counted(engine, "surfaces")) == (5, 5)

    assert len(show_everything(journal)) == 5

    assert (counted(engine, "outbox"), counted(engine, "surfaces")) == (0, 4)


def test_a_direct_message_waits_like_all_others(journal: Journal) -> None:
    """It is for one person, in a lane of its own, and carries what it is drawn from."""
    create(journal, an_operation())
    subject = Subject(kind="operation", id=an_id(1))
    body = {"error": "is_archived"}
    wanted = Show(kind="direct", subject=subject, channel=BOB, user=BOB, name="failed", body=body)
    journal.outbox.show(wanted, at=NOON)

    [row] = claimed(journal, NOON)

    assert (row.kind, row.channel, row.user) == ("direct", BOB, BOB)
    assert (row.lane, dict(row.body)) == (f"chat.postMessage:{BOB}", {"error": "is_archived"})


def test_who_is_told_of_an_event_is_told_in_its_transaction(journal: Journal) -> None:
    """A take-over of a lock wants its direct message as it is kept, once for each name."""
    code = LockTaken(target="checkout", by=BOB, words="a fix")
    tells = told_directly(ANN, Subject(kind="target", id="checkout"), code, name="unlocked:1")
    for _ in range(2):
        journal.target_facts.keep(Locked(target="checkout", by=ANN, at=NOON, reason="mine"))
        event = Unlocked(target="checkout", by=BOB, at=NOON, holder=ANN)
        journal.target_facts.keep(event, tells=tells)
    assert [(row.kind, row.channel) for row in claimed(journal, LATER)] == [("direct", ANN)]

"""What holds after every conversation, whatever was said and whatever went wrong in it."""

import json
from collections import Counter
from typing import Final

from bot.core.operation import Operation
from bot.sandbox.slack import Message
from tests.conversations.cards import is_card, operation_of
from tests.conversations.world import World
from tests.peers.block_kit import complaints

_ABSENT: Final = frozenset({("GET", "SVCSTG.00100401"), ("GET", "SVCSTG.00100404")})
_OURS_TO_TAKE: Final = frozenset({"ratelimited"})  # Slack may hold anybody


def check(world: World) -> None:
    """Check strictness, the audit chain, locks, permits and the messages in Slack."""
    _nobody_was_asked_wrongly(world)
    _all_is_legal_by_another_reading(world)
    _the_audit_holds(world)
    for operation in world.recorded:
        _the_lock_fits(world, operation)
        _permits_fit(world, operation)
    _nothing_is_shown_twice(world)


def _nobody_was_asked_wrongly(world: World) -> None:
    """Neither neighbour had to refuse a call, but for what the test wanted."""
    refused = [
        (each.method, each.error, each.messages)
        for each in world.workspace.refused
        if each.error not in _OURS_TO_TAKE | world.expected and not each.error.startswith("fault:")
    ]
    assert not refused
    # In an incident the histories of all neighbours are read, also of those not created yet.
    absent = _ABSENT if world.parts.journal.incidents.newest(1) else frozenset()
    declined = [
        each
        for each in world.cloud.strictness
        if each.code not in world.expected and (each.method, each.code) not in absent
    ]
    assert not declined


def _all_is_legal_by_another_reading(world: World) -> None:
    """What was sent to Slack, and taken by the simulated one, is legal for a peer of it, too."""
    sent = [each.arguments for each in world.workspace.executed]
    views = {json.dumps(each["view"]) for each in sent if each.get("view")}
    messages = {json.dumps(each["blocks"]) for each in sent if each.get("blocks")}
    for view in map(json.loads, sorted(views)):
        assert not complaints(view, view["type"]), view
    for blocks in map(json.loads, sorted(messages)):
        assert not complaints(blocks, "message"), blocks


def _the_audit_holds(world: World) -> None:
    """The chain is whole, and covers everything once its sealer was there."""
    audit = world.parts.journal.audit
    audit.seal()
    report = audit.verify()
    assert (report.faults, report.unsealed) == ((), 0)


def _the_lock_fits(world: World, operation: Operation) -> None:
    """An open operation holds its target; an ended one, or one in line, does not."""
    holder = world.parts.journal.operations.holder(operation.target)
    assert (holder is not None and holder.id == operation.id) == operation.has_target


def _permits_fit(world: World, operation: Operation) -> None:
    """No attempt was permitted twice, and each has at most one outcome."""
    events = [event for _, event in world.parts.journal.operations.events(operation.id)]
    permits = [(each.step, each.attempt) for each in events if each.kind == "permit_granted"]
    assert len(permits) == len(set(permits))


def _nothing_is_shown_twice(world: World) -> None:
    """An operation has one card that stands, and each of its events at most one reply."""
    for channel in world.workspace.config.channels:
        shown = world.workspace.messages(channel.id)
        cards = Counter(operation_of(each) for each in shown if is_card(each))
        assert max(cards.values(), default=1) == 1, cards
        for card in filter(is_card, shown):
            replies = Counter(map(_event, world.workspace.thread(channel.id, card.ts)[1:]))
            replies.pop(None, None)  # what people said
            assert max(replies.values(), default=1) == 1, replies


def _event(reply: Message) -> int | None:
    payload = (reply.metadata or {}).get("event_payload")
    return int(payload["sequence"]) if payload else None

"""What must hold after every run, judged by what the simulators did, not by the journal's word.

Each finding begins with its column of the table that `make faults` prints.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import zip_longest
from typing import Final

from bot.core.operation import Failed, Operation, Stalled, Succeeded, Uncertain, Waiting
from bot.core.records import OperationId
from bot.sandbox.slack import Message
from tests.conversations.cards import APPROVE, is_card, operation_of
from tests.faults.content import BOB, DEPLOYS, LEA, SECRETS
from tests.faults.play import Play
from tests.faults.stage import Stage

COLUMNS: Final = (
    "duplicated mutation",
    "lost final",
    "false final",
    "approval without right",
    "mutation without audit",
    "leaked secret",
    "other",
)
MAY_APPROVE: Final = frozenset({BOB, LEA})
REFUSING: Final = frozenset({"409-before", "429", "unreached"})  # faults that prove: not accepted
SETTLE: Final = timedelta(minutes=15)  # after it people may decide, of whatever system here
A_MINUTE: Final = timedelta(minutes=1)  # to find out that it is uncertain
ABSENT: Final = "does not exist"  # what a cloud says to a question about nothing
# What Slack refuses of what may have been done before, and is done again to be sure.
DONE_BEFORE: Final = frozenset(
    {
        *("ratelimited", "name_taken", "already_in_channel", "already_pinned", "cant_invite_self"),
        "channel_canvas_already_exists",
    }
)
OFTEN: Final = 2  # as often may a line stand there, where Slack's look-up failed as well


def findings(play: Play, versions: dict[OperationId, str], *, mutations: int) -> list[str]:
    """Return everything that is wrong after a run.

    Args:
        play: the run, at rest.
        versions: what each operation was to bring.
        mutations: how many the whole run may execute at most.
    """
    return [
        *_mutations(play, mutations),
        *(each for key, version in versions.items() for each in _end(play, key, version)),
        *_rights(play),
        *_records(play),
        *_line(play.stage),
        *_held(play),
        *_secrets(play.stage),
        *_told(play),
    ]


def _mutations(play: Play, most: int) -> Iterator[str]:
    """Each permitted step takes effect at most once, and is tried again only after a proof."""
    stage = play.stage
    if len(stage.clouds.executed) > most:
        yield f"duplicated mutation: {len(stage.clouds.executed)} of {most} were executed"
    proofs = sum(n for (place, kind), n in stage.points.faults.items() if _proves(place, kind))
    tried = sum(each.method != "GET" for each in stage.clouds.requests)
    if tried > most + proofs:
        yield f"duplicated mutation: {tried} left, of {most} with {proofs} proofs of refusal"
    for path in stage.unaudited:
        yield f"mutation without audit: {path}"


def _proves(place: str, kind: str) -> bool:
    return place == "put" and kind in REFUSING


def _end(play: Play, operation_id: OperationId, version: str) -> Iterator[str]:
    """It ended as the cloud says, visibly; or it stands there as uncertain or stalled."""
    stage = play.stage
    operation = stage.journal.operations.find(operation_id)
    if operation is None:
        yield f"lost final: {operation_id} was said to be recorded, and is not"
        return
    done = stage.clouds.version(operation.target) == version
    match operation.phase:
        case Succeeded() if not done:
            yield f"false final: {operation_id} succeeded, but {version} does not run"
        case Failed() if done:
            yield f"false final: {operation_id} failed, but {version} runs"
        case Uncertain(sent_at=sent_at, decide_after=decide_after):
            if len(stage.clouds.executed) > _noticed(stage):
                yield f"lost final: {operation_id} was executed and nobody noticed"
            if not SETTLE <= decide_after - sent_at < SETTLE + A_MINUTE:
                yield f"other: people may decide about {operation_id} from {decide_after} on"
        case Waiting() if _is_behind_people(stage, operation):
            pass
        case phase if not operation.is_final and phase.kind != "stalled":
            yield f"lost final: {operation_id} stands still as {phase.kind}"
    yield from _shown(play, operation)
    holder = stage.journal.operations.holder(operation.target)
    if operation.is_final and holder is not None and holder.id == operation_id:
        yield f"other: {operation_id} has ended and holds its target"


def _is_behind_people(stage: Stage, operation: Operation) -> bool:
    """Whether it rightly waits: for one of which people decide what became of it."""
    holder = stage.journal.operations.holder(operation.target)
    return isinstance(holder, Operation) and isinstance(holder.phase, Uncertain | Stalled)


def _noticed(stage: Stage) -> int:
    """Return how many changes of the clouds the journal knows of."""
    steps = (step for operation in stage.journal.operations.recent(20) for step in operation.steps)
    return sum(step.remote_task is not None for step in steps)


def _shown(play: Play, operation: Operation) -> Iterator[str]:
    """The card tells the present state, and the thread has the end, once and last."""
    cards = [each for each in play.cards() if operation_of(each) == operation.id]
    if len(cards) != 1:
        yield f"other: {operation.id} has {len(cards)} cards"
        return
    [card] = cards
    word = operation.phase.kind
    if (operation.is_final or word in {"uncertain", "stalled"}) and word not in card.text:
        yield f"lost final: the card of {operation.id} says {card.text!r}, not {word}"
    if operation.is_final and APPROVE in card.action_ids:
        yield f"other: the card of {operation.id} can still be approved"
    thread = play.stage.workspace.thread(DEPLOYS, card.ts)[1:]
    yield from _thread(play.stage, operation, thread)


def _thread(stage: Stage, operation: Operation, thread: list[Message]) -> Iterator[str]:
    ends = [each for each in thread if is_end(each.text)]
    wanted = operation.phase.kind
    if operation.is_final and wanted in {"succeeded", "failed"}:
        if not ends:
            yield f"lost final: the thread of {operation.id} does not tell the end"
        elif ends[-1] is not thread[-1]:
            yield f"other: something follows the end of {operation.id}"
    if any(wanted not in each.text for each in ends):
        yield f"false final: the thread of {operation.id} says {[each.text for each in ends]}"
    numbers = [sequence_of(each) for each in thread]
    if numbers != sorted(numbers):
        yield f"other: the thread of {operation.id} is out of order: {numbers}"
    blind = sum(n for (place, _), n in stage.points.faults.items() if place == "lookup")
    most = OFTEN if blind else 1
    twice = [number for number, times in Counter(numbers).items() if times > most]
    if twice:
        yield f"other: the thread of {operation.id} repeats {twice}"


def is_end(text: str) -> bool:
    """Whether a line of a thread tells the end."""
    return " succeeded*" in text or "failed*" in text


def sequence_of(message: Message) -> int:
    """Return which event a line of a thread tells of."""
    return int((message.metadata or {})["event_payload"]["sequence"])


def _rights(play: Play) -> Iterator[str]:
    """Whoever's yes was counted had the right, and what was executed had enough of them."""
    for person, operation_id in play.approved:
        if person not in MAY_APPROVE:
            yield f"approval without right: {person} approved {operation_id}"
    for operation in play.stage.journal.operations.recent(20):
        counted = {each.by for each in operation.approvals}
        pressed = {who for who, which in play.pressed if which == operation.id}
        if counted - pressed or counted - MAY_APPROVE:
            yield f"approval without right: {counted} count for {operation.id}"
        was_executed = any(each.attempt for each in operation.steps)
        if was_executed and len(counted) < operation.approvals_needed:
            yield f"approval without right: {operation.id} was sent with {len(counted)}"
    for why in play.unapproved:
        yield f"approval without right: {why}"


def _line(stage: Stage) -> Iterator[str]:
    """Nobody waits for what is free, no target belongs to what has left it, and turns are fair."""
    known = sorted(stage.journal.operations.recent(20), key=lambda each: (each.created_at, each.id))
    held = bool(stage.journal.target_facts.everywhere())
    for each in known:
        holder = stage.journal.operations.holder(each.target)
        if each.is_in_line and holder is None and not held:
            yield f"lost final: {each.id} waits for {each.target}, which is free"
        if holder is not None and holder.id == each.id and not each.has_target:
            yield f"other: {each.target} belongs to {each.id}, which has left it"
    sent = [each for each in known if each.was_sent and each.action == "deploy"]
    begun = [each.steps[0].started_at for each in sent]
    if begun != sorted(begun, key=str):
        yield f"other: {[each.id for each in sent]} were not sent in the order of asking"


def _held(play: Play) -> Iterator[str]:
    """Nothing was permitted while something that somebody had done held it."""
    begins = [each for each in play.holds if not each.ends_a_hold]
    ends = [each for each in play.holds if each.ends_a_hold]
    permits = [
        event
        for operation in play.stage.journal.operations.recent(20)
        for _, event in play.stage.journal.operations.events(operation.id)
        if event.kind == "permit_granted"
    ]
    for begin, end in zip_longest(begins, ends):
        for permit in permits:
            if begin.at <= permit.at and (end is None or permit.at < end.at):
                yield f"approval without right: permitted at {permit.at} under {begin.kind}"


def _records(play: Play) -> Iterator[str]:
    play.stage.journal.audit.seal()
    for fault in play.stage.journal.audit.verify().faults:
        yield f"other: the audit chain: {fault}"
    for operation_id in dict.fromkeys(play.unlocked):
        yield f"other: the target of {operation_id} was free before its end"
    for operation_id in play.told:
        if play.stage.journal.operations.find(operation_id) is None:
            yield f"lost final: {operation_id} was said to be recorded, and is not"


def _secrets(stage: Stage) -> Iterator[str]:
    """No secret stands in Slack, in the journal's file or in Redis."""
    told = json.dumps([each.arguments for each in stage.workspace.executed], default=str)
    kept = stage.ledger.content()
    held = repr((stage.memory.queue, stage.memory.due, stage.memory.flags, stage.memory.cached))
    for secret in SECRETS:
        if secret in told or secret.encode() in kept or secret in held:
            yield f"leaked secret: {secret[:4]}…"


def _told(play: Play) -> Iterator[str]:
    """Slack and the cloud never had to refuse a call for what it said."""
    stage = play.stage
    for each in stage.workspace.refused:
        if not each.error.startswith("fault:") and each.error not in DONE_BEFORE:
            yield f"other: Slack refused {each.method}: {each.error} {each.messages}"
    # In an incident the histories of all neighbours are read, also of those not created yet.
    absent = ABSENT if stage.journal.incidents.newest(1) else ""
    for declined in stage.clouds.strictness:
        if declined.method == "GET" and absent and absent in declined.text:
            continue
        yield f"other: the cloud refused {declined.method} {declined.path}: {declined.text}"
    shown = [each for each in stage.workspace.messages(DEPLOYS) if is_card(each)]
    if len(shown) > len(stage.journal.operations.recent(20)):
        yield "other: a card belongs to nothing"

"""What must hold in a house after its people have gone, judged by what its simulators did.

The same rules as for schedules (`oracle`), for many deployments of real processes at once.
"""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from bot.app.resources import now
from bot.core.codes.operations import Restored
from bot.core.operation import Operation
from bot.journal.database import reading
from bot.journal.schema import metadata
from bot.sandbox.content import CHANNEL, SECRETS
from bot.sandbox.slack import Message
from tests.faults.oracle import OFTEN, is_end, sequence_of
from tests.faults.people import EVE, VERSION, Errand, cards_of, component
from tests.processes.house import ANN, House

PUBLIC: Final = frozenset({"CLOUD_SDK_AK"})  # the key's name stands in each signature
RESTORED: Final = Restored.key
MAY_NOT_APPROVE: Final = frozenset({ANN, EVE})


def is_at_rest(home: House, operation_id: str, errand: Errand) -> bool:
    """Whether the operation ended and everybody can see it, or visibly waits for people."""
    operation = home.journal.operations.find(operation_id)
    if operation is None:
        return errand.is_lost(operation_id)
    kind = operation.phase.kind
    if kind == "uncertain" and _executions(home, errand, operation_id):
        return False  # it is to be found out
    if not operation.is_final and kind not in {"uncertain", "stalled"}:
        return False
    cards = cards_of(home, operation_id)
    if not cards or kind not in cards[-1].text:
        return False
    thread = home.workspace.thread(CHANNEL, cards[-1].ts)[1:]
    return kind not in {"succeeded", "failed"} or any(is_end(each.text) for each in thread)


def findings(home: House, errand: Errand) -> list[str]:
    """Return everything that is wrong with one errand, which is at rest or never will be."""
    doubted = [each for each in errand.told if _is_doubted(home, errand, each)]
    found = [*errand.wrongs, *_mutations(home, errand, doubted)]
    for operation_id in errand.told:
        operation = home.journal.operations.find(operation_id)
        if operation is None and operation_id in doubted:
            continue
        if operation is None:
            found.append(f"lost final: {operation_id} was said to be recorded, and is not")
            continue
        is_doubted = operation_id in doubted
        forgot = is_doubted or errand.was_set_back()  # what was told, maybe
        found += [*_end(home, errand, operation), *_shown(home, operation, forgot=forgot)]
        found += _rights(errand, operation, is_doubted=is_doubted)
    return found


def _is_doubted(home: House, errand: Errand, operation_id: str) -> bool:
    """Whether the journal was set back, and lost the operation or doubts it since."""
    if errand.is_lost(operation_id):
        return True
    events = home.journal.operations.events(operation_id)
    return any(getattr(getattr(each, "reason", None), "key", "") == RESTORED for _, each in events)


def whole(home: House, errands: Sequence[Errand]) -> list[str]:
    """Return everything that is wrong with the house itself."""
    known = {each for errand in errands for each in errand.told}
    unknown = {each.id for each in home.journal.operations.recent(1000)} - known
    return [
        *(f"other: nobody was told of {each}" for each in sorted(unknown)),
        *(f"other: the audit chain: {each}" for each in home.journal.audit.verify().faults),
        *_strictness(home),
        *_secrets(home),
    ]


def _mutations(home: House, errand: Errand, doubted: Sequence[str]) -> Iterator[str]:
    """Each operation takes effect once at most, and only after its permit was on disk.

    Of those that are *doubted* the journal lost the permit, maybe, or that they are there.
    """
    permits = _permits(home)
    for operation_id in errand.told:
        times = _executions(home, errand, operation_id)
        if len(times) > 1:
            yield f"duplicated mutation: {operation_id} was executed {len(times)} times"
        granted = permits.get(operation_id, [])
        for at in times if operation_id not in doubted else ():
            if not any(each <= at for each in granted):
                yield f"mutation without audit: {operation_id} at {at}, permits {granted}"
    ours = sum(len(_executions(home, errand, each)) for each in errand.told)
    if home.executed(errand.target) != ours and not doubted:
        yield f"duplicated mutation: {errand.target} was changed by nobody's operation"


def _executions(home: House, errand: Errand, operation_id: str) -> list[float]:
    """Return when the cloud executed the operation: deployments are PUT, rollbacks are not."""
    is_deployment = errand.told[operation_id] == VERSION
    part = component(errand)
    return [
        each.at
        for each in home.cloud.executed
        if part in each.path and (each.method == "PUT") == is_deployment
    ]


def _permits(home: House) -> dict[str, list[float]]:
    permits: dict[str, list[float]] = {}
    for each in home.journal.audit.export():
        if each["what"] == "permit_granted":
            at = datetime.fromisoformat(str(each["at"])).timestamp()
            permits.setdefault(str(each["subject"]), []).append(at)
    return permits


def _end(home: House, errand: Errand, operation: Operation) -> Iterator[str]:
    kind, key = operation.phase.kind, operation.id
    was_executed = bool(_executions(home, errand, key))
    works = was_executed and not (errand.fails and errand.told[key] == VERSION)
    if kind == "succeeded" and not works:
        yield f"false final: {key} succeeded, but the cloud did not do it"
    if kind == "failed" and works:
        yield f"false final: {key} failed, but the cloud did it"
    if kind == "uncertain" and was_executed:
        yield f"lost final: {key} was executed and nobody noticed"
    if not operation.is_final and kind not in {"uncertain", "stalled"}:
        yield f"lost final: {key} stands still as {kind}"
    holder = home.journal.operations.holder(operation.target)
    holds = holder is not None and holder.id == key
    if holds == operation.is_final:
        yield f"other: {key} is {kind} and {'holds' if holds else 'does not hold'} its target"


def _shown(home: House, operation: Operation, *, forgot: bool) -> Iterator[str]:
    cards = cards_of(home, operation.id)
    if len(cards) != 1:
        yield f"other: {operation.id} has {len(cards)} cards"
        return
    kind = operation.phase.kind
    if kind not in cards[0].text:
        yield f"lost final: the card of {operation.id} says {cards[0].text!r}, not {kind}"
    thread = home.workspace.thread(CHANNEL, cards[0].ts)[1:]
    if not forgot:
        yield from _thread(operation, thread)
    elif kind in {"succeeded", "failed"} and not any(kind in each.text for each in thread):
        yield f"lost final: the thread of {operation.id} does not tell the end"


def _thread(operation: Operation, thread: list[Message]) -> Iterator[str]:
    kind = operation.phase.kind
    ends = [each for each in thread if is_end(each.text)]
    if kind in {"succeeded", "failed"} and not ends:
        yield f"lost final: the thread of {operation.id} does not tell the end"
    if any(kind not in each.text for each in ends):
        yield f"false final: the thread of {operation.id} says {[each.text for each in ends]}"
    if ends and ends[-1] is not thread[-1]:
        yield f"other: something follows the end of {operation.id}"
    numbers = [sequence_of(each) for each in thread]
    if numbers != sorted(numbers):
        yield f"other: the thread of {operation.id} is out of order: {numbers}"
    twice = [number for number, times in Counter(numbers).items() if times > OFTEN]
    if twice:
        yield f"other: the thread of {operation.id} repeats {twice}"


def _rights(errand: Errand, operation: Operation, *, is_doubted: bool) -> Iterator[str]:
    counted = {each.by for each in operation.approvals}
    pressed = {who for who, which in errand.pressed if which == operation.id}
    if counted - pressed or counted & MAY_NOT_APPROVE:
        yield f"approval without right: {counted} count for {operation.id}"
    was_sent = any(each.attempt for each in operation.steps) and not is_doubted
    if was_sent and len(counted) < operation.approvals_needed:
        yield f"approval without right: {operation.id} was sent with {len(counted)}"


def _strictness(home: House) -> Iterator[str]:
    for each in home.workspace.refused:
        is_closed = (each.method, each.error) == ("views.update", "not_found")  # by its reader
        if not each.error.startswith("fault:") and each.error != "ratelimited" and not is_closed:
            yield f"other: Slack refused {each.method}: {each.error} {each.messages}"
    for declined in home.cloud.strictness:
        yield f"other: the cloud refused {declined.method} {declined.path}: {declined.text}"


def _secrets(home: House) -> Iterator[str]:
    """No secret stands in Slack, in the journal, in Redis, or in what the processes wrote."""
    config = home.workspace.config
    secrets = [each for name, each in SECRETS.items() if name not in PUBLIC]
    secrets += [config.bot_token, config.signing_secret, config.app_token]
    told = json.dumps([each.arguments for each in home.workspace.executed], default=str)
    places = {"Slack": told.encode(), "Redis": b"".join(_kept(home.client()))}
    files = (each for each in home.folder.iterdir() if each.name.startswith("slipway.db"))
    places |= {each.name: each.read_bytes() for each in (*files, *home.folder.glob("*.log"))}
    places["the journal"] = b"".join(_rows(home))
    for place, content in places.items():
        for secret in secrets:
            if secret.encode() in content:
                yield f"leaked secret: {secret[:4]}… in {place}"


def _rows(home: House) -> Iterator[bytes]:
    """Yield every row of the journal."""
    with reading(home.journal.database) as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                yield repr(tuple(row)).encode()


def _kept(client: Any) -> Iterator[bytes]:
    """Yield everything that Redis holds; RQ compresses what a job is called with."""
    for key in client.scan_iter(count=1000):
        match client.type(key):
            case b"string":
                yield client.get(key) or b""
            case b"hash":
                yield from (_plain(value) for value in client.hvals(key))
            case b"list":
                yield from client.lrange(key, 0, -1)
            case b"set":
                yield from client.smembers(key)
            case b"zset":
                yield from client.zrange(key, 0, -1)
            case _:
                continue


def _plain(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value


def until_told(home: House) -> bool:
    """Whether nothing is left to be told to Slack."""
    return home.journal.outbox.next_due(now()) is None

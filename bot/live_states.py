"""What clouds say of targets, read at once and kept for a while."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from datetime import timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from pydantic import ValidationError

from bot.core.errors import CloudError, CloudRefusedError
from bot.core.outcomes import LiveState
from bot.core.ports import Cache, Clock, CloudReader
from bot.core.target import Target
from bot.deadline import patience
from bot.systems import system as system_named

FRESH: Final = timedelta(seconds=60)  # how long an answer is used instead of another question
KEPT_SECONDS: Final = 150  # how long it can be shown, with its moment, to whoever asks nothing
PATIENCE: Final = 1.5  # seconds, of those that an answer to a person has
_AT_ONCE: Final = 8
_REPLICAS: Final = "replicas"  # the fact that tells how many run


class StateReader(NamedTuple):
    """Who asks the clouds, and where their answers are kept."""

    cloud: CloudReader
    cache: Cache
    clock: Clock
    fresh: timedelta = FRESH


def live_states(
    reader: StateReader, targets: Sequence[Target], seconds: float = PATIENCE
) -> dict[str, LiveState]:
    """Return what the clouds of *targets* said in the last minute, or say now, in time.

    Who does not answer in time is left out, and kept for the next question when it does.
    """
    kept, since = kept_states(reader.cache, targets), reader.clock() - reader.fresh
    known = {name: state for name, state in kept.items() if state.at > since}
    missing = [each for each in targets if each.name not in known]
    if not missing:
        return known
    pool = ThreadPoolExecutor(_AT_ONCE)
    work = {pool.submit(copy_context().run, _read, reader, each): each for each in missing}
    done, _ = wait(work, patience(time.monotonic(), seconds))
    pool.shutdown(wait=False, cancel_futures=True)
    read = {work[each].name: each.result() for each in done}
    return {**known, **{name: state for name, state in read.items() if state is not None}}


def kept_states(cache: Cache, targets: Sequence[Target]) -> dict[str, LiveState]:
    """Return what the clouds of *targets* said last, where that is not long ago; none is asked."""
    names = {kept_as("state", each): each.name for each in targets}
    found = cache.get_many(list(names)) if names else {}
    shown = ((names[key], _state(value)) for key, value in found.items())
    return {name: state for name, state in shown if state is not None}


def kept_as(what: str, target: Target) -> str:
    """Return the key of what is kept: of another thing of the same name nothing is known."""
    thing = sha256(f"{target.system} {target.connection} {target.settings!r}".encode())
    return f"{what}:{target.name}:{thing.hexdigest()[:16]}"


def _read(reader: StateReader, target: Target) -> LiveState | None:
    """Ask the cloud, and keep what it said: also that it tells nothing of this."""
    try:
        report = reader.cloud.ask(target, system_named(target.system).status(target.settings))
    except CloudRefusedError:
        state = LiveState(at=reader.clock())
    except CloudError:
        return None
    else:
        replicas = report.facts.get(_REPLICAS, "")
        state = LiveState(headline=report.headline, replicas=replicas, at=reader.clock())
    reader.cache.put_many({kept_as("state", target): state.model_dump_json()}, KEPT_SECONDS)
    return state


def _state(value: str) -> LiveState | None:
    try:
        return LiveState.model_validate_json(value)
    except ValidationError:
        return None

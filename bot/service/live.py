"""What clouds say of targets, read at once and kept for a minute."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from hashlib import sha256
from typing import Final

from pydantic import ValidationError

from bot.core.errors import CloudError, CloudRefusedError
from bot.core.outcomes import LiveState
from bot.core.target import Target
from bot.deadline import patience
from bot.service.context import Cache, ServiceContext
from bot.systems import system as system_named

KEPT_SECONDS: Final = 60
_AT_ONCE: Final = 8
_PATIENCE: Final = 1.5  # seconds, of those that an answer has


def live_states(context: ServiceContext, targets: Sequence[Target]) -> dict[str, LiveState]:
    """Return what the clouds of *targets* said in the last minute, or say now, in time.

    Who does not answer in time is left out, and kept for the next question when it does.
    """
    known = kept_states(context.cache, targets)
    missing = [each for each in targets if each.name not in known]
    if not missing:
        return known
    pool = ThreadPoolExecutor(_AT_ONCE)
    work = {pool.submit(copy_context().run, _read, context, each): each for each in missing}
    done, _ = wait(work, patience(time.monotonic(), _PATIENCE))
    pool.shutdown(wait=False, cancel_futures=True)
    read = {work[each].name: each.result() for each in done}
    return {**known, **{name: state for name, state in read.items() if state is not None}}


def kept_states(cache: Cache, targets: Sequence[Target]) -> dict[str, LiveState]:
    """Return what the clouds of *targets* said in the last minute: nothing is asked."""
    names = {_name(each): each.name for each in targets}
    found = cache.get_many(list(names)) if names else {}
    shown = ((names[key], _state(value)) for key, value in found.items())
    return {name: state for name, state in shown if state is not None}


def _read(context: ServiceContext, target: Target) -> LiveState | None:
    """Ask the cloud, and keep what it said: also that it tells nothing of this."""
    try:
        report = context.cloud.ask(target, system_named(target.system).status(target.settings))
    except CloudRefusedError:
        state = LiveState(at=context.clock())
    except CloudError:
        return None
    else:
        state = LiveState(headline=report.headline, at=context.clock())
    context.cache.put_many({_name(target): state.model_dump_json()}, KEPT_SECONDS)
    return state


def _state(value: str) -> LiveState | None:
    try:
        return LiveState.model_validate_json(value)
    except ValidationError:
        return None


def _name(target: Target) -> str:
    """Return the key of what is kept: of another thing of the same name nothing is known."""
    thing = sha256(f"{target.system} {target.connection} {target.settings!r}".encode())
    return f"state:{target.name}:{thing.hexdigest()[:16]}"

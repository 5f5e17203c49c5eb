"""`slipway state`: what locks, freezes and a halt hold now, and who waits for a target."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from bot.app.resources import now
from bot.catalogue import Catalogue, load
from bot.cli.exit_codes import ending
from bot.core.operation import Operation
from bot.core.policy import Policy
from bot.core.records import Json, TargetName
from bot.core.rows import ReviewDue
from bot.core.rules import Delegated, Facts, FreezeBegun, HaltBegun, IncidentFreeze, Locked, freezes
from bot.core.target import ALL, TargetEvent
from bot.journal import journal_on, open_engine, require_current
from bot.settings import read_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@ending
def state(*, as_json: bool) -> None:
    """Show locks, freezes, a halt, and who waits for which target; works without Slack."""
    settings = read_settings()
    catalogue = load(settings.slipway_config, dict(os.environ))
    engine = open_engine(settings.database_url)
    require_current(engine)
    journal = journal_on(engine)
    kept, reviews = journal.target_facts.everywhere(), journal.operations.reviews_due()
    shown = state_json(kept, catalogue, now(), reviews, journal.queues.all())
    if as_json:
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    lines = tuple(_lines(shown))
    for line in lines:
        click.echo(line)
    if not lines:
        click.echo("Nothing is locked, frozen or halted, and nobody waits.", err=True)


def state_json(
    kept: Iterable[TargetEvent],
    catalogue: Catalogue,
    at: datetime,
    reviews: Iterable[ReviewDue] = (),
    queues: Mapping[TargetName, Sequence[Operation]] | None = None,
) -> dict[str, Json]:
    """Return what holds at this moment, by commands and by slipway.yaml, and what is due.

    Lent rights and reviews are told where there are any.
    """
    events = tuple(kept)
    halt = next((each for each in events if isinstance(each, HaltBegun)), None)
    locks = (each for each in events if isinstance(each, Locked))
    frozen = (each for each in events if isinstance(each, FreezeBegun))
    lent: list[Json] = [_delegation(each) for each in events if isinstance(each, Delegated)]
    due: list[Json] = [_review(each) for each in reviews]
    return {
        "locks": [_lock(each) for each in locks if not each.is_over(at)],
        "freezes": [
            *(_freeze(each) for each in frozen if not each.is_over(at)),
            *(_of_incident(each) for each in events if isinstance(each, IncidentFreeze)),
            *(row for policy in catalogue.policies.values() for row in _written(policy, at)),
        ],
        "halt": None if halt is None else _who(halt, halt.reason),
        "queues": {target: [each.id for each in line] for target, line in (queues or {}).items()},
        **({"delegations": lent} if lent else {}),
        **({"reviews": due} if due else {}),
    }


def _who(event: TargetEvent, reason: str) -> dict[str, Json]:
    return {"by": event.by, "reason": reason, "since": _time(event.at)}


def _delegation(lent: Delegated) -> dict[str, Json]:
    return {
        "from": lent.delegator,
        "to": lent.delegate,
        "policy": None if lent.target == ALL else lent.target,
        "by": lent.by,
        "since": _time(lent.at),
        "until": _time(lent.until),
    }


def _review(due: ReviewDue) -> dict[str, Json]:
    return {
        "operation": due.id,
        "target": due.target,
        "by": due.requester,
        "due": _time(due.due),
    }


def _lock(lock: Locked) -> dict[str, Json]:
    kind = "warning" if lock.is_warning else "lock"
    known = _who(lock, lock.reason)
    return {"target": lock.target, **known, "until": _time(lock.until), "kind": kind}


def _freeze(freeze: FreezeBegun) -> dict[str, Json]:
    known = {"kind": freeze.scope, **_who(freeze, freeze.reason), "until": _time(freeze.until)}
    return {"scope": freeze.target, **known, "source": "command"}


def _of_incident(freeze: IncidentFreeze) -> dict[str, Json]:
    """Return what an incident holds; the title of a private one stays with its people."""
    title = "" if freeze.is_private else freeze.title
    known = {"kind": "target", **_who(freeze, title), "until": None}
    return {"scope": freeze.target, **known, "source": "incident", "incident": freeze.incident}


def _written(policy: Policy, at: datetime) -> Iterator[dict[str, Json]]:
    local = {each.zone: at.astimezone(ZoneInfo(each.zone)) for each in policy.freezes}
    for code, place, until in freezes(Facts(now=at, policy=policy, local=local)):
        yield {
            "scope": policy.name,
            "kind": "policy",
            "by": None,
            "reason": code.reason.params["words"],
            "since": None,
            "until": _time(until),
            "source": place,
        }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def _lines(shown: dict[str, Json]) -> Iterator[str]:
    for name, rows in shown.items():
        listed = rows if isinstance(rows, list) else [rows] if rows else []
        for row in listed:
            told = row.items() if isinstance(row, dict) else ()
            yield f"{name.removesuffix('s')}  " + "  ".join(
                f"{key}={_word(value)}" for key, value in told if value is not None
            )


def _word(value: Json) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

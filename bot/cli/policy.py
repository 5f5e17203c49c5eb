"""`slipway policy test`: what another slipway.yaml would have decided."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import click
from pydantic import ValidationError

from bot.app.greeting import counted
from bot.app.resources import now
from bot.catalogue import Catalogue, load
from bot.cli.exit_codes import CHECK_FAILED, ending
from bot.cli.reading import open_journal
from bot.core.errors import ConfigurationError, UnknownFormatError
from bot.core.incidents import Leading, leading_at
from bot.core.operation import Operation
from bot.core.records import Record
from bot.core.replay import Outcome, Under, again, then
from bot.core.rules import Decided, is_led, led_by
from bot.journal import Journal

_DECISIONS = frozenset({"allowed", "denied"})
_ALLOWED = "allowed"
_DAYS_MAX = 36_500  # a hundred years: dates have an end


class Kept(Record):
    """A decision as the audit has it."""

    at: datetime
    who: str
    subject: str
    decided: Decided


class Difference(Record):
    """A decision that would be another one."""

    operation: str | None
    target: str
    action: str
    intent: str
    by: str
    at: datetime
    was: str  # "allowed", or the code
    now: str
    rule: str  # the line of slipway.yaml that decides it, or the rule's name

    @property
    def line(self) -> str:
        """The difference for people."""
        what = f"{self.intent} by {self.by}, {self.action} {self.target}".strip()
        rule = f" ({self.rule})" if self.rule else ""
        return f"  {self.operation or '-':<14}  {what}: was {self.was}, now {self.now}{rule}"


class Comparison(Record):
    """All of them."""

    would_block: tuple[Difference, ...] = ()
    would_allow: tuple[Difference, ...] = ()
    unknown: tuple[Difference, ...] = ()  # the facts of then do not tell
    same: int = 0
    left: int = 0  # of operations that `slipway prune` let leave: nobody can make them again

    @property
    def is_same(self) -> bool:
        """Whether nothing differs, as far as can be told."""
        return not (self.would_block or self.would_allow or self.unknown)


@click.group()
def policy() -> None:
    """Try policies before they are in force."""


@policy.command("test")
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--days",
    type=click.IntRange(1, _DAYS_MAX),
    default=90,
    show_default=True,
    help="How far back.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--fail-on-change", is_flag=True, help="Exit 1 where anything differs.")
@ending
def test_(*, new: Path, days: int, as_json: bool, fail_on_change: bool) -> None:
    """Make each recorded decision again under the file NEW, on the facts of then."""
    if not new.exists():
        raise ConfigurationError([f"{new}: cannot be read (No such file or directory)"])
    written = load(new, dict(os.environ))
    journal = open_journal()
    catalogue = written.known_as(journal.names.all())
    compared = _compared(journal, catalogue, now() - timedelta(days=days))
    if as_json:
        click.echo(json.dumps(compared.model_dump(mode="json"), indent=2, ensure_ascii=False))
    else:
        _tell(compared)
    if fail_on_change and not compared.is_same:
        raise SystemExit(CHECK_FAILED)


def _tell(compared: Comparison) -> None:
    for title, found in (
        ("would be blocked", compared.would_block),
        ("would be allowed", compared.would_allow),
        ("cannot be told: the facts of then do not say who was in a group", compared.unknown),
    ):
        if found:
            click.echo(f"{len(found)} {title}:")
            for each in found:
                click.echo(each.line)
    click.echo(f"{counted(compared.same, 'decision')} stay{'s' * (compared.same == 1)} the same.")
    if compared.left:
        click.echo(f"{counted(compared.left, 'decision')} about operations that have left.")


def _compared(journal: Journal, catalogue: Catalogue, since: datetime) -> Comparison:
    found: dict[str, list[Difference]] = {"would_block": [], "would_allow": [], "unknown": []}
    same = left = 0
    for kept in _decisions(journal, since):
        operation = _operation(journal, kept.decided.operation)
        if operation == "left":
            left += 1
            continue
        before = then(kept.decided)
        under = _under(catalogue, kept.decided, _leading(journal, operation, kept.at))
        after = again(kept.decided, operation, under, kept.at)
        if after is not None and after.is_allowed == before.is_allowed:
            same += 1
            continue
        name = "unknown" if after is None else _kind(after)
        found[name].append(_difference(kept, before, after))
    lists = {name: tuple(differences) for name, differences in found.items()}
    return Comparison(same=same, left=left, **lists)


def _kind(after: Outcome) -> str:
    return "would_allow" if after.is_allowed else "would_block"


def _decisions(journal: Journal, since: datetime) -> Iterator[Kept]:
    """Yield the decisions that the audit has with their facts; older versions kept none."""
    for row in journal.audit.export():
        at = datetime.fromisoformat(str(row["at"]))
        if row["what"] not in _DECISIONS or at < since:
            continue
        decided = _decided(str(row["detail"]))
        if decided is not None:
            yield Kept(at=at, who=str(row["who"]), subject=str(row["subject"]), decided=decided)


def _decided(detail: str) -> Decided | None:
    try:
        kept: Any = json.loads(detail)
        return Decided.model_validate(kept["decided"])
    except (ValueError, ValidationError, KeyError, TypeError):
        return None


def _operation(journal: Journal, operation_id: str | None) -> Operation | Literal["left"] | None:
    """Return the operation; None: the decision is about none, or it cannot be read."""
    if operation_id is None:
        return None
    try:
        return journal.operations.find(operation_id) or "left"
    except UnknownFormatError:
        return None


def _leading(journal: Journal, operation: Operation | None, at: datetime) -> Leading | None:
    """Return who led the incident then whose lead has a gate of the operation."""
    if operation is None or operation.incident is None or not is_led(operation):
        return None
    incident = journal.incidents.find(operation.incident)
    if incident is None:
        return None
    return leading_at(incident, [each for _, each in journal.incidents.events(incident.id)], at)


def _under(catalogue: Catalogue, decided: Decided, leading: Leading | None) -> Under:
    target = catalogue.find(decided.target)
    if decided.operation is None:
        policy = catalogue.policy_of(target) if target else None
    else:  # an operation keeps the policy that it was asked for under
        policy = catalogue.policies.get(decided.policy)
        if policy is not None and leading is not None:
            policy = led_by(policy, leading.lead, is_over=not leading.is_open)
    return Under(target=target, policy=policy, aliases=catalogue.aliases)


def _difference(kept: Kept, before: Outcome, after: Outcome | None) -> Difference:
    decided = kept.decided
    is_operation = kept.subject.startswith("op-")
    return Difference(
        operation=decided.operation or (kept.subject if is_operation else None),
        was=before.code or _ALLOWED,
        now="unknown" if after is None else after.code or _ALLOWED,
        rule=(after.rule if after else "") or before.rule,
        target=decided.target,
        action=decided.action,
        intent=decided.intent,
        by=kept.who,
        at=kept.at,
    )

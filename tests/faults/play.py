"""Plays one schedule: people act, processes work turn by turn, some of them die on the way."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Final, TypeVar

from bot.core.codes import Denied
from bot.core.errors import ConflictError, JournalUnavailableError
from bot.core.operation import Operation, Stalled, Uncertain
from bot.core.outcomes import Caller, Done, Outcome, Recorded, Repeated
from bot.core.records import OperationId
from bot.core.target import TargetEvent
from bot.core.verbs import BUTTONS, press_of, read_token
from bot.journal.target_facts import TargetFacts
from bot.sandbox.slack import Message
from tests.conversations.cards import (
    APPROVE,
    ROLL_BACK,
    is_card,
    offered,
    operation_of,
    value_of,
)
from tests.conversations.clock import BEGINNING
from tests.faults.content import ANN, BOB, DEPLOYS, EVE
from tests.faults.points import Process
from tests.faults.stage import Stage
from workers.advancing.doorbell import answer
from workers.slack.outbox import send_due
from workers.watching.poller import poll_once
from workers.watching.sweeper import sweep

T = TypeVar("T")

ROUNDS: Final = 400
REST: Final = timedelta(minutes=2)  # what is due later is not waited for
PATIENCE: Final = timedelta(minutes=1)  # for an uncertain operation to be found out by itself
TRIES: Final = 4  # of a person whose command or press was not answered


class RestlessError(Exception):
    """The run does not come to rest."""


@dataclass
class Play:
    """One run: who works, and what the people in it were told."""

    stage: Stage
    may_stop: bool = False  # whether processes may be stopped, and so need threads
    told: list[OperationId] = field(default_factory=list)  # "recorded as …"
    pressed: list[tuple[str, str]] = field(default_factory=list)  # who pressed Approve, on what
    approved: list[tuple[str, str]] = field(default_factory=list)  # and was told that it counts
    unapproved: list[str] = field(default_factory=list)  # what was sent though nobody had seen it
    unlocked: list[str] = field(default_factory=list)  # open operations seen without their lock
    holds: list[TargetEvent] = field(default_factory=list)  # locks, freezes, halts, and their ends
    stopped: list[Process] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    # People.

    def ask(self, words: str, by: str = ANN) -> OperationId | None:
        """Type `/deploy …` or the like until it is answered; return the operation."""
        verb, _, text = words.partition(" ")
        for _ in range(TRIES):
            delivery = f"trigger-{next(self._numbers)}"
            caller = self._caller(by)
            command = partial(self.stage.service.typed, verb, text, by=caller, delivery=delivery)
            outcome = self.answered(command)
            if isinstance(outcome, Recorded | Repeated):
                self.told.append(outcome.operation.id)
                return outcome.operation.id
        return None

    def press(self, action: str, card: Message, by: str) -> Outcome | None:
        """Press a button of the card as it stands there; None where no answer came."""
        token = read_token(value_of(card, action))
        verb = next(each for each in BUTTONS if each.action_id() == action)
        if token is None or verb.press is None:
            raise AssertionError(action)
        intent = press_of(verb.press, token)
        caller = self._caller(by).model_copy(update={"message_ts": card.ts})
        delivery = f"trigger-{next(self._numbers)}"
        return self.answered(lambda: self.stage.service.act(intent, by=caller, delivery=delivery))

    def approve(self, operation_id: OperationId, *people: str) -> None:
        """Let *people* press Approve in turn, as long as the card offers it, until answered."""
        for person in people or (EVE, ANN, BOB):
            for _ in range(TRIES):
                card = self.card(operation_id)
                if card is None or APPROVE not in card.action_ids:
                    break
                self.pressed.append((person, operation_id))
                outcome = self.press(APPROVE, card, person)
                if isinstance(outcome, Done):
                    self.approved.append((person, operation_id))
                if outcome is not None and not _try_again(outcome):
                    break

    def roll_back(self, operation_id: OperationId) -> OperationId | None:
        """Ann presses Roll back until she is answered; return the new operation."""
        for _ in range(TRIES):
            card = self.card(operation_id)
            if card is None or ROLL_BACK not in offered(card):
                break
            outcome = self.press(ROLL_BACK, card, ANN)
            if outcome is not None and not _try_again(outcome):
                break
        return self.stage.journal.operations.rollback_of(operation_id)

    def tell(self, event: TargetEvent) -> None:
        """Let somebody lock, freeze or halt, or end that, until it is kept."""
        facts = self.stage.context.journal.target_facts
        for _ in range(TRIES):
            if self.run("bot", lambda: self._kept(facts, event)):
                self.holds.append(event)
                return

    def _kept(self, facts: TargetFacts, event: TargetEvent) -> bool:
        with suppress(ConflictError):  # whoever died had kept it
            self.stage.points.io("hold", lambda: facts.keep(event), changes=True)
        return True

    def card(self, operation_id: OperationId) -> Message | None:
        """Return the operation's card, the newest one."""
        found = [each for each in self.cards() if operation_of(each) == operation_id]
        return found[-1] if found else None

    def cards(self) -> list[Message]:
        """Return all cards."""
        return [each for each in self.stage.workspace.messages(DEPLOYS) if is_card(each)]

    @property
    def seconds_at_work(self) -> float:
        """How long it all took, by the given clock."""
        return (self.stage.clock() - BEGINNING).total_seconds()

    # Processes.

    def release(self) -> None:
        """Let nobody stand still for ever."""
        for each in self.stopped:
            each.is_dead = True
        self.wake()

    def settle(self) -> None:
        """Let all workers work until nothing is due, or only a person."""
        for _ in range(ROUNDS):
            if self._round():
                continue
            due = self._next_due()
            if due is None or due - self.stage.clock() > REST:
                return
            self.stage.clock.move(max(due - self.stage.clock(), timedelta(milliseconds=1)))
        raise RestlessError

    def wake(self) -> None:
        """Let all who were stopped go on."""
        stopped, self.stopped = self.stopped, []
        for each in stopped:
            each.resume()

    def run(self, name: str, work: Callable[[], T]) -> T | None:
        """Let a process do its work; None where it died or was stopped."""
        process = Process(name, next(self._numbers))
        points = self.stage.points
        done = (process.run_apart if self.may_stop else process.run)(points, work)
        if process.is_stopped:
            self.stopped.append(process)
        if process.is_dead or process.is_stopped:
            self._look_at_locks()
        return done

    def answered(self, work: Callable[[], Outcome]) -> Outcome | None:
        """Let the bot answer; None where no answer came."""

        def asked() -> Outcome | None:
            try:
                outcome = work()
            except JournalUnavailableError:
                return None  # the bot says so, and the person tries again
            return self.stage.points.io("answer", lambda: outcome, changes=True)

        return self.run("bot", asked)

    def _round(self) -> bool:
        """Let everybody do what is due now; return whether there was anything."""
        stage, worked = self.stage, False
        while stage.memory.queue:
            self.run("doorbell", lambda: answer(stage.context, stage.memory.pop()))
            worked = True
        now = stage.clock()
        if any(at <= now for at in stage.memory.due.values()):
            self.run("poller", lambda: asyncio.run(poll_once(stage.context, stage.polling)))
            worked = True
        due = stage.journal.outbox.next_due(now)
        if due is not None and due <= now:
            self.run("outbox", lambda: send_due(stage.context, stage.slack))
            worked = True
        if not worked:
            self.run("sweeper", lambda: sweep(stage.context))
            self._look_at_locks()
        return worked or bool(stage.memory.queue)

    def _next_due(self) -> datetime | None:
        """Return when a worker has something to do; None: never by itself."""
        stage = self.stage
        now = stage.clock()
        open_ones = self._open()
        dues = [
            at
            for each, at in stage.memory.due.items()
            if each in open_ones and not self._waits_for_a_person(open_ones[each])
        ]
        row = stage.journal.outbox.next_due(now)
        if row is not None:
            dues.append(row)
        if any(_moves_by_itself(each) or self._is_next(each) for each in open_ones.values()):
            dues.append(now + timedelta(seconds=1))  # the sweeper looks each second
        return min(dues) if dues else None

    def _open(self) -> dict[OperationId, Operation]:
        found = self.stage.journal.operations.recent(20, open_only=True)
        return {each.id: each for each in found}

    def _waits_for_a_person(self, operation: Operation) -> bool:
        if operation.held:
            return True
        match operation.phase:
            case Uncertain(since=since):
                return self.stage.clock() - since > PATIENCE
            case Stalled():
                return True
            case _:
                return False

    def _is_next(self, operation: Operation) -> bool:
        """Whether its turn should come now, since nobody has its target and nothing holds it."""
        is_free = self.stage.journal.operations.holder(operation.target) is None
        return operation.is_in_line and operation.held is None and is_free

    def _look_at_locks(self) -> None:
        for operation in self._open().values():
            if operation.is_in_line:
                continue
            holder = self.stage.journal.operations.holder(operation.target)
            if holder is None or holder.id != operation.id:
                self.unlocked.append(operation.id)

    def _caller(self, person: str) -> Caller:
        team = self.stage.workspace.config.team_id
        return Caller(user=person, team=team, channel=DEPLOYS)


def _try_again(outcome: Outcome) -> bool:
    """Whether a person is told to try again in a moment."""
    return isinstance(outcome, Denied) and outcome.code == "rights_unknown"


def _moves_by_itself(operation: Operation) -> bool:
    kind = operation.phase.kind
    if operation.held or kind == "waiting":
        return False
    if kind == "running":
        return True
    return kind == "queued" or not operation.plan.is_made

"""What the line of a target would say to a wish, before anything is recorded."""

from bot.core.codes.rules import WouldRepeat, WouldReplace, WouldWait
from bot.core.operation import Operation
from bot.core.outcomes import Caller
from bot.core.queue import Joins, QueueRules, Repeats, Stays, entry, means_the_same
from bot.core.rules import Change, Facts, Finding
from bot.core.wanted import Asker, in_the_way, line_full, operation_of
from bot.service.context import ServiceContext, accounts


def in_line(context: ServiceContext, wish: Change, facts: Facts, by: Caller) -> Finding | None:
    """Return what the line of the target says to *by*'s wish; None: it begins at once."""
    if facts.target is None or facts.policy is None:
        return None
    if not (facts.target.channel or by.channel):
        return None  # a request would be refused for that
    name, asker = facts.target.name, Asker(context.new_id(), by.user, by.channel)
    wanted = operation_of(wish, facts.target, facts.policy, facts, asker)
    holder = context.journal.operations.holder(name)
    waiting = [each for each in context.journal.queues.of(name) if each.is_in_line]
    rules = QueueRules(room=facts.policy.queue, accounts=accounts(facts, by.user))
    match entry(wanted, holder, waiting, rules, number=len(waiting) + 1):
        case Stays(in_the_way=Operation() as other) if means_the_same(wanted, other):
            found = _repeats(other)
        case Stays(in_the_way=other, waiting=0):
            found = Finding.no(in_the_way(other), operation=other.id)
        case Stays(in_the_way=other, waiting=many):
            full = line_full(other, many)
            found = Finding.no(full, operation=other.id)
        case Repeats(operation=known):
            found = _repeats(known)
        case Joins(replaces=Operation(id=older)):
            found = Finding(verdict="yes", why=WouldReplace(older=older).reason)
        case Joins():
            first = holder or waiting[0]
            position = _position(wanted, waiting)
            why = WouldWait(holder=first.id, position=position).reason
            found = Finding(verdict="yes", why=why)
        case _:
            return None
    return found.model_copy(update={"rule": "queue"})


def _repeats(known: Operation) -> Finding:
    return Finding(verdict="yes", why=WouldRepeat(known=known.id).reason, operation=known.id)


def _position(wanted: Operation, waiting: list[Operation]) -> int:
    """Return at which place it would stand: a rollback goes before everything else."""
    ahead = [each for each in waiting if each.action == "rollback" or wanted.action != "rollback"]
    return len(ahead) + 1

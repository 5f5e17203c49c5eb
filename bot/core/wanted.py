"""The operation that a wish becomes, as its policy has it at that moment."""

import hashlib
from typing import NamedTuple

from bot.core.codes.service import HeldByOperation, LineFull, LockedUnreadably
from bot.core.gates import quorums
from bot.core.operation import AwaitingApproval, Operation, Queued
from bot.core.plan import Plan
from bot.core.policy import Policy, approvals_needed
from bot.core.records import CROCKFORD, ChannelId, OperationId, UserId
from bot.core.rows import UnreadableOperation
from bot.core.rules import Change, Facts, mended
from bot.core.target import Target


class Asker(NamedTuple):
    """Who asks for it, where, and as which operation it is kept."""

    id: OperationId
    user: UserId
    channel: ChannelId  # of its card, where the target names none


def operation_of(
    wanted: Change, target: Target, policy: Policy, facts: Facts, asker: Asker
) -> Operation:
    """Return the operation that *wanted* becomes at `facts.now`, before anything is planned."""
    now, asked = facts.now, wanted.asked
    needed, window = approvals_needed(policy, asked.action), policy.approval_expires
    return Operation(
        id=asker.id,
        target=target.name,
        system=target.system,
        connection=target.connection,
        action=asked.action,
        parameters=asked.parameters,
        policy=policy.name,
        requester=asker.user,
        channel=target.channel or asker.channel,
        reason=wanted.reason,
        created_at=now,
        rollback_of=wanted.rollback_of,
        follows=wanted.follows,
        incident=mended(wanted, facts),
        plan=Plan(
            target=target.name,
            action=asked.action,
            parameters=asked.parameters,
            policy_version=policy.version,
        ),
        phase=AwaitingApproval(expires_at=now + window) if needed else Queued(),
        approvals_needed=needed,
        gates=quorums(policy, asked.action),
        irreversible_approvals=policy.irreversible,
        rollback_after=policy.rollback_after if policy.on_failure == "rollback" else None,
        approval_window=window,
        deadline=policy.deadline,
    )


def in_the_way(holder: Operation | UnreadableOperation) -> HeldByOperation | LockedUnreadably:
    """Return that *holder* has the target."""
    if isinstance(holder, UnreadableOperation):
        return LockedUnreadably(target=holder.target, holder=holder.id)
    return HeldByOperation(
        target=holder.target,
        holder=holder.id,
        action=holder.action,
        phase=holder.phase.kind,
        by=holder.requester,
        since=holder.created_at,
    )


def line_full(holder: Operation | UnreadableOperation, waiting: int) -> LineFull:
    """Return that *holder* has the target, and as many wait as may."""
    by = holder.requester if isinstance(holder, Operation) else ""
    return LineFull(target=holder.target, holder=holder.id, by=by, waiting=waiting)


def rollback_id(failed: OperationId) -> OperationId:
    """Return the id of the one rollback that follows *failed* by itself, whoever begins it."""
    drawn = hashlib.sha256(f"rollback of {failed}".encode()).digest()
    return "op-" + "".join(CROCKFORD[byte % len(CROCKFORD)] for byte in drawn[:10])

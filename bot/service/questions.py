"""Questions: help, targets, status, history, revisions. Nothing is recorded."""

from bot.catalogue import Catalogue
from bot.core.codes import Denied
from bot.core.commands import OPERATION, Question
from bot.core.errors import CloudError
from bot.core.outcomes import (
    Caller,
    Entries,
    Help,
    OperationStatus,
    Outcome,
    TargetLine,
    Targets,
    TargetStatus,
)
from bot.core.policy import Member, may_ask, may_request
from bot.core.records import Allowed
from bot.core.target import Target
from bot.service.context import ServiceContext, cloud_denial
from bot.service.presses import NO_SUCH
from bot.service.requests import unknown_target
from bot.systems import system as system_named


def answer_question(context: ServiceContext, question: Question, *, by: Caller) -> Outcome:
    """Answer *question*, or say why not."""
    catalogue = context.catalogue()
    member = context.member(by, tuple(catalogue.policies.values()))
    if isinstance(member, Denied):
        return member
    barred = may_ask(member, context.team)
    if isinstance(barred, Denied):
        return context.denied(by, question.topic, barred)
    match question.topic:
        case "help":
            return _help(context, catalogue, member)
        case "targets":
            return _targets(context, catalogue)
        case "status":
            return _status(context, catalogue, question.subject)
        case "history" | "revisions":
            return _entries(context, catalogue, question)


def _help(context: ServiceContext, catalogue: Catalogue, member: Member) -> Help:
    may_change = [
        target.name
        for target in catalogue.targets.values()
        if isinstance(
            may_request(catalogue.policy_of(target), "deploy", member, context.team), Allowed
        )
    ]
    approves = any(
        member.id in policy.approve or member.groups & set(policy.approve)
        for policy in catalogue.policies.values()
    )
    return Help(
        prefix=catalogue.prefix,
        example_target=may_change[0] if may_change else "",
        can_approve=approves,
    )


def _targets(context: ServiceContext, catalogue: Catalogue) -> Targets:
    return Targets(lines=tuple(_line(context, each) for each in catalogue.targets.values()))


def _status(context: ServiceContext, catalogue: Catalogue, subject: str) -> Outcome:
    if not subject:
        return _targets(context, catalogue)
    if OPERATION.fullmatch(subject):
        operation = context.journal.operations.find(subject)
        if operation is None:
            return NO_SUCH
        return OperationStatus(operation=operation, link=context.link(operation))
    target = catalogue.find(subject)
    if target is None:
        return unknown_target(catalogue, subject)
    try:
        report = context.cloud.ask(target, system_named(target.system).status(target.settings))
    except CloudError as error:
        return cloud_denial(error, target.name)
    return TargetStatus(line=_line(context, target), report=report)


def _entries(context: ServiceContext, catalogue: Catalogue, question: Question) -> Outcome:
    target = catalogue.find(question.subject)
    if target is None:
        return unknown_target(catalogue, question.subject)
    try:
        rows = context.cloud.ask(target, system_named(target.system).history(target.settings))
    except CloudError as error:
        return cloud_denial(error, target.name)
    if question.topic == "revisions":
        rows = tuple(row for row in rows if row.can_return or row.is_current)
        return Entries(target=target, topic="revisions", entries=rows)
    return Entries(target=target, topic="history", entries=rows)


def _line(context: ServiceContext, target: Target) -> TargetLine:
    return TargetLine(
        target=target,
        title=system_named(target.system).spec.title,
        holder=context.journal.operations.holder(target.name),
        latest=context.journal.operations.latest(target.name),
    )

"""Questions: help, targets, status, history, revisions. Nothing is recorded."""

from bot.catalogue import Catalogue
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
from bot.core.records import Allowed, Denied
from bot.core.target import Target
from bot.service.ground import Ground, cloud_denial
from bot.service.presses import NO_SUCH
from bot.service.requests import unknown_target
from bot.systems import system as system_named


def answer_question(ground: Ground, question: Question, *, by: Caller) -> Outcome:
    """Answer *question*, or say why not."""
    catalogue = ground.catalogue()
    member = ground.member(by, tuple(catalogue.policies.values()))
    if isinstance(member, Denied):
        return member
    barred = may_ask(member, ground.team)
    if isinstance(barred, Denied):
        return ground.denied(by, question.topic, barred)
    match question.topic:
        case "help":
            return _help(ground, catalogue, member)
        case "targets":
            return _targets(ground, catalogue)
        case "status":
            return _status(ground, catalogue, question.subject)
        case "history" | "revisions":
            return _entries(ground, catalogue, question)


def _help(ground: Ground, catalogue: Catalogue, member: Member) -> Help:
    may_change = [
        target.name
        for target in catalogue.targets.values()
        if isinstance(
            may_request(catalogue.policy_of(target), "deploy", member, ground.team), Allowed
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


def _targets(ground: Ground, catalogue: Catalogue) -> Targets:
    return Targets(lines=tuple(_line(ground, each) for each in catalogue.targets.values()))


def _status(ground: Ground, catalogue: Catalogue, subject: str) -> Outcome:
    if not subject:
        return _targets(ground, catalogue)
    if OPERATION.fullmatch(subject):
        operation = ground.journal.find(subject)
        if operation is None:
            return NO_SUCH
        return OperationStatus(operation=operation, link=ground.link(operation))
    target = catalogue.find(subject)
    if target is None:
        return unknown_target(catalogue, subject)
    try:
        report = ground.cloud.ask(target, system_named(target.system).status(target.settings))
    except CloudError as error:
        return cloud_denial(error, target.name)
    return TargetStatus(line=_line(ground, target), report=report)


def _entries(ground: Ground, catalogue: Catalogue, question: Question) -> Outcome:
    target = catalogue.find(question.subject)
    if target is None:
        return unknown_target(catalogue, question.subject)
    try:
        rows = ground.cloud.ask(target, system_named(target.system).history(target.settings))
    except CloudError as error:
        return cloud_denial(error, target.name)
    if question.topic == "revisions":
        rows = tuple(row for row in rows if row.can_return or row.is_current)
        return Entries(target=target, topic="revisions", entries=rows)
    return Entries(target=target, topic="history", entries=rows)


def _line(ground: Ground, target: Target) -> TargetLine:
    return TargetLine(
        target=target,
        title=system_named(target.system).spec.title,
        holder=ground.journal.holder(target.name),
        latest=ground.journal.latest(target.name),
    )

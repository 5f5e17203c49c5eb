"""Reports: what was measured of all, of a policy or of a target."""

from bot.catalogue import Catalogue
from bot.core.codes import Denied
from bot.core.codes.rules import UnknownScope
from bot.core.figures import Scope
from bot.core.near import nearest
from bot.core.outcomes import Caller, Reported
from bot.core.policy import NO_POLICY
from bot.core.rules import Ask
from bot.core.surfaces import Show, Subject
from bot.report_facts import Wanted, report
from bot.service.context import ServiceContext


def reported(context: ServiceContext, question: Ask, *, by: Caller) -> Reported | Denied:
    """Return what was measured; where something was, its charts follow in a message."""
    seen = context.facts.seen_by(by.user)
    about = _about(seen, question.subject)
    if isinstance(about, Denied):
        return about
    now = context.clock()
    hidden = frozenset(context.catalogue().targets.keys() - seen.targets.keys())
    wanted = Wanted(*about, days=int(question.word), until=now, hidden=hidden)
    found = report(context.journal, wanted)
    has_charts = found.whole.deployments > 0
    if has_charts:
        context.journal.outbox.show(_charts(wanted, by), at=now)
        context.engine.wake_outbox()
    return Reported(report=found, has_charts=has_charts)


def _about(catalogue: Catalogue, subject: str) -> tuple[Scope, str] | Denied:
    target = catalogue.find(subject) if subject else None
    if target is not None:
        return "target", target.name
    policies = {each.policy for each in catalogue.targets.values()}  # of what is shown
    if subject in policies:
        return "policy", subject
    if not subject:
        return "all", ""
    near = nearest(subject, (*catalogue.words, *sorted(policies - {NO_POLICY})))
    return Denied.of(UnknownScope(word=subject[:63], near=near))


def _charts(wanted: Wanted, by: Caller) -> Show:
    """Return what shows the charts to whoever asked, where it was asked."""
    subject = Subject(kind="person", id=by.user)
    body = {
        "report": wanted.scope,
        "name": wanted.name,
        "days": str(wanted.days),
        "until": wanted.until.isoformat(),
    }
    thread = {"thread_ts": by.thread_ts} if by.thread_ts else {}
    return Show(
        kind="whisper",
        subject=subject,
        channel=by.channel,
        user=by.user,
        name=f"report:{wanted.scope}:{wanted.name}:{wanted.until.isoformat()}",
        body={**body, **thread},
    )

"""Reports: what was measured of all, of a policy or of a target."""

from bot.core.codes import Denied
from bot.core.codes.rules import UnknownTarget
from bot.core.figures import Scope
from bot.core.near import nearest
from bot.core.outcomes import Caller, Reported
from bot.core.rules import Ask
from bot.core.surfaces import Show, Subject
from bot.report_facts import Wanted, report
from bot.service.context import ServiceContext


def reported(context: ServiceContext, question: Ask, *, by: Caller) -> Reported | Denied:
    """Return what was measured; where something was, its charts follow in a message."""
    about = _about(context, question.subject)
    if isinstance(about, Denied):
        return about
    now = context.clock()
    wanted = Wanted(*about, days=int(question.word), until=now)
    found = report(context.journal, wanted)
    has_charts = found.whole.deployments > 0
    if has_charts:
        context.journal.outbox.show(_charts(wanted, by), at=now)
        context.engine.wake_outbox()
    return Reported(report=found, has_charts=has_charts)


def _about(context: ServiceContext, subject: str) -> tuple[Scope, str] | Denied:
    catalogue = context.catalogue()
    target = catalogue.find(subject) if subject else None
    if target is not None:
        return "target", target.name
    if subject in catalogue.policies:
        return "policy", subject
    if not subject:
        return "all", ""
    near = nearest(subject, (*catalogue.words, *catalogue.policies))
    return Denied.of(UnknownTarget(word=subject[:63], near=near))


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

"""Alerts as several monitors send them: labels, annotations, and what these say of severity."""

from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from bot.core.hooks import Alert, Alerts, Event, Nothing
from handlers.hooks.request import bounded

Severity: TypeAlias = Literal[1, 2, 3, 4]

LABELS_MAX: Final = 64  # of one alert
LABEL_MAX: Final = 1_000  # characters
_FIRST: Final = ("target", "service", "component", "app", "application", "job", "cluster")
_TITLES: Final = ("summary", "title", "description", "message")
_WORST: Final[dict[str, Severity]] = {
    **dict.fromkeys(("critical", "page", "emergency", "fatal", "sev1", "p1", "1"), 1),
    **dict.fromkeys(("major", "high", "error", "sev2", "p2", "2"), 2),
    **dict.fromkeys(("minor", "medium", "warning", "warn", "sev3", "p3", "3"), 3),
    **dict.fromkeys(("info", "low", "none", "sev4", "p4", "p5", "4"), 4),
}


class PrometheusAlert(BaseModel):
    """One alert, as Alertmanager and Grafana write it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: Literal["firing", "resolved"]
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
    startsAt: str = ""  # noqa: N815 - as it is sent
    fingerprint: str = ""


def severity_of(word: str) -> Severity:
    """Return what a sender's *word* for it means; 3 where it means nothing to us."""
    return _WORST.get(word.strip().lower(), 3)


def sources_of(labels: dict[str, str]) -> tuple[str, ...]:
    """Return what may name a target: values of labels, the likeliest first, and `label=value`."""
    names: list[str] = [name for name in _FIRST if name in labels]
    names += [name for name in labels if name not in _FIRST]
    kept = [(name, labels[name]) for name in names[:LABELS_MAX] if len(labels[name]) <= LABEL_MAX]
    return tuple(form for name, value in kept for form in (f"{name}={value}", value) if value)


def alert_of(sent: PrometheusAlert) -> Alert:
    """Return the alert: a new fault of it has the same fingerprint, and begins anew."""
    labels = sent.labels
    titles = (sent.annotations.get(name, "") for name in _TITLES)
    title = next((each for each in titles if each), "") or labels.get("alertname", "")
    return Alert(
        key=bounded(f"{sent.fingerprint}:{sent.startsAt}"),
        is_firing=sent.status == "firing",
        title=title,
        severity=severity_of(labels.get("severity", "")),
        sources=sources_of(labels),
        since=moment_of(sent.startsAt),
    )


def moment_of(word: str) -> datetime | None:
    """Return when something began, as a monitor writes it, in UTC; None: it does not say."""
    try:
        at = datetime.fromisoformat(word)
        known = at.astimezone(UTC) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
    return known if known is not None and known.year > 1 else None


def alerts_event(sent: list[PrometheusAlert]) -> Event | Nothing:
    """Return what a group of alerts says; each is judged by itself, never the group."""
    known = [each for each in sent if each.fingerprint]
    if not known:
        return Nothing(ignored="unreadable")
    return Event(key="", says=Alerts(changes=tuple(alert_of(each) for each in known)))

"""A report: figures in words, and the same as charts and a table."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from bot.core.figures import Bucket, Figures, Report, Spread
from bot.core.outcomes import Reported
from bot.core.records import Json
from bot.views.blocks import context
from bot.views.layout import Block, Drawn
from bot.views.text import TEXT_MAX, fallback_text, plain
from bot.views.words import Locale, say, say_plain

TARGETS_MAX: Final = 20  # in the table
LINES_MAX: Final = 8  # of policies, and of targets, in words; the rest is counted
_TITLE_MAX: Final = 50  # characters of a chart's title and of an axis' label
_LABEL_MAX: Final = 20  # of a category's and a series' name
_MINUTE: Final = 60
_CHARTS: Final = frozenset({"data_visualization"})  # which some workspaces do not have yet
NOTHING: Final = "\N{EN DASH}"  # in a cell: none may be empty
_TIMES: Final = ("lead", "approval", "running", "restore")


def reported_lines(outcome: Reported, locale: Locale) -> tuple[str, ...]:
    """Return the answer: all in words, and that charts follow."""
    follows = (say("report.follows", locale),) if outcome.has_charts else ()
    return (*report_lines(outcome.report, locale), *follows)


def drawn_report(report: Report, locale: Locale) -> Drawn:
    """Return the message with the charts; its text says the same."""
    lines = report_lines(report, locale)
    return Drawn(
        text=fallback_text("\n".join(lines), TEXT_MAX),
        blocks=(blocks := tuple(report_blocks(report, locale))),
        plainer=tuple(each for each in blocks if each["type"] not in _CHARTS),
    )


def report_lines(report: Report, locale: Locale) -> Iterator[str]:
    """Yield all that was measured, in words."""
    yield say("report.head", locale, name=report.name, scope=report.scope, days=report.days)
    whole = report.whole
    if not whole.deployments:
        yield say("report.nothing", locale)
        yield from _ranks(report, locale)
        return
    yield from _of(whole, locale)
    yield from _ranks(report, locale)
    yield from _parts("report.policy", report.policies, locale)
    yield from _parts("report.target", report.targets, locale)
    if report.is_cut:
        yield say("report.cut", locale)


def report_blocks(report: Report, locale: Locale) -> list[Block]:
    """Return its charts, and the parts of it as a table; none where nothing was deployed."""
    if not report.whole.deployments:
        return []
    charts = [_deployments(report, locale), *_times(report.whole, locale)]
    as_of = say("report.as_of", locale, at=report.until)
    return [*charts, *_table(report, locale), *context((as_of,), "slipway.as_of")]


def _parts(key: str, parts: Sequence[tuple[str, Figures]], locale: Locale) -> Iterator[str]:
    """Yield the parts of a report, where there are several; the rest is counted."""
    if len(parts) <= 1:
        return
    for name, part in parts[:LINES_MAX]:
        yield f"• {say(key, locale, name=name, **_short(part))}"
    more = len(parts) - LINES_MAX
    if more > 0:
        yield say("report.more", locale, more=more)


def _of(whole: Figures, locale: Locale) -> Iterator[str]:
    count, per_day = whole.deployments, f"{whole.per_day:g}"
    yield f"• {say('report.deployments', locale, count=count, per_day=per_day)}"
    share = {"share": _percent(whole.bad_share), "failed": whole.failed}
    yield f"• {say('report.bad', locale, **share, rolled_back=whole.rolled_back)}"
    for name in _TIMES:
        spread: Spread | None = getattr(whole, name)
        if spread is not None:
            told = {"half": _at_least(spread.p50), "most": _at_least(spread.p90)}
            yield f"• {say(f'report.{name}', locale, **told)}"
    if whole.error is not None:
        off = {"error": _percent(whole.error), "within": _percent(whole.within_p90)}
        yield f"• {say('report.error', locale, **off)}"


def _ranks(report: Report, locale: Locale) -> Iterator[str]:
    """Yield how well incidents' suspects were ranked, where causes are known."""
    ranks = report.ranks
    if ranks is not None:
        told = {"hit": _percent(ranks.hit_at_1), "top": _percent(ranks.hit_at_3)}
        mean = f"{ranks.mean:.1f}"
        yield f"• {say('report.ranks', locale, incidents=ranks.incidents, mean=mean, **told)}"


def _short(part: Figures) -> dict[str, object]:
    restore = _at_least(part.restore.p50) if part.restore else None
    running = _at_least(part.running.p50) if part.running else None
    return {
        "count": part.deployments,
        "share": _percent(part.bad_share),
        "running": running,
        "restore": restore,
    }


def _at_least(seconds: float) -> float:
    """Return *seconds* where something is said to be within them: what is quicker is as well."""
    return max(seconds, 1.0)


def _percent(share: float | None) -> str:
    return f"{round((share or 0) * 100)} %"


def _deployments(report: Report, locale: Locale) -> Block:
    labels = [_days(each) for each in report.whole.buckets]
    bad = [each.bad for each in report.whole.buckets]
    well = [each.deployments - each.bad for each in report.whole.buckets]
    series = {"report.series_well": well, "report.series_bad": bad}
    title = say_plain("report.chart_deployments", locale)
    return _chart(title, labels, {say_plain(key, locale): of for key, of in series.items()})


def _times(whole: Figures, locale: Locale) -> Iterator[Block]:
    known = [name for name in _TIMES if getattr(whole, name) is not None]
    if not known:
        return
    spreads: list[Spread] = [getattr(whole, name) for name in known]
    labels = [say_plain(f"report.label_{name}", locale) for name in known]
    series = {
        say_plain("report.series_half", locale): [_minutes(each.p50) for each in spreads],
        say_plain("report.series_most", locale): [_minutes(each.p90) for each in spreads],
    }
    yield _chart(say_plain("report.chart_times", locale), labels, series)


def _chart(title: str, labels: list[str], series: Mapping[str, Sequence[float]]) -> Block:
    """Return bars, a group for each label; each series has a value for every label."""
    names = [plain(each, _LABEL_MAX) for each in labels]
    drawn: list[Json] = [
        {
            "name": plain(name, _LABEL_MAX),
            "data": [
                {"label": label, "value": value} for label, value in zip(names, of, strict=True)
            ],
        }
        for name, of in series.items()
    ]
    axes: dict[str, Json] = {"categories": list(names)}
    return {
        "type": "data_visualization",
        "title": plain(title, _TITLE_MAX),
        "chart": {"type": "bar", "series": drawn, "axis_config": axes},
    }


def _table(report: Report, locale: Locale) -> Iterator[Block]:
    if len(report.targets) <= 1:
        return
    keys = ("target", "deployments", "bad", "running", "restore")
    head = [_cell(say_plain(f"report.column_{key}", locale)) for key in keys]
    rows = [_row(name, part, locale) for name, part in report.targets[:TARGETS_MAX]]
    yield {"type": "table", "block_id": "slipway.targets", "rows": [head, *rows]}


def _row(name: str, part: Figures, locale: Locale) -> list[Json]:
    lengths = (_length(part.running, locale), _length(part.restore, locale))
    told = (name, str(part.deployments), _percent(part.bad_share), *lengths)
    return [_cell(each) for each in told]


def _length(spread: Spread | None, locale: Locale) -> str:
    return say_plain("report.length", locale, length=spread.p50) if spread else NOTHING


def _cell(text: str) -> Json:
    return {"type": "raw_text", "text": text}


def _minutes(seconds: float) -> float:
    return round(seconds / _MINUTE, 1)


def _days(bucket: Bucket) -> str:
    """Return the day that a bar is of, or the first and the last of them."""
    last = bucket.since + timedelta(days=bucket.days - 1)
    days = dict.fromkeys((f"{bucket.since:%m-%d}", f"{last:%m-%d}"))
    return "\N{EN DASH}".join(days)

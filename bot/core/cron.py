"""When a freeze begins that recurs: the five fields of cron, on the clocks of its zone."""

from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple

_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_FIELDS: Final = 5
_SUNDAY: Final = 7  # also 0


class Times(NamedTuple):
    """What the fields allow; days of the month and of the week count as cron counts them."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0 is Sunday
    is_any_day: bool  # whether the days of the month are left open
    is_any_weekday: bool

    def has(self, day: date) -> bool:
        """Return whether it begins on *day*; where both kinds of days are given, one is enough."""
        is_day, is_weekday = day.day in self.days, day.isoweekday() % _SUNDAY in self.weekdays
        if day.month not in self.months:
            return False
        if self.is_any_day or self.is_any_weekday:
            return is_day and is_weekday
        return is_day or is_weekday


def read_cron(written: str) -> Times:
    """Read `0 18 * * fri`.

    Raises:
        ValueError: it is written otherwise.
    """
    fields = written.lower().split()
    if len(fields) != _FIELDS:
        msg = "cron wants five fields, such as 0 18 * * fri"
        raise ValueError(msg)
    minute, hour, day, month, weekday = fields
    return Times(
        minutes=tuple(sorted(_field(minute, 0, 59))),
        hours=tuple(sorted(_field(hour, 0, 23))),
        days=_field(day, 1, 31),
        months=_field(month, 1, 12, _MONTHS),
        weekdays=frozenset(each % _SUNDAY for each in _field(weekday, 0, _SUNDAY, _DAYS)),
        is_any_day="*" in day,  # also */2: only what has no star is one of two kinds of days
        is_any_weekday="*" in weekday,
    )


def last_start(written: str, now: datetime, length: timedelta) -> datetime | None:
    """Return when it began last, where that is less than *length* ago; else None."""
    times = read_cron(written)
    for back in range(length.days + 2):
        day = now.date() - timedelta(days=back)
        if not times.has(day):
            continue
        starts = (
            datetime.combine(day, time(hour, minute), tzinfo=now.tzinfo)
            for hour in reversed(times.hours)
            for minute in reversed(times.minutes)
        )
        found = next((each for each in starts if each <= now), None)
        if found is not None:
            return found if now - found < length else None
    return None


def next_start(written: str, now: datetime, within: timedelta) -> datetime | None:
    """Return when it begins next, where that is no later than *within*; else None."""
    times = read_cron(written)
    for ahead in range(within.days + 1):
        day = now.date() + timedelta(days=ahead)
        if not times.has(day):
            continue
        starts = (
            datetime.combine(day, time(hour, minute), tzinfo=now.tzinfo)
            for hour in times.hours
            for minute in times.minutes
        )
        found = next((each for each in starts if each > now), None)
        if found is not None:
            return found if found - now <= within else None
    return None


def _field(written: str, first: int, last: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    found: set[int] = set()
    for part in written.split(","):
        span, _, step = part.partition("/")
        low, dash, high = span.partition("-")
        if span == "*":
            start, end = first, last
        else:
            start = _number(low, names, first)
            end = _number(high, names, first) if dash else (last if step else start)
        wide = _number(step, (), 0) if "/" in part else 1
        if not (first <= start <= end <= last) or wide < 1:
            msg = f"cron cannot have {written!r} there"
            raise ValueError(msg)
        found.update(range(start, end + 1, wide))
    return frozenset(found)


def _number(written: str, names: tuple[str, ...], first: int) -> int:
    if written in names:
        return names.index(written) + first
    if written.isascii() and written.isdigit():
        return int(written)
    msg = f"cron cannot read {written!r}"
    raise ValueError(msg)

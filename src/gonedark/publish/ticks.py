"""Where an axis of time gets its marks: at round times of a clock, UTC's or a capital's, and what they are called.

Begin with :func:`ticks`. Not for columns of numbers, which charts mark themselves.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from gonedark.model.time import DAY_US, MINUTE_US, TimeSpan, to_datetime
from gonedark.publish.words import day_words, from_datetime

_DAY_MINUTES = 24 * 60
_STEPS_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
_STEPS_DAYS = (1, 2, 7, 14, 30, 90, 180, 365, 3650)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark: its moment in microseconds UTC, and its label (``06:00``; ``22 Dec`` at midnight)."""

    time_us: int
    label: str


def ticks(span: TimeSpan, most: int, zone: tzinfo = UTC) -> list[Tick]:
    """At most ``most`` marks at round times of the zone's clock within the span, both ends included."""
    for minutes in _STEPS_MINUTES:
        if span.duration_us / (minutes * MINUTE_US) <= most - 1:
            return _within(span, zone, days=1, minutes=minutes)
    for days in _STEPS_DAYS:
        if span.duration_us / (days * DAY_US) <= most - 1:
            return _within(span, zone, days=days, minutes=_DAY_MINUTES)
    return []


def _within(span: TimeSpan, zone: tzinfo, *, days: int, minutes: int) -> list[Tick]:
    first = to_datetime(span.from_us).astimezone(zone).date()
    last = to_datetime(span.until_us).astimezone(zone).date()
    found: dict[int, Tick] = {}
    for ordinal in range(first.toordinal() - first.toordinal() % days, last.toordinal() + 1, days):
        midnight = datetime.fromordinal(max(1, ordinal))
        for minute in range(0, _DAY_MINUTES, minutes):
            wall = (midnight + timedelta(minutes=minute)).replace(tzinfo=zone)
            time_us = from_datetime(wall)
            if span.from_us <= time_us <= span.until_us and _is_shown(wall, time_us, zone):
                found.setdefault(time_us, Tick(time_us, _label(wall, days)))
    return list(found.values())


def _is_shown(wall: datetime, time_us: int, zone: tzinfo) -> bool:
    """Whether the clock ever showed this; a day that it began later than at midnight (Cairo's) begins there."""
    shown = to_datetime(time_us).astimezone(zone).replace(tzinfo=None)
    begins_day = not wall.hour and not wall.minute and shown.date() == wall.date()
    return begins_day or shown == wall.replace(tzinfo=None)


def _label(wall: datetime, days: int) -> str:
    if days >= _STEPS_DAYS[4]:
        return f"{day_words(wall)} {wall.year}"
    return day_words(wall) if not wall.hour and not wall.minute else f"{wall:%H:%M}"

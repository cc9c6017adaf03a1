"""Time as the whole package keeps it: integer microseconds UTC inside, RFC 3339 with ``Z`` outside.

Begin with :func:`parse_time`, :func:`format_time` and :class:`TimeSpan`. Not for local time, which only faces need.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Fewer digits are seconds of the years before 1973; whoever writes them means a year, or a day as 20141222.
_UNIX = re.compile(r"^-?\d{9,11}(\.\d{1,6})?$")
_LATEST_US = 253_402_300_799 * SECOND_US


def parse_time(text: str) -> int:
    """Read a UTC time: RFC 3339, a date, a date and time without zone (taken as UTC) or Unix seconds.

    Returns microseconds since 1970. Raises ValueError with a sentence for people.
    """
    text = text.strip()
    if _UNIX.match(text):
        whole, _, fraction = text.partition(".")
        time_us = int(whole) * SECOND_US + int((fraction or "0").ljust(6, "0"))
    else:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a time; write 2014-12-22, 2014-12-22T16:15Z or Unix seconds") from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        time_us = (moment - _EPOCH) // timedelta(microseconds=1)
    if not 0 <= time_us <= _LATEST_US:
        raise ValueError(f"{text!r} lies outside the years 1970 to 9999")
    return time_us


def to_datetime(time_us: int) -> datetime:
    """The same moment as an aware UTC datetime, exact to the microsecond."""
    return _EPOCH + timedelta(microseconds=time_us)


def format_time(time_us: int) -> str:
    """RFC 3339 with ``Z``; microseconds only where there are any."""
    moment = to_datetime(time_us).replace(tzinfo=None)
    return moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds") + "Z"


@dataclass(frozen=True, order=True, slots=True)
class TimeSpan:
    """A window [from_us, until_us), both in microseconds UTC."""

    from_us: int
    until_us: int

    def __post_init__(self) -> None:
        if self.until_us < self.from_us:
            raise ValueError("a time span cannot end before it begins")

    @property
    def duration_us(self) -> int:
        """Length in microseconds."""
        return self.until_us - self.from_us

    def contains(self, time_us: int) -> bool:
        """True for from_us and everything before until_us."""
        return self.from_us <= time_us < self.until_us

    def overlap(self, other: "TimeSpan") -> "TimeSpan | None":
        """The part both spans share, or None where there is none."""
        start, end = max(self.from_us, other.from_us), min(self.until_us, other.until_us)
        return TimeSpan(start, end) if start < end else None

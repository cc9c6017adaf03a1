"""Numbers, durations, times and foreign text in the words that people read.

Begin with :class:`Clock` for times and :func:`count` for numbers. Everything that came from outside (AS names, file
names, reasons) passes :func:`clean` before it is shown. Not for sentences, which are in ``headline``.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property
from itertools import groupby
from zoneinfo import ZoneInfo

from gonedark.model.place import Place
from gonedark.model.prefix import Family
from gonedark.model.time import DAY_US, HOUR_US, MINUTE_US, SECOND_US, TimeSpan, to_datetime

UNKNOWN = "unknown"
RECONSTRUCTION = "RECONSTRUCTION from documented facts. This is not a measurement."
FAMILY_NAMES: dict[Family, str] = {"ipv4": "IPv4", "ipv6": "IPv6"}
UNIT_NOUNS: dict[Family, str] = {"ipv4": "address", "ipv6": "/48 block"}
_PRECISE_BELOW_US = 10 * MINUTE_US
_MOST_OFFSETS = 3
_MOST_LOOKS = 2000
_IRREGULAR = {"address": "addresses"}
_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def clean(text: object, limit: int = 300) -> str:
    """Text from outside as one harmless line: no control, bidirectional or surrogate characters, bounded length."""
    kept = "".join(
        "\ufffd" if unicodedata.category(letter) in _HARMFUL else letter for letter in str(text)[: limit + 1]
    )
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"


def integer(value: int | None) -> str:
    """``1,024``, or ``unknown`` for None."""
    return UNKNOWN if value is None else f"{value:,}"


def plural(noun: str, value: int) -> str:
    """The noun as it stands behind the number."""
    return noun if value == 1 else _IRREGULAR.get(noun, noun + "s")


def count(value: int, noun: str) -> str:
    """``1 network``, ``1,024 addresses``."""
    return f"{value:,} {plural(noun, value)}"


def between(low: int | None, high: int | None) -> str:
    """``4``, ``3 to 4`` or ``unknown``."""
    if low is None or high is None:
        return UNKNOWN
    return integer(low) if low == high else f"{low:,} to {high:,}"


def percent(share: float) -> str:
    """A share (0 to 1) as per cent; never rounded up to 100% nor down to 0%."""
    if share in (0.0, 1.0):
        return f"{share * 100:.0f}%"
    value = share * 100
    if 2 <= value <= 98:
        return f"{value:.0f}%"
    if value > 99.9:
        return "more than 99.9%"
    return "less than 0.1%" if value < 0.1 else f"{value:.1f}%"


def listed(items: Iterable[str], most: int = 6) -> str:
    """``a``, ``a and b``, ``a, b and c``; the rest beyond ``most`` as a number."""
    words = list(items)
    if len(words) > most:
        words = [*words[: most - 1], f"{len(words) - most + 1:,} more"]
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def duration(length_us: int) -> str:
    """``5 days 11 h 17 min``, ``9 h 31 min``, ``31 min``, ``5 min 20 s``, ``12 s``, ``under 1 s``; never rounded up."""
    days, rest = divmod(length_us, DAY_US)
    hours, rest = divmod(rest, HOUR_US)
    minutes, rest = divmod(rest, MINUTE_US)
    if length_us >= 2 * DAY_US:
        return f"{days} days" + (f" {hours} h" if hours or minutes else "") + (f" {minutes} min" if minutes else "")
    if length_us >= HOUR_US:
        hours += 24 * days
        return f"{hours} h" + (f" {minutes} min" if minutes else "")
    if length_us >= _PRECISE_BELOW_US:
        return f"{minutes} min"
    if 0 < length_us < SECOND_US:
        return "under 1 s"
    seconds = rest // SECOND_US
    if not minutes:
        return f"{seconds} s"
    return f"{minutes} min" + (f" {seconds} s" if seconds else "")


def is_precise(span: TimeSpan) -> bool:
    """True where a span is so short that its ends are told with seconds."""
    return span.duration_us < _PRECISE_BELOW_US


def clock_duration(span: TimeSpan) -> str:
    """The time between both ends as a clock shows them, so that readers who subtract find the same number."""
    return clock_total([span])


def clock_total(spans: Iterable[TimeSpan]) -> str:
    """How long disjoint spans are together: the sum of what :func:`clock_duration` says of each."""
    found = list(spans)
    unit = SECOND_US if all(is_precise(span) for span in found) else MINUTE_US
    return duration(sum((span.until_us // unit - span.from_us // unit) * unit for span in found))


def as_text(asn: int, names: dict[int, str]) -> str:
    """``AS4837``, with its name where one is known."""
    return f"AS{asn} ({names[asn]})" if asn in names else f"AS{asn}"


@dataclass(frozen=True)
class Clock:
    """Moments (microseconds UTC) in words, in UTC and, where a place is given, on the clock of its capital.

    Raises ValueError for a zone that the time zone database does not know.
    """

    place: Place | None

    def __post_init__(self) -> None:
        _ = self.zone

    @cached_property
    def zone(self) -> ZoneInfo | None:
        """The zone of the place; None without one."""
        if self.place is None:
            return None
        try:
            return ZoneInfo(self.place.zone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{self.place.zone!r} is not a time zone such as Asia/Pyongyang") from None

    @property
    def capital(self) -> str:
        """Name of the capital; empty without a place."""
        return clean(self.place.capital, 60) if self.place else ""

    def local_moment(self, time_us: int) -> datetime | None:
        """The moment on the capital's clock of that date; None without a place, or outside the calendar."""
        try:
            return to_datetime(time_us).astimezone(self.zone) if self.zone else None
        except OverflowError:
            return None

    def offset(self, span: TimeSpan) -> str:
        """``UTC+9``; where the clock changes inside the span, ``UTC+1, then UTC+2``."""
        step_us = max(DAY_US, span.duration_us // _MOST_LOOKS)
        moments = map(self.local_moment, (*range(span.from_us, span.until_us, step_us), span.until_us))
        names = [name for name, _ in groupby(_offset_name(moment) for moment in moments if moment)]
        if len(names) <= _MOST_OFFSETS:
            return ", then ".join(names)
        return " or ".join(dict.fromkeys(names)) + ", by the date"

    def utc(self, time_us: int, *, seconds: bool = False) -> str:
        """``2014-12-22 16:15 UTC``."""
        return f"{_stamp(to_datetime(time_us), seconds=seconds)} UTC"

    def utc_after(self, time_us: int, earlier_us: int, *, seconds: bool = False) -> str:
        """As short as the earlier moment, told just before, allows: ``01:46 UTC the next day``."""
        moment, earlier = to_datetime(time_us), to_datetime(earlier_us)
        days = (moment.date() - earlier.date()).days
        if days not in (0, 1):
            return self.utc(time_us, seconds=seconds)
        return f"{_stamp(moment, seconds=seconds)[11:]} UTC" + (" the next day" if days else "")

    def local_words(self, time_us: int, *, seconds: bool = False) -> str:
        """``01:15 on 23 December in Pyongyang``; empty without a place."""
        moment = self.local_moment(time_us)
        if moment is None:
            return ""
        time = _stamp(moment, seconds=seconds)[11:]
        which = "".join(f", {offset}" for offset in _which_of_two(moment))
        return f"{time} on {moment.day} {_MONTHS[moment.month - 1]} in {self.capital}{which}"

    def utc_cell(self, time_us: int | None) -> str:
        """For tables: ``2014-12-22 16:15:03``, to the second; ``unknown`` for None."""
        return UNKNOWN if time_us is None else _stamp(to_datetime(time_us), seconds=True)

    def local_cell(self, time_us: int | None) -> str:
        """The same on the capital's clock; empty without a place."""
        moment = None if time_us is None else self.local_moment(time_us)
        if moment is None:
            return ""
        return " ".join([_stamp(moment, seconds=True), *(f"({offset})" for offset in _which_of_two(moment))])


def day_words(moment: datetime) -> str:
    """``22 Dec``."""
    return f"{moment.day} {_MONTHS[moment.month - 1][:3]}"


def dates(span: TimeSpan, zone: tzinfo) -> str:
    """``22 Dec 2014``, or ``20 Dec to 24 Dec 2014``: the days that a span touches on a clock."""
    first, last = (to_datetime(edge).astimezone(zone) for edge in (span.from_us, max(span.from_us, span.until_us - 1)))
    if first.date() == last.date():
        return f"{day_words(first)} {first.year}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{day_words(first)}{year} to {day_words(last)} {last.year}"


def from_datetime(moment: datetime) -> int:
    """Microseconds UTC of an aware datetime."""
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _stamp(moment: datetime, *, seconds: bool) -> str:
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds" if seconds else "minutes")


def _which_of_two(moment: datetime) -> tuple[str, ...]:
    """The offset, where a clock that was put back shows the same time twice; else nothing."""
    other = moment.replace(fold=1 - moment.fold)
    return () if other.utcoffset() == moment.utcoffset() else (_offset_name(moment),)


def _offset_name(moment: datetime) -> str:
    minutes = round((moment.utcoffset() or timedelta()) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")

"""What routing data cannot hold and the user may know: calendar entries, probing, and losses elsewhere.

Begin with :class:`Context`, or :func:`parse` for its TOML form. Everything here is context that a person vouches for;
a rule may use it, and the report says where it came from.
"""

import tomllib
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from gonedark.model.time import DAY_US, TimeSpan, parse_time

CALENDAR_KINDS = (
    *("attack-report", "earthquake", "election", "eruption", "exam", "grid-notice", "maintenance-notice"),
    *("protest", "storm", "unrest"),
)
DISASTERS = frozenset({"earthquake", "eruption", "storm"})


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Something dated that a source reports, of one of :data:`CALENDAR_KINDS`."""

    kind: str
    span: TimeSpan
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class DataPlane:
    """What probing saw: when packets were lost (None: they were not) and which share of targets still answered."""

    lost_at_us: int | None
    answering_share: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Losses at the same minutes elsewhere: names that lost routes, of how many that were looked at."""

    lost: tuple[str, ...]
    watched: int
    source: str


@dataclass(frozen=True, slots=True)
class Context:
    """Everything given beside routing data. None: not given, which is not the same as nothing."""

    calendar: tuple[CalendarEntry, ...] | None = None
    data_plane: DataPlane | None = None
    other_customers: Elsewhere | None = None
    other_countries: Elsewhere | None = None


NOTHING = Context()


def parse(text: str, name: str = "context") -> Context:
    """The text of a context file (``docs/causes.md``). Raises ValueError with one line for people."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name} is not TOML: {error}") from None
    known = {item.name for item in fields(Context)}
    for key in tree:
        if key not in known:
            raise ValueError(f"{name}: unknown key {key!r}; known are {', '.join(sorted(known))}")
    try:
        return _context(tree)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        problem = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"{name}: {problem}") from None


def _context(tree: dict[str, Any]) -> Context:
    plane = tree.get("data_plane")
    return Context(
        calendar=tuple(_entry(row) for row in tree["calendar"]) if "calendar" in tree else None,
        data_plane=None if plane is None else _plane(plane),
        other_customers=_elsewhere(tree.get("other_customers")),
        other_countries=_elsewhere(tree.get("other_countries")),
    )


def _entry(row: dict[str, Any]) -> CalendarEntry:
    if row["kind"] not in CALENDAR_KINDS:
        raise ValueError(f"calendar kind {row['kind']!r} is none of {', '.join(CALENDAR_KINDS)}")
    begin = moment_us(row["from"])
    until = moment_us(row["until"]) if "until" in row else begin + DAY_US
    return CalendarEntry(row["kind"], TimeSpan(begin, until), str(row["text"]), str(row["source"]))


def _plane(row: dict[str, Any]) -> DataPlane:
    share = row.get("answering_share")
    if share is not None and not 0 <= float(share) <= 1:
        raise ValueError(f"answering_share must lie between 0 and 1, not {share}")
    lost = row.get("lost_at")
    return DataPlane(
        None if lost is None else moment_us(lost), None if share is None else float(share), str(row["source"])
    )


def _elsewhere(row: dict[str, Any] | None) -> Elsewhere | None:
    if row is None:
        return None
    return Elsewhere(tuple(str(name) for name in row["lost"]), int(row["watched"]), str(row["source"]))


def moment_us(value: object) -> int:
    """A TOML time, date or text in microseconds UTC. Raises ValueError."""
    if isinstance(value, datetime | date):
        return parse_time(value.isoformat())
    return parse_time(str(value))

"""The report of a country's outage as frozen values (design section 5, ``gonedark.report/1``).

Begin with :class:`Report`. Times are microseconds UTC, shares run from 0 to 1, None means unknown and is never zero.
Not for rendering, which is the room ``publish``.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from gonedark.model.cause import Cause
from gonedark.model.claim import JudgedClaim
from gonedark.model.prefix import Family
from gonedark.model.time import TimeSpan

SCHEMA = "gonedark.report/1"
Kind = Literal["measurement", "reconstruction"]
PhaseName = Literal["blind", "offline", "degraded", "unstable", "normal"]
Trend = Literal["worsening", "steady", "improving"]


@dataclass(frozen=True, slots=True)
class Country:
    """ISO 3166-1 alpha-2 code and everyday name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is normally visible: the yardstick every level is measured with.

    ``at_us`` None: there was none, and everything else is None too. A family's counts are None where nobody could tell
    what is usual in it, and 0 where enough voters watched and saw nothing of the country.
    """

    at_us: int | None
    prefixes_v4: int | None
    prefixes_v6: int | None
    addresses_v4: int | None
    slash48s_v6: int | None
    origins: tuple[int, ...] | None


@dataclass(frozen=True, order=True, slots=True)
class CoverageGap:
    """Data of one collector missing for a time, and why."""

    span: TimeSpan
    collector: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who watched: collectors, sessions, full feeds, voters (largest numbers in the window), and what is missing."""

    collectors: tuple[str, ...]
    peers: int
    full_feed_peers: int
    full_feed_asns: int
    voters: int
    gaps: tuple[CoverageGap, ...]


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the window in one state. Addresses count addresses (IPv4) or /48s (IPv6); None while blind."""

    family: Family
    phase: PhaseName
    reason: str | None
    span: TimeSpan
    prefixes_visible_min: int | None
    prefixes_visible_max: int | None
    addresses_min: int | None
    addresses_max: int | None


@dataclass(frozen=True, slots=True)
class Loss:
    """When an origin AS lost at least half of its baseline addresses."""

    asn: int
    lost_at_us: int


@dataclass(frozen=True, slots=True)
class LeadUp:
    """The unstable period that led up to an outage; ``crossings`` counts swings."""

    span: TimeSpan
    crossings: int
    trend: Trend


@dataclass(frozen=True, slots=True)
class Restoration:
    """How the country came back, and over which foreign providers before and after; empty where they are unknown."""

    spread_seconds: float | None
    providers_before: tuple[int, ...]
    providers_after: tuple[int, ...]
    same_providers: bool | None


@dataclass(frozen=True, slots=True)
class Outage:
    """One outage of one family. ``start_us`` None: before the data; ``end_us`` None: not over within the window.

    ``dark``: stretches in which the country was seen to be gone (at most a tenth left). ``none_visible``: those in
    which no national prefix was visible at all; ``complete`` is True where there is one.
    """

    id: str
    family: Family
    start_us: int | None
    start_earliest_us: int | None
    start_latest_us: int | None
    end_us: int | None
    end_earliest_us: int | None
    end_latest_us: int | None
    depth: float
    complete: bool
    dark: tuple[TimeSpan, ...]
    onset_spread_seconds: float | None
    order: tuple[Loss, ...]
    lead_up: LeadUp | None
    restoration: Restoration | None
    none_visible: tuple[TimeSpan, ...] = ()

    @property
    def duration_seconds(self) -> float | None:
        """Seconds from start to end; None while either is unknown."""
        if self.start_us is None or self.end_us is None:
            return None
        return (self.end_us - self.start_us) / 1_000_000

    @property
    def is_seen_by_some(self) -> bool:
        """The late share of the voters (a quarter by default) saw the country full all through it."""
        began, ended = self.start_us is not None, self.end_us is not None
        return (began and self.start_latest_us is None) or (ended and self.end_earliest_us is None)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement with its value, and where it comes from (input, rule or feature)."""

    id: str
    statement: str
    value: Any
    source: str


@dataclass(frozen=True, slots=True)
class Input:
    """One file that was read. ``name`` is a base name; ``span`` covers the times of its records."""

    name: str
    url: str | None
    sha256: str
    bytes: int
    records: int
    span: TimeSpan | None


@dataclass(frozen=True, slots=True)
class Software:
    """What made the report: version, delegation data and how sure it is, thresholds."""

    version: str
    delegation: str
    thresholds: dict[str, float | int]


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """Dated steps of one family: from ``time_us[i]`` on, until the next step, these values hold.

    int64 columns: ``prefixes_visible`` and ``addresses_visible`` (all national space), ``addresses`` (of these at most
    A0, the a of docs/definitions.md), ``baseline_addresses`` (A0), ``voters``, ``expected_voters``,
    ``domestic_prefixes`` (still routed inside, as domestic peers see it). A value below zero is unknown: where there is
    no domestic peer, no yardstick yet, or nobody to expect. ``blind`` is bool: what is visible is then unknown. Steps
    are strictly ascending in time; the first lies at the window's begin.
    """

    family: Family
    time_us: Any
    prefixes_visible: Any
    addresses_visible: Any
    addresses: Any
    baseline_addresses: Any
    voters: Any
    expected_voters: Any
    domestic_prefixes: Any
    blind: Any


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is known about one country in one window. Parts not measured are None, never invented."""

    kind: Kind
    country: Country
    window: TimeSpan
    baseline: Baseline
    coverage: Coverage
    phases: tuple[Phase, ...]
    outages: tuple[Outage, ...]
    evidence: tuple[Evidence, ...]
    inputs: tuple[Input, ...]
    software: Software
    warnings: tuple[str, ...] = ()
    exposure: Any = None
    exposure_after: Any = None
    users: Any = None
    cause: Cause | None = None
    claims: tuple[JudgedClaim, ...] | None = None
    series: tuple[Series, ...] = field(default=(), compare=False)

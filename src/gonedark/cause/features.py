"""What can be observed of an outage that speaks to its cause, as one frozen set.

Begin with :class:`Features`. :mod:`gonedark.cause.observe` fills it from measured data; tests and teachers may fill it
by hand from documented facts. None means *not observable*, and ``unseen`` says why; it never means zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gonedark.cause.context import CalendarEntry
from gonedark.model.cause import Where
from gonedark.model.prefix import Family
from gonedark.model.report import Loss, Trend


@dataclass(frozen=True, slots=True)
class Comparators:
    """How large the country is beside others: delegated IPv4 addresses, of how many countries how many have fewer, and
    the median."""

    delegated: int
    countries: int
    smaller: int
    median: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """One outage, or (``loss`` False) a window without one. Times in microseconds UTC, shares from 0 to 1."""

    loss: bool = True
    outage: str | None = None
    family: Family = "ipv4"

    start_us: int | None = None
    end_us: int | None = None
    duration_seconds: float | None = None
    depth: float | None = None
    complete: bool | None = None

    onset_spread_seconds: float | None = None
    """From 10 % to 90 % of the addresses finally lost."""
    origin_spread_seconds: float | None = None
    """The same within one origin AS: the median over the ASes that lost more than one prefix."""
    origins: int | None = None
    """Origin ASes of the baseline."""
    order: tuple[Loss, ...] | None = None
    spared: tuple[int, ...] | None = None
    """ASes that kept their addresses while the loss was national; empty: none was spared."""

    lead_up_crossings: int | None = None
    """Swings of the lead-up; 0: watched, and there was none."""
    lead_up_seconds: float | None = None
    lead_up_trend: Trend | None = None
    watched_before_seconds: float | None = None
    """Time without unrest before the outage, as far as it was watched."""
    restless_before: bool = False
    """An outage or a swing bounds that time."""

    where: Where | None = None
    single_transit: tuple[int, float] | None = None
    """The transit AS that most of the lost weight had crossed, and that share."""
    providers_before: tuple[int, ...] | None = None
    providers_after: tuple[int, ...] | None = None
    same_providers: bool | None = None

    withdrawing_voters: int | None = None
    """Voters that withdrew lost prefixes by message while their sessions stayed up."""
    withdrawing_collectors: int | None = None
    voters_before: int | None = None
    voters_after: int | None = None
    gap_at_onset: bool | None = None
    holders_share: float | None = None
    """Mean share of the voters that went on holding the lost routes."""
    holders: tuple[int, ...] | None = None
    new_origins: tuple[int, ...] | None = None
    """ASes that began to originate the country's prefixes around the start, as three or more voters saw."""

    other_family_depth: float | None = None
    """How much the other family lost in the same time; None where it is not announced."""
    restoration_spread_seconds: float | None = None
    relapses: int | None = None

    repeats: int | None = None
    """Other outages that began at the same time of day within some days."""
    zone: str | None = None
    local_start: str | None = None
    local_end: str | None = None
    round_start: bool | None = None
    round_end: bool | None = None
    round_duration: bool | None = None
    night_start: bool | None = None

    data_plane_lost: bool | None = None
    data_plane_source: str = ""
    plane_lead_seconds: float | None = None
    """Loss of routes minus loss of packets: positive where packets went first."""
    other_customers: tuple[int, int] | None = None
    """Other customers of the same upstream that lost routes, of how many that were looked at."""
    other_countries: tuple[str, ...] | None = None
    calendar: tuple[CalendarEntry, ...] | None = None
    comparators: Comparators | None = None

    unseen: Mapping[str, str] = field(default_factory=dict)
    """Why a feature is None: evidence id to the id of a template."""

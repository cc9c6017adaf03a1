"""What a country's connection to the world hangs on, at one moment, as frozen values.

Begin with :class:`Exposure`, the ``exposure`` part of a report; a :class:`Summary` is one row of a table of countries.
*Units* are addresses for IPv4 and /48s for IPv6. Shares run from 0 to 1 and are shares of (voter, unit) weight: every
foreign peer ASN with a full table weighs the same, every prefix weighs its units. None means unknown and is never zero.
Not for rendering, which is the room ``publish``.
"""

from dataclasses import dataclass
from typing import Literal

from gonedark.model.prefix import Family

RiskClass = Literal["severe", "significant", "low", "resistant"]
Position = Literal["inside", "adjacent", "beyond"]
"""Where an AS stands: the country's own, next to one of those, or further out."""


@dataclass(frozen=True, slots=True)
class Network:
    """An AS with what is known of it."""

    asn: int
    name: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class ForeignOrigin:
    """A foreign AS that originates prefixes of the country's space."""

    network: Network
    prefixes: int
    units: int


@dataclass(frozen=True, slots=True)
class NamelessOrigin:
    """A private or reserved number at the end of paths to the country's space, which names no network: what it stands
    for counts as announced by the networks before it, which are foreign."""

    asn: int
    units: int
    counted_as: tuple[Network, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of a census, as told there. ``foreign_origin_units`` are those of all foreign origins together: units
    that several announce count for each."""

    prefixes: int
    units: int
    delegated_units: int
    dark_units: int | None
    origins: int
    domestic_origins: int
    foreign_units: int
    foreign_origin_units: int


@dataclass(frozen=True, slots=True)
class Census:
    """What is there. ``prefixes`` and ``units`` are announced and visible, each unit once; ``delegated_units`` belong
    to the country whether announced or not, and ``dark_units`` of them are not visible (None: the table breaks off).

    ``origins`` are the ASes that originate the visible prefixes, ``domestic_origins`` those of them that are the
    country's, out of ``delegated_asns``. ``foreign_origins`` originate the country's space from abroad, largest first;
    ``foreign_units`` are announced by nobody at home; ``elsewhere_prefixes`` are foreign prefixes that the country's
    ASes originate (None: the table was cut to the country, so nobody looked).
    """

    family: Family
    prefixes: int
    units: int
    delegated_units: int
    dark_units: int | None
    origins: int
    domestic_origins: int
    delegated_asns: int
    foreign_origins: tuple[ForeignOrigin, ...]
    foreign_units: int
    elsewhere_prefixes: int | None
    elsewhere_units: int | None

    @property
    def counts(self) -> Counts:
        """The numbers alone."""
        return Counts(
            prefixes=self.prefixes,
            units=self.units,
            delegated_units=self.delegated_units,
            dark_units=self.dark_units,
            origins=self.origins,
            domestic_origins=self.domestic_origins,
            foreign_units=self.foreign_units,
            foreign_origin_units=sum(row.units for row in self.foreign_origins),
        )


@dataclass(frozen=True, slots=True)
class Comparator:
    """Another country's visible networks, to compare with. ``units`` each once; None where nobody outside it voted."""

    country: str
    name: str
    prefixes: int | None
    units: int | None


@dataclass(frozen=True, slots=True)
class FrontierAs:
    """A domestic AS next to a foreign one. ``units`` are reached through it by some voter; ``voters`` saw it."""

    network: Network
    units: int
    share: float
    voters: int


@dataclass(frozen=True, slots=True)
class Provider:
    """A first foreign AS on the way out. ``is_attributed`` is False where its country is unknown (taken as foreign)."""

    network: Network
    share: float
    voters: int
    is_attributed: bool


@dataclass(frozen=True, slots=True)
class PointOfFailure:
    """An AS without which units are cut off, on the routes that were seen; ``share_lost`` of the units with a frontier.

    ``first_hops`` is the number of different first hops of the voters behind a finding ``beyond`` the first foreign AS,
    None for the others.
    """

    network: Network
    position: Position
    units_lost: int
    share_lost: float
    first_hops: int | None


@dataclass(frozen=True, slots=True)
class MinimumCut:
    """The smallest number of ASes that separates all the country's units from the world, exact.

    Several sets can be smallest: ``innermost`` is the one nearest to the origins, ``outermost`` nearest to the world.
    """

    size: int
    innermost: tuple[int, ...]
    outermost: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ControlSet:
    """The smallest set of ASes found whose loss cuts off at least ``share`` of the units (Roberts and Larochelle).

    No set is smaller than ``lower_bound``; where the two agree the set is proven to be smallest.
    """

    share: float
    members: tuple[int, ...]
    units_lost: int
    lower_bound: int

    @property
    def is_exact(self) -> bool:
        """True where no smaller set exists."""
        return len(self.members) == self.lower_bound


@dataclass(frozen=True, slots=True)
class Dependence:
    """AS hegemony, or country transit influence, of one AS: 0 to 1."""

    network: Network
    value: float


@dataclass(frozen=True, slots=True)
class LocalHegemony:
    """The ASes that one origin depends on most."""

    origin: Network
    units: int
    on: tuple[Dependence, ...]


@dataclass(frozen=True, slots=True)
class TransitCountry:
    """A foreign country that paths cross, with the share that does. ``is_adjacent``: some first foreign AS is there."""

    country: str
    name: str
    share: float
    adjacent_share: float


@dataclass(frozen=True, slots=True)
class Flow:
    """Units on one way out, as the average voter sees it: origin, frontier AS, foreign provider, provider's country.

    Of a large country an AS is None that stands for all small ones."""

    origin: int | None
    frontier: int | None
    provider: int | None
    country: str | None
    units: float


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What stays reachable without some ASes, adjacencies or countries, on the routes that were seen.

    ``units_left`` are reached over at least one seen route that avoids them, ``units_unmoved`` by every voter that has
    a route, without any change. A backup that nobody uses is not in a table: more than ``units_left`` may survive.
    """

    without: tuple[str, ...]
    prefixes: int
    units: int
    prefixes_left: int | None
    units_left: int | None
    units_unmoved: int | None
    voters: int


@dataclass(frozen=True, slots=True)
class Summary:
    """One family's answer in short, as tables of countries show it: ``frontier`` and ``minimum_cut`` are numbers of
    ASes, ``hegemony`` is the largest."""

    at_us: int
    family: Family
    voters: int
    counts: Counts
    frontier: int
    risk_class: RiskClass | None
    providers: tuple[Provider, ...]
    points: tuple[PointOfFailure, ...]
    minimum_cut: int | None
    hegemony: Dependence | None
    is_trimmed: bool
    transit_countries: tuple[TransitCountry, ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """One family's answer. ``voters`` watched; ``is_trimmed`` False: too few for hegemony's trimming, values are plain
    means. ``risk_class`` None: no crossing was seen. ``influence`` None: no file of AS relationships was given.
    ``origins`` are the AS numbers that originate visible prefixes, at home or abroad.
    """

    at_us: int
    family: Family
    voters: tuple[int, ...]
    is_complete: bool
    census: Census
    frontier: tuple[FrontierAs, ...]
    providers: tuple[Provider, ...]
    risk_class: RiskClass | None
    points: tuple[PointOfFailure, ...]
    minimum_cut: MinimumCut | None
    control: ControlSet | None
    hegemony: tuple[Dependence, ...]
    is_trimmed: bool
    local_hegemony: tuple[LocalHegemony, ...]
    influence: tuple[Dependence, ...] | None
    transit_countries: tuple[TransitCountry, ...]
    flows: tuple[Flow, ...]
    origins: tuple[int, ...]
    names: dict[int, Network]
    what_if: WhatIf | None = None
    comparators: tuple[Comparator, ...] = ()
    nameless: tuple[NamelessOrigin, ...] = ()

    @property
    def summary(self) -> Summary:
        """The same in short."""
        return Summary(
            at_us=self.at_us,
            family=self.family,
            voters=len(self.voters),
            counts=self.census.counts,
            frontier=len(self.frontier),
            risk_class=self.risk_class,
            providers=self.providers,
            points=self.points,
            minimum_cut=self.minimum_cut.size if self.minimum_cut else None,
            hegemony=self.hegemony[0] if self.hegemony else None,
            is_trimmed=self.is_trimmed,
            transit_countries=self.transit_countries,
        )


@dataclass(frozen=True, slots=True)
class Users:
    """People who use the country's networks: a range, how it was made, and the date of what it was made from."""

    low: int
    high: int
    method: str
    date: str | None


@dataclass(frozen=True, slots=True)
class ExposureChange:
    """What differs between two dates in one family."""

    family: Family
    from_us: int
    until_us: int
    providers_gained: tuple[int, ...]
    providers_lost: tuple[int, ...]
    frontier_gained: tuple[int, ...]
    frontier_lost: tuple[int, ...]
    class_before: RiskClass | None
    class_after: RiskClass | None
    units_before: int
    units_after: int

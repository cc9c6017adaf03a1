"""All questions that are asked of one country, over what they share, worked out once.

Begin with :class:`Answers`: :meth:`Answers.exposure` asks them all, :meth:`Answers.summary` only what a row in a table
of countries shows. Each question has a module of its own in this room; this one puts names to numbers. Not for
rendering.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gonedark.country.census import OriginIndex, census, counts, origin_index
from gonedark.country.control import CONTROL_SHARE, TIME_LIMIT_SECONDS, control_set
from gonedark.country.failure import points_of_failure
from gonedark.country.graph import OutwardGraph, minimum_cut, outward_graph
from gonedark.country.hegemony import hegemony, hops, is_trimmed
from gonedark.country.influence import influence
from gonedark.country.national import NationalRoutes, foreign_routes
from gonedark.country.paths import place_of
from gonedark.country.tally_loop import add_once, distinct
from gonedark.country.way import Ways, crossings, exact_shares, ordered, through, total_weight, ways
from gonedark.country.whatif import Removal, what_if
from gonedark.model.attribution import Attribution, Registry
from gonedark.model.exposure import (
    ControlSet,
    Dependence,
    Exposure,
    Flow,
    FrontierAs,
    LocalHegemony,
    MinimumCut,
    NamelessOrigin,
    Network,
    PointOfFailure,
    Provider,
    RiskClass,
    Summary,
    TransitCountry,
)
from gonedark.model.thresholds import Thresholds
from gonedark.table.dump import ragged

MOST_LOCAL = 50
"""Local hegemony is worked out for so many origins, the largest ones, and for each the five strongest ASes are kept."""
LOCAL_LISTED = 5
MOST_FLOWS = 400
"""Of more ways out only so many ASes of each kind are named as below, the largest; the others are gathered."""
NAMED_IN_FLOWS = 20


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked beside the usual. ``relationships``: (provider, customer) pairs for transit influence.

    ``is_deep`` asks for what is only worked out for a named country: the control set and local hegemony.
    """

    removals: Sequence[Removal] = ()
    relationships: frozenset[tuple[int, int]] | None = None
    is_deep: bool = True
    time_limit_seconds: float = TIME_LIMIT_SECONDS
    rules: Thresholds = field(default_factory=Thresholds)


@dataclass(frozen=True, eq=False, slots=True)
class WorldIndex:
    """What all countries of a view share: every AS's country index (-1: unknown), and, by the AS's index, its name.

    ``origins`` tell who originates what by these countries (None: not asked).
    """

    origins: OriginIndex | None
    country: NDArray[np.int32]
    networks: dict[int, Network]


def risk_class(frontier: int) -> RiskClass | None:
    """Renesys 2012: by the number of domestic ASes with a foreign neighbour; None where no crossing was seen."""
    if frontier == 0:
        return None
    if frontier <= 2:
        return "severe"
    if frontier <= 9:
        return "significant"
    return "low" if frontier <= 40 else "resistant"


def _numbered(rows: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distinct rows in ascending order, and for each row its place among them."""
    index = np.zeros(len(rows), dtype=np.int64)
    known = np.zeros((1, 0), dtype=np.int64)
    for column in rows.T:
        keys, index = distinct((index << 32) | (column.astype(np.int64) + 1))
        order = np.argsort(keys)
        known = np.concatenate([known[keys[order] >> 32], ((keys[order] & 0xFFFFFFFF) - 1)[:, None]], axis=1)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        index = place[index]
    return known, index


class Answers:
    """The parts that all questions share, worked out once."""

    def __init__(
        self,
        found: NationalRoutes,
        attribution: Attribution,
        registry: Registry,
        wishes: Wishes,
        index: WorldIndex,
    ) -> None:
        self.found = found
        self.attribution = attribution
        self.registry = registry
        self.wishes = wishes
        self.index = index
        self.walked: Ways = ways(found)
        self.graph: OutwardGraph = outward_graph(found, self.walked)
        self.total = total_weight(found, self.walked.session, self.walked.weight)
        self.asns = found.view.paths.asns
        self.members: list[int] = self.walked.asn.tolist()
        self.named: dict[int, Network] = {}

    @cached_property
    def crossings(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Paths with the domestic ASes that stand next to foreign ones on them."""
        return crossings(self.walked)

    @cached_property
    def provider_country(self) -> NDArray[np.int32]:
        """The country of each path's first foreign AS, -1 where that is unknown or the path has none."""
        known: NDArray[np.int32] = np.append(self.index.country[self.walked.asn], np.int32(-1))
        return known[self.walked.provider]

    def met(self, place: int) -> Network:
        """The AS at a place among those on the ways."""
        return self.at(self.members[place])

    def at(self, index: int) -> Network:
        """The AS with an index in the view, remembered for the names of the answer."""
        known = self.index.networks.get(index)
        if known is None:
            asn, country = int(self.asns[index]), int(self.index.country[index])
            known = Network(asn, self.registry.name_of_asn(asn), self.registry.codes[country] if country >= 0 else None)
            self.index.networks[index] = known
        self.named[known.asn] = known
        return known

    def originated(self) -> NDArray[np.int64] | None:
        """Prefixes that the country's ASes originate, its own and others'; None where the view is cut to a country."""
        view, origins = self.found.view, self.index.origins
        if not view.is_world:
            return None
        if origins is None or self.attribution.origins:
            home = np.where(self.found.domestic, 0, -1)
            return origin_index(view, home).prefixes(0)
        return origins.prefixes(self.registry.codes.index(self.attribution.code))

    def exposure(self) -> Exposure:
        """All answers."""
        found, wishes = self.found, self.wishes
        frontier, cut = self.frontier(), minimum_cut(self.graph)
        return Exposure(
            at_us=found.view.time_us,
            family=found.family,
            voters=tuple(found.voters.tolist()),
            is_complete=found.view.is_complete,
            census=census(found, self.attribution, self.at, self.originated()),
            frontier=frontier,
            providers=self.providers(),
            risk_class=risk_class(len(frontier)),
            points=self.points(),
            minimum_cut=cut and MinimumCut(len(cut[0]), self._asns_of(cut[0]), self._asns_of(cut[1])),
            control=self.control() if wishes.is_deep else None,
            hegemony=self.dependences(hegemony(found, hops(found, self.walked))),
            is_trimmed=is_trimmed(len(found.voters)),
            local_hegemony=self.local_hegemony() if wishes.is_deep else (),
            influence=self.influence(),
            transit_countries=self.transit_countries(),
            flows=self.flows(),
            origins=tuple(self.asns[np.sort(found.originators.asn)].tolist()),
            names=self.named,
            what_if=what_if(found, wishes.removals, self.registry) if wishes.removals else None,
            nameless=self.nameless(),
        )

    def summary(self) -> Summary:
        """The same as the exposure's, without what it does not tell."""
        found, cut = self.found, minimum_cut(self.graph)
        frontier = len(ordered(self.crossings[1]))
        strongest = self.dependences(hegemony(found, hops(found, self.walked)), most=1)
        return Summary(
            at_us=found.view.time_us,
            family=found.family,
            voters=len(found.voters),
            counts=counts(found, self.attribution),
            frontier=frontier,
            risk_class=risk_class(frontier),
            providers=self.providers(),
            points=self.points(),
            minimum_cut=cut and len(cut[0]),
            hegemony=strongest[0] if strongest else None,
            is_trimmed=is_trimmed(len(found.voters)),
            transit_countries=self.transit_countries(),
        )

    def nameless(self) -> tuple[NamelessOrigin, ...]:
        """Numbers that name no network, of which the country's space is announced from abroad, the largest first."""
        found, odd = self.found, self.found.view.paths.nameless
        if not len(odd):
            return ()
        routes = foreign_routes(found)
        at = place_of(odd[:, 0], routes.path.astype(np.int64))
        held: dict[int, set[int]] = defaultdict(set)
        whose: dict[int, set[int]] = defaultdict(set)
        rows = np.flatnonzero(at >= 0)
        columns = (odd[at[rows], 1], routes.group[rows], found.view.paths.origin[routes.path[rows]])
        for asn, group, origin in zip(*(column.tolist() for column in columns), strict=True):
            held[asn].add(group)
            whose[asn].add(origin)
        told = [
            NamelessOrigin(asn, int(found.units[sorted(groups)].sum()), tuple(map(self.at, sorted(whose[asn]))))
            for asn, groups in held.items()
        ]
        return tuple(sorted(told, key=lambda row: (-row.units, row.asn)))

    def _voters(self, route: NDArray[np.int64], label: NDArray[np.integer]) -> dict[int, int]:
        """How many voters have a route with each label."""
        width = max(1, len(self.found.voters))
        voter = self.found.session_voter[self.walked.session[route]]
        labels, counts = np.unique(distinct(label.astype(np.int64) * width + voter)[0] // width, return_counts=True)
        return dict(zip(labels.tolist(), counts.tolist(), strict=True))

    def _units(self, group: NDArray[np.int32], label: NDArray[np.integer]) -> dict[int, int]:
        """Units of the groups that have a row with each label (a place), each group once for a label."""
        sums = np.zeros((len(self.members), 2), dtype=np.int64)
        weights = np.stack([np.ones_like(self.found.units), self.found.units], axis=1)
        add_once(group, label.astype(np.int32), weights, sums)
        some = np.flatnonzero(sums[:, 0])
        return dict(zip(some.tolist(), sums[some, 1].tolist(), strict=True))

    def frontier(self) -> tuple[FrontierAs, ...]:
        """Domestic ASes next to foreign ones, the one with most weight first."""
        found, walked = self.found, self.walked
        way, asn = self.crossings
        starts = np.searchsorted(way, np.arange(len(walked.path) + 1))
        at, route = ragged(starts[walked.way], starts[walked.way + 1])
        shares = exact_shares(found, walked.session[route], walked.weight[route], asn[at], self.total)
        voters = self._voters(route, asn[at])
        at, row = ragged(starts[walked.row_way], starts[walked.row_way + 1])
        rows = [
            FrontierAs(self.met(place), count, shares.get(place, 0.0), voters[place])
            for place, count in self._units(found.routes.group[row], asn[at]).items()
        ]
        return tuple(sorted(rows, key=lambda row: (-row.share, -row.units, row.network.asn)))

    def providers(self) -> tuple[Provider, ...]:
        """First foreign ASes, the largest share first."""
        walked = self.walked
        label = walked.provider[walked.way]
        shares = exact_shares(self.found, walked.session, walked.weight, label, self.total)
        leaves = np.flatnonzero(label >= 0)
        voters = self._voters(leaves, label[leaves])
        rows = [
            Provider(self.met(place), shares.get(place, 0.0), count, self.met(place).country is not None)
            for place, count in voters.items()
        ]
        return tuple(sorted(rows, key=lambda row: (-row.share, row.network.asn)))

    def points(self) -> tuple[PointOfFailure, ...]:
        """Single points of failure."""
        total = max(1, self.graph.total_units)
        return tuple(
            PointOfFailure(self.at(point.asn), point.position, point.units, point.units / total, point.first_hops)
            for point in points_of_failure(self.found, self.walked, self.graph)
        )

    def _asns_of(self, nodes: Sequence[int]) -> tuple[int, ...]:
        return tuple(sorted(self.at(asn).asn for asn in self.graph.asn[list(nodes)].tolist()))

    def control(self) -> ControlSet | None:
        """The smallest set that cuts off nine tenths."""
        chosen = control_set(self.graph, CONTROL_SHARE, self.wishes.time_limit_seconds)
        if chosen is None:
            return None
        return ControlSet(CONTROL_SHARE, self._asns_of(chosen.members), chosen.units_lost, chosen.lower_bound)

    def dependences(self, values: dict[int, float], most: int | None = None) -> tuple[Dependence, ...]:
        """Values by AS index as rows, the largest first; of equals the foreign neighbours, then the lower number."""
        index, value = np.array(list(values), dtype=np.int64), np.array(list(values.values()))
        near = np.zeros(len(self.members), dtype=bool)
        near[self.walked.provider[self.walked.provider >= 0]] = True
        order = np.lexsort((self.asns[index], ~near[np.searchsorted(self.walked.asn, index)], -value))[:most]
        return tuple(
            Dependence(self.at(asn), share)
            for asn, share in zip(index[order].tolist(), value[order].tolist(), strict=True)
        )

    def local_hegemony(self) -> tuple[LocalHegemony, ...]:
        """What the largest origins depend on."""
        found, walked = self.found, self.walked
        units = self._units(found.routes.group, walked.origin[walked.row_way])
        ranked = sorted(units.items(), key=lambda item: (-item[1], item[0]))
        return tuple(
            LocalHegemony(
                self.met(origin), count, self.dependences(hegemony(found, hops(found, walked, origin)), LOCAL_LISTED)
            )
            for origin, count in ranked[:MOST_LOCAL]
            if count
        )

    def influence(self) -> tuple[Dependence, ...] | None:
        """Country transit influence, where relationships are known."""
        if self.wishes.relationships is None:
            return None
        return self.dependences(influence(self.found, self.walked, self.wishes.relationships))

    def transit_countries(self) -> tuple[TransitCountry, ...]:
        """Foreign countries on the way, the largest share first."""
        found, walked, registry = self.found, self.walked, self.registry
        shares = through(found, walked, self.index.country, self.total)
        label = self.provider_country[walked.way]
        adjacent = exact_shares(found, walked.session, walked.weight, label, self.total)
        rows = []
        for index, share in shares.items():
            code = registry.codes[index]
            rows.append(TransitCountry(code, registry.names.get(code, code), share, adjacent.get(index, 0.0)))
        return tuple(sorted(rows, key=lambda row: (-row.share, -row.adjacent_share, row.country)))

    def flows(self) -> tuple[Flow, ...]:
        """Ways out with the units that the average voter has on each, the largest first.

        Of too many the small ASes are gathered, so that the sums of those that are named stay what they are.
        """
        walked = self.walked
        columns = (walked.origin, walked.gateway, walked.provider, self.provider_country)
        rows = np.stack(columns, axis=1).astype(np.int32)
        known, shares = self._flow_shares(rows)
        if len(shares) > MOST_FLOWS:
            for column in range(3):
                rows[~np.isin(rows[:, column], _largest(known[:, column], shares)), column] = -1
            known, shares = self._flow_shares(rows)
        order = np.lexsort((np.arange(len(shares)), -shares))
        units = self.graph.total_units
        result = []
        for row, share in zip(known[order].tolist(), shares[order].tolist(), strict=True):
            origin, gateway, out = (self.met(place).asn if place >= 0 else None for place in row[:3])
            code = self.registry.codes[row[3]] if row[3] >= 0 else None
            result.append(Flow(origin, gateway, out, code, share * units))
        return tuple(result)

    def _flow_shares(self, rows: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The distinct ways among those of each path that leaves the country, and the share of each."""
        known, label = _numbered(rows)
        label[self.walked.provider < 0] = -1
        shares = exact_shares(self.found, self.walked.session, self.walked.weight, label[self.walked.way], self.total)
        used = sorted(shares)
        return known[used], np.array([shares[at] for at in used])


def _largest(column: NDArray[np.int64], shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """The ASes of a column that carry most."""
    asns, place = np.unique(column, return_inverse=True)
    return asns[np.lexsort((asns, -np.bincount(place, weights=shares)))[:NAMED_IN_FLOWS]]

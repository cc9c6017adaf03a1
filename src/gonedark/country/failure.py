"""Single points of failure: the ASes whose loss alone cuts off at least half of the country's units.

Begin with :func:`points_of_failure`. Inside the country and next to it the graph decides; further out an AS is named
only where every voter's path leads through it and those voters reach it over ten or more different first hops, since
a few vantage points behind one provider would make anything look like one. A vantage point's own AS is never counted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.graph import OutwardGraph, units_lost
from gonedark.country.hegemony import hop_sums
from gonedark.country.national import NationalRoutes
from gonedark.country.way import Ways, exact_shares, total_weight
from gonedark.model.exposure import Position

NAMED_SHARE = 0.5
"""An AS is named from this share of the units on."""
FEWEST_FIRST_HOPS = 10
_CANDIDATE_SHARE = 0.3
"""Of an AS on all paths to half the units, at least a third of all weight crosses it: a visible prefix may be missing
at half of the voters. Others are not looked at."""


@dataclass(frozen=True, slots=True)
class Point:
    """An AS (index in the view), where it stands, the units lost without it, and the first hops of a finding beyond."""

    asn: int
    position: Position
    units: int
    first_hops: int | None


def points_of_failure(found: NationalRoutes, walked: Ways, graph: OutwardGraph) -> list[Point]:
    """All of them, those that cut off most first."""
    total = graph.total_units
    points: dict[int, Point] = {}
    for node, units in enumerate(units_lost(graph)):
        if units >= NAMED_SHARE * total and units:
            position: Position = "inside" if graph.is_domestic[node] else "adjacent"
            points[graph.asn[node]] = Point(graph.asn[node], position, units, None)
    for asn in _candidates(found, walked):
        units, first_hops = _beyond(found, walked, asn)
        known = points[asn].units if asn in points else 0
        if units > known and units >= NAMED_SHARE * total and first_hops >= FEWEST_FIRST_HOPS:
            points[asn] = Point(asn, "beyond", units, first_hops)
    return sorted(points.values(), key=lambda point: (-point.units, point.position != "inside", point.asn))


def _candidates(found: NationalRoutes, walked: Ways) -> list[int]:
    """Foreign ASes on a good part of all paths."""
    used, sums = hop_sums(found, walked)
    foreign = np.flatnonzero(~found.domestic[used])
    session, label = np.nonzero(sums[:, foreign])
    total = total_weight(found, walked.session, walked.weight)
    shares = exact_shares(found, session, sums[session, foreign[label]], used[foreign[label]], total)
    return sorted(asn for asn, share in shares.items() if share >= _CANDIDATE_SHARE)


def _beyond(found: NationalRoutes, walked: Ways, asn: int) -> tuple[int, int]:
    """Units to which every voter's path leads through the AS, and over how many different first hops they go."""
    routes = found.routes
    outside = found.voter_as[routes.voter] != asn
    has = np.zeros(len(walked.path), dtype=bool)
    places = np.flatnonzero(walked.hop == asn)
    has[np.searchsorted(walked.begin, places, side="right") - 1] = True
    through = has[walked.row_way]
    watched = np.bincount(routes.group[outside], minlength=len(found.units))
    passing = np.bincount(routes.group[outside & through], minlength=len(found.units))
    whole = (watched > 0) & (watched == passing)
    mine = outside & whole[routes.group]
    if not whole.any():
        return 0, 0
    first_hops = np.zeros(len(found.domestic), dtype=bool)
    first_hops[_first_hops(found, walked, mine)] = True
    return int(found.units[whole].sum()), int(first_hops.sum())


def _first_hops(found: NationalRoutes, walked: Ways, rows: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The AS after the voter's own on each of these routes."""
    way, voter = walked.row_way[rows], found.routes.voter[rows]
    begin = walked.begin[way]
    own = walked.hop[begin] == found.voter_as[voter]
    at = np.minimum(begin + own, walked.begin[way + 1] - 1)
    hops: NDArray[np.int32] = walked.hop[at]
    return hops

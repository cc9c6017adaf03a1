"""Single points of failure: the ASes whose loss alone cuts off at least half of the country's units.

Begin with :func:`points_of_failure`. Inside the country and next to it the graph decides; further out an AS is named
only where every voter's path leads through it and those voters reach it over ten or more different first hops, since
a few vantage points behind one provider would make anything look like one. A vantage point's own AS is never counted.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.graph import OutwardGraph
from gonedark.country.national import NationalRoutes
from gonedark.country.tally_loop import add_behind
from gonedark.country.way import Ways
from gonedark.model.exposure import Position

NAMED_SHARE = 0.5
"""An AS is named from this share of the units on."""
FEWEST_FIRST_HOPS = 10


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
    lost = graph.lost()
    for node in _named(lost, total):
        position: Position = "inside" if graph.is_domestic[node] else "adjacent"
        asn = int(graph.asn[node])
        points[asn] = Point(asn, position, int(lost[node]), None)
    behind = _behind(found, walked)
    for place in _named(behind, total):
        asn, units = int(walked.asn[place]), int(behind[place])
        if (asn not in points or units > points[asn].units) and (
            hops := _first_hops(found, walked, place)
        ) >= FEWEST_FIRST_HOPS:
            points[asn] = Point(asn, "beyond", units, hops)
    return sorted(points.values(), key=lambda point: (-point.units, point.position != "inside", point.asn))


def _named(lost: NDArray[np.int64], total: int) -> list[int]:
    """Where enough is lost."""
    named: list[int] = np.flatnonzero(lost >= max(1, math.ceil(NAMED_SHARE * total))).tolist()
    return named


def _behind(found: NationalRoutes, walked: Ways) -> NDArray[np.int64]:
    """Units to which the path of every voter, but that of its own, leads through each foreign AS on the ways."""
    routes = found.routes
    sums = np.zeros(len(walked.asn), dtype=np.int64)
    own = walked.voter_as.astype(np.int32)
    where = (walked.begin, walked.hop, walked.domestic.view(np.uint8))
    add_behind(where, routes.group, walked.row_way, routes.voter, own, found.units, sums)
    return sums


def _first_hops(found: NationalRoutes, walked: Ways, place: int) -> int:
    """Over how many different first hops other voters reach what lies behind the AS at a place."""
    routes = found.routes
    outside = walked.voter_as[routes.voter] != place
    has = np.zeros(len(walked.path), dtype=bool)
    has[np.searchsorted(walked.begin, np.flatnonzero(walked.hop == place), side="right") - 1] = True
    other = np.bincount(routes.group[outside & ~has[walked.row_way]], minlength=len(found.units))
    rows = outside & (other == 0)[routes.group]
    way, voter = walked.row_way[rows], routes.voter[rows]
    begin = walked.begin[way]
    # The AS after the voter's own.
    own = walked.hop[begin] == walked.voter_as[voter]
    return len(np.unique(walked.hop[np.minimum(begin + own, walked.begin[way + 1] - 1)]))

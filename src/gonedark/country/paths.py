"""AS paths made fit for questions about who depends on whom.

Begin with :func:`clean`, or :func:`cleaned` for the paths of a timeline. What it does to every path, in this order:

* members of AS_SETs with several members are left out: nobody can tell which of them the route crosses;
* AS numbers that name no network are left out: reserved and private ones (RFC 1930, 5398, 6996, 7300, 7607), AS_TRANS
  (RFC 6793), and the route servers of exchange points (:data:`ROUTE_SERVERS`), which pass routes on without traffic;
* a number that comes twice closes a loop: prepending is collapsed, and whatever lies between is dropped, since a router
  accepts no route with its own number in it: the numbers between were put there to poison the path.

Not for reading paths.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.path_loop import clean_paths
from gonedark.table.dump import PathColumns, ragged
from gonedark.table.once import once
from gonedark.table.paths import AsPaths

ROUTE_SERVERS: frozenset[int] = frozenset(
    {
        *(1200, 4635, 5507, 6695, 6777, 7606, 8714, 9355, 9439, 9560, 9722, 9989, 11670, 15645, 17819, 18398, 21371),
        *(24029, 24115, 24990, 35054, 40633, 42476, 43100, 47886, 48850, 50384, 55818, 57463),
    }
)
"""AS numbers of exchange points and their route servers: those that the heads of CAIDA's AS relationship files name as
"IXP ASes" (data.caida.org/datasets/as-relationships), and AS6777, the route server of AMS-IX."""

RESERVED = (
    (0, 0),
    (23456, 23456),
    (64496, 131071),
    (4200000000, 4294967295),
)
"""Ranges that IANA keeps for documentation, private use and other special purposes (both ends included)."""


@dataclass(frozen=True, eq=False, slots=True)
class Paths:
    """Clean paths: path i has hops ``start[i]`` to ``start[i + 1]``, indexes into ``asns``, from peer to origin.

    A path may be empty. ``origin`` is the last hop of each, -1 of an empty one; ``asns`` ascend, so that the order of
    indexes is that of AS numbers whatever the order of routes in a file.
    """

    start: NDArray[np.int64]
    hop: NDArray[np.int32]
    asns: NDArray[np.int64]
    origin: NDArray[np.int32]

    def of(self, path: int) -> tuple[int, ...]:
        """The AS numbers of one path."""
        return tuple(self.asns[self.hop[self.start[path] : self.start[path + 1]]].tolist())

    def places(self, asns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Index of each AS number, -1 where it is on no path."""
        if not len(self.asns):
            return np.full(len(asns), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.asns, asns), len(self.asns) - 1)
        return np.where(self.asns[place] == asns, place, -1)

    def between(self, ranges: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which ASes lie in ranges of numbers, (n, 2) with both ends included."""
        first, last = np.searchsorted(self.asns, ranges[:, 0]), np.searchsorted(self.asns, ranges[:, 1], side="right")
        inside = np.zeros(len(self.asns), dtype=bool)
        inside[ragged(first, last)[0]] = True
        return inside


def clean(columns: PathColumns) -> Paths:
    """Paths as read to clean paths, one for one."""
    dropped = np.zeros(max(ROUTE_SERVERS) + 1, dtype=np.uint8)
    dropped[list(ROUTE_SERVERS)] = 1
    is_set = columns.is_set.view(np.uint8)
    return Paths(*clean_paths(columns.start, columns.asn, is_set, dropped, np.array(RESERVED, dtype=np.int64)))


@once
def cleaned(paths: AsPaths) -> Paths:
    """A timeline's paths cleaned, one for one."""
    return clean(PathColumns(paths.start, paths.asn, paths.in_sets()))

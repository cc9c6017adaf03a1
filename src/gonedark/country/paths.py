"""AS paths made fit for questions about who depends on whom.

Begin with :func:`taken` for the paths of a table that was read, or :func:`cleaned` for those of a timeline.
What is done to every path, in this order:

* members of AS_SETs with several members are left out: nobody can tell which of them the route crosses;
* AS numbers that name no network are left out: reserved and private ones (RFC 1930, 5398, 6996, 7300, 7607), AS_TRANS
  (RFC 6793), and the route servers of exchange points (:data:`ROUTE_SERVERS`), which pass routes on without traffic;
* a number that comes twice closes a loop: prepending is collapsed, and whatever lies between is dropped, since a router
  accepts no route with its own number in it: the numbers between were put there to poison the path.

Not for reading paths.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.path_loop import Cleaner, joined
from gonedark.mrt.batch import Dictionaries
from gonedark.table.dump import ragged
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
class PathColumns:
    """AS paths as they were read: path i has hops ``start[i]`` to ``start[i + 1]``, from the peer to the origin.

    ``is_set`` marks the members of AS_SETs with several members.
    """

    start: NDArray[np.int64]
    asn: NDArray[np.uint32]
    is_set: NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Paths:
    """Clean paths: path i has hops ``start[i]`` to ``start[i + 1]``, indexes into ``asns``, from peer to origin.

    A path may be empty. ``origin`` is the last hop of each, -1 of an empty one; ``asns`` ascend, so that the order of
    indexes is that of AS numbers whatever the order of routes in a file. ``nameless`` (n, 2) are those paths,
    ascending, where a number behind the origin was left out since it names no network, with that number.
    """

    start: NDArray[np.integer]
    hop: NDArray[np.int32]
    asns: NDArray[np.int64]
    origin: NDArray[np.int32]
    nameless: NDArray[np.int64]

    def of(self, path: int) -> tuple[int, ...]:
        """The AS numbers of one path."""
        return tuple(self.asns[self.hop[self.start[path] : self.start[path + 1]]].tolist())

    def places(self, asns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Index of each AS number, -1 where it is on no path."""
        return place_of(self.asns, asns)

    def between(self, ranges: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which ASes lie in ranges of numbers, (n, 2) with both ends included."""
        first, last = np.searchsorted(self.asns, ranges[:, 0]), np.searchsorted(self.asns, ranges[:, 1], side="right")
        inside = np.zeros(len(self.asns), dtype=bool)
        inside[ragged(first, last)[0]] = True
        return inside


def place_of(known: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index of each wanted number among the known ones (ascending), -1 where it is not among them."""
    if not len(known):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[at] == wanted, at, -1)


WORTH_A_THREAD = 1 << 16
"""From so many paths on, two threads clean them."""


def clean(columns: PathColumns) -> Paths:
    """Paths as read to clean paths, one for one."""
    count, is_set = len(columns.start) - 1, columns.is_set.view(np.uint8)
    start, hop = np.empty(count + 1, dtype=np.int32), np.empty(len(columns.asn), dtype=np.int32)

    def work(cleaner: Cleaner, first: int, last: int) -> None:
        cleaner.clean_columns(first, last, columns.start, columns.asn, is_set)

    return _cleaned(count, start, hop, work)


def taken(dictionaries: Dictionaries) -> Paths:
    """All paths of a table that was read, by their ids. They are taken away from the dictionaries and cleaned where
    they are: memory that is used again costs no time."""
    place, arena = dictionaries.give_paths()

    def work(cleaner: Cleaner, first: int, last: int) -> None:
        cleaner.clean_segments(first, last, place, arena)

    return _cleaned(len(place) - 1, place.view(np.int32), arena.view(np.int32), work)


def _cleaned(
    count: int, start: NDArray[np.int32], hop: NDArray[np.int32], work: Callable[[Cleaner, int, int], None]
) -> Paths:
    """Paths that one or two cleaners write to ``start`` and ``hop`` when they are given ``work``."""
    dropped = np.zeros(max(ROUTE_SERVERS) + 1, dtype=np.uint8)
    dropped[list(ROUTE_SERVERS)] = 1
    edges = [0, count // 2, count] if count >= WORTH_A_THREAD else [0, count]
    cleaners = [Cleaner(dropped, np.array(RESERVED, dtype=np.int64), start, hop) for _ in edges[1:]]
    with ThreadPoolExecutor(len(cleaners)) as pool:
        list(pool.map(work, cleaners, edges, edges[1:]))
    return Paths(*joined(cleaners, edges, start, hop))


def joined_paths(parts: Sequence[Paths]) -> Paths:
    """The paths of several tables behind each other."""
    if len(parts) == 1:
        return parts[0]
    asns = np.unique(np.concatenate([part.asns for part in parts]))
    ranks = [np.append(np.searchsorted(asns, part.asns), -1).astype(np.int32) for part in parts]
    ends = np.cumsum([0, *(len(part.hop) for part in parts)]).tolist()
    firsts = np.cumsum([0, *(len(part.origin) for part in parts)]).tolist()
    starts = [part.start[1:].astype(np.int64) + end for part, end in zip(parts, ends, strict=False)]
    return Paths(
        start=np.concatenate([np.zeros(1, dtype=np.int64), *starts]),
        hop=np.concatenate([rank[part.hop] for rank, part in zip(ranks, parts, strict=True)]),
        asns=asns,
        origin=np.concatenate([rank[part.origin] for rank, part in zip(ranks, parts, strict=True)]),
        nameless=np.concatenate(
            [part.nameless + np.array([first, 0]) for part, first in zip(parts, firsts, strict=False)]
        ),
    )


@once
def cleaned(paths: AsPaths) -> Paths:
    """A timeline's paths cleaned, one for one."""
    return clean(PathColumns(paths.start, paths.asn, paths.in_sets()))

"""Decides between files and rows that speak about the same space, and makes sorted, disjoint ranges of them.

The rule, whatever the order of the files:

1. With a wanted date, files nearer to it come first (of two equally near the newer); without one, newer files.
2. Of one registry and kind of resource, the first file that has all the rows its summary promises stands alone. Files
   before it that lack rows (cut off, or of other kinds) are laid over it; files after it are not used.
3. Where rows overlap, the row of the earlier file in this order wins; then the one with the later date, the smaller
   one, the one of the registry that comes first by name, and the country that comes first by code.

A row that is not allocated or assigned, or that has no country (EU, AP, ZZ), takes the space from older rows.
Begin with :func:`overlay`. Not for reading files.
"""

import heapq
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gonedark.delegation.rir import KINDS, NO_COUNTRY, Claims, Delegations, Kind, unpack_code
from gonedark.model.attribution import Ranges

Columns = tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.int16]]
"""First, last and packed country."""


def days(date: int) -> int:
    """A YYYYMMDD number on a line of days, exact enough to compare distances (31-day months)."""
    return date // 10000 * 372 + date // 100 % 100 * 31 + date % 100


def in_order(files: Sequence[Delegations], wanted_date: int | None) -> list[Delegations]:
    """Files as rule 1 has them."""

    def key(file: Delegations) -> tuple[int, int, str, str]:
        far = 0 if wanted_date is None else abs(days(file.date) - days(wanted_date))
        return far, -file.date, file.registry, file.name

    return sorted(files, key=key)


def in_use(files: Sequence[Delegations], kind: Kind) -> list[Delegations]:
    """Files of one kind that rule 2 leaves, in order."""
    used: list[Delegations] = []
    settled: set[str] = set()
    for file in files:
        if file.registry in settled:
            continue
        if len(file.claims[kind]):
            used.append(file)
        if file.complete(kind):
            settled.add(file.registry)
    return used


def overlay(files: Sequence[Delegations], kind: Kind) -> Columns:
    """Disjoint sorted ranges with their packed countries, of files in order (see :func:`in_order`)."""
    used = in_use(files, kind)
    if not used:
        return np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.int16)
    places = {file.date: place for place, file in reversed(list(enumerate(used)))}
    registries = sorted({file.registry for file in used})
    joined = Claims(*(np.concatenate([getattr(file.claims[kind], name) for file in used]) for name in _COLUMNS))
    sizes = [len(file.claims[kind]) for file in used]
    place = np.repeat([places[file.date] for file in used], sizes)
    registry = np.repeat([registries.index(file.registry) for file in used], sizes)
    order = np.lexsort((joined.country, registry, joined.last - joined.first, -joined.date, place))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return _merge(*_disjoint(joined.first, joined.last, joined.country, rank))


_COLUMNS = ("first", "last", "country", "date")


def _disjoint(
    first: NDArray[np.uint64], last: NDArray[np.uint64], country: NDArray[np.int16], rank: NDArray[np.int64]
) -> Columns:
    """Cut overlapping rows so that the lowest rank stands. Only clusters that do overlap are swept one by one."""
    order = np.lexsort((last, first))
    first, last, country, rank = first[order], last[order], country[order], rank[order]
    reach = np.maximum.accumulate(last)
    starts = np.flatnonzero(np.concatenate([[True], first[1:] > reach[:-1]]))
    ends = np.append(starts[1:], len(first))
    single = ends - starts == 1
    keep = starts[single]
    swept: list[tuple[int, int, int]] = []
    for low, high in zip(starts[~single].tolist(), ends[~single].tolist(), strict=True):
        rows = zip(*(column[low:high].tolist() for column in (first, last, rank, country)), strict=True)
        swept.extend(_sweep(list(rows)))
    extra = np.array(swept, np.uint64).reshape(-1, 3)
    first = np.concatenate([first[keep], extra[:, 0]])
    last = np.concatenate([last[keep], extra[:, 1]])
    country = np.concatenate([country[keep], extra[:, 2].astype(np.int64).astype(np.int16) - 1])
    order = np.argsort(first)
    return first[order], last[order], country[order]


def _sweep(rows: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int]]:
    """One cluster of (first, last, rank, country), sorted by first: its pieces as (first, last, country + 1)."""
    pieces: list[tuple[int, int, int]] = []
    heap: list[tuple[int, int, int]] = []
    bounds = sorted({bound for row in rows for bound in (row[0], row[1] + 1)})
    coming = 0
    for start, stop in pairwise(bounds):
        while coming < len(rows) and rows[coming][0] <= start:
            heapq.heappush(heap, (rows[coming][2], rows[coming][1], rows[coming][3]))
            coming += 1
        while heap and heap[0][1] < start:
            heapq.heappop(heap)
        if heap:
            pieces.append((start, stop - 1, heap[0][2] + 1))
    return pieces


def _merge(first: NDArray[np.uint64], last: NDArray[np.uint64], country: NDArray[np.int16]) -> Columns:
    """Leave out what has no country and join neighbours of one country."""
    keep = country != NO_COUNTRY
    first, last, country = first[keep], last[keep], country[keep]
    if not len(first):
        return first, last, country
    fresh = np.concatenate([[True], (country[1:] != country[:-1]) | (first[1:] - last[:-1] != 1)])
    ends = np.append(np.flatnonzero(fresh)[1:] - 1, len(first) - 1)
    return first[fresh], last[ends], country[fresh]


def to_ranges(columns: dict[Kind, Columns]) -> tuple[tuple[str, ...], dict[Kind, Ranges]]:
    """Country codes in alphabetical order, and ranges that point to them."""
    packed = np.unique(np.concatenate([columns[kind][2] for kind in KINDS]))
    ranges = {
        kind: Ranges(first, last, np.searchsorted(packed, country).astype(np.int16))
        for kind, (first, last, country) in columns.items()
    }
    return tuple(unpack_code(int(number)) for number in packed), ranges

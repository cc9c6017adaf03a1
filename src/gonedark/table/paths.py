"""AS paths as columns: millions of them without a Python object each.

Begin with :class:`AsPaths`; :func:`unite` gives several collections common numbers. Single paths become tuples where
people or rare decisions want them (:meth:`AsPaths.of`). Not for what a path means to a country.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gonedark.mrt.batch import Dictionaries
from gonedark.table.paths_loop import ordered

AsPath = tuple[tuple[int, ...], ...]
"""Hops from the peer to the origin; a hop is one ASN, or several for an AS_SET."""

NO_ASN = -1

Ids = NDArray[np.int32]


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class AsPaths:
    """Distinct paths in ascending order (as tuples of hops compare), so that equal paths have equal numbers everywhere.

    Path i has the numbers ``start[i]`` to ``start[i + 1]`` of ``asn``, from the peer to the origin. ``more`` is set
    where the next number is of the same hop, an AS_SET of several.
    """

    start: NDArray[np.int64]
    asn: NDArray[np.uint32]
    more: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start) - 1

    def __iter__(self) -> Iterator[AsPath]:
        return (self.of(path) for path in range(len(self)))

    def of(self, path: int) -> AsPath:
        """One path as a tuple of hops."""
        mine = slice(int(self.start[path]), int(self.start[path + 1]))
        hops: list[tuple[int, ...]] = []
        goes_on = False
        for asn, more in zip(self.asn[mine].tolist(), self.more[mine].tolist(), strict=True):
            hops[-1:] = [(*hops[-1], asn)] if goes_on else [*hops[-1:], (asn,)]
            goes_on = more
        return tuple(hops)

    def take(self, paths: NDArray[np.integer]) -> Self:
        """The same with some paths only, in the order named; keep them ascending and distinct."""
        count = self.start[paths + 1] - self.start[paths]
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(count)])
        at = np.repeat(self.start[paths] - start[:-1], count) + np.arange(start[-1])
        return type(self)(start, self.asn[at], self.more[at])

    def origins(self) -> NDArray[np.int64]:
        """(n,): the origin AS; NO_ASN for an empty path or an AS_SET."""
        if not len(self.asn):
            return np.full(len(self), NO_ASN, dtype=np.int64)
        last = np.maximum(self.start[1:] - 1, 0)
        in_set = last > self.start[:-1]
        in_set[in_set] = self.more[last[in_set] - 1]
        plain = (np.diff(self.start) > 0) & ~in_set
        return np.where(plain, self.asn[last].astype(np.int64), NO_ASN)

    def in_sets(self) -> NDArray[np.bool_]:
        """One a number: is it a member of an AS_SET of several?"""
        members = self.more.copy()
        members[1:] |= self.more[:-1]
        return members

    @classmethod
    def from_tuples(cls, paths: Iterable[AsPath]) -> Self:
        """Columns of distinct paths."""
        known = sorted(set(paths))
        flat = [(asn, at + 1 < len(hop)) for path in known for hop in path for at, asn in enumerate(hop)]
        lengths = np.array([sum(len(hop) for hop in path) for path in known], dtype=np.int64)
        table = np.array(flat, dtype=np.int64).reshape(-1, 2)
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        return cls(start, table[:, 0].astype(np.uint32), table[:, 1].astype(bool))


def all_paths(dictionaries: Dictionaries) -> AsPaths:
    """The dictionaries' paths by their ids: in no order, and maybe not distinct."""
    start, asn, in_set = dictionaries.path_columns()
    more = in_set.copy()
    for path in np.unique(np.searchsorted(start, np.flatnonzero(in_set), side="right") - 1).tolist():
        hops = dictionaries.path_asns(path)
        more[start[path] : start[path + 1]] = [at + 1 < len(hop) for hop in hops for at in range(len(hop))]
    return AsPaths(start, asn, more)


def paths_of(dictionaries: Dictionaries, used: NDArray[np.integer]) -> tuple[AsPaths, NDArray[np.int32]]:
    """The paths with these ids, and the number of each among them."""
    return _in_order(all_paths(dictionaries).take(used))


def some_paths(paths: AsPaths, ids: Sequence[NDArray[np.int32]]) -> tuple[AsPaths, Callable[[Ids], Ids]]:
    """The paths, out of some in any order, that columns of ids name (-1: none); and what gives columns their numbers.

    What that costs depends on the columns, and not on how many paths there are, unless the columns are long.
    """
    if 16 * sum(len(column) for column in ids) < len(paths):
        used = np.unique(np.concatenate([np.full(1, -1, dtype=np.int32), *ids]))
        found, number = _in_order(paths.take(used[1:]))
        number = np.concatenate([used[:1], number])
        return found, lambda column: number[np.searchsorted(used, column)]
    is_used = np.zeros(len(paths) + 1, dtype=bool)
    for column in ids:
        is_used[column] = True
    used = np.flatnonzero(is_used[:-1])
    found, number = _in_order(paths.take(used))
    numbers = np.full(len(is_used), -1, dtype=np.int32)
    numbers[used] = number
    return found, lambda column: numbers[column]


def _in_order(paths: AsPaths) -> tuple[AsPaths, NDArray[np.int32]]:
    """Paths in any order, brought into order without repeats, and their numbers.

    From the last hop to the first: what follows a place has a number by its order, so that a hop and the number behind
    it are one key, and sorting never compares paths.
    """
    lengths = np.diff(paths.start)
    number = np.zeros(len(lengths), dtype=np.int64)
    longest_first = np.argsort(lengths)[::-1]
    reach = len(lengths) - np.searchsorted(lengths[longest_first[::-1]], np.arange(int(lengths.max(initial=0)) + 1))
    for hop in range(len(reach) - 1, 0, -1):
        mine = longest_first[: reach[hop]]
        at = paths.start[mine] + hop - 1
        key = (paths.asn[at].astype(np.int64) << 1 | paths.more[at]) << 30 | number[mine]
        _, rank = np.unique(key, return_inverse=True)
        # 0 is for paths that have ended, which come first.
        number[mine] = rank + 1
    number -= number.min(initial=1)
    one = np.zeros(int(number.max(initial=-1)) + 1, dtype=np.int64)
    one[number] = np.arange(len(number))
    return paths.take(one), number.astype(np.int32)


def unite(parts: Sequence[AsPaths]) -> tuple[AsPaths, list[NDArray[np.int32]]]:
    """All paths of several collections, and where each collection's paths went."""
    if all(part is parts[0] for part in parts[1:]):
        same = np.arange(len(parts[0]), dtype=np.int32)
        return parts[0], [same] * len(parts)
    edges = np.concatenate([np.zeros(1, np.int64), np.cumsum([len(part) for part in parts], dtype=np.int64)])
    shifts = np.cumsum([0, *(len(part.asn) for part in parts)]).tolist()
    start = [part.start[:-1] + shift for part, shift in zip(parts, shifts, strict=False)]
    together = AsPaths(
        np.concatenate([*start, np.array(shifts[-1:], dtype=np.int64)]),
        np.concatenate([part.asn for part in parts]),
        np.concatenate([part.more for part in parts]),
    )
    whole, number = _distinct(together, edges)
    return whole, np.split(number, edges[1:-1])


def _distinct(paths: AsPaths, edges: NDArray[np.int64]) -> tuple[AsPaths, NDArray[np.int32]]:
    """Paths in any order, in sorted runs between ``edges``, brought into order without repeats, and their numbers."""
    columns = (paths.start, np.ascontiguousarray(paths.asn), np.ascontiguousarray(paths.more).view(np.uint8))
    order, repeats = ordered(*columns, np.unique(edges))
    fresh = repeats == 0
    number = np.empty(len(order), dtype=np.int32)
    number[order] = np.cumsum(fresh, dtype=np.int32) - 1
    return paths.take(order[fresh]), number

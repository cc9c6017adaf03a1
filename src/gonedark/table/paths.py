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
from gonedark.table.paths_loop import gathered, ordered, repeated

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
        start, asn, more = gathered(*self._columns, np.ascontiguousarray(paths, dtype=np.int64))
        return type(self)(start, asn, more.view(bool))

    @property
    def _columns(self) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint8]]:
        """As the compiled loops take them."""
        return self.start, np.ascontiguousarray(self.asn), np.ascontiguousarray(self.more).view(np.uint8)

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


def some_paths(paths: AsPaths, ids: Iterable[Ids], count: int) -> tuple[AsPaths, Callable[[Ids], Ids]]:
    """The paths, out of some in any order, that columns of ids name (-1: none); and what gives columns their numbers.

    What that costs depends on ``count``, how many ids the columns have together, and not on how many paths there are,
    unless there are many.
    """
    if 16 * count < len(paths):
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

    From the last hop to the first, by radix: sorting never compares paths.
    """
    order = np.zeros(0, dtype=np.int32)
    lengths = np.diff(paths.start)
    by_length = np.argsort(lengths, kind="stable").astype(np.int32)
    first = np.searchsorted(lengths[by_length], np.arange(int(lengths.max(initial=0)) + 2)).tolist()
    for hop in range(len(first) - 3, -1, -1):
        # Paths that end here come before those that go on.
        order = np.concatenate([by_length[first[hop + 1] : first[hop + 2]], order])
        at = paths.start[order] + hop
        order = order[_radix(paths.asn[at].astype(np.int64) << 1 | paths.more[at])]
    order = np.concatenate([by_length[: first[1]], order])
    return _numbered(paths, order, repeated(*paths._columns, order))


def _radix(keys: NDArray[np.int64]) -> NDArray[np.intp]:
    """The order of keys of up to 48 bits; equal ones stay as they stood. Sixteen bits are sorted without comparing."""
    order = np.argsort(keys.astype(np.uint16), kind="stable")
    for bits in range(16, int(keys.max(initial=0)).bit_length(), 16):
        order = order[np.argsort((keys[order] >> bits).astype(np.uint16), kind="stable")]
    return order


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
    order, repeats = ordered(*paths._columns, np.unique(edges))
    return _numbered(paths, order, repeats)


def _numbered(
    paths: AsPaths, order: NDArray[np.int32], repeats: NDArray[np.uint8]
) -> tuple[AsPaths, NDArray[np.int32]]:
    """Paths in an order that is theirs, without repeats, and their numbers."""
    fresh = repeats == 0
    number = np.empty(len(order), dtype=np.int32)
    number[order] = np.cumsum(fresh, dtype=np.int32) - 1
    return paths.take(order[fresh]), number

# cython: wraparound=False, initializedcheck=False, cdivision=True
"""AS paths cleaned and numbered: compiled where possible.

Begin with :func:`clean_paths`. The rules are told in :mod:`gonedark.country.paths`. Not for single paths.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import fold
else:
    from gonedark.mrt.span import fold


WORTH_A_THREAD = 1 << 16
"""From so many paths on, two threads clean them."""


def clean_paths(start: Any, asn: Any, is_set: Any, dropped: Any, reserved: Any) -> Any:
    """Clean paths given as columns. ``dropped`` (uint8) marks small AS numbers to leave out, ``reserved`` (n, 2) int64
    are ranges to leave out. Returns (start, hop, asns, origin): hops are indexes into ``asns``, which ascend; origins
    are the last hops, -1 of an empty path."""
    count = len(start) - 1
    edges = [0, count // 2, count] if count >= WORTH_A_THREAD else [0, count]
    spans = [slice(first, until) for first, until in pairwise(edges)]
    hop = np.empty(len(asn), dtype=np.int32)

    def clean(mine: slice) -> tuple[Any, Any, Any, Any]:
        # Clean paths are no longer than they were, so that those of each span have room where these lay.
        room = hop[start[mine.start] :]
        return room, *_clean(start[mine.start : mine.stop + 1], asn, is_set, room, Cleaner(dropped, reserved))

    with ThreadPoolExecutor(len(spans)) as pool:
        parts = list(pool.map(clean, spans))
        asns = np.unique(np.concatenate([numbers[kept > 0] for *_, numbers, kept in parts]))
        new_start, origin = np.zeros(len(start), dtype=np.int64), np.full(count, -1, dtype=np.int32)
        ends = np.cumsum([0, *(begin[-1] for _, begin, *_ in parts)]).tolist()

        def join(mine: slice, end: int, part: tuple[Any, Any, Any, Any]) -> None:
            room, begin, numbers, kept = part
            rank = np.where(kept > 0, np.searchsorted(asns, numbers), -1).astype(np.int32)
            _renumber(begin, room, rank, hop[end:], origin[mine])
            new_start[mine.start + 1 : mine.stop + 1] = begin[1:] + end

        list(pool.map(join, spans, ends, parts))
    return new_start, hop[: ends[-1]], asns, origin


def _clean(start: Any, asn: Any, is_set: Any, hop: Any, cleaner: Any) -> tuple[Any, Any, Any]:
    """Paths with hops from ``start[i]`` to ``start[i + 1]`` of ``asn``, written to ``hop`` by their places among the
    cleaner's numbers: where each begins there, those numbers, and whether they are kept."""
    begin = np.zeros(len(start), dtype=np.int64)
    path = 0
    while (path := cleaner.run(start, asn, is_set, begin, hop, path)) < len(start) - 1:
        cleaner.grow(int(start[path + 1] - start[path]))
    return begin, *cleaner.known()


@cython.final
@cython.cclass
class Cleaner:
    """AS numbers by the order of their first appearance, with what is kept of them, and paths written in them.

    ``slots`` hold a number's place + 1 and are never more than half full.
    """

    dropped: cython.const[cython.uchar][::1]
    reserved: cython.const[cython.longlong][:, ::1]
    slots: cython.int[::1]
    numbers: cython.longlong[::1]
    kept: cython.uchar[::1]
    count: cython.Py_ssize_t
    seed: cython.ulonglong
    key: cython.ulonglong
    start: cython.const[cython.longlong][::1]
    asn: cython.const[cython.uint][::1]
    is_set: cython.const[cython.uchar][::1]
    new_start: cython.longlong[::1]
    hop: cython.int[::1]

    def __init__(self, dropped: Any, reserved: Any) -> None:
        self.dropped, self.reserved = dropped.data, reserved.data
        # Secrets, so that no file can choose AS numbers that all fall on the same place; no answer depends on them.
        self.seed, self.key = (int.from_bytes(os.urandom(8), "little") for _ in range(2))
        self.count = 0
        self._use(1024)

    def known(self) -> tuple[Any, Any]:
        """The AS numbers (int64), and whether each is kept (uint8)."""
        return np.asarray(self.numbers)[: self.count], np.asarray(self.kept)[: self.count]

    def grow(self, more: int) -> None:
        """Room for so many further AS numbers, at least."""
        self._use(max(4 * len(self.slots), 1 << (4 * more).bit_length()))

    def _use(self, size: int) -> None:
        numbers, kept = np.empty(size // 2, dtype=np.int64), np.empty(size // 2, dtype=np.uint8)
        if self.count:
            numbers[: self.count], kept[: self.count] = self.known()
        self.numbers, self.kept = numbers.data, kept.data
        self.slots = np.zeros(size, dtype=np.int32).data
        with cython.nogil:
            self._refill()

    def run(self, start: Any, asn: Any, is_set: Any, new_start: Any, hop: Any, path: cython.Py_ssize_t) -> int:
        """Clean paths from ``path`` on, until all are done or there might be more AS numbers than room; which is next.
        What was cleaned before stands in ``new_start`` and ``hop``."""
        self.start, self.asn, self.is_set = start.data, asn.data, is_set.data
        self.new_start, self.hop = new_start.data, hop.data
        count: cython.Py_ssize_t = len(start) - 1
        room: cython.Py_ssize_t = len(self.numbers)
        with cython.nogil:
            while path < count and self.count + self.start[path + 1] - self.start[path] <= room:
                self._clean(path)
                path += 1
        return path

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _refill(self) -> cython.int:
        place: cython.Py_ssize_t
        for place in range(self.count):
            self.slots[self._slot(self.numbers[place])] = place + 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _clean(self, path: cython.Py_ssize_t) -> cython.int:
        begin: cython.Py_ssize_t = self.new_start[path]
        used: cython.Py_ssize_t = begin
        row: cython.Py_ssize_t
        back: cython.Py_ssize_t
        place: cython.int
        for row in range(self.start[path], self.start[path + 1]):
            if self.is_set[row]:
                continue
            place = self._place(self.asn[row])
            if not self.kept[place]:
                continue
            # A number that comes again closes a loop: what lies between never carried the route.
            back = begin
            while back < used and self.hop[back] != place:
                back += 1
            self.hop[back] = place
            used = back + 1
        self.new_start[path + 1] = used
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _place(self, number: cython.longlong) -> cython.int:
        """Which of the AS numbers it is; a new one is entered."""
        slot: cython.Py_ssize_t = self._slot(number)
        if not self.slots[slot]:
            self.numbers[self.count] = number
            self.kept[self.count] = self._is_kept(number)
            self.count += 1
            self.slots[slot] = self.count
        return self.slots[slot] - 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _slot(self, number: cython.longlong) -> cython.Py_ssize_t:
        """The slot of an AS number, or the free one where it belongs."""
        mask: cython.Py_ssize_t = (self.slots.shape[0] if cython.compiled else len(self.slots)) - 1
        at: cython.Py_ssize_t = fold(cython.cast(cython.ulonglong, number) ^ self.seed, self.key) & mask
        while self.slots[at] and self.numbers[self.slots[at] - 1] != number:
            at = (at + 1) & mask
        return at

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _is_kept(self, number: cython.longlong) -> cython.int:
        small: cython.Py_ssize_t = self.dropped.shape[0] if cython.compiled else len(self.dropped)
        ranges: cython.Py_ssize_t = self.reserved.shape[0] if cython.compiled else len(self.reserved)
        which: cython.Py_ssize_t
        if number < small and self.dropped[number]:
            return 0
        for which in range(ranges):
            if self.reserved[which, 0] <= number <= self.reserved[which, 1]:
                return 0
        return 1


@cython.ccall
@cython.locals(
    begin=cython.longlong[::1],
    places=cython.int[::1],
    rank=cython.int[::1],
    hop=cython.int[::1],
    origin=cython.int[::1],
    path=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
)
def _renumber(begin: Any, places: Any, rank: Any, hop: Any, origin: Any) -> Any:
    """Places to ranks; ``hop`` may lie before ``places`` in the same memory."""
    with cython.nogil:
        for path in range(origin.shape[0]):
            for at in range(begin[path], begin[path + 1]):
                hop[at] = rank[places[at]]
                origin[path] = hop[at]

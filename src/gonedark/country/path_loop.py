# cython: wraparound=False, initializedcheck=False, cdivision=True
"""AS paths cleaned and numbered: compiled where possible.

Begin with :func:`clean_paths`. The rules are told in :mod:`gonedark.country.paths`. Not for single paths.
"""

import os
from typing import Any

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import fold
else:
    from gonedark.mrt.span import fold


def clean_paths(start: Any, asn: Any, is_set: Any, dropped: Any, reserved: Any) -> Any:
    """Clean paths given as columns. ``dropped`` (uint8) marks small AS numbers to leave out, ``reserved`` (n, 2) int64
    are ranges to leave out. Returns (start, hop, asns, origin): hops are indexes into ``asns``, which ascend; origins
    are the last hops, -1 of an empty path."""
    new_start = np.zeros(len(start), dtype=np.int64)
    hop = np.empty(len(asn), dtype=np.int32)
    cleaner = Cleaner(dropped, reserved)
    path = 0
    while (path := cleaner.run(start, asn, is_set, new_start, hop, path)) < len(start) - 1:
        cleaner.grow(int(start[path + 1] - start[path]))
    numbers, kept = cleaner.known()
    order = np.argsort(numbers)
    order = order[kept[order] > 0]
    rank = np.full(len(numbers), -1, dtype=np.int32)
    rank[order] = np.arange(len(order))
    origin = np.full(len(start) - 1, -1, dtype=np.int32)
    _renumber(new_start, hop, rank, origin)
    return new_start, hop[: new_start[len(start) - 1]].copy(), numbers[order], origin


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
    start=cython.longlong[::1],
    hop=cython.int[::1],
    rank=cython.int[::1],
    origin=cython.int[::1],
    path=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
)
def _renumber(start: Any, hop: Any, rank: Any, origin: Any) -> Any:
    with cython.nogil:
        for path in range(origin.shape[0]):
            for at in range(start[path], start[path + 1]):
                hop[at] = rank[hop[at]]
                origin[path] = hop[at]

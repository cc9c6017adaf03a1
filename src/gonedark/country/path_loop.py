# cython: wraparound=False, initializedcheck=False, cdivision=True
"""AS paths cleaned and numbered: compiled where possible.

Begin with :class:`Cleaner`, and :func:`joined` for what several have cleaned. The rules are told in
:mod:`gonedark.country.paths`. Not for single paths.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from typing import Any

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import fold, get32
else:
    from gonedark.mrt.span import fold, get32

AS_SET = cython.declare(cython.int, 1)
AS_SEQUENCE = cython.declare(cython.int, 2)
NOT_KEPT = cython.declare(cython.ulonglong, 1)
FIRST = cython.declare(cython.ulonglong, 2)
LOWER = cython.declare(cython.ulonglong, (1 << 32) - 1)


@cython.final
@cython.cclass
class Cleaner:
    """Paths without the AS numbers that are not kept, as places among those that are, in order of first appearance.

    ``dropped`` (uint8) marks small AS numbers to leave out, ``reserved`` (n, 2) int64 are ranges to leave out. Paths
    are added in ``pieces``: where each path of a piece begins (int64), and the places on them (int32). ``slots`` hold
    an AS number in the upper half; in the lower NOT_KEPT, or FIRST + its place; they are never more than half full.
    """

    dropped: cython.const[cython.uchar][::1]
    reserved: cython.const[cython.longlong][:, ::1]
    pieces = cython.declare(list, visibility="public")
    slots: cython.ulonglong[::1]
    numbers: cython.longlong[::1]
    filled: cython.Py_ssize_t
    count: cython.Py_ssize_t
    seed: cython.ulonglong
    key: cython.ulonglong
    start: cython.const[cython.longlong][::1]
    asn: cython.const[cython.uint][::1]
    is_set: cython.const[cython.uchar][::1]
    arena: cython.const[cython.uchar][::1]
    begin: cython.longlong[::1]
    hop: cython.int[::1]

    def __init__(self, dropped: Any, reserved: Any) -> None:
        self.dropped, self.reserved = dropped.data, reserved.data
        # Secrets, so that no file can choose AS numbers that all fall on the same place; no answer depends on them.
        self.seed, self.key = (int.from_bytes(os.urandom(8), "little") for _ in range(2))
        self.pieces = []
        self.filled = self.count = 0
        self.slots, self.numbers = np.zeros(1024, dtype=np.uint64).data, np.empty(512, dtype=np.int64).data

    def known(self) -> Any:
        """The AS numbers that are kept (int64), by their places."""
        return np.asarray(self.numbers)[: self.count]

    def add_columns(self, start: Any, asn: Any, is_set: Any) -> None:
        """Paths with hops from ``start[i]`` (int64) to ``start[i + 1]`` of ``asn`` (uint32) and ``is_set`` (uint8)."""
        self.start, self.asn, self.is_set = start.data, asn.data, is_set.data
        path: cython.Py_ssize_t = 0
        count: cython.Py_ssize_t = len(start) - 1
        begin, hop = self._room(count, start[count] - start[0])
        while (path := self._columns(path, count)) < count:
            self._grow(int(start[path + 1] - start[path]))
        self.pieces.append((begin, hop[: begin[count]]))

    def add_segments(self, places: Any, arena: Any) -> None:
        """Paths as AS_PATH segments with AS numbers of four bytes (RFC 4271, section 4.3; RFC 6793), which begin at
        ``places`` (int64, ascending) of ``arena`` (uint8); the four bytes before are their length."""
        self.start, self.arena = places.data, arena.data
        path: cython.Py_ssize_t = 0
        count: cython.Py_ssize_t = len(places)
        if not count:
            return
        end = int(places[count - 1]) + get32(self.arena, places[count - 1] - 4)
        begin, hop = self._room(count, (end - int(places[0])) // 4)
        while (path := self._segments(path, count)) < count:
            self._grow(get32(self.arena, self.start[path] - 4) // 4)
        # The room was for the bytes; the hops are fewer.
        self.pieces.append((begin, hop[: begin[count]].copy()))

    def _room(self, paths: int, hops: int) -> tuple[Any, Any]:
        begin, hop = np.zeros(paths + 1, dtype=np.int64), np.empty(hops, dtype=np.int32)
        self.begin, self.hop = begin.data, hop.data
        return begin, hop

    def _grow(self, more: int) -> None:
        """Room for so many further AS numbers, at least."""
        size = max(4 * len(self.slots), 1 << (4 * more).bit_length())
        numbers = np.empty(size // 2, dtype=np.int64)
        numbers[: self.count] = self.known()
        old = np.asarray(self.slots)
        self.numbers, self.slots = numbers.data, np.zeros(size, dtype=np.uint64).data
        for slot in old[old > 0].tolist():
            self.slots[self._slot(slot >> 32)] = slot

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _columns(self, path: cython.Py_ssize_t, count: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Clean paths from ``path`` on until all are done, or there may be more AS numbers than room; which is next."""
        room: cython.Py_ssize_t = len(self.numbers)
        used: cython.Py_ssize_t
        row: cython.Py_ssize_t
        with cython.nogil:
            while path < count and self.filled + self.start[path + 1] - self.start[path] <= room:
                used = self.begin[path]
                for row in range(self.start[path], self.start[path + 1]):
                    if not self.is_set[row]:
                        used = self._append(self.begin[path], used, self.asn[row])
                self.begin[path + 1] = used
                path += 1
        return path

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _segments(self, path: cython.Py_ssize_t, count: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """The same for paths that are segments."""
        room: cython.Py_ssize_t = len(self.numbers)
        length: cython.Py_ssize_t
        with cython.nogil:
            while path < count:
                length = get32(self.arena, self.start[path] - 4)
                if self.filled + length // 4 > room:
                    break
                self.begin[path + 1] = self._follow(self.begin[path], self.start[path], self.start[path] + length)
                path += 1
        return path

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _follow(self, begin: cython.Py_ssize_t, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Clean the segments from ``at`` to ``stop``; the place behind what is written from ``begin`` on."""
        used: cython.Py_ssize_t = begin
        count: cython.Py_ssize_t
        number: cython.Py_ssize_t
        while at < stop:
            count = self.arena[at + 1]
            if self.arena[at] == AS_SEQUENCE or (self.arena[at] == AS_SET and count == 1):
                for number in range(count):
                    used = self._append(begin, used, get32(self.arena, at + 2 + 4 * number))
            at += 2 + 4 * count
        return used

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _append(self, begin: cython.Py_ssize_t, used: cython.Py_ssize_t, number: cython.ulonglong) -> cython.Py_ssize_t:
        """One more AS number of the path that is written from ``begin`` to ``used``; where it ends then."""
        slot: cython.Py_ssize_t = self._slot(number)
        place: cython.int
        if not self.slots[slot]:
            self._enter(slot, number)
        place = cython.cast(cython.int, self.slots[slot] & LOWER) - 2
        if place < 0:
            return used
        # A number that comes again closes a loop: what lies between never carried the route.
        while begin < used and self.hop[begin] != place:
            begin += 1
        self.hop[begin] = place
        return begin + 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _enter(self, slot: cython.Py_ssize_t, number: cython.ulonglong) -> cython.int:
        self.filled += 1
        if not self._is_kept(cython.cast(cython.longlong, number)):
            self.slots[slot] = number << 32 | NOT_KEPT
            return 0
        self.slots[slot] = number << 32 | (cython.cast(cython.ulonglong, self.count) + FIRST)
        self.numbers[self.count] = cython.cast(cython.longlong, number)
        self.count += 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _slot(self, number: cython.ulonglong) -> cython.Py_ssize_t:
        """The slot of an AS number, or the free one where it belongs."""
        mask: cython.Py_ssize_t = (self.slots.shape[0] if cython.compiled else len(self.slots)) - 1
        at: cython.Py_ssize_t = fold(number ^ self.seed, self.key) & mask
        while self.slots[at] and self.slots[at] >> 32 != number:
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


def joined(cleaners: Sequence[Any]) -> tuple[Any, Any, Any, Any]:
    """All pieces of some cleaners behind each other: (start, hop, asns, origin), as ``paths.Paths`` has them."""
    asns = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(cleaner.known() for cleaner in cleaners)]))
    ranks = [np.searchsorted(asns, cleaner.known()).astype(np.int32) for cleaner in cleaners]
    pieces = [(piece, rank) for cleaner, rank in zip(cleaners, ranks, strict=True) for piece in cleaner.pieces]
    paths = _ends([len(begin) - 1 for (begin, _), _ in pieces])
    hops = _ends([len(places) for (_, places), _ in pieces])
    start, hop = np.zeros(paths.pop() + 1, dtype=np.int64), np.empty(hops.pop(), dtype=np.int32)
    origin = np.full(len(start) - 1, -1, dtype=np.int32)

    def join(piece: tuple[tuple[Any, Any], Any], path: int, end: int) -> None:
        (begin, places), rank = piece
        count = len(begin) - 1
        _renumber(begin, places, rank, hop[end : end + len(places)], origin[path : path + count])
        np.add(begin[1:], end, out=start[path + 1 : path + 1 + count])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(join, pieces, paths, hops))
    return start, hop, asns, origin


def _ends(counts: list[int]) -> list[int]:
    """Where each of some pieces begins, and where the last one ends."""
    return list(accumulate(counts, initial=0))


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
    """Places to ranks, and the last one of each path as its origin."""
    with cython.nogil:
        for path in range(origin.shape[0]):
            for at in range(begin[path], begin[path + 1]):
                hop[at] = rank[places[at]]
                origin[path] = hop[at]

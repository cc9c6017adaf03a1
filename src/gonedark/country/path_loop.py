# cython: wraparound=False, initializedcheck=False, cdivision=True
"""AS paths cleaned and numbered: compiled where possible.

Begin with :class:`Cleaner`, several of which may be at work on one table's paths, and :func:`joined` for what they have
cleaned. The rules are told in :mod:`gonedark.country.paths`. Not for single paths.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cython
import numpy as np

from gonedark.mrt.growth import grown

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import fold, get16, get32
else:
    from gonedark.mrt.span import fold, get16, get32

AS_SET = cython.declare(cython.int, 1)
AS_SEQUENCE = cython.declare(cython.int, 2)
NOT_KEPT = cython.declare(cython.int, 1)
FIRST = cython.declare(cython.int, 2)
LOWER = cython.declare(cython.ulonglong, (1 << 32) - 1)
HEAD = cython.declare(cython.Py_ssize_t, 6)
"""Bytes before a path in the arena."""
COMMON = cython.declare(cython.Py_ssize_t, 1 << 19)
"""Nearly all AS numbers in use are below."""


@cython.final
@cython.cclass
class Cleaner:
    """Paths without the AS numbers that are not kept, as places among those that are, in order of first appearance.

    ``dropped`` (uint8) marks small AS numbers to leave out, ``reserved`` (n, 2) int64 are ranges to leave out. Path i
    is written to ``hop`` (int32) from ``start[i]`` (int32) on; a cleaner writes paths that stand side by side, to the
    places from ``begin`` to ``end``, of which it never needs more than the paths had AS numbers. ``common`` tells of AS
    numbers below COMMON: NOT_KEPT, or FIRST + the place, or 0 for those not met. ``slots`` have that in the lower half
    for others, which are in the upper half; they are never more than half full. ``odd`` are the paths whose ``last``
    number is a reserved one (-1: a set of several, or none), with that number.
    """

    dropped: cython.const[cython.uchar][::1]
    reserved: cython.const[cython.longlong][:, ::1]
    start: cython.int[::1]
    hop: cython.int[::1]
    begin = cython.declare(cython.Py_ssize_t, visibility="public")
    end = cython.declare(cython.Py_ssize_t, visibility="public")
    common: cython.int[::1]
    slots: cython.ulonglong[::1]
    numbers: cython.longlong[::1]
    filled: cython.Py_ssize_t
    count: cython.Py_ssize_t
    odd: cython.longlong[:, ::1]
    odd_room: cython.Py_ssize_t
    odd_count: cython.Py_ssize_t
    last: cython.longlong
    seed: cython.ulonglong
    key: cython.ulonglong
    given: cython.const[cython.longlong][::1]
    asn: cython.const[cython.uint][::1]
    is_set: cython.const[cython.uchar][::1]
    place: cython.const[cython.uint][::1]
    arena: cython.const[cython.uchar][::1]

    def __init__(self, dropped: Any, reserved: Any, start: Any, hop: Any) -> None:
        self.dropped, self.reserved = dropped.data, reserved.data
        self.start, self.hop = start.data, hop.data
        # Secrets, so that no file can choose AS numbers that all fall on the same place; no answer depends on them.
        self.seed, self.key = (int.from_bytes(os.urandom(8), "little") for _ in range(2))
        self.begin = self.end = self.filled = self.count = 0
        self.common = np.zeros(COMMON, dtype=np.int32).data
        self.slots, self.numbers = np.zeros(1024, dtype=np.uint64).data, np.empty(512, dtype=np.int64).data
        self.odd, self.odd_room, self.odd_count = np.empty((64, 2), dtype=np.int64).data, 64, 0
        self.last = -1

    def nameless(self) -> Any:
        """Paths, ascending, whose last number was left out since it is reserved, with that number (n, 2)."""
        return np.asarray(self.odd)[: self.odd_count]

    def known(self) -> Any:
        """The AS numbers that are kept (int64), by their places."""
        return np.asarray(self.numbers)[: self.count]

    def clean_columns(self, first: int, last: int, start: Any, asn: Any, is_set: Any) -> None:
        """Paths ``first`` up to ``last``, which have the hops from ``start[i]`` (int64) to ``start[i + 1]`` of ``asn``
        (uint32) and ``is_set`` (uint8)."""
        self.given, self.asn, self.is_set = start.data, asn.data, is_set.data
        self.begin = self.end = int(start[first] - start[0])
        while (first := self._columns(first, last)) < last:
            self._make_room(int(start[first + 1] - start[first]))

    def clean_segments(self, first: int, last: int, place: Any, arena: Any) -> None:
        """Paths ``first`` up to ``last`` as :meth:`gonedark.mrt.dictionaries.Dictionaries.give_paths` has them.

        ``start`` and ``hop`` may be the same memory: what is written never gets ahead of what is read, since every path
        there has eight bytes before its first AS number.
        """
        self.place, self.arena = place.data, arena.data
        self.begin = self.end = (int(place[first]) + 1) // 2 if first < last else 0
        while (first := self._segments(first, last)) < last:
            self._make_room(get16(self.arena, 2 * int(place[first]) + HEAD - 2) // 2)

    def _make_room(self, more: int) -> None:
        """For one further odd path, or for so many further AS numbers, at least."""
        if self.odd_count == self.odd_room:
            self.odd_room *= 4
            odd = np.empty((self.odd_room, 2), dtype=np.int64)
            odd[: self.odd_count] = self.nameless()
            self.odd = odd.data
            return
        size = max(4 * len(self.slots), 1 << (4 * more).bit_length())
        numbers = grown(np.asarray(self.numbers), self.count, size // 2)
        old = np.asarray(self.slots)
        self.numbers, self.slots = numbers.data, np.zeros(size, dtype=np.uint64).data
        for slot in old[old > 0].tolist():
            self.slots[self._slot(slot >> 32)] = slot

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _columns(self, path: cython.Py_ssize_t, last: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Clean paths from ``path`` on until all are done, or there may be more AS numbers than room; which is next."""
        room: cython.Py_ssize_t = len(self.numbers)
        begin: cython.Py_ssize_t
        row: cython.Py_ssize_t
        with cython.nogil:
            while path < last and self.odd_count < self.odd_room:
                if self.filled + self.given[path + 1] - self.given[path] > room:
                    break
                begin = self.end
                self.start[path] = cython.cast(cython.int, begin)
                self.last = -1
                for row in range(self.given[path], self.given[path + 1]):
                    self.last = -1
                    if not self.is_set[row]:
                        self.last = self.asn[row]
                        self.end = self._append(begin, self.end, self.asn[row])
                self._note_odd(path)
                path += 1
        return path

    @cython.cfunc
    @cython.exceptval(-1, check=False)
    def _segments(self, path: cython.Py_ssize_t, last: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """The same for paths that are segments."""
        room: cython.Py_ssize_t = len(self.numbers)
        at: cython.Py_ssize_t
        length: cython.Py_ssize_t
        with cython.nogil:
            while path < last and self.odd_count < self.odd_room:
                at = 2 * cython.cast(cython.Py_ssize_t, self.place[path]) + HEAD
                length = 2 * get16(self.arena, at - 2)
                if self.filled + length // 4 > room:
                    break
                self.start[path] = cython.cast(cython.int, self.end)
                self.end = self._follow(self.end, at, at + length)
                self._note_odd(path)
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
        self.last = -1
        while at < stop:
            count = self.arena[at + 1]
            if self.arena[at] == AS_SEQUENCE or (self.arena[at] == AS_SET and count == 1):
                for number in range(count):
                    self.last = get32(self.arena, at + 2 + 4 * number)
                    used = self._append(begin, used, self.last)
            elif self.arena[at] == AS_SET:
                self.last = -1
            at += 2 + 4 * count
        return used

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _note_odd(self, path: cython.Py_ssize_t) -> cython.int:
        """Note a path whose last number is a reserved one."""
        if self.last >= 0 and self._known(self.last) == NOT_KEPT and self._is_reserved(self.last):
            self.odd[self.odd_count, 0] = path
            self.odd[self.odd_count, 1] = self.last
            self.odd_count += 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _append(self, begin: cython.Py_ssize_t, used: cython.Py_ssize_t, number: cython.ulonglong) -> cython.Py_ssize_t:
        """One more AS number of the path that is written from ``begin`` to ``used``; where it ends then."""
        place: cython.int = self._known(number) - FIRST
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
    def _known(self, number: cython.ulonglong) -> cython.int:
        """NOT_KEPT, or FIRST + the place of an AS number, which is entered where it comes for the first time."""
        slot: cython.Py_ssize_t
        if number < COMMON:
            if not self.common[number]:
                self.common[number] = self._enter(number)
            return self.common[number]
        slot = self._slot(number)
        if not self.slots[slot]:
            self.slots[slot] = number << 32 | cython.cast(cython.ulonglong, self._enter(number))
        return cython.cast(cython.int, self.slots[slot] & LOWER)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _enter(self, number: cython.longlong) -> cython.int:
        """What is noted of a new AS number."""
        self.filled += 1
        if not self._is_kept(number):
            return NOT_KEPT
        self.numbers[self.count] = number
        self.count += 1
        return cython.cast(cython.int, self.count - 1 + FIRST)

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
        if number < small and self.dropped[number]:
            return 0
        return not self._is_reserved(number)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _is_reserved(self, number: cython.longlong) -> cython.int:
        ranges: cython.Py_ssize_t = self.reserved.shape[0] if cython.compiled else len(self.reserved)
        which: cython.Py_ssize_t
        for which in range(ranges):
            if self.reserved[which, 0] <= number <= self.reserved[which, 1]:
                return 1
        return 0


def joined(cleaners: Sequence[Any], edges: Sequence[int], start: Any, hop: Any) -> tuple[Any, ...]:
    """What cleaners have written to ``start`` and ``hop``, each the paths from one of the ``edges`` to the next.

    Without gaps: (start, hop, asns, origin, nameless) as ``paths.Paths`` has them, in the same memory.
    """
    asns = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(cleaner.known() for cleaner in cleaners)]))
    begins = np.cumsum([0, *(cleaner.end - cleaner.begin for cleaner in cleaners)]).tolist()
    count, hops = edges[len(cleaners)], begins[len(cleaners)]
    origin = np.empty(count, dtype=np.int32)

    def move(cleaner: Any, begin: int, paths: slice) -> None:
        rank = np.searchsorted(asns, cleaner.known()).astype(np.int32)
        _renumber(start[paths], hop, rank, origin[paths], (cleaner.begin, cleaner.end, begin))

    with ThreadPoolExecutor(len(cleaners)) as pool:
        list(pool.map(move, cleaners, begins, map(slice, edges, edges[1:])))
    start[count] = hops
    nameless = np.concatenate([np.zeros((0, 2), dtype=np.int64), *(cleaner.nameless() for cleaner in cleaners)])
    return start[: count + 1], hop[:hops], asns, origin, nameless


@cython.ccall
@cython.locals(
    start=cython.int[::1],
    hop=cython.int[::1],
    rank=cython.int[::1],
    origin=cython.int[::1],
    path=cython.Py_ssize_t,
    paths=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    stop=cython.Py_ssize_t,
    end=cython.Py_ssize_t,
    out=cython.Py_ssize_t,
)
def _renumber(start: Any, hop: Any, rank: Any, origin: Any, where: Any) -> Any:
    """Places to ranks, and the last one of each path as its origin (-1: an empty path).

    ``where`` the hops begin and end, and where they begin then: never further on.
    """
    at, end, out = where
    paths = origin.shape[0]
    with cython.nogil:
        for path in range(paths):
            stop = start[path + 1] if path + 1 < paths else end
            start[path] = cython.cast(cython.int, out)
            origin[path] = -1
            while at < stop:
                hop[out] = rank[hop[at]]
                origin[path] = hop[out]
                at += 1
                out += 1

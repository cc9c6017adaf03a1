# cython: wraparound=False, initializedcheck=False, cdivision=True
"""Prefixes that every session reaches over the same paths, found while a table streams by: compiled where possible.

Begin with :class:`Groups`. Millions of table entries shrink to the routes of the distinct groups (policy atoms). Rows
of one prefix must stand together; a prefix that comes back later is noted and left to the caller. Not for decisions.
"""

from typing import Any

import cython
import numpy as np

from gonedark.mrt.growth import grown, longer

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import fill, fold
else:
    from gonedark.mrt.span import fill, fold


@cython.final
@cython.cclass
class Groups:
    """Routes of distinct groups as growing columns, and the group of every prefix (-1: none yet).

    Group g has the rows ``start[g]`` to ``start[g + 1]`` of ``session`` and ``path``; a session stands once in a group,
    with the first of its paths. ``seed`` and ``key`` keep a hostile file from choosing collisions; groups are
    compared in full. Names that begin with ``the_`` are the loops' views of the columns.
    """

    group = cython.declare(object, visibility="public")
    start = cython.declare(object, visibility="public")
    session = cython.declare(object, visibility="public")
    path = cython.declare(object, visibility="public")
    count = cython.declare(cython.Py_ssize_t, visibility="public")
    hashes = cython.declare(object)
    stamp = cython.declare(object)
    the_group: cython.int[::1]
    the_start: cython.longlong[::1]
    the_session: cython.int[::1]
    the_path: cython.int[::1]
    the_hashes: cython.ulonglong[::1]
    the_stamp: cython.longlong[::1]
    slots: cython.int[::1]
    new_prefix: cython.const[cython.int][::1]
    new_session: cython.const[cython.int][::1]
    new_path: cython.const[cython.int][::1]
    left: cython.uchar[::1]
    used: cython.Py_ssize_t
    end: cython.Py_ssize_t
    serial: cython.longlong
    seed: cython.ulonglong
    key: cython.ulonglong

    def __init__(self, seed: int, key: int) -> None:
        self.count = self.used = self.end = self.serial = 0
        self.group = np.full(1024, -1, dtype=np.int32)
        self.start = np.zeros(1025, dtype=np.int64)
        self.session, self.path = np.empty(4096, dtype=np.int32), np.empty(4096, dtype=np.int32)
        self.hashes = np.empty(1024, dtype=np.uint64)
        self.slots = np.zeros(4096, dtype=np.int32).data
        self.stamp = np.full(64, -1, dtype=np.int64)
        self.seed, self.key = seed, key
        self._look()

    def _look(self) -> None:
        """Memory as the loops want it, which gives plain Python numbers where they run uncompiled."""
        self.the_group, self.the_start = self.group.data, self.start.data
        self.the_session, self.the_path = self.session.data, self.path.data
        self.the_hashes, self.the_stamp = self.hashes.data, self.stamp.data

    def reserve(self, prefixes: int, sessions: int, rows: int) -> None:
        """Room for so many prefixes and sessions in all, and for this many further rows."""
        self.group = _filled(self.group, prefixes)
        self.stamp = _filled(self.stamp, sessions)
        self.session = longer(self.session, self.used, self.used + rows)
        self.path = longer(self.path, self.used, self.used + rows)
        self.hashes = longer(self.hashes, self.count, self.count + rows)
        self.start = longer(self.start, self.count + 1, self.count + rows + 1)
        self._look()
        if 2 * (self.count + rows) > len(self.slots):
            self.slots = np.zeros(1 << (4 * (self.count + rows)).bit_length(), dtype=np.int32).data
            with cython.nogil:
                self._refill()

    def add(self, prefix: Any, session: Any, path: Any) -> Any:
        """Rows (int32 columns), those of a prefix together; room must be reserved. Returns the rows (bool mask) of
        prefixes that had come before, which were not taken."""
        left = np.zeros(len(prefix), dtype=np.uint8)
        self.new_prefix, self.new_session, self.new_path, self.left = prefix.data, session.data, path.data, left.data
        with cython.nogil:
            self._add()
        return left.view(np.bool_)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _refill(self) -> cython.int:
        number: cython.Py_ssize_t
        for number in range(self.count):
            self.slots[self._free_from(self.the_hashes[number])] = number + 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _free_from(self, state: cython.ulonglong) -> cython.Py_ssize_t:
        """The first free slot for this hash."""
        mask: cython.Py_ssize_t = (self.slots.shape[0] if cython.compiled else len(self.slots)) - 1
        at: cython.Py_ssize_t = state & cython.cast(cython.ulonglong, mask)
        while self.slots[at]:
            at = (at + 1) & mask
        return at

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _add(self) -> cython.int:
        rows: cython.Py_ssize_t = self.new_prefix.shape[0] if cython.compiled else len(self.new_prefix)
        begin: cython.Py_ssize_t = 0
        stop: cython.Py_ssize_t
        before: cython.Py_ssize_t = 0
        count: cython.Py_ssize_t = 0
        number: cython.int = -1
        while begin < rows:
            stop = begin + 1
            while stop < rows and self.new_prefix[stop] == self.new_prefix[begin]:
                stop += 1
            if self.the_group[self.new_prefix[begin]] >= 0:
                fill(self.left, begin, stop, cython.cast(cython.uchar, 1))
            else:
                # Neighbours are often routed alike.
                if stop - begin != count or not self._repeats(before, begin, count):
                    number = self._group_of(self._take(begin, stop))
                    before = begin
                    count = stop - begin
                self.the_group[self.new_prefix[begin]] = number
            begin = stop
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _repeats(self, before: cython.Py_ssize_t, begin: cython.Py_ssize_t, count: cython.Py_ssize_t) -> cython.int:
        """Whether so many rows are the same again."""
        offset: cython.Py_ssize_t
        for offset in range(count):
            if (
                self.new_path[before + offset] != self.new_path[begin + offset]
                or self.new_session[before + offset] != self.new_session[begin + offset]
            ):
                return 0
        return 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(0, check=True)
    def _take(self, begin: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.ulonglong:
        """Write a prefix's routes behind those of all groups, up to ``end``; their hash."""
        row: cython.Py_ssize_t
        session: cython.Py_ssize_t
        word: cython.ulonglong
        state: cython.ulonglong = self.seed
        end: cython.Py_ssize_t = self.used
        self.serial += 1
        for row in range(begin, stop):
            session = self.new_session[row]
            if self.the_stamp[session] == self.serial:
                continue
            self.the_stamp[session] = self.serial
            self.the_session[end] = self.new_session[row]
            self.the_path[end] = self.new_path[row]
            end += 1
            word = cython.cast(cython.ulonglong, session) << 32
            state = fold(state ^ (word | cython.cast(cython.ulonglong, self.new_path[row] + 1)), self.key)
        self.end = end
        return state

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _group_of(self, state: cython.ulonglong) -> cython.int:
        """The group that has the routes written last, or a new one of them."""
        mask: cython.Py_ssize_t = (self.slots.shape[0] if cython.compiled else len(self.slots)) - 1
        at: cython.Py_ssize_t = state & cython.cast(cython.ulonglong, mask)
        number: cython.Py_ssize_t
        while self.slots[at]:
            number = self.slots[at] - 1
            if self.the_hashes[number] == state and self._is_same(number):
                return number
            at = (at + 1) & mask
        number = self.count
        self.slots[at] = number + 1
        self.the_hashes[number] = state
        self.the_start[number] = self.used
        self.the_start[number + 1] = self.end
        self.used = self.end
        self.count = number + 1
        return number

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _is_same(self, number: cython.Py_ssize_t) -> cython.int:
        """Whether a group has exactly the routes written last."""
        first: cython.Py_ssize_t = self.the_start[number]
        offset: cython.Py_ssize_t
        if self.the_start[number + 1] - first != self.end - self.used:
            return 0
        for offset in range(self.end - self.used):
            if (
                self.the_session[first + offset] != self.the_session[self.used + offset]
                or self.the_path[first + offset] != self.the_path[self.used + offset]
            ):
                return 0
        return 1


def _filled(column: Any, size: int) -> Any:
    """Room for so many cells, and for more of them where it is too small; new ones hold -1."""
    if size <= len(column):
        return column
    larger = grown(column, len(column), max(size, len(column) * 3 // 2))
    larger[len(column) :] = -1
    return larger


def sizes(members: Any, start: Any, session: Any, sessions: Any) -> Any:
    """How many prefixes each session holds (int64), from the number of each group's prefixes (int64) and its rows."""
    held = np.zeros(sessions, dtype=np.int64)
    _sizes(members, start, session, held)
    return held


@cython.ccall
@cython.locals(
    members=cython.longlong[::1],
    start=cython.longlong[::1],
    session=cython.int[::1],
    held=cython.longlong[::1],
    group=cython.Py_ssize_t,
    row=cython.Py_ssize_t,
)
def _sizes(members: Any, start: Any, session: Any, held: Any) -> Any:
    with cython.nogil:
        for group in range(members.shape[0]):
            if members[group]:
                for row in range(start[group], start[group + 1]):
                    held[session[row]] += members[group]

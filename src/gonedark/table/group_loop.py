# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False, cdivision=True
"""Prefixes that every session reaches over the same paths, found while a table streams by: compiled where possible.

Begin with :class:`Groups`. Millions of table entries shrink to the routes of the distinct groups (policy atoms). Rows
of one prefix must stand together; a prefix that comes back later is noted and left to the caller. Not for decisions.
"""

from typing import Any

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import fold
else:
    from gonedark.mrt.span import fold


class Groups:
    """Routes of distinct groups as growing columns, and the group of every prefix (-1: none yet).

    Group g has the rows ``start[g]`` to ``start[g + 1]`` of ``session`` and ``path``; a session stands once in a group,
    with the first of its paths. ``seed`` and ``key`` keep a hostile file from choosing collisions; groups are
    compared in full.
    """

    def __init__(self, seed: Any, key: Any) -> None:
        self.count = 0
        self.used = 0
        self.group = np.full(1024, -1, dtype=np.int32)
        self.start = np.zeros(1025, dtype=np.int64)
        self.session = np.empty(4096, dtype=np.int32)
        self.path = np.empty(4096, dtype=np.int32)
        self.hashes = np.empty(1024, dtype=np.uint64)
        self.slots = np.zeros(4096, dtype=np.int32)
        self.stamp = np.full(64, -1, dtype=np.int64)
        self.serial = 0
        self.seed = seed
        self.key = key

    def reserve(self, prefixes: Any, sessions: Any, rows: Any) -> None:
        """Room for so many prefixes and sessions in all, and for this many further rows."""
        if prefixes > len(self.group):
            known = len(self.group)
            self.group = _longer(self.group, max(prefixes, len(self.group) * 3 // 2))
            self.group[known:] = -1
        if sessions > len(self.stamp):
            watching = len(self.stamp)
            self.stamp = _longer(self.stamp, max(sessions, 2 * watching))
            self.stamp[watching:] = -1
        if self.used + rows > len(self.session):
            size = max(self.used + rows, 2 * len(self.session))
            self.session, self.path = _longer(self.session, size), _longer(self.path, size)
        if self.count + rows > len(self.hashes):
            size = max(self.count + rows, len(self.hashes) * 3 // 2)
            self.hashes, self.start = _longer(self.hashes, size), _longer(self.start, size + 1)
        if 2 * (self.count + rows) > len(self.slots):
            self._rehash(1 << (4 * (self.count + rows)).bit_length())

    def _rehash(self, size: Any) -> Any:
        self.slots = np.zeros(size, dtype=np.int32)
        _refill(self.slots, self.hashes, self.count)

    def add(self, prefix: Any, session: Any, path: Any) -> Any:
        """Rows (int32 columns), those of a prefix together; room must be reserved. Returns the rows (bool mask) of
        prefixes that had come before, which were not taken."""
        left = np.zeros(len(prefix), dtype=np.uint8)
        self.count, self.used, self.serial = _add(
            prefix,
            session,
            path,
            left,
            self.group,
            self.start,
            self.session,
            self.path,
            self.hashes,
            self.slots,
            self.stamp,
            self.count,
            self.used,
            self.serial,
            self.seed,
            self.key,
        )
        return left.view(np.bool_)


def _longer(column: Any, size: Any) -> Any:
    # What is behind stays unwritten: such memory costs nothing.
    grown = np.empty(size, dtype=column.dtype)
    grown[: len(column)] = column
    return grown


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


@cython.ccall
@cython.locals(
    slots=cython.int[::1],
    hashes=cython.ulonglong[::1],
    count=cython.Py_ssize_t,
    number=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    mask=cython.Py_ssize_t,
)
def _refill(slots: Any, hashes: Any, count: Any) -> Any:
    mask = slots.shape[0] - 1
    for number in range(count):
        at = cython.cast(cython.Py_ssize_t, hashes[number] & cython.cast(cython.ulonglong, mask))
        while slots[at]:
            at = (at + 1) & mask
        slots[at] = number + 1


@cython.ccall
@cython.locals(
    prefix=cython.int[::1],
    session=cython.int[::1],
    path=cython.int[::1],
    left=cython.uchar[::1],
    group=cython.int[::1],
    start=cython.longlong[::1],
    kept_session=cython.int[::1],
    kept_path=cython.int[::1],
    hashes=cython.ulonglong[::1],
    slots=cython.int[::1],
    stamp=cython.longlong[::1],
    count=cython.Py_ssize_t,
    used=cython.Py_ssize_t,
    serial=cython.longlong,
    seed=cython.ulonglong,
    key=cython.ulonglong,
    rows=cython.Py_ssize_t,
    begin=cython.Py_ssize_t,
    stop=cython.Py_ssize_t,
    row=cython.Py_ssize_t,
    end=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    mask=cython.Py_ssize_t,
    first=cython.Py_ssize_t,
    offset=cython.Py_ssize_t,
    number=cython.Py_ssize_t,
    state=cython.ulonglong,
    word=cython.ulonglong,
    same=cython.bint,
)
def _add(
    prefix: Any,
    session: Any,
    path: Any,
    left: Any,
    group: Any,
    start: Any,
    kept_session: Any,
    kept_path: Any,
    hashes: Any,
    slots: Any,
    stamp: Any,
    count: Any,
    used: Any,
    serial: Any,
    seed: Any,
    key: Any,
) -> Any:
    rows = prefix.shape[0]
    mask = slots.shape[0] - 1
    begin = 0
    with cython.nogil:
        while begin < rows:
            stop = begin + 1
            while stop < rows and prefix[stop] == prefix[begin]:
                stop += 1
            if group[prefix[begin]] >= 0:
                for row in range(begin, stop):
                    left[row] = 1
                begin = stop
                continue
            serial += 1
            end = used
            state = seed
            for row in range(begin, stop):
                if stamp[session[row]] == serial:
                    continue
                stamp[session[row]] = serial
                kept_session[end] = session[row]
                kept_path[end] = path[row]
                end += 1
                word = (cython.cast(cython.ulonglong, session[row]) << 32) | cython.cast(
                    cython.ulonglong, path[row] + 1
                )
                state = fold(state ^ word, key)
            at = cython.cast(cython.Py_ssize_t, state & cython.cast(cython.ulonglong, mask))
            number = -1
            while slots[at]:
                number = slots[at] - 1
                same = hashes[number] == state and start[number + 1] - start[number] == end - used
                if same:
                    first = cython.cast(cython.Py_ssize_t, start[number])
                    for offset in range(end - used):
                        if (
                            kept_session[first + offset] != kept_session[used + offset]
                            or kept_path[first + offset] != kept_path[used + offset]
                        ):
                            same = False
                            break
                if same:
                    break
                number = -1
                at = (at + 1) & mask
            if number < 0:
                number = count
                slots[at] = number + 1
                hashes[number] = state
                start[number] = used
                start[number + 1] = end
                used = end
                count += 1
            group[prefix[begin]] = number
            begin = stop
    return count, used, serial

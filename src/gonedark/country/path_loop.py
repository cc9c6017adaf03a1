# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False, cdivision=True
"""AS paths cleaned and numbered: compiled where possible.

Begin with :func:`clean_paths`. The rules are told in :mod:`gonedark.country.paths`. Not for single paths.
"""

from typing import Any

import cython
import numpy as np


def clean_paths(start: Any, asn: Any, is_set: Any, dropped: Any, reserved: Any) -> Any:
    """Clean paths given as columns. ``dropped`` (uint8) marks small AS numbers to leave out, ``reserved`` (n, 2) int64
    are ranges to leave out. Returns (start, hop, asns): hops are indexes into ``asns`` in order of first appearance."""
    new_start = np.zeros(len(start), dtype=np.int64)
    hop = np.empty(len(asn), dtype=np.int32)
    size = 1024
    slots = np.zeros(size, dtype=np.int32)
    asns = np.empty(512, dtype=np.int64)
    path = count = used = 0
    while True:
        path, used, count = _clean(
            start, asn, is_set, dropped, reserved, new_start, hop, slots, asns, path, used, count
        )
        if path == len(start) - 1:
            return new_start, hop[:used].copy(), asns[:count].copy()
        size = max(4 * size, 1 << int(4 * (start[path + 1] - start[path])).bit_length())
        asns = np.concatenate([asns[:count], np.empty(size // 2 - count, dtype=np.int64)])
        slots = np.zeros(size, dtype=np.int32)
        _refill(slots, asns, count)


@cython.ccall
@cython.locals(
    slots=cython.int[::1],
    asns=cython.longlong[::1],
    count=cython.Py_ssize_t,
    number=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    mask=cython.Py_ssize_t,
)
def _refill(slots: Any, asns: Any, count: Any) -> Any:
    mask = slots.shape[0] - 1
    for number in range(count):
        at = (asns[number] * 40503) & mask
        while slots[at]:
            at = (at + 1) & mask
        slots[at] = number + 1


@cython.ccall
@cython.locals(
    start=cython.longlong[::1],
    asn=cython.uint[::1],
    is_set=cython.uchar[::1],
    dropped=cython.uchar[::1],
    reserved=cython.longlong[:, ::1],
    new_start=cython.longlong[::1],
    hop=cython.int[::1],
    slots=cython.int[::1],
    asns=cython.longlong[::1],
    path=cython.Py_ssize_t,
    used=cython.Py_ssize_t,
    count=cython.Py_ssize_t,
    begin=cython.Py_ssize_t,
    row=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    mask=cython.Py_ssize_t,
    number=cython.longlong,
    which=cython.Py_ssize_t,
    back=cython.Py_ssize_t,
    kept=cython.bint,
)
def _clean(
    start: Any,
    asn: Any,
    is_set: Any,
    dropped: Any,
    reserved: Any,
    new_start: Any,
    hop: Any,
    slots: Any,
    asns: Any,
    path: Any,
    used: Any,
    count: Any,
) -> Any:
    """Clean paths from ``path`` on until all are done or the table of AS numbers might overflow."""
    mask = slots.shape[0] - 1
    with cython.nogil:
        while path < start.shape[0] - 1:
            if count + (start[path + 1] - start[path]) > asns.shape[0]:
                break
            begin = used
            for row in range(start[path], start[path + 1]):
                number = cython.cast(cython.longlong, asn[row])
                kept = not is_set[row] and not (number < dropped.shape[0] and dropped[number])
                if kept:
                    for which in range(reserved.shape[0]):
                        if reserved[which, 0] <= number <= reserved[which, 1]:
                            kept = False
                            break
                if not kept:
                    continue
                at = (number * 40503) & mask
                while slots[at] and asns[slots[at] - 1] != number:
                    at = (at + 1) & mask
                if not slots[at]:
                    asns[count] = number
                    count += 1
                    slots[at] = cython.cast(cython.int, count)
                which = slots[at] - 1
                # A number that comes again closes a loop: what lies between never carried the route.
                back = begin
                while back < used and hop[back] != which:
                    back += 1
                hop[back] = cython.cast(cython.int, which)
                used = back + 1
            path += 1
            new_start[path] = used
    return path, used, count

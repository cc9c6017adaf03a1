# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False, cdivision=True
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
    # Secrets, so that no file can choose AS numbers that all fall on the same place; no answer depends on them.
    seed, key = (int.from_bytes(os.urandom(8), "little") for _ in range(2))
    size = 1024
    slots = np.zeros(size, dtype=np.int32)
    numbers, kept = np.empty(512, dtype=np.int64), np.empty(512, dtype=np.uint8)
    path = count = used = 0
    while True:
        rules = (dropped, reserved, seed, key)
        path, used, count = _clean(start, asn, is_set, *rules, new_start, hop, slots, numbers, kept, path, used, count)
        if path == len(start) - 1:
            break
        size = max(4 * size, 1 << int(4 * (start[path + 1] - start[path])).bit_length())
        numbers = np.concatenate([numbers[:count], np.empty(size // 2 - count, dtype=np.int64)])
        kept = np.concatenate([kept[:count], np.empty(size // 2 - count, dtype=np.uint8)])
        slots = np.zeros(size, dtype=np.int32)
        _refill(slots, numbers, count, seed, key)
    order = np.argsort(numbers[:count])
    order = order[kept[order] > 0]
    rank = np.full(count, -1, dtype=np.int32)
    rank[order] = np.arange(len(order))
    origin = np.full(len(start) - 1, -1, dtype=np.int32)
    _renumber(new_start, hop, rank, origin)
    return new_start, hop[:used].copy(), numbers[order], origin


@cython.ccall
@cython.locals(
    slots=cython.int[::1],
    numbers=cython.longlong[::1],
    count=cython.Py_ssize_t,
    seed=cython.ulonglong,
    key=cython.ulonglong,
    which=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    mask=cython.Py_ssize_t,
)
def _refill(slots: Any, numbers: Any, count: Any, seed: Any, key: Any) -> Any:
    mask = slots.shape[0] - 1
    for which in range(count):
        at = fold(cython.cast(cython.ulonglong, numbers[which]) ^ seed, key) & mask
        while slots[at]:
            at = (at + 1) & mask
        slots[at] = which + 1


@cython.ccall
@cython.locals(
    start=cython.longlong[::1],
    asn=cython.uint[::1],
    is_set=cython.uchar[::1],
    dropped=cython.uchar[::1],
    reserved=cython.longlong[:, ::1],
    seed=cython.ulonglong,
    key=cython.ulonglong,
    new_start=cython.longlong[::1],
    hop=cython.int[::1],
    slots=cython.int[::1],
    numbers=cython.longlong[::1],
    kept=cython.uchar[::1],
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
)
def _clean(
    start: Any,
    asn: Any,
    is_set: Any,
    dropped: Any,
    reserved: Any,
    seed: Any,
    key: Any,
    new_start: Any,
    hop: Any,
    slots: Any,
    numbers: Any,
    kept: Any,
    path: Any,
    used: Any,
    count: Any,
) -> Any:
    """Clean paths from ``path`` on until all are done or the table of AS numbers might overflow."""
    mask = slots.shape[0] - 1
    with cython.nogil:
        while path < start.shape[0] - 1:
            if count + (start[path + 1] - start[path]) > numbers.shape[0]:
                break
            begin = used
            for row in range(start[path], start[path + 1]):
                if is_set[row]:
                    continue
                number = cython.cast(cython.longlong, asn[row])
                at = fold(cython.cast(cython.ulonglong, number) ^ seed, key) & mask
                while slots[at] and numbers[slots[at] - 1] != number:
                    at = (at + 1) & mask
                if not slots[at]:
                    numbers[count] = number
                    kept[count] = not (number < dropped.shape[0] and dropped[number])
                    for which in range(reserved.shape[0]):
                        if reserved[which, 0] <= number <= reserved[which, 1]:
                            kept[count] = 0
                    count += 1
                    slots[at] = cython.cast(cython.int, count)
                which = slots[at] - 1
                if not kept[which]:
                    continue
                # A number that comes again closes a loop: what lies between never carried the route.
                back = begin
                while back < used and hop[back] != which:
                    back += 1
                hop[back] = cython.cast(cython.int, which)
                used = back + 1
            path += 1
            new_start[path] = used
    return path, used, count


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

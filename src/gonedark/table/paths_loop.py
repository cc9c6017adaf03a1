# cython: language_level=3, boundscheck=True, annotation_typing=False
"""AS paths as columns brought into order: compiled where possible.

Begin with :func:`ordered`, which merges sorted runs of paths, and :func:`gathered`, which takes some. What a path's
columns are is told in :mod:`gonedark.table.paths`. Not for reading paths.
"""

from typing import Any

import cython
import numpy as np


def ordered(start: Any, asn: Any, more: Any, edges: Any) -> Any:
    """Ids of all paths in ascending order (int32), and whether each of these equals the one before (uint8).

    ``start`` (int64, n + 1), ``asn`` (uint32) and ``more`` (uint8) are the paths; ``edges`` (int64) are the bounds of
    runs that are in order already, from 0 to n. Order is that of tuples of hops; equal paths stay as they stood.
    """
    count = len(start) - 1
    order = np.arange(count, dtype=np.int32)
    other = np.empty(count, dtype=np.int32)
    while len(edges) > 2:
        _merge_pairs(start, asn, more, edges, order, other)
        order, other = other, order
        edges = np.delete(edges, np.arange(1, len(edges) - 1, 2))
    return order, repeated(start, asn, more, order)


def repeated(start: Any, asn: Any, more: Any, order: Any) -> Any:
    """Of ids of paths (int32) in ascending order: whether each equals the one before (uint8)."""
    repeats = np.zeros(len(order), dtype=np.uint8)
    _repeats(start, asn, more, order, repeats)
    return repeats


def gathered(start: Any, asn: Any, more: Any, paths: Any) -> Any:
    """The columns (start, asn, more) of some paths (ids, int64) in the order named."""
    new_start = np.zeros(len(paths) + 1, dtype=np.int64)
    np.cumsum(start[paths + 1] - start[paths], out=new_start[1:])
    new_asn, new_more = np.empty(new_start[-1], dtype=np.uint32), np.empty(new_start[-1], dtype=np.uint8)
    _gather(start, asn, more, paths, new_asn, new_more)
    return new_start, new_asn, new_more


@cython.ccall
@cython.wraparound(False)
@cython.locals(
    start=cython.longlong[::1],
    asn=cython.uint[::1],
    more=cython.uchar[::1],
    paths=cython.longlong[::1],
    new_asn=cython.uint[::1],
    new_more=cython.uchar[::1],
    row=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    place=cython.Py_ssize_t,
)
def _gather(start: Any, asn: Any, more: Any, paths: Any, new_asn: Any, new_more: Any) -> Any:
    place = 0
    with cython.nogil:
        for row in range(paths.shape[0]):
            for at in range(start[paths[row]], start[paths[row] + 1]):
                new_asn[place] = asn[at]
                new_more[place] = more[at]
                place += 1


@cython.cfunc
@cython.inline
@cython.wraparound(False)
@cython.exceptval(-2, check=False)
@cython.nogil
@cython.returns(cython.int)
@cython.locals(
    start=cython.longlong[::1],
    asn=cython.uint[::1],
    more=cython.uchar[::1],
    left=cython.Py_ssize_t,
    right=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    to=cython.Py_ssize_t,
    end=cython.Py_ssize_t,
    stop=cython.Py_ssize_t,
)
def _compare(start: Any, asn: Any, more: Any, left: Any, right: Any) -> Any:
    """-1, 0 or 1. A hop that goes on as a set is greater than the same number alone; what ends first is less."""
    at = start[left]
    to = start[right]
    end = start[left + 1]
    stop = start[right + 1]
    while at < end and to < stop:
        if asn[at] != asn[to]:
            return -1 if asn[at] < asn[to] else 1
        if more[at] != more[to]:
            return -1 if more[at] < more[to] else 1
        at += 1
        to += 1
    if at < end:
        return 1
    return -1 if to < stop else 0


@cython.ccall
@cython.wraparound(False)
@cython.locals(
    start=cython.longlong[::1],
    asn=cython.uint[::1],
    more=cython.uchar[::1],
    edges=cython.longlong[::1],
    order=cython.int[::1],
    other=cython.int[::1],
    run=cython.Py_ssize_t,
    left=cython.Py_ssize_t,
    middle=cython.Py_ssize_t,
    right=cython.Py_ssize_t,
    end=cython.Py_ssize_t,
    place=cython.Py_ssize_t,
)
def _merge_pairs(start: Any, asn: Any, more: Any, edges: Any, order: Any, other: Any) -> Any:
    """Merge every second run with the one behind it."""
    with cython.nogil:
        for run in range(0, edges.shape[0] - 1, 2):
            left = edges[run]
            middle = edges[run + 1]
            right = middle
            end = edges[run + 2] if run + 2 < edges.shape[0] else middle
            for place in range(left, end):
                if left < middle and (right >= end or _compare(start, asn, more, order[left], order[right]) <= 0):
                    other[place] = order[left]
                    left += 1
                else:
                    other[place] = order[right]
                    right += 1


@cython.ccall
@cython.wraparound(False)
@cython.locals(
    start=cython.longlong[::1],
    asn=cython.uint[::1],
    more=cython.uchar[::1],
    order=cython.int[::1],
    repeats=cython.uchar[::1],
    at=cython.Py_ssize_t,
)
def _repeats(start: Any, asn: Any, more: Any, order: Any, repeats: Any) -> Any:
    with cython.nogil:
        for at in range(1, order.shape[0]):
            repeats[at] = _compare(start, asn, more, order[at - 1], order[at]) == 0

# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False, cdivision=True
"""What of prefixes nested in each other is their own: compiled where possible.

Begin with :func:`own`. What is counted is told in :mod:`gonedark.country.spans`. Not for paths.
"""

from typing import Any

import cython
import numpy as np


def own(first: Any, last: Any, units: Any) -> Any:
    """Units of each prefix that count and lie in no more specific one (int64); ``units`` (n, 2) are those that count,
    sorted, disjoint inclusive ranges.

    Prefixes (uint64 first and last unit, nested or disjoint) must be sorted by first, then by -last; of equal spans the
    last has all.
    """
    left, inside = np.empty(len(first), dtype=np.int64), np.empty(len(first), dtype=np.int64)
    _inside(first, last, np.ascontiguousarray(units), inside)
    _own(first, last, inside, left, np.empty(130, dtype=np.int64))
    return left


@cython.ccall
@cython.locals(
    first=cython.ulonglong[::1],
    last=cython.ulonglong[::1],
    units=cython.ulonglong[:, ::1],
    inside=cython.longlong[::1],
    at=cython.Py_ssize_t,
    begin=cython.Py_ssize_t,
    row=cython.Py_ssize_t,
    count=cython.longlong,
)
def _inside(first: Any, last: Any, units: Any, inside: Any) -> Any:
    """Units that count in each prefix. Each range is met once for each length of prefix that it lies in, at most."""
    begin = 0
    with cython.nogil:
        for at in range(first.shape[0]):
            while begin < units.shape[0] and units[begin, 1] < first[at]:
                begin += 1
            row = begin
            count = 0
            while row < units.shape[0] and units[row, 0] <= last[at]:
                count += min(units[row, 1], last[at]) - max(units[row, 0], first[at]) + 1
                row += 1
            inside[at] = count


@cython.ccall
@cython.locals(
    first=cython.ulonglong[::1],
    last=cython.ulonglong[::1],
    inside=cython.longlong[::1],
    left=cython.longlong[::1],
    stack=cython.longlong[::1],
    depth=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
)
def _own(first: Any, last: Any, inside: Any, left: Any, stack: Any) -> Any:
    depth = 0
    with cython.nogil:
        for at in range(first.shape[0]):
            left[at] = inside[at]
            while depth and last[stack[depth - 1]] < first[at]:
                depth -= 1
            if depth and first[stack[depth - 1]] == first[at] and last[stack[depth - 1]] == last[at]:
                left[stack[depth - 1]] = 0
                stack[depth - 1] = at
                continue
            if depth:
                left[stack[depth - 1]] -= inside[at]
            stack[depth] = at
            depth += 1

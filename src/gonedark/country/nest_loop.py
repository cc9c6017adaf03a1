# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False, cdivision=True
"""What of prefixes nested in each other is their own: compiled where possible.

Begin with :func:`own`. What is counted is told in :mod:`gonedark.country.spans`. Not for paths.
"""

from typing import Any

import cython
import numpy as np


def own(first: Any, last: Any, inside: Any) -> Any:
    """Units of each prefix that lie in no more specific one (int64), ``inside`` being the units that count in each.

    Prefixes (uint64 first and last unit, nested or disjoint) must be sorted by first, then by -last; of equal spans the
    last has all.
    """
    inside = np.ascontiguousarray(inside, dtype=np.int64)
    left, stack = inside.copy(), np.empty(130, dtype=np.int64)
    _own(first, last, inside, left, stack)
    return left


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

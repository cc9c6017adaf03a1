# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False
"""The last change of every route before a moment, found from the end: compiled where possible.

Begin with :func:`latest`; :mod:`gonedark.table.snapshot` explains it. Not for decisions.
"""

from typing import Any

import cython
import numpy as np


def latest(time_us: Any, session: Any, prefix: Any, path: Any, since_us: Any, seen: Any) -> Any:
    """Rows, ascending (int64), that are the last of their session and prefix and hold a path.

    Columns as :class:`gonedark.table.changes.RouteColumns` has them. Rows of session s count from ``since_us[s]`` on,
    where that is below zero none of them does. ``seen`` (uint8, sessions by prefixes) marks those that had a later row
    already, and from then on these too.
    """
    chosen = np.empty(min(len(time_us), seen.size), dtype=np.int64)
    count = _latest(time_us, session, prefix, path, since_us, seen, chosen)
    return chosen[:count][::-1].copy()


@cython.ccall
@cython.locals(
    time_us=cython.longlong[::1],
    session=cython.int[::1],
    prefix=cython.int[::1],
    path=cython.int[::1],
    since_us=cython.longlong[::1],
    seen=cython.uchar[:, ::1],
    chosen=cython.longlong[::1],
    row=cython.Py_ssize_t,
    count=cython.Py_ssize_t,
    who=cython.Py_ssize_t,
    what=cython.Py_ssize_t,
)
def _latest(time_us: Any, session: Any, prefix: Any, path: Any, since_us: Any, seen: Any, chosen: Any) -> Any:
    count = 0
    with cython.nogil:
        for row in range(time_us.shape[0] - 1, -1, -1):
            who = session[row]
            if since_us[who] < 0:
                continue
            what = prefix[row]
            if seen[who, what]:
                continue
            seen[who, what] = 1
            if path[row] >= 0 and time_us[row] >= since_us[who]:
                chosen[count] = row
                count += 1
    return count

# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False
"""The last change of every route before a moment, found from the end: compiled where possible.

Begin with :func:`latest`; :mod:`gonedark.table.snapshot` explains it. Not for decisions.
"""

from typing import Any

import cython


@cython.ccall
@cython.locals(
    time_us=cython.longlong[::1],
    session=cython.int[::1],
    prefix=cython.int[::1],
    path=cython.int[::1],
    since_us=cython.longlong[::1],
    seen=cython.uchar[:, ::1],
    held=cython.int[:, ::1],
    first=cython.Py_ssize_t,
    row=cython.Py_ssize_t,
    who=cython.Py_ssize_t,
    what=cython.Py_ssize_t,
)
def latest(time_us: Any, session: Any, prefix: Any, path: Any, since_us: Any, seen: Any, held: Any, first: Any) -> Any:
    """Write the rows that are the last of their session and prefix and hold a path to ``held``, before ``first``.

    Columns as :class:`gonedark.table.changes.RouteColumns` has them. Rows of session s count from ``since_us[s]`` on,
    where that is below zero none of them does. ``seen`` (uint8, sessions by prefixes) marks those that had a later row
    already, and from then on these too. ``held`` (int32) is session, prefix and path by route, in their order; returns
    where they begin now.
    """
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
                first -= 1
                held[0, first] = session[row]
                held[1, first] = prefix[row]
                held[2, first] = path[row]
    return first

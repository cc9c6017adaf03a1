# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False
"""Passes over the routes of a table, for :mod:`gonedark.country.transit`: compiled where possible.

Begin with :func:`weigh` or :func:`name_first`. Not for decisions.
"""

from typing import Any

import cython


@cython.ccall
@cython.locals(
    session=cython.int[::1],
    prefix=cython.int[::1],
    path=cython.int[::1],
    feeds=cython.longlong[::1],
    units=cython.longlong[::1],
    label=cython.int[::1],
    weight=cython.double[::1],
    row=cython.Py_ssize_t,
    who=cython.Py_ssize_t,
    what=cython.Py_ssize_t,
    where=cython.Py_ssize_t,
    part=cython.double,
    total=cython.double,
)
def weigh(session: Any, prefix: Any, path: Any, feeds: Any, units: Any, label: Any, weight: Any) -> Any:
    """Add every route's weight to that of its path's label, in the order of the routes; returns all weight.

    A route weighs the ``units`` (int64) of its prefix by the ``feeds`` (int64) of its session's voter; those of
    sessions without any, and of paths whose ``label`` (int32) is below zero, are left out. ``weight`` is float64.
    """
    total = 0.0
    with cython.nogil:
        for row in range(session.shape[0]):
            who, what, where = session[row], prefix[row], label[path[row]]
            if where < 0 or feeds[who] <= 0:
                continue
            part = cython.cast(cython.double, units[what]) / cython.cast(cython.double, feeds[who])
            weight[where] += part
            total += part
    return total


@cython.ccall
@cython.locals(
    prefix=cython.int[::1],
    path=cython.int[::1],
    number=cython.int[::1],
    found=cython.int[::1],
    row=cython.Py_ssize_t,
    way=cython.Py_ssize_t,
)
def name_first(prefix: Any, path: Any, number: Any, found: Any) -> Any:
    """Give every prefix the ``number`` of its first path among these rows, in ``found``; withdrawals have none."""
    with cython.nogil:
        for row in range(prefix.shape[0] - 1, -1, -1):
            way = path[row]
            if way >= 0:
                found[prefix[row]] = number[way]

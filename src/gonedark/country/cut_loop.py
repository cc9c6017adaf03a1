# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False, cdivision=True
"""A country's routes cut out of the table, and their distinct paths walked: compiled where possible.

Begin with :func:`cut` and :func:`walk`. What counts is told in :mod:`gonedark.country.national` and
:mod:`gonedark.country.way`. Not for sums over routes, which are in ``tally_loop``.
"""

from typing import Any

import cython
import numpy as np


def cut(groups: Any, start: Any, session: Any, path: Any, origin: Any, domestic: Any, judges: Any) -> Any:
    """The voters' routes of some groups of prefixes to domestic origins, as far as these groups are visible.

    Group g has the rows ``start[g]`` to ``start[g + 1]`` of ``session`` and ``path``; ``origin`` (int32) is each path's
    origin, -1 for none, ``domestic`` (uint8) tells of every AS whether it is the country's. ``judges`` are a session's
    voter and local number (int32, -1: none), the sessions each voter must hold a route with (float64) to carry it, and
    how many carriers make a group visible. Returns (visible, home, origins): a uint8 mask of the groups; the rows with
    domestic origins as int32 columns (local group, voter, local session, path); and every local group with each of its
    origins (int32), those of a group side by side.
    """
    voter, place, least, needed = judges
    rows = int((start[groups + 1] - start[groups]).sum())
    visible = np.zeros(len(groups), dtype=np.uint8)
    # Pages that are never written take no memory.
    home, origins = np.empty((4, rows), dtype=np.int32), np.empty((2, rows), dtype=np.int32)
    holders = np.zeros(max(1, len(least)), dtype=np.int32)
    stamp = np.full(max(1, len(least)), -1, dtype=np.int32)
    seen = np.full(max(1, len(domestic)), -1, dtype=np.int32)
    places = (voter, place, least, needed)
    own, count = _cut(
        groups, start, session, path, origin, domestic, *places, visible, home, origins, holders, stamp, seen
    )
    return visible, home[:, :own], origins[:, :count]


@cython.ccall
@cython.locals(
    groups=cython.int[::1],
    start=cython.longlong[::1],
    session=cython.int[::1],
    path=cython.int[::1],
    origin=cython.int[::1],
    domestic=cython.uchar[::1],
    voter=cython.int[::1],
    place=cython.int[::1],
    least=cython.double[::1],
    needed=cython.double,
    visible=cython.uchar[::1],
    home=cython.int[:, ::1],
    origins=cython.int[:, ::1],
    holders=cython.int[::1],
    stamp=cython.int[::1],
    seen=cython.int[::1],
    at=cython.int,
    row=cython.Py_ssize_t,
    who=cython.Py_ssize_t,
    whose=cython.Py_ssize_t,
    number=cython.int,
    carriers=cython.Py_ssize_t,
    own=cython.Py_ssize_t,
    count=cython.Py_ssize_t,
)
def _cut(
    groups: Any,
    start: Any,
    session: Any,
    path: Any,
    origin: Any,
    domestic: Any,
    voter: Any,
    place: Any,
    least: Any,
    needed: Any,
    visible: Any,
    home: Any,
    origins: Any,
    holders: Any,
    stamp: Any,
    seen: Any,
) -> Any:
    own = count = 0
    number = 0
    with cython.nogil:
        for at in range(cython.cast(cython.int, groups.shape[0])):
            carriers = 0
            for row in range(start[groups[at]], start[groups[at] + 1]):
                who = voter[session[row]]
                if who < 0:
                    continue
                if stamp[who] != at:
                    stamp[who] = at
                    holders[who] = 0
                holders[who] += 1
                # Counted by the session that makes it enough.
                if holders[who] >= least[who] and (holders[who] == 1 or holders[who] - 1 < least[who]):
                    carriers += 1
            if carriers == 0 or carriers < needed:
                continue
            visible[at] = 1
            for row in range(start[groups[at]], start[groups[at] + 1]):
                who = voter[session[row]]
                if who < 0:
                    continue
                whose = origin[path[row]]
                if whose < 0:
                    continue
                if seen[whose] != at:
                    seen[whose] = at
                    origins[0, count] = number
                    origins[1, count] = cython.cast(cython.int, whose)
                    count += 1
                if domestic[whose]:
                    home[0, own] = number
                    home[1, own] = cython.cast(cython.int, who)
                    home[2, own] = place[session[row]]
                    home[3, own] = path[row]
                    own += 1
            number += 1
    return own, count


def walk(start: Any, hop: Any, used: Any, domestic: Any) -> Any:
    """Walk some paths from the origin outwards: (begin, hop, gateway, provider).

    ``begin`` (int64) and ``hop`` (int32) are those paths side by side. The provider is the first foreign AS, the
    gateway the domestic one before it (int32 indexes, -1 where a path never leaves the country).
    """
    begin = np.zeros(len(used) + 1, dtype=np.int64)
    np.cumsum(start[used + 1] - start[used], out=begin[1:])
    hops = np.empty(begin[len(used)], dtype=np.int32)
    gateway, provider = np.full(len(used), -1, dtype=np.int32), np.full(len(used), -1, dtype=np.int32)
    _walk(start, hop, used, domestic, begin, hops, gateway, provider)
    return begin, hops, gateway, provider


@cython.ccall
@cython.locals(
    start=cython.longlong[::1],
    hop=cython.int[::1],
    used=cython.longlong[::1],
    domestic=cython.uchar[::1],
    begin=cython.longlong[::1],
    hops=cython.int[::1],
    gateway=cython.int[::1],
    provider=cython.int[::1],
    way=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    first=cython.Py_ssize_t,
    shift=cython.Py_ssize_t,
)
def _walk(start: Any, hop: Any, used: Any, domestic: Any, begin: Any, hops: Any, gateway: Any, provider: Any) -> Any:
    with cython.nogil:
        for way in range(used.shape[0]):
            first = start[used[way]]
            shift = begin[way] - first
            for at in range(first, start[used[way] + 1]):
                hops[at + shift] = hop[at]
                if not domestic[hop[at]]:
                    provider[way] = hop[at]
                    gateway[way] = -1
                elif provider[way] >= 0 and gateway[way] < 0:
                    gateway[way] = hop[at]

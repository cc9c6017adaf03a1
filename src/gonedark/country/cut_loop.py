# cython: language_level=3, boundscheck=True, annotation_typing=False, wraparound=False, cdivision=True
"""A country's routes cut out of the table, and their distinct paths walked: compiled where possible.

Begin with :func:`cut` and :func:`walk`. What counts is told in :mod:`gonedark.country.national` and
:mod:`gonedark.country.way`. Not for sums over routes, which are in ``tally_loop``.
"""

from typing import Any

import cython
import numpy as np


def cut(groups: Any, start: Any, session: Any, path: Any, origin: Any, domestic: Any, judges: Any) -> Any:
    """The voters' routes of some groups of prefixes, as far as these are visible.

    Group g has the rows ``start[g]`` to ``start[g + 1]`` of ``session`` and ``path``; ``origin`` (int32) is each path's
    origin, -1 for none, ``domestic`` (uint8) tells of every AS whether it is the country's. ``judges`` are a session's
    voter and local number (int32, -1: none), the sessions each voter must hold a route with (float64) to carry it, and
    how many carriers make a group visible. Returns (visible, home, abroad): a uint8 mask of the groups, and the rows
    with domestic and foreign origins as int32 columns (local group, voter, local session, path).
    """
    voter, place, least, needed = judges
    rows = int((start[groups + 1] - start[groups]).sum())
    visible = np.zeros(len(groups), dtype=np.uint8)
    # Pages that are never written take no memory.
    home, abroad = np.empty((4, rows), dtype=np.int32), np.empty((4, rows), dtype=np.int32)
    holders = np.zeros(max(1, len(least)), dtype=np.int32)
    stamp = np.full(max(1, len(least)), -1, dtype=np.int64)
    own, foreign = _cut(
        groups,
        start,
        session,
        path,
        origin,
        domestic,
        voter,
        place,
        least,
        needed,
        visible,
        home,
        abroad,
        holders,
        stamp,
    )
    return visible, home[:, :own], abroad[:, :foreign]


@cython.ccall
@cython.locals(
    groups=cython.longlong[::1],
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
    abroad=cython.int[:, ::1],
    holders=cython.int[::1],
    stamp=cython.longlong[::1],
    at=cython.Py_ssize_t,
    row=cython.Py_ssize_t,
    who=cython.Py_ssize_t,
    whose=cython.Py_ssize_t,
    number=cython.int,
    carriers=cython.Py_ssize_t,
    own=cython.Py_ssize_t,
    foreign=cython.Py_ssize_t,
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
    abroad: Any,
    holders: Any,
    stamp: Any,
) -> Any:
    own = foreign = 0
    number = 0
    with cython.nogil:
        for at in range(groups.shape[0]):
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
                whose = origin[path[row]]
                if who < 0 or whose < 0:
                    continue
                if domestic[whose]:
                    home[0, own] = number
                    home[1, own] = who
                    home[2, own] = place[session[row]]
                    home[3, own] = path[row]
                    own += 1
                else:
                    abroad[0, foreign] = number
                    abroad[1, foreign] = who
                    abroad[2, foreign] = place[session[row]]
                    abroad[3, foreign] = path[row]
                    foreign += 1
            number += 1
    return own, foreign


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

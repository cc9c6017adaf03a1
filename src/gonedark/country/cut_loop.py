# cython: wraparound=False, initializedcheck=False, cdivision=True
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
    found = Cut(groups, start, session, path, origin, domestic, judges)
    found.run()
    return found.visible, found.home[:, : found.own], found.origins[:, : found.count]


@cython.final
@cython.cclass
class Cut:
    """See :func:`cut`. ``holders`` are a group's sessions with a route, by voter, while ``stamp`` is that of the group;
    ``seen`` are the origins met in a group. Names that begin with ``the_`` are the loops' views of the results."""

    groups: cython.const[cython.int][::1]
    start: cython.const[cython.longlong][::1]
    session: cython.const[cython.int][::1]
    path: cython.const[cython.int][::1]
    origin: cython.const[cython.int][::1]
    domestic: cython.const[cython.uchar][::1]
    voter: cython.const[cython.int][::1]
    place: cython.const[cython.int][::1]
    least: cython.const[cython.double][::1]
    needed: cython.double
    holders: cython.int[::1]
    stamp: cython.int[::1]
    seen: cython.int[::1]
    visible = cython.declare(object, visibility="public")
    home = cython.declare(object, visibility="public")
    origins = cython.declare(object, visibility="public")
    own = cython.declare(cython.Py_ssize_t, visibility="public")
    count = cython.declare(cython.Py_ssize_t, visibility="public")
    room: cython.Py_ssize_t
    number: cython.int
    the_visible: cython.uchar[::1]
    the_home: cython.int[:, ::1]
    the_origins: cython.int[:, ::1]

    def __init__(
        self, groups: Any, start: Any, session: Any, path: Any, origin: Any, domestic: Any, judges: Any
    ) -> None:
        voter, place, least, self.needed = judges
        self.groups, self.start, self.session, self.path = groups.data, start.data, session.data, path.data
        self.origin, self.domestic = origin.data, domestic.data
        self.voter, self.place, self.least = voter.data, place.data, least.data
        self.holders = np.zeros(max(1, len(least)), dtype=np.int32).data
        self.stamp = np.full(max(1, len(least)), -1, dtype=np.int32).data
        self.seen = np.full(max(1, len(domestic)), -1, dtype=np.int32).data
        self.own = self.count = self.number = 0
        self.visible = np.zeros(len(groups), dtype=np.uint8)
        self.the_visible = self.visible.data
        self.room = 0
        self.home, self.origins = np.empty((4, 0), dtype=np.int32), np.empty((2, 0), dtype=np.int32)

    def run(self) -> None:
        """Judge every group and take the routes of the visible ones."""
        at: cython.int = 0
        count: cython.int = len(self.groups)
        while at < count:
            self._make_room(int(self.start[self.groups[at] + 1] - self.start[self.groups[at]]))
            with cython.nogil:
                while at < count and self._has_room(at):
                    if self._is_visible(at):
                        self.the_visible[at] = 1
                        self._take(at)
                    at += 1

    def _make_room(self, rows: int) -> None:
        """At least for so many further rows: not for all that there may be, of which most are foreign as a rule."""
        self.room = 4 * (max(self.own, self.count) + rows) + 1024
        home, origins = np.empty((4, self.room), dtype=np.int32), np.empty((2, self.room), dtype=np.int32)
        home[:, : self.own], origins[:, : self.count] = self.home[:, : self.own], self.origins[:, : self.count]
        self.home, self.origins = home, origins
        self.the_home, self.the_origins = self.home.data, self.origins.data

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _has_room(self, at: cython.Py_ssize_t) -> cython.int:
        """Whether all rows of this group find room."""
        rows: cython.longlong = self.start[self.groups[at] + 1] - self.start[self.groups[at]]
        return self.own + rows <= self.room and self.count + rows <= self.room

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _is_visible(self, at: cython.int) -> cython.int:
        carriers: cython.Py_ssize_t = 0
        row: cython.Py_ssize_t
        who: cython.Py_ssize_t
        for row in range(self.start[self.groups[at]], self.start[self.groups[at] + 1]):
            who = self.voter[self.session[row]]
            if who < 0:
                continue
            if self.stamp[who] != at:
                self.stamp[who] = at
                self.holders[who] = 0
            self.holders[who] += 1
            # Counted by the session that makes it enough.
            if self.holders[who] >= self.least[who] and (
                self.holders[who] == 1 or self.holders[who] - 1 < self.least[who]
            ):
                carriers += 1
        return carriers > 0 and carriers >= self.needed

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _take(self, at: cython.int) -> cython.int:
        """The group's origins, and its rows with domestic ones."""
        row: cython.Py_ssize_t
        who: cython.int
        whose: cython.int
        for row in range(self.start[self.groups[at]], self.start[self.groups[at] + 1]):
            who = self.voter[self.session[row]]
            if who < 0:
                continue
            whose = self.origin[self.path[row]]
            if whose < 0:
                continue
            if self.seen[whose] != at:
                self.seen[whose] = at
                self.the_origins[0, self.count] = self.number
                self.the_origins[1, self.count] = whose
                self.count += 1
            if self.domestic[whose]:
                self.the_home[0, self.own] = self.number
                self.the_home[1, self.own] = who
                self.the_home[2, self.own] = self.place[self.session[row]]
                self.the_home[3, self.own] = self.path[row]
                self.own += 1
        self.number += 1
        return 0


def walk(start: Any, hop: Any, used: Any, domestic: Any) -> Any:
    """Walk some paths from the origin outwards: (asn, begin, hop, gateway, provider).

    ``asn`` (int64) are the ASes on them, ascending. ``begin`` (int64) and ``hop`` (int32, places among those ASes) are
    the paths side by side. The provider is the first foreign AS, the gateway the domestic one before it (int32 places,
    -1 where a path never leaves the country).
    """
    begin, first = np.zeros(len(used) + 1, dtype=np.int64), start[used].astype(np.int64)
    np.cumsum(start[used + 1] - first, out=begin[1:])
    hops, met = np.empty(begin[len(used)], dtype=np.int32), np.zeros(len(domestic), dtype=np.uint8)
    _copy(first, hop, begin, hops, met)
    asn = np.flatnonzero(met.view(np.bool_))
    place = np.empty(len(domestic), dtype=np.int32)
    place[asn] = np.arange(len(asn), dtype=np.int32)
    gateway, provider = np.full(len(used), -1, dtype=np.int32), np.full(len(used), -1, dtype=np.int32)
    _walk(begin, hops, place, domestic, gateway, provider)
    return asn, begin, hops, gateway, provider


@cython.ccall
@cython.locals(
    first=cython.longlong[::1],
    hop=cython.int[::1],
    begin=cython.longlong[::1],
    hops=cython.int[::1],
    met=cython.uchar[::1],
    way=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    shift=cython.Py_ssize_t,
)
def _copy(first: Any, hop: Any, begin: Any, hops: Any, met: Any) -> Any:
    """The hops of paths that begin at ``first``, and which ASes are met."""
    with cython.nogil:
        for way in range(first.shape[0]):
            shift = first[way] - begin[way]
            for at in range(begin[way], begin[way + 1]):
                hops[at] = hop[at + shift]
                met[hops[at]] = 1


@cython.ccall
@cython.locals(
    begin=cython.longlong[::1],
    hops=cython.int[::1],
    place=cython.int[::1],
    domestic=cython.uchar[::1],
    gateway=cython.int[::1],
    provider=cython.int[::1],
    way=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    whose=cython.int,
)
def _walk(begin: Any, hops: Any, place: Any, domestic: Any, gateway: Any, provider: Any) -> Any:
    with cython.nogil:
        for way in range(provider.shape[0]):
            for at in range(begin[way], begin[way + 1]):
                whose = hops[at]
                hops[at] = place[whose]
                if not domestic[whose]:
                    provider[way] = hops[at]
                    gateway[way] = -1
                elif provider[way] >= 0 and gateway[way] < 0:
                    gateway[way] = hops[at]


def inner_links(begin: Any, hop: Any, domestic: Any) -> Any:
    """The links (int64, near << 32 | far) of every path from its last foreign AS, or its first AS, to its origin."""
    links = np.empty(len(hop), dtype=np.int64)
    return links[: _inner_links(begin, hop, domestic, links)]


@cython.ccall
@cython.locals(
    begin=cython.longlong[::1],
    hop=cython.int[::1],
    domestic=cython.uchar[::1],
    links=cython.longlong[::1],
    way=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    count=cython.Py_ssize_t,
)
def _inner_links(begin: Any, hop: Any, domestic: Any, links: Any) -> Any:
    count = 0
    with cython.nogil:
        for way in range(begin.shape[0] - 1):
            at = begin[way + 1] - 1
            while at > begin[way] and domestic[hop[at]]:
                links[count] = (cython.cast(cython.longlong, hop[at]) << 32) | cython.cast(cython.longlong, hop[at - 1])
                count += 1
                at -= 1
    return count

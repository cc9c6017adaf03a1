# cython: wraparound=False, initializedcheck=False, cdivision=True
"""Sums over a country's routes that must be fast, each in one pass and without sorting: compiled where possible.

Begin with :func:`distinct`. What the sums mean is told where they are used (``census``, ``way``, ``hegemony``,
``graph``). Not for decisions.
"""

import os
from typing import Any

import cython
import numpy as np

if cython.compiled:
    from cython.cimports.gonedark.mrt.span import fold, prefetch_slot
else:
    from gonedark.mrt.span import fold, prefetch_slot

# Secrets, so that no file can choose keys that all fall on the same place; no answer depends on them.
_SEED = cython.declare(cython.ulonglong, int.from_bytes(os.urandom(8), "little"))
_KEY = cython.declare(cython.ulonglong, int.from_bytes(os.urandom(8), "little"))
LOWER = cython.declare(cython.ulonglong, (1 << 32) - 1)
AHEAD = cython.declare(cython.Py_ssize_t, 16)
"""For how many further keys memory is asked for; their hashes are kept in turn."""
TURN_MASK = cython.declare(cython.Py_ssize_t, 31)
SEVERAL = -2
"""Instead of the one label of a group that has several."""


def distinct(keys: Any) -> Any:
    """Distinct keys (int64) in order of first appearance, and for each key its place among them (int32)."""
    keys = np.ascontiguousarray(keys, dtype=np.int64)
    index = np.empty(len(keys), dtype=np.int32)
    size = 1 << max(10, (len(keys) // 4).bit_length())
    slots = np.zeros(size, dtype=np.uint64)
    known = np.empty(size // 2, dtype=np.int64)
    hashes = np.empty(TURN_MASK + 1, dtype=np.uint64)
    row = count = 0
    while True:
        row, count = _distinct(keys, index, slots, known, hashes, row, count)
        if row == len(keys):
            return known[:count].copy(), index
        size *= 4
        known = np.concatenate([known, np.empty(size // 2 - len(known), dtype=np.int64)])
        slots = np.zeros(size, dtype=np.uint64)
        _refill(slots, known, count)


@cython.ccall
@cython.locals(
    keys=cython.longlong[::1],
    index=cython.int[::1],
    slots=cython.ulonglong[::1],
    known=cython.longlong[::1],
    hashes=cython.ulonglong[::1],
    row=cython.Py_ssize_t,
    count=cython.Py_ssize_t,
    ahead=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    mask=cython.Py_ssize_t,
    value=cython.ulonglong,
)
def _distinct(keys: Any, index: Any, slots: Any, known: Any, hashes: Any, row: Any, count: Any) -> Any:
    """Number keys from ``row`` on, until all are done or ``known`` is full."""
    mask = slots.shape[0] - 1
    ahead = row
    with cython.nogil:
        while row < keys.shape[0] and count < known.shape[0]:
            while ahead < keys.shape[0] and ahead <= row + AHEAD:
                value = fold(cython.cast(cython.ulonglong, keys[ahead]) ^ _SEED, _KEY)
                hashes[ahead & TURN_MASK] = value
                prefetch_slot(slots, value & mask)
                ahead += 1
            value = hashes[row & TURN_MASK]
            at = value & mask
            # The upper half of a slot is that of the hash, so that other keys are hardly ever looked at.
            while slots[at] and not (slots[at] >> 32 == value >> 32 and known[(slots[at] & LOWER) - 1] == keys[row]):
                at = (at + 1) & mask
            if not slots[at]:
                known[count] = keys[row]
                count += 1
                slots[at] = (value >> 32 << 32) | cython.cast(cython.ulonglong, count)
            index[row] = cython.cast(cython.int, (slots[at] & LOWER) - 1)
            row += 1
    return row, count


@cython.ccall
@cython.locals(
    slots=cython.ulonglong[::1],
    known=cython.longlong[::1],
    count=cython.Py_ssize_t,
    number=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    mask=cython.Py_ssize_t,
    value=cython.ulonglong,
)
def _refill(slots: Any, known: Any, count: Any) -> Any:
    mask = slots.shape[0] - 1
    for number in range(count):
        value = fold(cython.cast(cython.ulonglong, known[number]) ^ _SEED, _KEY)
        at = value & mask
        while slots[at]:
            at = (at + 1) & mask
        slots[at] = (value >> 32 << 32) | cython.cast(cython.ulonglong, number + 1)


def add_once(group: Any, label: Any, weights: Any, sums: Any) -> None:
    """Add ``weights[group]`` (int64, several columns) to ``sums[label]`` once for each pair of a group and a label.

    Rows of a group (int32) stand together; labels (int32) below zero are left out.
    """
    _add_once(group, label, weights, sums, np.full(max(1, len(sums)), -1, dtype=np.int32))


@cython.ccall
@cython.locals(
    group=cython.int[::1],
    label=cython.int[::1],
    weights=cython.longlong[:, ::1],
    sums=cython.longlong[:, ::1],
    stamp=cython.int[::1],
    row=cython.Py_ssize_t,
    column=cython.Py_ssize_t,
    name=cython.Py_ssize_t,
)
def _add_once(group: Any, label: Any, weights: Any, sums: Any, stamp: Any) -> Any:
    with cython.nogil:
        for row in range(group.shape[0]):
            name = label[row]
            if name < 0 or stamp[name] == group[row]:
                continue
            stamp[name] = group[row]
            for column in range(weights.shape[1]):
                sums[name, column] += weights[group[row], column]


def sole_labels(group: Any, label: Any, groups: Any) -> Any:
    """The one label that all rows of each group have (int32), -1 where there is no row; SEVERAL where they differ."""
    sole = np.full(groups, -1, dtype=np.int32)
    _sole(group, label, sole)
    return sole


@cython.ccall
@cython.locals(
    group=cython.int[::1],
    label=cython.int[::1],
    sole=cython.int[::1],
    row=cython.Py_ssize_t,
)
def _sole(group: Any, label: Any, sole: Any) -> Any:
    with cython.nogil:
        for row in range(group.shape[0]):
            if sole[group[row]] == -1:
                sole[group[row]] = label[row]
            elif sole[group[row]] != label[row]:
                sole[group[row]] = -2


def labels_of_groups(start: Any, session: Any, path: Any, votes: Any, label: Any, labels: Any) -> Any:
    """Every (label, group) that a voting session has, each once, sorted by label and group (int32 columns).

    ``label`` (int32, below ``labels``; -1: none) stands one a path; ``votes`` (uint8) one a session.
    """
    pairs = np.empty((2, len(path)), dtype=np.int32)
    stamp = np.full(max(1, labels), -1, dtype=np.int64)
    count = _labels_of_groups(start, session, path, votes, label, stamp, pairs)
    order = np.argsort(pairs[0, :count], kind="stable")
    return pairs[0, :count][order], pairs[1, :count][order]


@cython.ccall
@cython.locals(
    start=cython.longlong[::1],
    session=cython.int[::1],
    path=cython.int[::1],
    votes=cython.uchar[::1],
    label=cython.int[::1],
    stamp=cython.longlong[::1],
    pairs=cython.int[:, ::1],
    group=cython.Py_ssize_t,
    row=cython.Py_ssize_t,
    name=cython.Py_ssize_t,
    count=cython.Py_ssize_t,
)
def _labels_of_groups(start: Any, session: Any, path: Any, votes: Any, label: Any, stamp: Any, pairs: Any) -> Any:
    count = 0
    with cython.nogil:
        for group in range(start.shape[0] - 1):
            for row in range(start[group], start[group + 1]):
                name = label[path[row]]
                if name < 0 or stamp[name] == group or not votes[session[row]]:
                    continue
                stamp[name] = group
                pairs[0, count] = cython.cast(cython.int, name)
                pairs[1, count] = cython.cast(cython.int, group)
                count += 1
    return count


def add_hops(begin: Any, hop: Any, place: Any, session: Any, way: Any, weight: Any, sums: Any) -> None:
    """Add each route's weight (int64) to ``sums[session, place[hop]]`` (int32) for every hop but the origin."""
    _add_hops(begin, hop, place, session, way, weight, sums)


@cython.ccall
@cython.locals(
    begin=cython.longlong[::1],
    hop=cython.int[::1],
    place=cython.int[::1],
    session=cython.int[::1],
    way=cython.int[::1],
    weight=cython.longlong[::1],
    sums=cython.longlong[:, ::1],
    row=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
)
def _add_hops(begin: Any, hop: Any, place: Any, session: Any, way: Any, weight: Any, sums: Any) -> Any:
    with cython.nogil:
        for row in range(way.shape[0]):
            for at in range(begin[way[row]], begin[way[row] + 1] - 1):
                sums[session[row], place[hop[at]]] += weight[row]


def add_nations(begin: Any, hop: Any, session: Any, way: Any, weight: Any, nation: Any, apart: Any, sums: Any) -> None:
    """Add each route's weight to ``sums[nation, session]`` once for every nation on its path.

    ``nation`` (int32) stands one an AS, -1: none. ``apart`` are a uint8 mask of the ASes that are not foreign, which
    count nowhere, each session's own AS (int32), which counts only where it is the provider, and each path's provider.
    """
    domestic, own, provider = apart
    stamp = np.full(max(1, len(sums)), -1, dtype=np.int64)
    _add_nations(begin, hop, session, way, weight, nation, domestic, own, provider, stamp, sums)


@cython.ccall
@cython.locals(
    begin=cython.longlong[::1],
    hop=cython.int[::1],
    session=cython.int[::1],
    way=cython.int[::1],
    weight=cython.longlong[::1],
    nation=cython.int[::1],
    domestic=cython.uchar[::1],
    own=cython.int[::1],
    provider=cython.int[::1],
    stamp=cython.longlong[::1],
    sums=cython.longlong[:, ::1],
    row=cython.Py_ssize_t,
    at=cython.Py_ssize_t,
    name=cython.Py_ssize_t,
)
def _add_nations(
    begin: Any,
    hop: Any,
    session: Any,
    way: Any,
    weight: Any,
    nation: Any,
    domestic: Any,
    own: Any,
    provider: Any,
    stamp: Any,
    sums: Any,
) -> Any:
    with cython.nogil:
        for row in range(way.shape[0]):
            for at in range(begin[way[row]], begin[way[row] + 1]):
                name = nation[hop[at]]
                if name < 0 or stamp[name] == row or domestic[hop[at]]:
                    continue
                if hop[at] == own[session[row]] and hop[at] != provider[way[row]]:
                    continue
                stamp[name] = row
                sums[name, session[row]] += weight[row]


def add_behind(where: Any, group: Any, way: Any, voter: Any, own: Any, units: Any, sums: Any) -> None:
    """Add each group's units (int64) to ``sums`` of every foreign AS that all its routes lead through.

    ``where`` are the hops of each way, ``begin`` and ``hop``, and a uint8 mask of the ASes that are not foreign. Routes
    (``group``, ``way``, ``voter``, int32; rows of a group stand together) of a voter whose own AS (``own``, int32, -1:
    on no path) it is are left out for that AS.
    """
    behind = Behind(where, group, way, voter, own)
    behind.add(units, sums)


@cython.final
@cython.cclass
class Behind:
    """See :func:`add_behind`. For a group, marked by ``stamp``: how many of its routes lead through an AS, how many are
    of a voter that is this AS (``passing``, ``owned``), and the ``count`` ASes of which any are (``touched``)."""

    begin: cython.const[cython.longlong][::1]
    hop: cython.const[cython.int][::1]
    domestic: cython.const[cython.uchar][::1]
    group: cython.const[cython.int][::1]
    way: cython.const[cython.int][::1]
    voter: cython.const[cython.int][::1]
    own: cython.const[cython.int][::1]
    units: cython.const[cython.longlong][::1]
    sums: cython.longlong[::1]
    stamp: cython.int[::1]
    passing: cython.int[::1]
    owned: cython.int[::1]
    touched: cython.int[::1]
    count: cython.Py_ssize_t

    def __init__(self, where: Any, group: Any, way: Any, voter: Any, own: Any) -> None:
        begin, hop, domestic = where
        self.begin, self.hop, self.domestic = begin.data, hop.data, domestic.data
        self.group, self.way, self.voter, self.own = group.data, way.data, voter.data, own.data
        ases = max(1, len(domestic))
        self.stamp, self.passing = np.full(ases, -1, np.int32).data, np.empty(ases, np.int32).data
        self.owned, self.touched = np.empty(ases, np.int32).data, np.empty(ases, np.int32).data
        self.count = 0

    def add(self, units: Any, sums: Any) -> None:
        """Add each group's units to the sums of the ASes that all its routes lead through."""
        self.units, self.sums = units.data, sums.data
        rows: cython.Py_ssize_t = len(self.group)
        first: cython.Py_ssize_t
        row: cython.Py_ssize_t = 0
        with cython.nogil:
            while row < rows:
                first = row
                self.count = 0
                while row < rows and self.group[row] == self.group[first]:
                    self._follow(row)
                    row += 1
                self._settle(self.group[first], row - first)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _follow(self, row: cython.Py_ssize_t) -> cython.int:
        """Note the foreign ASes on a route, and whose route it is."""
        at: cython.Py_ssize_t
        asn: cython.int
        whose: cython.int = self.own[self.voter[row]]
        if whose >= 0:
            self._touch(whose, self.group[row])
            self.owned[whose] += 1
        for at in range(self.begin[self.way[row]], self.begin[self.way[row] + 1]):
            asn = self.hop[at]
            if not self.domestic[asn] and asn != whose:
                self._touch(asn, self.group[row])
                self.passing[asn] += 1
        return 0

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _touch(self, asn: cython.int, group: cython.int) -> cython.int:
        """Begin an AS's counts in a group, unless they have begun."""
        if self.stamp[asn] != group:
            self.stamp[asn] = group
            self.passing[asn] = 0
            self.owned[asn] = 0
            self.touched[self.count] = asn
            self.count += 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=False)
    def _settle(self, group: cython.int, routes: cython.Py_ssize_t) -> cython.int:
        """The group's units for every AS that is on all its routes, its own left out."""
        at: cython.Py_ssize_t
        asn: cython.int
        for at in range(self.count):
            asn = self.touched[at]
            if self.passing[asn] and self.passing[asn] + self.owned[asn] == routes:
                self.sums[asn] += self.units[group]
        return 0

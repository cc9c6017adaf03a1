"""Another way for a time: an AS that carried a clear part of a country within the window, and next to none at its ends.

Begin with :func:`detours`. A route leak that is mended does this, a hijack with a forged origin, and a spare line that
was used for hours; next to the country, as its provider, or further out. Providers before and after outages, and at the
ends of the window, are compared elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.paths import cleaned
from gonedark.country.transit import crossing_shares, first_foreign, provider_shares
from gonedark.country.units import unit_counts
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan
from gonedark.outage.study import Study
from gonedark.table.dump import ragged
from gonedark.table.snapshot import Snapshot, snapshot, voting_at

DETOUR = "detour"
"""Part of the evidence's id."""

_NONE = -1


@dataclass(frozen=True, slots=True)
class Detour:
    """``share`` of the (voter, address) weight led over the AS at most, and so much as makes a detour all through the
    span. ``is_provider``: it was the country's first foreign network there, and not one further out."""

    asn: int
    span: TimeSpan
    share: float
    is_provider: bool


def detours(found: Study, window: TimeSpan, rules: Thresholds) -> tuple[Detour, ...]:
    """Providers of half or more of the weight for a minute or longer, and ASes anywhere on the paths of a quarter or
    more for five minutes, with less than a provider's traces at both ends of what was watched. In order of time."""
    seeing = [part for piece, part in found.levels.within(window) if piece.blind is None and piece.voters]
    if not found.has_baseline or not seeing:
        return ()
    routes = _Routes(found, TimeSpan(seeing[0].from_us, seeing[-1].until_us))
    as_provider, crossed = routes.most_in_an_hour()
    near = set(np.flatnonzero(as_provider >= rules.visible_share).tolist())
    far = set(np.flatnonzero(crossed >= rules.detour_share).tolist()) if routes.voters >= rules.fewest_voters else set()
    if not near and not far:
        return ()
    ends = [_Shares(found, snapshot(found.timeline, at_us)) for at_us in routes.ends]
    if not all(one.total for one in ends):
        return ()
    told = []
    for place in sorted(near | far):
        detour = None
        if place in near and all(one.provider[place] < rules.provider_gone_share for one in ends):
            detour = _detour(found, routes, place, True, rules)
        if detour is None and place in far and all(one.crossed[place] < rules.provider_gone_share for one in ends):
            detour = _detour(found, routes, place, False, rules)
        told += [detour] if detour else []
    return tuple(sorted(told, key=lambda item: (item.span, item.asn)))


class _Shares:
    """Each AS's share of the weight at a moment, by its place among those of the paths: as provider, and anywhere."""

    def __init__(self, found: Study, table: Snapshot) -> None:
        asns = cleaned(found.timeline.paths).asns
        named = provider_shares(found.timeline, table, found.attribution)
        self.total = bool(named)
        self.provider = np.zeros(len(asns))
        self.provider[np.searchsorted(asns, list(named))] = list(named.values())
        self.crossed = crossing_shares(found.timeline, table, found.attribution)

    def of(self, place: int, *, is_provider: bool) -> float:
        """One AS's."""
        return float((self.provider if is_provider else self.crossed)[place])


def _detour(found: Study, routes: "_Routes", place: int, is_provider: bool, rules: Thresholds) -> Detour | None:
    """The stretch around the moment of the largest share, where that is as much of what was really voted."""
    least = rules.visible_share if is_provider else rules.detour_share
    shortest_us = rules.hold_us if is_provider else rules.detour_us
    time_us, share = routes.shares(place, is_provider=is_provider)
    peak = int(np.argmax(share)) if len(share) else _NONE
    if peak == _NONE or share[peak] < least:
        return None
    low = np.flatnonzero(share < least)
    first, last = int(np.searchsorted(low, peak)) - 1, int(np.searchsorted(low, peak))
    from_us = int(time_us[low[first] + 1 if first >= 0 else 0])
    until_us = int(time_us[low[last]]) if last < len(low) else found.levels.until_us
    if until_us - from_us < shortest_us:
        return None
    most = _Shares(found, snapshot(found.timeline, int(time_us[peak]) + 1)).of(place, is_provider=is_provider)
    asn = int(cleaned(found.timeline.paths).asns[place])
    return Detour(asn, TimeSpan(from_us, until_us), most, is_provider) if most >= least else None


class _Routes:
    """Changes of the usual prefixes' routes by foreign voters while the window was watched, with their weights.

    Those voted who did at both ends: a peer that came and went takes no detour. Every voter ASN weighs the same, its
    sessions share that; every prefix weighs its addresses.
    """

    def __init__(self, found: Study, watched: TimeSpan) -> None:
        timeline = found.timeline
        self.watched = watched
        self.ends = min(watched.from_us + MINUTE_US, watched.until_us), watched.until_us
        self._timeline = timeline
        paths = cleaned(timeline.paths)
        self._count = len(paths.asns)
        is_domestic = found.attribution.domestic_mask(paths.asns)
        self._provider = first_foreign(paths, is_domestic)
        self._start = paths.start
        self._hop = np.where(is_domestic[paths.hop], _NONE, paths.hop)
        baselines = found.levels.baselines
        chosen = (baselines.at(watched.from_us) or (baselines.chosen[0], 0))[0]
        self._units = np.where(chosen, unit_counts(timeline.prefixes), 0).astype(float)
        asns = np.array([session.asn for session in timeline.sessions], dtype=np.int64)
        votes = np.isin(asns, np.array(found.visibility.asns, dtype=np.int64))
        votes &= voting_at(timeline, self.ends[0]) & voting_at(timeline, self.ends[1])
        _, name, sessions = np.unique(asns[votes], return_inverse=True, return_counts=True)
        self.voters = len(sessions)
        self._weight = np.zeros(len(asns))
        self._weight[votes] = 1 / sessions[name]
        self._total = max(1.0, len(sessions) * float(self._units.sum()))

    def _rows(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]]:
        """Time, number of session and prefix, path (_NONE without) and share of all weight, by stretches."""
        for routes in self._timeline.changes(self.watched.from_us, self.watched.until_us):
            share = self._weight[routes.session] * self._units[routes.prefix] / self._total
            mine = np.flatnonzero(share > 0)
            place = routes.session[mine].astype(np.int64) * len(self._units) + routes.prefix[mine]
            yield routes.time_us[mine], place, routes.path[mine], share[mine]

    def most_in_an_hour(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For each AS of the paths: the most that was announced over it within two clock hours, counted each time; as
        provider, and anywhere on the path."""
        last, now, most = (np.zeros((2, self._count)) for _ in range(3))
        hour = _NONE
        for time_us, _, path, share in self._rows():
            hours = time_us // HOUR_US
            for one in np.unique(hours).tolist():
                if one != hour:
                    last, now, hour = (now if one == hour + 1 else np.zeros_like(now)), np.zeros_like(now), one
                rows = slice(*np.searchsorted(hours, (one, one + 1)))
                now += self._announced(path[rows], share[rows])
                np.maximum(most, last + now, out=most)
        return most[0], most[1]

    def _announced(self, path: NDArray[np.int32], share: NDArray[np.float64]) -> NDArray[np.float64]:
        """How much these routes announce over each AS as provider, and anywhere."""
        over = np.flatnonzero(path >= 0)
        weight = np.bincount(path[over], weights=share[over], minlength=len(self._provider))
        used = np.flatnonzero((weight > 0) & (self._provider >= 0))
        provider = np.bincount(self._provider[used], weights=weight[used], minlength=self._count)
        at, owner = ragged(self._start[used], self._start[used + 1])
        hop, weights = self._hop[at], weight[used][owner]
        crossed = np.bincount(hop[hop >= 0], weights=weights[hop >= 0], minlength=self._count)
        return np.stack([provider, crossed])

    def shares(self, wanted: int, *, is_provider: bool) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The share that led over one AS, from each moment on at which it changed. At first none does."""
        leads: NDArray[np.bool_] = self._provider == wanted
        if not is_provider:
            of_hop = np.repeat(np.arange(len(leads)), np.diff(self._start))
            leads[of_hop[self._hop == wanted]] = True
            leads &= self._provider >= 0
        held = np.zeros(len(self._weight) * len(self._units), dtype=bool)
        times, steps = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
        for time_us, place, path, share in self._rows():
            order = np.argsort(place, kind="stable")
            place, is_over = place[order], (leads[path] & (path >= 0))[order]
            first = np.diff(place, prepend=-1) > 0
            before = np.concatenate([np.zeros(1, dtype=bool), is_over[:-1]])[: len(place)]
            before[first] = held[place[first]]
            held[place] = is_over
            step = np.zeros(len(place))
            step[order] = (is_over.astype(float) - before) * share[order]
            moved = np.flatnonzero(step)
            times.append(time_us[moved])
            steps.append(step[moved])
        return np.concatenate(times), np.cumsum(np.concatenate(steps)) + 1e-9

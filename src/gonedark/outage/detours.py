"""Another way in for a time: a provider that carried most of a country within the window, and next to none at its ends.

Begin with :func:`detours`. A route leak that is mended does this, a hijack with a forged origin, and a spare line that
was used for hours. Providers before and after outages, and at the ends of the window, are compared elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.paths import cleaned
from gonedark.country.transit import first_foreign, provider_shares
from gonedark.country.units import unit_counts
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan
from gonedark.outage.study import Study
from gonedark.table.snapshot import snapshot

DETOUR = "detour"
"""Part of the evidence's id."""

_NONE = -1


@dataclass(frozen=True, slots=True)
class Detour:
    """``share`` of the (voter, address) weight led over the provider at most; half or more all through the span."""

    asn: int
    span: TimeSpan
    share: float


def detours(found: Study, window: TimeSpan, rules: Thresholds) -> tuple[Detour, ...]:
    """Providers of half or more of the weight for a minute or longer, with less than a provider's traces at both ends
    of what was watched of the window. In order of time."""
    seeing = [part for piece, part in found.levels.within(window) if piece.blind is None and piece.voters]
    if not found.has_baseline or not seeing:
        return ()
    routes = _Routes(found, TimeSpan(seeing[0].from_us, seeing[-1].until_us))
    frequent = np.flatnonzero(routes.most_in_an_hour() >= rules.visible_share)
    if not len(frequent):
        return ()
    usual = _usual(found, routes.watched, rules)
    names = cleaned(found.timeline.paths).asns[frequent].tolist()
    told = [
        _detour(found, asn, routes.shares(place), rules)
        for place, asn in zip(frequent.tolist(), names, strict=True)
        if usual is not None and asn not in usual
    ]
    return tuple(sorted((item for item in told if item is not None), key=lambda item: (item.span, item.asn)))


def _usual(found: Study, watched: TimeSpan, rules: Thresholds) -> frozenset[int] | None:
    """Providers at one of the ends; None where the country was not reached at both."""
    moments = min(watched.from_us + MINUTE_US, watched.until_us), watched.until_us
    ends = [provider_shares(found.timeline, snapshot(found.timeline, at_us), found.attribution) for at_us in moments]
    if not all(ends):
        return None
    return frozenset(asn for one in ends for asn, share in one.items() if share >= rules.provider_gone_share)


def _detour(
    found: Study, asn: int, course: tuple[NDArray[np.int64], NDArray[np.float64]], rules: Thresholds
) -> Detour | None:
    """The stretch around the moment of the largest share, where that is half of what was really voted."""
    time_us, share = course
    peak = int(np.argmax(share)) if len(share) else _NONE
    if peak == _NONE or share[peak] < rules.visible_share:
        return None
    table = snapshot(found.timeline, int(time_us[peak]) + 1)
    most = provider_shares(found.timeline, table, found.attribution).get(asn, 0.0)
    low = np.flatnonzero(share < rules.visible_share)
    first, last = int(np.searchsorted(low, peak)) - 1, int(np.searchsorted(low, peak))
    from_us = int(time_us[low[first] + 1 if first >= 0 else 0])
    until_us = int(time_us[low[last]]) if last < len(low) else found.levels.until_us
    if most < rules.visible_share or until_us - from_us < rules.hold_us:
        return None
    return Detour(asn, TimeSpan(from_us, until_us), most)


class _Routes:
    """Changes of the usual prefixes' routes by foreign voters while the window was watched, with their weights.

    Every voter ASN weighs the same, its sessions share that; every prefix weighs its addresses. Shares are of the
    weight of all who ever voted, so that they are none too large.
    """

    def __init__(self, found: Study, watched: TimeSpan) -> None:
        timeline = found.timeline
        self.watched = watched
        self._timeline = timeline
        paths = cleaned(timeline.paths)
        self._count = len(paths.asns)
        self._provider = first_foreign(paths, found.attribution.domestic_mask(paths.asns))
        baselines = found.levels.baselines
        chosen = (baselines.at(watched.from_us) or (baselines.chosen[0], 0))[0]
        self._units = np.where(chosen, unit_counts(timeline.prefixes), 0).astype(float)
        asns = np.array([session.asn for session in timeline.sessions], dtype=np.int64)
        votes = np.isin(asns, np.array(found.visibility.asns, dtype=np.int64))
        votes &= np.isin(np.arange(len(asns)), timeline.feeds.session)
        _, name, sessions = np.unique(asns[votes], return_inverse=True, return_counts=True)
        self._weight = np.zeros(len(asns))
        self._weight[votes] = 1 / sessions[name]
        self._total = max(1.0, len(sessions) * float(self._units.sum()))

    def _rows(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]]:
        """Time, number of session and prefix, provider (_NONE without) and share of all weight, by stretches."""
        for routes in self._timeline.changes(self.watched.from_us, self.watched.until_us):
            share = self._weight[routes.session] * self._units[routes.prefix] / self._total
            mine = np.flatnonzero(share > 0)
            path = routes.path[mine]
            provider = np.where(path >= 0, self._provider[path], _NONE)
            place = routes.session[mine].astype(np.int64) * len(self._units) + routes.prefix[mine]
            yield routes.time_us[mine], place, provider, share[mine]

    def most_in_an_hour(self) -> NDArray[np.float64]:
        """For each AS of the paths: the most that was announced over it within two clock hours, counted each time."""
        last, now, most = (np.zeros(self._count) for _ in range(3))
        hour = _NONE
        for time_us, _, provider, share in self._rows():
            hours = time_us // HOUR_US
            for one in np.unique(hours).tolist():
                if one != hour:
                    last, now, hour = (now if one == hour + 1 else np.zeros(self._count)), np.zeros(self._count), one
                rows = slice(*np.searchsorted(hours, (one, one + 1)))
                over = provider[rows] >= 0
                now += np.bincount(provider[rows][over], weights=share[rows][over], minlength=self._count)
                np.maximum(most, last + now, out=most)
        return most

    def shares(self, wanted: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The share that led over one AS, from each moment on at which it changed. At first none does."""
        held = np.zeros(len(self._weight) * len(self._units), dtype=bool)
        times, steps = [np.zeros(0, dtype=np.int64)], [np.zeros(0)]
        for time_us, place, provider, share in self._rows():
            order = np.argsort(place, kind="stable")
            place, is_over = place[order], provider[order] == wanted
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

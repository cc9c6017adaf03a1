"""Other networks that began to announce a large part of what is usually there: no outage, and not nothing either.

Begin with :func:`origin_changes`. The definitions ask whether a route is carried, over any path and from any origin, so
a country whose addresses are announced by somebody else stays visible; whether its traffic still arrives there is
another matter. Not for a loss, whose new origins the room ``cause`` weighs.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gonedark.country.space import NationalSpace
from gonedark.country.tally_loop import distinct
from gonedark.country.transit import origin_routes_at
from gonedark.model.attribution import SHORTEST
from gonedark.model.prefix import ADDRESS_BITS, Prefix
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.study import Study
from gonedark.table.paths import NO_ASN
from gonedark.table.snapshot import snapshot
from gonedark.table.timeline import Timeline

ORIGIN_CHANGE = "origin-change"
"""Part of the evidence's id."""

_ASN = 0xFFFFFFFF
"""The bits of an AS number, in keys of a prefix and an AS."""


@dataclass(frozen=True, slots=True)
class OriginChange:
    """From ``since_us`` on at least half of the voters had these addresses (IPv4) or /48s from another AS than before.

    ``before``: who announced them then. ``lasting``: it was still so when the data end.
    """

    asn: int
    is_domestic: bool
    since_us: int
    addresses: int
    usual_addresses: int
    before: tuple[int, ...]
    lasting: bool


def origin_changes(found: Study, window: TimeSpan, rules: Thresholds) -> tuple[OriginChange, ...]:
    """ASes that came to announce at least the share of a swing of the usual addresses within the window."""
    baselines = found.levels.baselines
    if not baselines.time_us:
        return ()
    at = max(0, int(np.searchsorted(baselines.time_us, window.from_us, side="right")) - 1)
    usual = _Usual(found, baselines.time_us[at] + 1, window.from_us, baselines.chosen[at])
    crossings = _crossings(found, usual, window, rules)
    if not crossings:
        return ()
    space = NationalSpace(found.timeline.prefixes, found.units, found.visibility.flips, len(found.visibility.shares))
    needed = rules.swing_share * baselines.addresses[at]
    changes = []
    for asn, times in sorted(crossings.items()):
        prefixes = sorted(times, key=lambda prefix: times[prefix])
        count = _enough(space, prefixes, needed)
        if count is None:
            continue
        since_us = times[prefixes[count - 1]]
        held = _from(found, asn, prefixes, since_us + rules.hold_us, rules)
        if space.addresses_of(held) >= needed:
            before = sorted({old for prefix in np.flatnonzero(held).tolist() for old in usual.of(prefix)})
            lasting = space.addresses_of(_from(found, asn, prefixes, found.levels.until_us, rules)) >= needed
            most = space.addresses_of(_mask(found, prefixes))
            home = found.attribution.is_domestic(asn)
            changes.append(OriginChange(asn, home, since_us, most, baselines.addresses[at], tuple(before), lasting))
    return tuple(sorted(changes, key=lambda change: (change.since_us, change.asn)))


class _Usual:
    """Who announced each prefix of the baseline, and what lies inside or around some of them, as any voter had it
    when the baseline was taken; where most have it from another AS when the window opens, as they have it then.

    ``first`` is the lowest of them, NO_ASN for a prefix that is not of the baseline.
    """

    def __init__(self, found: Study, taken_us: int, opens_us: int, baseline: NDArray[np.bool_]) -> None:
        prefix, asn, _ = origin_routes_at(found.timeline, taken_us)
        mine = baseline[prefix] & (asn != NO_ASN)
        prefix, asn = prefix[mine], asn[mine]
        if opens_us > taken_us:
            prefix, asn = _moved(found.timeline, prefix, asn, opens_us)
        self._prefix, self._asn = prefix, asn
        self._baseline = baseline
        self._prefixes = found.timeline.prefixes
        self.first = np.full(len(baseline), NO_ASN, dtype=np.int64)
        self.first[self._prefix[::-1]] = self._asn[::-1]

    def of(self, prefix: int) -> frozenset[int]:
        """The usual origins of one."""
        if self._baseline[prefix]:
            first, end = np.searchsorted(self._prefix, (prefix, prefix + 1)).tolist()
            return frozenset(self._asn[first:end].tolist())
        one = self._prefixes[prefix]
        known = [self._place[around] for around in _around(one) if around in self._place]
        end = one.address + (1 << (ADDRESS_BITS[one.family] - one.length))
        known += self._by_address[1][slice(*(bisect_left(self._by_address[0], edge) for edge in (one.address, end)))]
        return frozenset(asn for place in known for asn in self.of(place))

    def is_other(self, prefix: int, asn: int) -> bool:
        """The prefix has usual origins, and this is none of them."""
        known = self.of(prefix)
        return bool(known) and asn not in known

    @cached_property
    def _place(self) -> dict[Prefix, int]:
        """The baseline's prefixes that were announced."""
        return {self._prefixes[place]: place for place in np.unique(self._prefix).tolist()}

    @cached_property
    def _by_address(self) -> tuple[list[int], list[int]]:
        """Their first addresses in order, and which they are."""
        places = sorted(self._place.values(), key=lambda place: self._prefixes[place].address)
        return [self._prefixes[place].address for place in places], places


def _moved(
    timeline: Timeline, prefix: NDArray[np.int64], asn: NDArray[np.int64], time_us: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Prefixes and their origins, ascending, with those of another moment for prefixes that most had from another AS by
    then. Others than these prefixes are left out."""
    later, name, count = origin_routes_at(timeline, time_us)
    routes = np.bincount(later, weights=count, minlength=len(timeline.prefixes))
    known, keys = prefix << 32 | asn, later << 32 | name
    beside = np.searchsorted(known, keys)
    other = (np.append(known, -1)[beside] != keys) & (name != NO_ASN)
    moved = np.zeros(len(timeline.prefixes), dtype=bool)
    moved[later[other & (2 * count > routes[later])]] = True
    moved &= np.bincount(prefix, minlength=len(moved)) > 0
    if not moved.any():
        return prefix, asn
    kept, new = ~moved[prefix], moved[later] & (name != NO_ASN)
    prefix, asn = np.concatenate([prefix[kept], later[new]]), np.concatenate([asn[kept], name[new]])
    order = np.lexsort((asn, prefix))
    return prefix[order], asn[order]


def _around(prefix: Prefix) -> Iterator[Prefix]:
    """The shorter prefixes that it lies in."""
    bits = ADDRESS_BITS[prefix.family]
    for length in range(SHORTEST[prefix.family], prefix.length):
        yield Prefix(prefix.family, prefix.address >> (bits - length) << (bits - length), length)


def _crossings(found: Study, usual: _Usual, window: TimeSpan, rules: Thresholds) -> dict[int, dict[int, int]]:
    """For each other AS, when half of the voters had heard each prefix from it."""
    crossings: dict[int, dict[int, int]] = defaultdict(dict)
    steps = found.visibility.voters
    for (asn, prefix), times in _heard(found, usual, window).items():
        for number, time_us in enumerate(sorted(times.values()), 1):
            voters = int(steps[max(0, int(np.searchsorted(steps[:, 0], time_us, side="right")) - 1), 1])
            if number >= rules.visible_share * voters and number >= rules.fewest_voters:
                crossings[asn][prefix] = time_us
                break
    return crossings


def _heard(found: Study, usual: _Usual, window: TimeSpan) -> dict[tuple[int, int], dict[int, int]]:
    """For each AS and prefix of which it is no usual origin: when each voter first heard the prefix from it."""
    timeline = found.timeline
    origin = timeline.paths.origins()
    heard: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    voters = frozenset(found.visibility.asns)
    for routes in timeline.changes(window.from_us, window.until_us):
        rows = np.flatnonzero(routes.path >= 0)
        named = origin[routes.path[rows]]
        # Nearly all announcements end here: they come from where the prefix usually does.
        other = (named != usual.first[routes.prefix[rows]]) & (named != NO_ASN)
        rows = rows[other]
        keys = routes.prefix[rows].astype(np.int64) << 32 | named[other]
        new = [key for key in distinct(keys)[0].tolist() if usual.is_other(key >> 32, key & _ASN)]
        rows = rows[np.isin(keys, np.array(new, dtype=np.int64))]
        columns = (origin[routes.path[rows]], routes.prefix[rows], routes.session[rows], routes.time_us[rows])
        for asn, prefix, session, time_us in zip(*(column.tolist() for column in columns), strict=True):
            watcher = timeline.sessions[session].asn
            if watcher in voters:
                heard[asn, prefix].setdefault(watcher, time_us)
    return heard


def _enough(space: NationalSpace, prefixes: list[int], needed: float) -> int | None:
    """How many of the prefixes, in their order, have so many addresses; None where all of them have not."""
    mask = np.zeros(len(space.visible), dtype=bool)
    for count, prefix in enumerate(prefixes, 1):
        mask[prefix] = True
        if space.addresses_of(mask) >= needed:
            return count
    return None


def _from(found: Study, asn: int, prefixes: list[int], time_us: int, rules: Thresholds) -> NDArray[np.bool_]:
    """Which of the prefixes at least half of the foreign voters had from that AS at a moment."""
    table = snapshot(found.timeline, time_us)
    sessions = np.array([session.asn for session in found.timeline.sessions], dtype=np.int64)
    foreign = np.isin(sessions, np.array(found.visibility.asns, dtype=np.int64))
    voters = len(np.unique(sessions[table.voting[foreign[table.voting]]]))
    rows = np.flatnonzero((found.timeline.paths.origins()[table.path] == asn) & foreign[table.session])
    pairs = np.unique(np.stack([table.prefix[rows].astype(np.int64), sessions[table.session[rows]]]), axis=1)
    carriers = np.bincount(pairs[0], minlength=len(found.timeline.prefixes))
    return _mask(found, prefixes) & (carriers >= max(1, rules.visible_share * voters))


def _mask(found: Study, prefixes: list[int]) -> NDArray[np.bool_]:
    mask = np.zeros(len(found.timeline.prefixes), dtype=bool)
    mask[prefixes] = True
    return mask

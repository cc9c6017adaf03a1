"""Other networks that began to announce a large part of what is usually there: no outage, and not nothing either.

Begin with :func:`origin_changes`. The definitions ask whether a route is carried, over any path and from any origin, so
a country whose addresses are announced by somebody else stays visible; whether its traffic still arrives there is
another matter. Not for a loss, whose new origins the room ``cause`` weighs.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.space import NationalSpace
from gonedark.model.attribution import SHORTEST
from gonedark.model.prefix import ADDRESS_BITS, Prefix
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.study import Study
from gonedark.table.paths import NO_ASN
from gonedark.table.snapshot import snapshot


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
    usual = _usual(found, baselines.time_us[at] + 1, baselines.chosen[at])
    space = NationalSpace(found.timeline.prefixes, found.units, found.visibility.flips, len(found.visibility.shares))
    needed = rules.swing_share * baselines.addresses[at]
    changes = []
    for asn, crossings in sorted(_crossings(found, usual, window, rules).items()):
        prefixes = sorted(crossings, key=lambda prefix: crossings[prefix])
        count = _enough(space, prefixes, needed)
        if count is None:
            continue
        since_us = crossings[prefixes[count - 1]]
        held = _from(found, asn, prefixes, since_us + rules.hold_us, rules)
        if space.addresses_of(held) >= needed:
            before = sorted({old for prefix in np.flatnonzero(held).tolist() for old in usual[prefix]})
            lasting = space.addresses_of(_from(found, asn, prefixes, found.levels.until_us, rules)) >= needed
            most = space.addresses_of(_mask(found, prefixes))
            home = found.attribution.is_domestic(asn)
            changes.append(OriginChange(asn, home, since_us, most, baselines.addresses[at], tuple(before), lasting))
    return tuple(sorted(changes, key=lambda change: (change.since_us, change.asn)))


def _usual(found: Study, time_us: int, baseline: NDArray[np.bool_]) -> dict[int, set[int]]:
    """Who announced each prefix of the baseline, and what lies inside one of them, as any voter had it."""
    table = snapshot(found.timeline, time_us)
    usual: dict[int, set[int]] = defaultdict(set)
    for prefix, asn in _pairs(found, table.prefix, table.path):
        if baseline[prefix] and asn != NO_ASN:
            usual[prefix].add(asn)
    known = {prefix: usual[index] for index, prefix in enumerate(found.timeline.prefixes) if index in usual}
    for index in np.flatnonzero(~baseline).tolist():
        for around in _around(found.timeline.prefixes[index]):
            usual[index] |= known.get(around, set())
    return {index: asns for index, asns in usual.items() if asns}


def _pairs(found: Study, prefix: NDArray[np.int32], path: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Each prefix with each of its origins, ascending. As one number a route: sorting pairs takes ten times as long."""
    names, number = np.unique(found.timeline.paths.origins(), return_inverse=True)
    count = max(1, len(names))
    keys = np.unique(prefix.astype(np.int64) * count + number[path])
    return zip((keys // count).tolist(), names[keys % count].tolist(), strict=True)


def _around(prefix: Prefix) -> Iterator[Prefix]:
    """The shorter prefixes that it lies in."""
    bits = ADDRESS_BITS[prefix.family]
    for length in range(SHORTEST[prefix.family], prefix.length):
        yield Prefix(prefix.family, prefix.address >> (bits - length) << (bits - length), length)


def _crossings(
    found: Study, usual: dict[int, set[int]], window: TimeSpan, rules: Thresholds
) -> dict[int, dict[int, int]]:
    """For each other AS, when half of the voters had heard each prefix from it."""
    timeline, routes = found.timeline, found.timeline.routes
    origin = timeline.paths.origins()
    rows = np.arange(np.searchsorted(routes.time_us, window.from_us), np.searchsorted(routes.time_us, window.until_us))
    rows = rows[routes.path[rows] >= 0]
    first = np.full(len(timeline.prefixes), NO_ASN, dtype=np.int64)
    first[list(usual)] = [min(asns) for asns in usual.values()]
    rows = rows[origin[routes.path[rows]] != first[routes.prefix[rows]]]
    named = origin[routes.path[rows]]
    new = np.zeros(len(rows), dtype=bool)
    for prefix, asn in _pairs(found, routes.prefix[rows], routes.path[rows]):
        if asn != NO_ASN and prefix in usual and asn not in usual[prefix]:
            new |= (routes.prefix[rows] == prefix) & (named == asn)
    heard: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    columns = (named[new], routes.prefix[rows[new]], routes.session[rows[new]], routes.time_us[rows[new]])
    for asn, prefix, session, time_us in zip(*(column.tolist() for column in columns), strict=True):
        watcher = timeline.sessions[session].asn
        if watcher in found.visibility.asns:
            heard[asn, prefix].setdefault(watcher, time_us)
    crossings: dict[int, dict[int, int]] = defaultdict(dict)
    steps = found.visibility.voters
    for (asn, prefix), times in heard.items():
        for number, time_us in enumerate(sorted(times.values()), 1):
            voters = int(steps[max(0, int(np.searchsorted(steps[:, 0], time_us, side="right")) - 1), 1])
            if number >= rules.visible_share * voters and number >= rules.fewest_voters:
                crossings[asn][prefix] = time_us
                break
    return crossings


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

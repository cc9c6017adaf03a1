"""Over which foreign networks a country's prefixes are reached.

Begin with :func:`providers`. The first foreign AS on a path, walking from the origin outwards, is the provider. Not for
hegemony or frontiers.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gonedark.country.paths import clean
from gonedark.country.units import unit_counts
from gonedark.model.thresholds import Thresholds
from gonedark.table.dump import PathColumns
from gonedark.table.paths import NO_ASN, AsPaths
from gonedark.table.snapshot import Snapshot
from gonedark.table.timeline import Timeline


def first_foreign(paths: AsPaths, is_domestic: Callable[[int], bool]) -> NDArray[np.int64]:
    """The first foreign AS of each path, outward from the origin; NO_ASN where none is.

    An AS_SET names nobody: it is passed over.
    """
    found = np.full(len(paths), NO_ASN, dtype=np.int64)
    known, number = np.unique(paths.asn, return_inverse=True)
    is_home = np.array([is_domestic(asn) for asn in known.tolist()], dtype=bool)
    abroad = np.flatnonzero(~(paths.in_sets() | is_home[number])) if len(known) else np.zeros(0, dtype=np.intp)
    # Of several numbers of one path the last one written stands, which is the nearest to the origin.
    found[np.searchsorted(paths.start, abroad, side="right") - 1] = paths.asn[abroad]
    return found


def providers(
    timeline: Timeline, table: Snapshot, is_domestic: Callable[[int], bool], rules: Thresholds
) -> dict[int, float]:
    """Foreign providers with their share of (voter, address) weight, those below the threshold left out.

    Paths are cleaned first, as for everything that a country hangs on (:mod:`gonedark.country.paths`). Each voter
    ASN weighs the same, its sessions share that weight; each prefix weighs its addresses.
    """
    asns = np.array([session.asn for session in timeline.sessions], dtype=np.int64)
    voting = np.array([asn for asn in asns[table.voting].tolist() if not is_domestic(asn)], dtype=np.int64)
    voters, feeds = np.unique(voting, return_counts=True)
    used = table.used_paths(len(timeline.paths))
    provider = np.full(len(timeline.paths), NO_ASN, dtype=np.int64)
    provider[used] = first_foreign(_clean(timeline.paths.take(used)), is_domestic)
    rows = np.flatnonzero(np.isin(asns, voters)[table.session] & (provider != NO_ASN)[table.path])
    if not len(rows):
        return {}
    # Names of paths and voters of sessions: there are far more routes than either.
    known = table.used_paths(len(timeline.paths), rows)
    names, name = np.unique(provider[known], return_inverse=True)
    number = np.zeros(len(timeline.paths), dtype=np.int64)
    number[known] = name
    voter = np.searchsorted(voters, asns)
    share = feeds[np.minimum(voter, len(voters) - 1)]
    parts = unit_counts(timeline.prefixes)[table.prefix[rows]] / share[table.session[rows]]
    weight = np.bincount(number[table.path[rows]], weights=parts)
    shares = weight / np.cumsum(parts)[-1]
    return {
        asn: share for asn, share in zip(names.tolist(), shares.tolist(), strict=True) if share >= rules.provider_share
    }


def _clean(paths: AsPaths) -> AsPaths:
    """Without prepending, AS_SETs, reserved numbers, route servers and poisoning."""
    found = clean(PathColumns(paths.start, paths.asn, paths.in_sets()))
    return AsPaths(found.start, found.asns[found.hop].astype(np.uint32), np.zeros(len(found.hop), dtype=bool))


def origins(timeline: Timeline, table: Snapshot) -> dict[int, int]:
    """The origin AS of every prefix held, as most routes have it (ties: the lowest number): prefix id to ASN."""
    names, number = np.unique(timeline.paths.origins(), return_inverse=True)
    # A prefix and a name as one number, so that sorting need not compare pairs.
    keys, counts = np.unique(table.prefix.astype(np.int64) * len(names) + number[table.path], return_counts=True)
    prefix, asn = keys // max(1, len(names)), names[keys % max(1, len(names))]
    named = asn != NO_ASN
    prefix, asn, counts = prefix[named], asn[named], counts[named]
    order = np.lexsort((asn, -counts, prefix))
    prefix, asn = prefix[order], asn[order]
    first = np.diff(prefix, prepend=-1) > 0
    return dict(zip(prefix[first].tolist(), asn[first].tolist(), strict=True))

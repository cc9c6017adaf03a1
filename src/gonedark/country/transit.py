"""Over which foreign networks a country's prefixes are reached.

Begin with :func:`providers`. The first foreign AS on a path, walking from the origin outwards, is the provider. Not for
hegemony or frontiers.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gonedark.country.paths import clean
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
    used, path = np.unique(table.path, return_inverse=True)
    provider = first_foreign(_clean(timeline.paths.take(used)), is_domestic)[path]
    rows = np.flatnonzero(np.isin(asns[table.session], voters) & (provider != NO_ASN))
    if not len(rows):
        return {}
    sizes = np.array([last - first + 1 for first, last in (prefix.unit_range() for prefix in timeline.prefixes)])
    voter = np.searchsorted(voters, asns[table.session[rows]])
    names, number = np.unique(provider[rows], return_inverse=True)
    parts = sizes[table.prefix[rows]] / feeds[voter]
    weight = np.bincount(number, weights=parts)
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
    origin = timeline.paths.origins()[table.path]
    rows = np.flatnonzero(origin != NO_ASN)
    pairs = np.stack([table.prefix[rows].astype(np.int64), origin[rows]], axis=1)
    distinct, counts = np.unique(pairs, axis=0, return_counts=True)
    order = np.lexsort((distinct[:, 1], -counts, distinct[:, 0]))
    prefix, asn = distinct[order].T
    first = np.diff(prefix, prepend=-1) > 0
    return dict(zip(prefix[first].tolist(), asn[first].tolist(), strict=True))

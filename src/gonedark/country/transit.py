"""Over which foreign networks a country's prefixes are reached.

Begin with :func:`providers`, or with :func:`ways` to compare two moments. The first foreign AS on a path, walking from
a domestic origin outwards, is the provider. What an AS abroad announces itself has none: nothing of the path is a link
of the country's. Not for hegemony or frontiers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.paths import Paths, cleaned
from gonedark.country.tally_loop import distinct
from gonedark.country.transit_loop import name_first, weigh
from gonedark.country.units import unit_counts
from gonedark.model.attribution import Attribution
from gonedark.model.thresholds import Thresholds
from gonedark.table.once import once
from gonedark.table.paths import NO_ASN, AsPaths
from gonedark.table.snapshot import Snapshot, snapshot
from gonedark.table.timeline import Timeline


def first_foreign(paths: Paths, is_domestic: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The first foreign AS of each path, outward from a domestic origin, by its place in ``asns``; -1 where none is.

    ``is_domestic`` stands one an AS of ``asns``.
    """
    found = np.full(len(paths.origin), -1, dtype=np.int32)
    path = np.repeat(np.arange(len(found), dtype=np.int32), np.diff(paths.start))
    abroad = np.flatnonzero(~is_domestic[paths.hop])
    # Of several hops of one path the last one written stands, which is the nearest to the origin.
    found[path[abroad]] = paths.hop[abroad]
    origin = np.flatnonzero(paths.origin >= 0)
    found[origin[~is_domestic[paths.origin[origin]]]] = -1
    return found


@dataclass(frozen=True, slots=True)
class Ways:
    """Foreign providers at two moments. ``same`` is None where no route was seen at one of them."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    same: bool | None


def providers(timeline: Timeline, table: Snapshot, attribution: Attribution, rules: Thresholds) -> dict[int, float]:
    """Foreign providers with their share of (voter, address) weight, those below the threshold left out."""
    shares = provider_shares(timeline, table, attribution)
    return {asn: share for asn, share in shares.items() if share >= rules.provider_share}


def ways(timeline: Timeline, tables: tuple[Snapshot, Snapshot], attribution: Attribution, rules: Thresholds) -> Ways:
    """Foreign providers at two moments, alike where only shares have moved.

    One that is named at one moment is named at the other too while it carries anything worth telling there: with many
    providers near the threshold, every hour would else have its own set of names.
    """
    first, then = (provider_shares(timeline, table, attribution) for table in tables)
    named = sorted(
        asn for asn in {*first, *then} if max(first.get(asn, 0.0), then.get(asn, 0.0)) >= rules.provider_share
    )
    here, there = (
        tuple(asn for asn in named if shares.get(asn, 0.0) >= rules.provider_gone_share) for shares in (first, then)
    )
    return Ways(here, there, here == there if first and then else None)


def provider_shares(timeline: Timeline, table: Snapshot, attribution: Attribution) -> dict[int, float]:
    """Every foreign provider's share of (voter, address) weight.

    Paths are cleaned first, as for everything that a country hangs on (:mod:`gonedark.country.paths`). Each voter
    ASN weighs the same, its sessions share that weight; each prefix weighs its addresses.
    """
    paths = cleaned(timeline.paths)
    provider = first_foreign(paths, attribution.domestic_mask(paths.asns))
    weight, total = _weights(timeline, table, attribution, provider, len(paths.asns))
    named = np.flatnonzero(weight > 0)
    return dict(zip(paths.asns[named].tolist(), (weight[named] / total).tolist(), strict=True))


def crossing_shares(timeline: Timeline, table: Snapshot, attribution: Attribution) -> NDArray[np.float64]:
    """The share of (voter, address) weight whose paths cross each AS, anywhere on them, by its place among those of the
    cleaned paths. Paths without a provider are left out, as there."""
    paths = cleaned(timeline.paths)
    provider = first_foreign(paths, attribution.domestic_mask(paths.asns))
    label = np.where(provider >= 0, np.arange(len(provider), dtype=np.int32), np.int32(-1))
    weight, total = _weights(timeline, table, attribution, label, len(label))
    crossed = np.bincount(paths.hop, weights=np.repeat(weight, np.diff(paths.start)), minlength=len(paths.asns))
    return crossed / max(1.0, total)


def _weights(
    timeline: Timeline, table: Snapshot, attribution: Attribution, label: NDArray[np.int32], labels: int
) -> tuple[NDArray[np.float64], float]:
    """The (voter, address) weight of the routes of each label of their paths, and of all that have one."""
    asns = np.array([session.asn for session in timeline.sessions], dtype=np.int64)
    voting = asns[table.voting]
    voters, counts = np.unique(voting[~attribution.domestic_mask(voting)], return_counts=True)
    feeds = np.zeros(len(asns), dtype=np.int64)
    votes = np.isin(asns, voters)
    feeds[votes] = counts[np.searchsorted(voters, asns[votes])]
    weight = np.zeros(labels)
    routes = map(np.ascontiguousarray, (table.session, table.prefix, table.path))
    total = weigh(*routes, feeds, unit_counts(timeline.prefixes), label, weight)
    return weight, float(total)


def owners(timeline: Timeline) -> NDArray[np.int32]:
    """The network of every prefix, as numbers from 0: the origin AS that was seen first, whatever came later."""
    _, number = _origin_names(timeline.paths)
    found = np.zeros(len(timeline.prefixes), dtype=np.int32)
    for routes in timeline.backwards():
        name_first(np.ascontiguousarray(routes.prefix), np.ascontiguousarray(routes.path), number, found)
    return found


def origins(timeline: Timeline, table: Snapshot) -> dict[int, int]:
    """The origin AS of every prefix held, as most routes have it (ties: the lowest number): prefix id to ASN."""
    return _most(*origin_routes(timeline.paths, table.prefix, table.path))


def origins_at(timeline: Timeline, time_us: int) -> dict[int, int]:
    """The same of the table at a moment that is asked for several times."""
    return _most(*origin_routes_at(timeline, time_us))


def _most(prefix: NDArray[np.int64], asn: NDArray[np.int64], counts: NDArray[np.int64]) -> dict[int, int]:
    named = asn != NO_ASN
    prefix, asn, counts = prefix[named], asn[named], counts[named]
    order = np.lexsort((asn, -counts, prefix))
    prefix, asn = prefix[order], asn[order]
    first = np.diff(prefix, prepend=-1) > 0
    return dict(zip(prefix[first].tolist(), asn[first].tolist(), strict=True))


@once
def origin_routes_at(
    timeline: Timeline, time_us: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """:func:`origin_routes` of the table at a moment."""
    table = snapshot(timeline, time_us)
    return origin_routes(timeline.paths, table.prefix, table.path)


def origin_routes(
    paths: AsPaths, prefix: NDArray[np.int32], path: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Of routes in columns: each prefix with each of its origins (NO_ASN too), ascending, and how many have it."""
    names, number = _origin_names(paths)
    width = max(1, len(names))
    # A prefix and a name as one number: comparing pairs takes ten times as long.
    keys, row = distinct(prefix.astype(np.int64) * width + number[path])
    counts = np.bincount(row, minlength=len(keys))
    order = np.argsort(keys)
    keys = keys[order]
    return keys // width, names[keys % width], counts[order]


@once
def _origin_names(paths: AsPaths) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The origins that occur, ascending, and the number among them of each path's."""
    found, number = distinct(paths.origins())
    order = np.argsort(found)
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return found[order], rank[number]

"""A country's addresses that ASes registered abroad announce: whose providers are no links of the country's.

Begin with :func:`abroad`. Islands are announced by the operators of their satellites and cables, and some networks of a
country hold an AS number of another one; a registry does not tell the two apart. An origin that names no network
(private or reserved) counts as the network before it on the path, as in everything that a country hangs on: most
providers take such a number off, and the same network is told alike whether they do or not. Not for changes of origin.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gonedark.country.paths import cleaned
from gonedark.country.transit import origins_at
from gonedark.country.units import unit_counts
from gonedark.model.thresholds import Thresholds
from gonedark.outage.study import Study
from gonedark.table.snapshot import snapshot

ABROAD = "announced-abroad"
"""The evidence's name after its family."""


@dataclass(frozen=True, slots=True)
class Abroad:
    """ASes not registered in the country, largest first, and the share of the usual addresses that they announce.
    ``nameless`` are origins that name no network, in whose place those before them on the paths stand there."""

    asns: tuple[int, ...]
    share: float
    nameless: tuple[int, ...]


def abroad(found: Study, rules: Thresholds) -> Abroad | None:
    """Those of the first baseline; None where they are less than a swing of it."""
    baselines = found.levels.baselines
    if not baselines.time_us:
        return None
    at_us = baselines.time_us[0] + 1
    announced = origins_at(found.timeline, at_us)
    sizes = unit_counts(found.timeline.prefixes)
    usual = [prefix for prefix in np.flatnonzero(baselines.chosen[0]).tolist() if prefix in announced]
    least = rules.swing_share * max(1.0, float(sizes[usual].sum()))
    mine = [prefix for prefix in usual if not found.attribution.is_domestic(announced[prefix])]
    if float(sizes[mine].sum()) < least:
        return None
    counted = _counted(found, mine, at_us)
    units: dict[int, float] = defaultdict(float)
    for prefix in mine:
        units[counted.get(prefix, announced[prefix])] += float(sizes[prefix])
    foreign = {asn: size for asn, size in units.items() if not found.attribution.is_domestic(asn)}
    if sum(foreign.values()) < least:
        return None
    nameless = {announced[prefix] for prefix in mine if counted.get(prefix) in foreign} - set(counted.values())
    return Abroad(
        tuple(sorted(foreign, key=lambda asn: (-foreign[asn], asn))),
        sum(foreign.values()) / max(1.0, float(sizes[usual].sum())),
        tuple(sorted(nameless)),
    )


def _counted(found: Study, prefixes: Sequence[int], time_us: int) -> dict[int, int]:
    """As whose each prefix counts, by most of its cleaned paths."""
    table, paths = snapshot(found.timeline, time_us), cleaned(found.timeline.paths)
    rows = np.flatnonzero(np.isin(table.prefix, prefixes) & (paths.origin[table.path] >= 0))
    keys = table.prefix[rows].astype(np.int64) << 32 | paths.origin[table.path[rows]]
    names, counts = np.unique(keys, return_counts=True)
    order = np.argsort(counts, kind="stable")
    return {int(key) >> 32: int(paths.asns[int(key) & 0xFFFFFFFF]) for key in names[order].tolist()}

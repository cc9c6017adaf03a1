"""A country's addresses that ASes registered abroad announce: whose providers are no links of the country's.

Begin with :func:`abroad`. Islands are announced by the operators of their satellites and cables, and some networks of a
country hold an AS number of another one; a registry does not tell the two apart. Not for changes of origin.
"""

from dataclasses import dataclass

import numpy as np

from gonedark.country.transit import origins_at
from gonedark.country.units import unit_counts
from gonedark.model.thresholds import Thresholds
from gonedark.outage.study import Study

ABROAD = "announced-abroad"
"""The evidence's name after its family."""


@dataclass(frozen=True, slots=True)
class Abroad:
    """ASes not registered in the country, largest first, and the share of the usual addresses that they announce."""

    asns: tuple[int, ...]
    share: float


def abroad(found: Study, rules: Thresholds) -> Abroad | None:
    """Those of the first baseline; None where they are less than a swing of it."""
    baselines = found.levels.baselines
    if not baselines.time_us:
        return None
    names = origins_at(found.timeline, baselines.time_us[0] + 1)
    sizes = unit_counts(found.timeline.prefixes)
    units: dict[int, float] = {}
    for prefix in np.flatnonzero(baselines.chosen[0]).tolist():
        if prefix in names:
            units[names[prefix]] = units.get(names[prefix], 0.0) + float(sizes[prefix])
    foreign = {asn: mine for asn, mine in units.items() if not found.attribution.is_domestic(asn)}
    share = sum(foreign.values()) / max(1.0, sum(units.values()))
    if share < rules.swing_share:
        return None
    return Abroad(tuple(sorted(foreign, key=lambda asn: (-foreign[asn], asn))), share)

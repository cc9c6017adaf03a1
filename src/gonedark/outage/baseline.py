"""The yardstick as the report gives it.

Begin with :func:`baseline_of`. How it is found and kept is in :mod:`gonedark.outage.levels`.
"""

from collections.abc import Sequence

import numpy as np

from gonedark.country.transit import origins
from gonedark.model.prefix import FAMILIES
from gonedark.model.report import Baseline
from gonedark.model.time import TimeSpan
from gonedark.outage.study import Study
from gonedark.table.snapshot import snapshot


def baseline_of(studies: Sequence[Study], window: TimeSpan) -> Baseline:
    """The baseline in force at the first unstable period or outage, else at the end of the window."""
    moments = [
        phase.span.from_us for found in studies for phase in found.phases if phase.phase not in ("normal", "blind")
    ]
    moments += [spell.start_us for found in studies for spell in found.spells]
    at_us = min(moments, default=window.until_us)
    prefixes = dict.fromkeys(FAMILIES, 0)
    addresses = dict.fromkeys(FAMILIES, 0)
    asns: set[int] = set()
    known = False
    for found in studies:
        chosen = found.levels.baselines.at(at_us)
        if chosen is None:
            continue
        known = True
        mask, addresses[found.family] = chosen
        prefixes[found.family] = int(np.count_nonzero(mask))
        taken_us = max(time for time in found.levels.baselines.time_us if time <= at_us)
        names = origins(found.timeline, snapshot(found.timeline, taken_us + 1))
        asns.update(asn for prefix, asn in names.items() if mask[prefix])
    return Baseline(
        at_us=at_us if known else None,
        prefixes_v4=prefixes["ipv4"],
        prefixes_v6=prefixes["ipv6"],
        addresses_v4=addresses["ipv4"],
        slash48s_v6=addresses["ipv6"],
        origins=tuple(sorted(asns)),
    )

"""Which origin networks went first: the order of loss within a spell.

Begin with :func:`order_of_loss`. Design section 3: origin ASes that lost at least half of their baseline addresses, by
the time they did.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gonedark.country.space import NationalSpace
from gonedark.country.visibility import Flips
from gonedark.model.prefix import Prefix
from gonedark.model.report import Loss
from gonedark.model.time import TimeSpan


def order_of_loss(
    prefixes: Sequence[Prefix],
    units: NDArray[np.uint64],
    flips: Flips,
    baseline: NDArray[np.bool_],
    origins: Mapping[int, int],
    span: TimeSpan,
) -> tuple[Loss, ...]:
    """Losses within the span, by time, then by AS number. ``origins`` maps prefix ids to origin ASNs before it."""
    members: dict[int, list[int]] = defaultdict(list)
    for prefix in np.flatnonzero(baseline).tolist():
        if prefix in origins:
            members[origins[prefix]].append(prefix)
    found = []
    for asn, mine in members.items():
        lost_us = _half_lost_us([prefixes[index] for index in mine], units, _only(flips, mine), span)
        if lost_us is not None:
            found.append(Loss(asn, lost_us))
    return tuple(sorted(found, key=lambda loss: (loss.lost_at_us, loss.asn)))


def _only(flips: Flips, mine: list[int]) -> Flips:
    """The flips of some prefixes at the deciding share, numbered anew."""
    number = {prefix: index for index, prefix in enumerate(mine)}
    rows = np.flatnonzero((flips.share == 0) & np.isin(flips.prefix, mine))
    prefix = np.array([number[index] for index in flips.prefix[rows].tolist()], dtype=np.int32)
    return Flips(flips.time_us[rows], flips.share[rows], prefix, flips.visible[rows])


def _half_lost_us(prefixes: Sequence[Prefix], units: NDArray[np.uint64], flips: Flips, span: TimeSpan) -> int | None:
    """When the network first fell to half of its addresses or less within the span; None where it did not."""
    space = NationalSpace(prefixes, units, flips, 1)
    total = space.addresses_of(np.ones(len(prefixes), dtype=bool))
    if total == 0:
        return None
    lost_us: int | None = None
    for reading in space.readings(span.until_us):
        low = 2 * reading.addresses <= total
        if low and lost_us is None:
            lost_us = reading.time_us
        elif not low and lost_us is not None and lost_us < span.from_us:
            lost_us = None
    return lost_us if lost_us is not None and lost_us >= span.from_us else None

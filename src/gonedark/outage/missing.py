"""Networks that were gone as a whole while the rest of the country stayed: too little of it for an outage.

Begin with :func:`missing_networks`. One network can serve a third of the people of a country behind a twentieth of its
addresses: Rogers in Canada, 8 July 2022, was gone for most of a day, and 95 % of the country's addresses were as
visible as ever. Not for what an outage takes: that is its order of loss.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.transit import origins_at
from gonedark.country.units import unit_counts
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.decline import in_force
from gonedark.outage.study import Study

MISSING = "network-gone"
"""The evidence's name after its family; the AS follows."""
_SMALLEST_SHARE = 0.01
"""Of the country's usual addresses: smaller networks come and go every day."""
_BACK_SHARE = 0.5
"""Of its own addresses: with fewer it is not back yet."""
_MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Missing:
    """A network with its addresses (IPv4) or /48s, of how many in the country, and its longest absence; ``is_open``:
    it had not come back in the end."""

    asn: int
    addresses: int
    usual_addresses: int
    span: TimeSpan
    is_open: bool


def missing_networks(found: Study, window: TimeSpan, rules: Thresholds) -> tuple[Missing, ...]:
    """The largest networks of the window's largest baseline that were gone for as long as an outage within unrest must
    last, outside the country's outages and blind time; largest first."""
    baselines = found.levels.baselines
    inside = in_force(baselines, window)
    if not inside:
        return ()
    most = max(inside, key=lambda index: (baselines.addresses[index], -index))
    names = origins_at(found.timeline, baselines.time_us[most] + 1)
    sizes = unit_counts(found.timeline.prefixes)
    usual = baselines.addresses[most]
    members: dict[int, list[int]] = {}
    for prefix in np.flatnonzero(baselines.chosen[most]).tolist():
        if prefix in names:
            members.setdefault(names[prefix], []).append(prefix)
    told = []
    for asn, mine in members.items():
        total = float(sizes[mine].sum())
        if total < _SMALLEST_SHARE * usual or len(members) == 1:
            continue
        spans = [span for span in _gone(found, mine, sizes, window, rules) if not _is_told(found, span)]
        held = [span for span in spans if span.duration_us >= rules.outage_inside_unstable_us]
        if held:
            longest = max(held, key=lambda span: span.duration_us)
            name = _name(found, mine, sizes, longest.from_us - rules.hold_us)
            asn = asn if name is None or name in members else name
            told.append(Missing(asn, int(min(total, usual)), usual, longest, longest.until_us >= window.until_us))
    return tuple(sorted(told, key=lambda one: (-one.addresses, one.asn))[:_MOST_TOLD])


def _name(found: Study, mine: list[int], sizes: NDArray[np.int64], time_us: int) -> int | None:
    """The AS that announced most of the network at a moment; None where nobody did."""
    names = origins_at(found.timeline, time_us)
    units: dict[int, int] = defaultdict(int)
    for prefix in mine:
        if prefix in names:
            units[names[prefix]] += int(sizes[prefix])
    return max(units, key=lambda asn: (units[asn], -asn), default=None)


def _gone(
    found: Study, mine: list[int], sizes: NDArray[np.int64], window: TimeSpan, rules: Thresholds
) -> Iterable[TimeSpan]:
    """Stretches of the window, begun in it, from when at most a tenth of a network was visible, which had been full
    before, until half of it is back."""
    flips = found.visibility.flips
    # Other addresses that it announced instead count: a network that renumbers is not gone.
    own = np.isin(found.owners, found.owners[mine])
    rows = np.flatnonzero((flips.share == 0) & own[flips.prefix])
    moves = np.where(flips.visible[rows] > 0, 1.0, -1.0) * sizes[flips.prefix[rows]]
    level = np.cumsum(moves) / float(sizes[mine].sum())
    was_full, since_us = False, None
    for time_us, share in zip(flips.time_us[rows].tolist(), level.tolist(), strict=True):
        if share > rules.gone_share and (since_us is None or share >= _BACK_SHARE):
            if since_us is not None and time_us > since_us:
                yield TimeSpan(since_us, min(time_us, window.until_us))
            since_us, was_full = None, was_full or share >= rules.full_share
        elif (
            share <= rules.gone_share and since_us is None and was_full and window.from_us <= time_us < window.until_us
        ):
            since_us, was_full = time_us, False
    if since_us is not None:
        yield TimeSpan(since_us, window.until_us)


def _is_told(found: Study, span: TimeSpan) -> bool:
    """Outages of the country take half of it or more, or blind time touches it."""
    spells = (TimeSpan(spell.start_us, spell.until_us(found.levels.until_us)) for spell in found.spells)
    parts = (part for spell in spells if (part := spell.overlap(span)) is not None)
    if 2 * sum(part.duration_us for part in parts) >= span.duration_us:
        return True
    return any(piece.blind is not None for piece, _ in found.levels.within(span))

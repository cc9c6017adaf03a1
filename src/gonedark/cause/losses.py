"""Which prefixes an outage took, when each of them went, and which networks kept theirs.

Begin with :func:`losses`. It replays the flips of visibility through the outage and stops at the worst moment. Not for
saying why.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.cause.limits import Limits
from gonedark.country.space import NationalSpace
from gonedark.country.units import unit_counts
from gonedark.model.report import Outage
from gonedark.model.time import SECOND_US, TimeSpan
from gonedark.outage.study import Study


@dataclass(frozen=True, eq=False, slots=True)
class Losses:
    """Columns over the timeline's prefixes: ``baseline`` and ``lost`` masks, ``lost_us`` (-1: not lost), ``sizes``.

    ``share`` is the lost share of the baseline addresses at the worst moment, ``worst_us``.
    """

    worst_us: int
    share: float
    baseline: NDArray[np.bool_]
    lost: NDArray[np.bool_]
    lost_us: NDArray[np.int64]
    sizes: NDArray[np.float64]

    @property
    def numbers(self) -> list[int]:
        """Ids of the lost prefixes."""
        return [int(index) for index in np.flatnonzero(self.lost)]


def seen_span(found: Study, outage: Outage) -> TimeSpan:
    """From start to end; where one is unknown, from or to where the data begin or end."""
    start = outage.start_us
    if start is None:
        spells = [spell for spell in found.spells if spell.end_us == outage.end_us]
        start = spells[0].start_us if spells else found.levels.pieces[0].time_us
    end = found.levels.until_us if outage.end_us is None else outage.end_us
    return TimeSpan(start, max(start, end))


def losses(found: Study, outage: Outage) -> Losses | None:
    """The losses at the outage's worst moment; None without a baseline."""
    span = seen_span(found, outage)
    chosen = found.levels.baselines.at(span.from_us)
    if chosen is None:
        return None
    baseline, addresses = chosen
    prefixes, seen = found.timeline.prefixes, found.visibility
    space = NationalSpace(prefixes, found.units, seen.flips, len(seen.shares), found.owners)
    space.measure_against(baseline)
    worst_us, fewest, there = span.from_us, addresses + 1, baseline
    gone_us = np.full(len(baseline), -1, dtype=np.int64)
    while (now_us := space.next_us()) is not None and now_us < span.until_us:
        changed = space.advance()
        visible = space.visible
        gone_us[changed] = np.where(visible[changed], -1, now_us)
        inside = space.reading(now_us).inside[0]
        if now_us >= span.from_us and inside < fewest:
            worst_us, fewest, there, gone_then = now_us, inside, visible.copy(), gone_us.copy()
    if fewest > addresses:
        return None
    lost = baseline & ~there
    sizes = unit_counts(prefixes).astype(float)
    lost_us = np.where(lost, gone_then, -1)
    return Losses(worst_us, 1 - fewest / addresses if addresses else 0.0, baseline, lost, lost_us, sizes)


def spared(
    taken: Losses, origins: Mapping[int, int], is_domestic: Callable[[int], bool], limits: Limits
) -> tuple[int, ...] | None:
    """Domestic origin ASes that still had their addresses when the first wave was over and the loss was national, the
    largest first; None where the question does not arise. Prefixes announced from abroad are not spared, only absent.
    """
    settled_us = _settled_us(taken, limits)
    held: dict[int, float] = defaultdict(float)
    kept: dict[int, float] = defaultdict(float)
    for index in np.flatnonzero(taken.baseline).tolist():
        if index in origins:
            held[origins[index]] += taken.sizes[index]
            gone = taken.lost[index] and taken.lost_us[index] <= settled_us
            kept[origins[index]] += 0.0 if gone else taken.sizes[index]
    total = sum(held.values())
    if len(held) < 2 or not total or 1 - sum(kept.values()) / total < limits.national_share:
        return None
    found = [asn for asn in held if is_domestic(asn) and 1 - kept[asn] / held[asn] < limits.spared_share]
    return tuple(sorted(found, key=lambda asn: (-held[asn], asn)))


def _settled_us(taken: Losses, limits: Limits) -> int:
    """When the first wave was over: some time after nine tenths of what was finally lost had gone."""
    order = sorted(taken.numbers, key=lambda index: int(taken.lost_us[index]))
    if not order:
        return taken.worst_us
    done = np.cumsum([taken.sizes[index] for index in order])
    late = int(np.searchsorted(done, 0.9 * done[-1] - 1e-9))
    return int(taken.lost_us[order[late]]) + int(limits.first_wave_seconds * SECOND_US)


def origin_spread_seconds(taken: Losses, origins: Mapping[int, int]) -> float | None:
    """Median over origin ASes of the time between 10 % and 90 % of their own lost addresses; None where no AS lost
    more than one prefix. Small in a loss that goes network by network, large in one that frays."""
    members: dict[int, list[int]] = defaultdict(list)
    for index in taken.numbers:
        if index in origins and taken.lost_us[index] >= 0:
            members[origins[index]].append(index)
    spreads = [_spread(taken, mine) for mine in members.values() if len(mine) > 1]
    return float(np.median(spreads)) / SECOND_US if spreads else None


def _spread(taken: Losses, mine: list[int]) -> int:
    order = sorted(mine, key=lambda index: int(taken.lost_us[index]))
    done = np.cumsum([taken.sizes[index] for index in order])
    early, late = (int(np.searchsorted(done, share * done[-1] - 1e-9)) for share in (0.1, 0.9))
    return int(taken.lost_us[order[late]] - taken.lost_us[order[early]])

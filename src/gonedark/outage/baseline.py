"""The yardstick as the report gives it.

Begin with :func:`baseline_of`. How it is found and kept is in :mod:`gonedark.outage.levels`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gonedark.country.transit import origins_at
from gonedark.model.prefix import FAMILIES
from gonedark.model.report import Baseline
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.course import before_spell_us, fall_from_us, undisturbed_us
from gonedark.outage.decline import in_force
from gonedark.outage.levels import BLIND_NOTHING
from gonedark.outage.study import Study


def baseline_of(studies: Sequence[Study], window: TimeSpan, rules: Thresholds) -> Baseline:
    """The baseline in force at the first unstable period or outage, else the largest of the window.

    A family that was first seen later gives its first one. Where a family has none, its counts are 0 if enough voters
    watched it at that moment and saw nothing, else None. Origins are those right before that period or outage: a
    country may have moved to another network since the baseline was taken.
    """
    first = _first_unrest(studies, rules)
    at_us = _fullest(studies, window) if first is None else first.at_us
    if not any(found.has_baseline for found in studies):
        return Baseline(None, None, None, None, None, None)
    prefixes: dict[str, int | None] = dict.fromkeys(FAMILIES)
    addresses: dict[str, int | None] = dict.fromkeys(FAMILIES)
    asns: set[int] = set()
    for found in studies:
        if not found.has_baseline:
            nothing = 0 if _is_empty(found, at_us, rules) else None
            prefixes[found.family] = addresses[found.family] = nothing
            continue
        baselines = found.levels.baselines
        index = max(0, bisect_right(baselines.time_us, at_us) - 1)
        mask = baselines.chosen[index]
        prefixes[found.family] = int(np.count_nonzero(mask))
        addresses[found.family] = baselines.addresses[index]
        names = origins_at(found.timeline, baselines.time_us[index] + 1)
        if first is not None and first.before_us > baselines.time_us[index]:
            names = names | origins_at(found.timeline, first.before_us)
        asns.update(asn for prefix, asn in names.items() if mask[prefix])
    return Baseline(
        at_us=at_us,
        prefixes_v4=prefixes["ipv4"],
        prefixes_v6=prefixes["ipv6"],
        addresses_v4=addresses["ipv4"],
        slash48s_v6=addresses["ipv6"],
        origins=tuple(sorted(asns)),
    )


@dataclass(frozen=True, order=True, slots=True)
class _Unrest:
    """When an unstable period or an outage began, and when routes were last as they are without it."""

    at_us: int
    before_us: int


def _first_unrest(studies: Sequence[Study], rules: Thresholds) -> _Unrest | None:
    """The first unstable period or outage; None where there was none."""
    outages = [
        _Unrest(spell.start_us, before_spell_us(found.levels, spell, rules))
        for found in studies
        for spell in found.spells
    ]
    unstable = [
        _Unrest(at_us, undisturbed_us(found.levels, fall_from_us(found.levels, at_us), rules))
        for found in studies
        for at_us in (phase.span.from_us for phase in found.phases if phase.phase == "unstable")
    ]
    return min([*outages, *unstable], default=None)


def _fullest(studies: Sequence[Study], window: TimeSpan) -> int:
    """Where less is usual in the end than before: when the most was. Else the end of the window."""
    for found in studies:
        baselines = found.levels.baselines
        inside = in_force(baselines, window)
        most = max(inside, key=lambda index: (baselines.addresses[index], index), default=None)
        if most is not None and most != inside[-1]:
            return max(window.from_us, baselines.time_us[most])
    return window.until_us


def _is_empty(found: Study, at_us: int, rules: Thresholds) -> bool:
    """Nothing of the country is announced in this family, as enough voters see it: fewer cannot tell that."""
    pieces = found.levels.pieces
    index = bisect_right(pieces, at_us, key=lambda piece: piece.time_us) - 1
    return index >= 0 and pieces[index].blind == BLIND_NOTHING and pieces[index].voters >= rules.fewest_voters

"""Prefixes as stretches of units, which are addresses (IPv4) or /48s (IPv6): whole columns at once.

Begin with :func:`unit_ranges`; :func:`units_below` counts what of a country lies below a border,
:func:`touching` finds prefixes in and around others. One prefix answers for
itself (:meth:`Prefix.unit_range`). Not for visibility.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import ADDRESS_BITS, UNIT_BITS, Prefix


def unit_ranges(prefixes: Sequence[Prefix]) -> NDArray[np.uint64]:
    """(n, 2): first and last unit of prefixes of one family, as :meth:`Prefix.unit_range` has them."""
    if not prefixes:
        return np.zeros((0, 2), dtype=np.uint64)
    family = prefixes[0].family
    shift = ADDRESS_BITS[family] - UNIT_BITS[family]
    first = np.array([prefix.address >> shift for prefix in prefixes], dtype=np.uint64)
    length = np.array([prefix.length for prefix in prefixes], dtype=np.uint64)
    host_bits = np.uint64(UNIT_BITS[family]) - np.minimum(length, np.uint64(UNIT_BITS[family]))
    return np.stack([first, first | ((np.uint64(1) << host_bits) - np.uint64(1))], axis=1)


def unit_counts(prefixes: Sequence[Prefix]) -> NDArray[np.int64]:
    """(n,): how many units each prefix of one family touches."""
    ranges = unit_ranges(prefixes)
    return (ranges[:, 1] - ranges[:, 0]).astype(np.int64) + 1


def touching(prefixes: Sequence[Prefix], chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n,): which prefixes of one family share a unit with a chosen one, as part of it, around it or itself."""
    ranges = unit_ranges(prefixes)
    mine = ranges[chosen]
    mine = mine[np.argsort(mine[:, 0])]
    reach = np.concatenate([np.zeros(1, dtype=np.uint64), np.maximum.accumulate(mine[:, 1])])
    before = np.searchsorted(mine[:, 0], ranges[:, 1], side="right")
    found: NDArray[np.bool_] = (before > 0) & (reach[before] >= ranges[:, 0])
    return found


def units_below(borders: NDArray[np.uint64], ranges: NDArray[np.uint64]) -> NDArray[np.int64]:
    """(n,): how many units of ``ranges`` (m, 2; sorted, disjoint, first and last) lie below each border."""
    if not len(ranges):
        return np.zeros(len(borders), dtype=np.int64)
    sizes = (ranges[:, 1] - ranges[:, 0]).astype(np.int64) + 1
    before = np.concatenate([[0], np.cumsum(sizes)])
    at = np.searchsorted(ranges[:, 0], borders, side="right")
    below = np.zeros(len(borders), dtype=np.int64)
    some = at > 0
    last = ranges[at[some] - 1, 1]
    surplus = np.where(borders[some] <= last, (last - borders[some] + np.uint64(1)).astype(np.int64), 0)
    below[some] = before[at[some]] - surplus
    return below

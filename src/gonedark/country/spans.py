"""Prefixes as spans of units (addresses for IPv4, /48s for IPv6), nested in each other or disjoint.

Begin with :func:`unit_spans`. :func:`union_units` and :func:`covered_units` count each unit once, :func:`own_units`
gives every unit to the most specific prefix that holds it. Not for what changes with time, which is ``space``.
"""

import numpy as np
from numpy.typing import NDArray

from gonedark.country.nest_loop import own
from gonedark.country.units import units_below
from gonedark.model.prefix import Family


def unit_spans(
    family: Family, address: NDArray[np.uint64], length: NDArray[np.uint8]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """First and last unit (address or /48) of each prefix."""
    bits = 32 if family == "ipv4" else 48
    first = address if family == "ipv4" else address >> np.uint64(16)
    free = (bits - np.minimum(length, bits)).astype(np.uint64)
    host = (np.uint64(1) << free) - np.uint64(1)
    return first & ~host, first | host


def nest_order(family: Family, address: NDArray[np.uint64], length: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The order in which a prefix comes before all that lie in it: by first unit, then by length."""
    first, _ = unit_spans(family, address, length)
    return np.argsort(first << np.uint64(8) | length.astype(np.uint64), kind="stable")


def own_units(
    family: Family, address: NDArray[np.uint64], length: NDArray[np.uint8], units: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """The country's units (sorted, disjoint inclusive ranges) in each prefix that lie in no more specific one of them.

    Prefixes must be in the order of :func:`nest_order`.
    """
    first, last = unit_spans(family, address, length)
    held: NDArray[np.int64] = own(first, last, units)
    return held


def _merged(first: NDArray[np.uint64], last: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Spans joined where they overlap, ascending; at least one."""
    order = np.argsort(first, kind="stable")
    first, reach = first[order], np.maximum.accumulate(last[order])
    fresh = np.concatenate([[True], first[1:] > reach[:-1]])
    return first[fresh], np.concatenate([reach[np.flatnonzero(fresh)[1:] - 1], reach[-1:]])


def union_units(family: Family, address: NDArray[np.uint64], length: NDArray[np.uint8]) -> int:
    """Units that prefixes cover together, each once."""
    if not len(address):
        return 0
    first, last = _merged(*unit_spans(family, address, length))
    return int((last - first).sum()) + len(first)


def covered_units(
    family: Family, address: NDArray[np.uint64], length: NDArray[np.uint8], units: NDArray[np.uint64]
) -> int:
    """The country's units that the prefixes cover together, each once."""
    if not len(address):
        return 0
    first, last = _merged(*unit_spans(family, address, length))
    below = units_below(np.concatenate([first, last + np.uint64(1)]), units)
    return int((below[len(first) :] - below[: len(first)]).sum())

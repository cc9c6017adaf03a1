"""Which rows belong to a country: the test that a tracker asks, and what remains where origins were added by file.

Begin with :func:`national_test`. Whose addresses they are is said by the attribution; nothing is decided here.
"""

import numpy as np
from numpy.typing import NDArray

from gonedark.model.attribution import Attribution
from gonedark.model.prefix import FAMILIES, Family
from gonedark.mrt.batch import Dictionaries
from gonedark.table.changes import Changes
from gonedark.table.tracker import NationalTest

Ranges = dict[Family, NDArray[np.uint64]]


def wanted_ranges(attribution: Attribution) -> Ranges | None:
    """Ranges for a reader; None where added origins may announce anything, so that every prefix must be decoded."""
    return None if attribution.origins else {family: attribution.ranges[family] for family in FAMILIES}


def national_test(attribution: Attribution) -> NationalTest:
    """Whether prefixes are national by their addresses; all where origins were added, which ``own`` looks at later."""

    def test(dictionaries: Dictionaries, start: int, stop: int) -> NDArray[np.bool_]:
        if attribution.origins:
            return np.ones(stop - start, dtype=bool)
        families = dictionaries.prefix_families()[start:stop]
        halves = dictionaries.prefix_addresses()[start:stop]
        lengths = dictionaries.prefix_lengths()[start:stop]
        found = np.zeros(stop - start, dtype=bool)
        for number, family in enumerate(FAMILIES):
            mine = families == number
            half = np.ascontiguousarray(halves[mine, 0 if family == "ipv6" else 1])
            found[mine] = attribution.national_mask(family, half, lengths[mine])
        return found

    return test


def own(part: Changes, attribution: Attribution) -> Changes:
    """Where origins were added by file every prefix was followed: keep those of the country and of these origins."""
    if not attribution.origins:
        return part
    ours = [bool(path) and len(path[-1]) == 1 and path[-1][0] in attribution.origins for path in part.paths]
    by_origin = np.array([*ours, False])[part.routes.path]
    keep = np.array([attribution.is_national(prefix) for prefix in part.prefixes], dtype=bool)
    keep[np.unique(part.routes.prefix[by_origin])] = True
    return part.restrict(keep)

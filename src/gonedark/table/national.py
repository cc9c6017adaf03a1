"""Which rows belong to a country: the test that a tracker asks, and what remains where origins were added by file.

Begin with :func:`national_test`; :func:`world` makes one country of all. Whose addresses they are is said by the
attribution; nothing is decided here.
"""

import numpy as np
from numpy.typing import NDArray

from gonedark.model.attribution import Attribution, Registry
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
    ours = np.isin(part.paths.origins(), list(attribution.origins))
    by_origin = np.append(ours, False)
    keep = np.array([attribution.is_national(prefix) for prefix in part.prefixes], dtype=bool)
    for stretch in part.routes:
        routes = stretch.load()
        keep[routes.prefix[by_origin[routes.path]]] = True
    return part.restrict(keep)


def world(registry: Registry) -> Attribution:
    """All countries as if they were one, so that one pass sees every national prefix of each."""
    ranges = {
        family: np.stack([table.first, table.last], axis=1).astype(np.uint64)
        for family, table in registry.ranges.items()
    }
    asns = np.stack([registry.asns.first, registry.asns.last], axis=1).astype(np.int64)
    return Attribution("", "the world", ranges, asns, frozenset(), registry.source)

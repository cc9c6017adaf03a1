"""Which rows belong to a country: the test that a tracker asks, and what remains where origins were added by file.

Begin with :func:`national_test`; :func:`divide` cuts a part of the whole world into countries. Whose addresses they are
is said by the attribution; nothing is decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gonedark.model.attribution import Attribution, Registry
from gonedark.model.prefix import FAMILIES, Family, Prefix
from gonedark.mrt.batch import Dictionaries
from gonedark.table.changes import NO_PATH, Changes, RouteColumns
from gonedark.table.tracker import NationalTest

Ranges = dict[Family, NDArray[np.uint64]]
_Columns = tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint8]]


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
    by_origin = np.append(ours, False)[part.routes.path]
    keep = np.array([attribution.is_national(prefix) for prefix in part.prefixes], dtype=bool)
    keep[np.unique(part.routes.prefix[by_origin])] = True
    return part.restrict(keep)


def world(registry: Registry) -> Attribution:
    """All countries as if they were one, so that one pass sees every national prefix of each."""
    ranges = {
        family: np.stack([table.first, table.last], axis=1).astype(np.uint64)
        for family, table in registry.ranges.items()
    }
    asns = np.stack([registry.asns.first, registry.asns.last], axis=1).astype(np.int64)
    return Attribution("", "the world", ranges, asns, frozenset(), registry.source)


@dataclass(frozen=True, eq=False, slots=True)
class Divided:
    """A part whose rows are sorted by prefix, with the prefixes of each country."""

    part: Changes
    start: NDArray[np.int64]
    national: tuple[NDArray[np.int64], ...]

    def of(self, number: int) -> Changes:
        """The country's own part, with dictionaries of its own; rows in order of time."""
        part, mine = self.part, self.national[number]
        spans = [np.arange(self.start[prefix], self.start[prefix + 1]) for prefix in mine.tolist()]
        rows = np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)
        routes = part.routes
        rows = rows[np.argsort(routes.time_us[rows], kind="stable")]
        used, path = np.unique(routes.path[rows], return_inverse=True)
        known = used[used != NO_PATH]
        return replace(
            part,
            end=None,
            prefixes=tuple(part.prefixes[prefix] for prefix in mine.tolist()),
            paths=part.paths.take(known),
            routes=RouteColumns(
                routes.time_us[rows],
                routes.session[rows],
                np.searchsorted(mine, routes.prefix[rows]).astype(np.int32),
                (path - (len(used) - len(known))).astype(np.int32),
                routes.dump[rows],
                routes.precise[rows],
            ),
        )


def divide(part: Changes, attributions: Sequence[Attribution]) -> Divided:
    """Sort a part's rows by prefix, and tell each country's prefixes; one may belong to two countries."""
    routes = part.routes
    order = np.argsort(routes.prefix, kind="stable")
    sorted_routes = RouteColumns(
        routes.time_us[order],
        routes.session[order],
        routes.prefix[order],
        routes.path[order],
        routes.dump[order],
        routes.precise[order],
    )
    start = np.searchsorted(sorted_routes.prefix, np.arange(len(part.prefixes) + 1))
    known = {family: _columns(part.prefixes, family) for family in FAMILIES}
    national = tuple(_national(known, attribution) for attribution in attributions)
    return Divided(replace(part, routes=sorted_routes), start, national)


def _columns(prefixes: Sequence[Prefix], family: Family) -> _Columns:
    """Ids, addresses and lengths of one family's prefixes, addresses as attributions keep them."""
    shift = 64 if family == "ipv6" else 0
    mine = [at for at, prefix in enumerate(prefixes) if prefix.family == family]
    addresses = np.array([prefixes[at].address >> shift for at in mine], dtype=np.uint64)
    lengths = np.array([prefixes[at].length for at in mine], dtype=np.uint8)
    return np.array(mine, dtype=np.int64), addresses, lengths


def _national(columns: dict[Family, _Columns], attribution: Attribution) -> NDArray[np.int64]:
    """Ids of the country's prefixes, ascending."""
    found = [
        mine[attribution.national_mask(family, addresses, lengths)]
        for family, (mine, addresses, lengths) in columns.items()
        if len(mine)
    ]
    return np.sort(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

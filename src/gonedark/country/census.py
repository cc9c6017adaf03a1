"""Counting a country: what of it is announced, by whom, and what is dark.

Begin with :func:`census` for a table with paths (:func:`counts` gives its numbers alone) and :func:`census_of_origins`
for one that has only prefixes and their origins. Not for who carries it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.national import NationalRoutes
from gonedark.country.routing import RoutingView
from gonedark.country.space import country_units
from gonedark.country.spans import covered_units, union_units
from gonedark.country.tally_loop import labels_of_groups
from gonedark.model.attribution import SHORTEST, Attribution, Registry
from gonedark.model.exposure import Census, Counts, ForeignOrigin, Network
from gonedark.model.prefix import Family, Prefix
from gonedark.table.dump import ragged


@dataclass(frozen=True, eq=False, slots=True)
class OriginIndex:
    """Who originates what in a whole view, by a label of ASes: (label, group) pairs of voting sessions, sorted.

    The prefixes of group g are ``prefix[begin[g]:begin[g + 1]]``.
    """

    label: NDArray[np.int32]
    group: NDArray[np.int32]
    prefix: NDArray[np.int64]
    begin: NDArray[np.int64]

    def prefixes(self, label: int) -> NDArray[np.int64]:
        """Prefixes (indexes into the view, ascending) that ASes with the label originate for a voting session."""
        first, last = np.searchsorted(self.label, [label, label + 1])
        groups = self.group[first:last]
        return np.sort(self.prefix[ragged(self.begin[groups], self.begin[groups + 1])[0]])


def origin_index(view: RoutingView, label: NDArray[np.integer]) -> OriginIndex:
    """Look once at all routes. ``label`` stands one an AS on the view's paths, -1 for those that do not matter."""
    label = np.append(label, -1).astype(np.int32)
    of_path = label[view.paths.origin]
    votes = (view.voter >= 0).astype(np.uint8)
    labels, groups = labels_of_groups(view.start, view.session, view.path, votes, of_path, int(label.max()) + 1)
    prefix = np.argsort(view.group, kind="stable")
    begin = np.searchsorted(view.group[prefix], np.arange(len(view.start)))
    return OriginIndex(labels, groups, prefix, begin)


def network(registry: Registry, asn: int) -> Network:
    """An AS with its name and country."""
    return Network(asn, registry.name_of_asn(asn), registry.country_of_asn(asn))


def counts(found: NationalRoutes, attribution: Attribution) -> Counts:
    """How much there is of everything."""
    known, delegated, visible = found.originators, attribution.addresses(found.family), found.total_units
    return Counts(
        prefixes=len(found.prefix),
        units=visible,
        delegated_units=delegated,
        # What a torn table does not hold may well be announced.
        dark_units=max(0, delegated - visible) if found.view.is_complete else None,
        origins=len(known.asn),
        domestic_origins=int(np.count_nonzero(known.is_domestic)),
        foreign_units=known.foreign_units,
        foreign_origin_units=int(known.units[~known.is_domestic].sum()),
    )


def census(
    found: NationalRoutes,
    attribution: Attribution,
    network_of: Callable[[int], Network],
    originated: NDArray[np.int64] | None,
) -> Census:
    """Count what the voters see. ``network_of`` knows ASes by their index in the view; ``originated`` are the prefixes
    that the country's ASes originate anywhere (None: nobody looked)."""
    counted = counts(found, attribution)
    known = found.originators
    abroad = np.flatnonzero(~known.is_domestic)
    abroad = abroad[np.lexsort((found.view.paths.asns[known.asn[abroad]], -known.units[abroad]))]
    columns = (known.asn[abroad].tolist(), known.prefixes[abroad].tolist(), known.units[abroad].tolist())
    elsewhere = None if originated is None else _elsewhere(found, attribution, originated)
    return Census(
        family=found.family,
        prefixes=counted.prefixes,
        units=counted.units,
        delegated_units=counted.delegated_units,
        dark_units=counted.dark_units,
        origins=counted.origins,
        domestic_origins=counted.domestic_origins,
        delegated_asns=delegated_asns(attribution),
        foreign_origins=tuple(
            ForeignOrigin(network_of(index), prefixes, units) for index, prefixes, units in zip(*columns, strict=True)
        ),
        foreign_units=counted.foreign_units,
        elsewhere_prefixes=elsewhere[0] if elsewhere else None,
        elsewhere_units=elsewhere[1] if elsewhere else None,
    )


def delegated_asns(attribution: Attribution) -> int:
    """AS numbers that are the country's."""
    table = attribution.asn_ranges
    return int((table[:, 1] - table[:, 0] + 1).sum()) if len(table) else 0


def _elsewhere(found: NationalRoutes, attribution: Attribution, originated: NDArray[np.int64]) -> tuple[int, int]:
    """Prefixes that are not the country's, and that its ASes originate for at least one full feed: how many and how
    large."""
    view = found.view
    candidates = originated[view.length[originated] >= SHORTEST[view.family]]
    national = attribution.national_mask(view.family, view.address[candidates], view.length[candidates])
    prefix = candidates[~national]
    return len(prefix), union_units(view.family, view.address[prefix], view.length[prefix])


def census_of_origins(
    pairs: Iterable[tuple[Prefix, tuple[int, ...]]], family: Family, attribution: Attribution, registry: Registry
) -> Census | None:
    """The same out of prefixes with origins, which all count as visible; None where the family has none."""
    table = [(prefix, origins) for prefix, origins in pairs if prefix.family == family]
    if not table:
        return None
    shift = 0 if family == "ipv4" else 64
    address = np.array([prefix.address >> shift for prefix, _ in table], dtype=np.uint64)
    length = np.array([prefix.length for prefix, _ in table], dtype=np.uint8)
    national = attribution.national_mask(family, address, length)
    added = np.array([bool(attribution.origins & set(origins)) for _, origins in table]) & ~national
    chosen = national | (added & (length >= SHORTEST[family]))
    ours = [table[at] for at in np.flatnonzero(chosen).tolist()]
    units = country_units(attribution, family, [table[at][0] for at in np.flatnonzero(chosen & ~national).tolist()])
    visible = covered_units(family, address[chosen], length[chosen], units)
    origins = {asn for _, found in ours for asn in found}
    domestic = {asn for asn in {asn for _, found in table for asn in found} if attribution.is_domestic(asn)}
    home = origins & domestic
    by_us = np.array([not domestic.isdisjoint(found) for _, found in table])
    elsewhere = by_us & ~chosen & (length >= SHORTEST[family])
    at_home = by_us & chosen
    return Census(
        family=family,
        prefixes=len(ours),
        units=visible,
        delegated_units=attribution.addresses(family),
        dark_units=max(0, attribution.addresses(family) - visible),
        origins=len(origins),
        domestic_origins=len(home),
        delegated_asns=delegated_asns(attribution),
        foreign_origins=_foreign(ours, family, origins - home, units, registry),
        foreign_units=visible - covered_units(family, address[at_home], length[at_home], units),
        elsewhere_prefixes=int(elsewhere.sum()),
        elsewhere_units=union_units(family, address[elsewhere], length[elsewhere]),
    )


def _foreign(
    table: Sequence[tuple[Prefix, tuple[int, ...]]],
    family: Family,
    foreign: set[int],
    units: NDArray[np.uint64],
    registry: Registry,
) -> tuple[ForeignOrigin, ...]:
    shift = 0 if family == "ipv4" else 64
    by_origin: dict[int, list[Prefix]] = defaultdict(list)
    for prefix, origins in table:
        for asn in foreign & set(origins):
            by_origin[asn].append(prefix)
    found = [
        ForeignOrigin(
            network(registry, asn),
            len(prefixes),
            covered_units(
                family,
                np.array([prefix.address >> shift for prefix in prefixes], dtype=np.uint64),
                np.array([prefix.length for prefix in prefixes], dtype=np.uint8),
                units,
            ),
        )
        for asn, prefixes in by_origin.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item.units, item.network.asn)))

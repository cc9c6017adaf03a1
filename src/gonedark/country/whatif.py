"""What stays reachable without some networks, links or whole countries, on the routes that were actually seen.

Begin with :func:`parse_removal` for what a user typed and :func:`what_if`. A table shows the routes in use, not the
backups behind them, so the answer is a bound: at least this much is left. Not for predicting new routes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.national import NationalRoutes, Routes, foreign_routes
from gonedark.country.routing import RoutingView
from gonedark.country.spans import covered_units
from gonedark.model.attribution import Registry
from gonedark.model.exposure import WhatIf
from gonedark.table.dump import ragged

_AS = r"(?:AS)?(\d{1,10})"
_ONE = re.compile(rf"^{_AS}$", re.IGNORECASE)
_LINK = re.compile(rf"^{_AS}\s*-\s*{_AS}$", re.IGNORECASE)
_COUNTRY = re.compile(r"^[A-Z]{2}$", re.IGNORECASE)
_LARGEST = 4294967295


@dataclass(frozen=True, slots=True)
class Removal:
    """An AS, an adjacency of two ASes (either direction), or all ASes of a country."""

    text: str
    asn: int | None = None
    link: tuple[int, int] | None = None
    country: str | None = None


def parse_removal(text: str) -> Removal:
    """Read ``AS4837``, ``AS4837-AS131279`` or ``CN``. Raises ValueError."""
    wanted = text.strip()
    if found := _ONE.match(wanted):
        asn = int(found.group(1))
        if asn <= _LARGEST:
            return Removal(f"AS{asn}", asn=asn)
    if found := _LINK.match(wanted):
        one, other = int(found.group(1)), int(found.group(2))
        if max(one, other) <= _LARGEST:
            return Removal(f"AS{one}-AS{other}", link=(one, other))
    if _COUNTRY.match(wanted):
        return Removal(wanted.upper(), country=wanted.upper())
    raise ValueError(f"{text!r} is nothing to take away; write AS4837, AS4837-AS131279 or a country such as CN")


def unseen(view: RoutingView, removals: Sequence[Removal], registry: Registry) -> list[str]:
    """Those of which no AS is on any path of the view, so that to take them away says nothing."""
    countries = {registry.codes[at] for at in np.unique(_countries(view, registry)).tolist() if at >= 0}
    missing = []
    for item in removals:
        asns = np.array(item.link or ([] if item.asn is None else [item.asn]), dtype=np.int64)
        if (view.paths.places(asns) < 0).any() or (item.country and item.country not in countries):
            missing.append(item.text)
    return missing


def _countries(view: RoutingView, registry: Registry) -> NDArray[np.int16]:
    return registry.asns.country_at(view.paths.asns.astype(np.uint64))


def what_if(found: NationalRoutes, removals: Sequence[Removal], registry: Registry) -> WhatIf:
    """Take everything away at once. A voter that is itself taken away is left out; with none left nothing is known."""
    asns = found.view.paths.asns
    gone = np.isin(asns, [item.asn for item in removals if item.asn is not None])
    countries = {item.country for item in removals if item.country}
    if countries:
        names = np.array([*registry.codes, ""])[_countries(found.view, registry)]
        gone |= np.isin(names, sorted(countries))
    voters_gone = [_is_removed(asn, removals, countries, registry) for asn in found.voters.tolist()]
    voter_gone = np.array(voters_gone, dtype=bool)
    links = [item.link for item in removals if item.link]
    left, held, voters = _survivors(found, gone, links, voter_gone)
    some, all_of = left > 0, (left == held) & (held > 0)
    unknown = voters == 0
    return WhatIf(
        without=tuple(item.text for item in removals),
        prefixes=len(found.prefix),
        units=found.total_units,
        prefixes_left=None if unknown else int(some[found.group].sum()),
        units_left=None if unknown else _covered(found, some),
        units_unmoved=None if unknown else _covered(found, all_of),
        voters=voters,
    )


def _covered(found: NationalRoutes, groups: NDArray[np.bool_]) -> int:
    """Units under the prefixes of some groups: what a lost prefix held is still reached under a wider one."""
    mine = found.prefix[groups[found.group]]
    return covered_units(found.family, found.view.address[mine], found.view.length[mine], found.ranges)


def _is_removed(asn: int, removals: Sequence[Removal], countries: set[str], registry: Registry) -> bool:
    return any(item.asn == asn for item in removals) or registry.country_of_asn(asn) in countries


def _survivors(
    found: NationalRoutes,
    gone: NDArray[np.bool_],
    links: Sequence[tuple[int, int]],
    voter_gone: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Routes of each group that avoid what is gone, all its routes of the voters that remain, and those voters."""
    left = np.zeros(len(found.units), dtype=np.int64)
    held = np.zeros(len(found.units), dtype=np.int64)
    for routes in (found.routes, foreign_routes(found)):
        stays = ~voter_gone[routes.voter] if len(found.voters) else np.zeros(0, dtype=bool)
        whole = stays & ~_is_broken(found, routes, gone, links)
        held += np.bincount(routes.group[stays], minlength=len(held))
        left += np.bincount(routes.group[whole], minlength=len(left))
    return left, held, int((~voter_gone).sum())


def _is_broken(
    found: NationalRoutes, routes: Routes, gone: NDArray[np.bool_], links: Sequence[tuple[int, int]]
) -> NDArray[np.bool_]:
    """Which routes contain something that is gone."""
    paths = found.view.paths
    used, back = np.unique(routes.path, return_inverse=True)
    at, owner = ragged(paths.start[used], paths.start[used + 1])
    hop = paths.hop[at]
    broken = np.zeros(len(used), dtype=bool)
    broken[owner[gone[hop]]] = True
    for one, other in links:
        asn = paths.asns[hop]
        joined = owner[1:] == owner[:-1] if len(owner) else np.zeros(0, dtype=bool)
        pair = ((asn[:-1] == one) & (asn[1:] == other)) | ((asn[:-1] == other) & (asn[1:] == one))
        broken[owner[1:][joined & pair]] = True
    return broken[back]

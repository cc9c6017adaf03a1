"""One country cut out of the table: its visible prefixes, what each weighs, and the voters' routes to them.

Begin with :func:`national_routes`. A voter is a peer ASN outside the country with a full feed; a prefix is visible when
at least half of the voters carry it (design, section 3); its weight is the country's units in it that lie in no more
specific visible prefix, so that every address counts once. Routes whose origin is foreign have no frontier: they are
only counted here, and given by :func:`foreign_routes`. Not for answers, which are in the other modules of this room.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.cut_loop import cut
from gonedark.country.paths import place_of
from gonedark.country.routing import RoutingView
from gonedark.country.space import country_units
from gonedark.country.spans import own_units
from gonedark.country.tally_loop import distinct
from gonedark.model.attribution import SHORTEST, Attribution
from gonedark.model.prefix import Family
from gonedark.model.thresholds import Thresholds
from gonedark.table.dump import ragged


@dataclass(frozen=True, eq=False, slots=True)
class Routes:
    """Routes as columns: ``group`` (of prefixes routed alike, local), ``voter`` and ``session`` (local), ``path``.

    Rows of a group stand together.
    """

    group: NDArray[np.int32]
    voter: NDArray[np.int32]
    session: NDArray[np.int32]
    path: NDArray[np.int32]


@dataclass(frozen=True, eq=False, slots=True)
class Electorate:
    """Who watches a country: ``asns`` are the foreign ASNs that vote, ``feeds`` how many sessions each has.

    ``voter`` and ``place`` are a session's voter and its number among the voting ones, -1 for those that do not vote;
    ``session_voter`` is the voter of each of these, and ``parts`` what each weighs in whole numbers: every voter weighs
    the same, its sessions share that weight.
    """

    asns: NDArray[np.int64]
    feeds: NDArray[np.int64]
    voter: NDArray[np.int32]
    place: NDArray[np.int32]
    session_voter: NDArray[np.int64]
    parts: NDArray[np.int64] | NDArray[np.object_]


@dataclass(frozen=True, eq=False, slots=True)
class Originators:
    """The ASes that originate visible prefixes, by their index in the view, with the prefixes and units of each.

    ``foreign_units`` are announced by nobody at home.
    """

    asn: NDArray[np.int64]
    is_domestic: NDArray[np.bool_]
    prefixes: NDArray[np.int64]
    units: NDArray[np.int64]
    foreign_units: int


@dataclass(frozen=True, eq=False, slots=True)
class NationalRoutes:
    """A country's part of a view.

    ``voters`` are the foreign ASNs that vote, ``feeds`` how many sessions each has, ``session_voter`` the voter of
    each local session. ``prefix`` are the visible prefixes (indexes into the view) with their ``weight`` in units and
    their local ``group``; ``groups`` are the view's and ``units`` the sum for each; ``ranges`` are the country's.
    ``routes`` lead to domestic origins. ``domestic`` tells for every AS of the view's paths whether it is the
    country's.
    """

    family: Family
    view: RoutingView
    domestic: NDArray[np.bool_]
    electorate: Electorate
    prefix: NDArray[np.int64]
    weight: NDArray[np.int64]
    group: NDArray[np.int64]
    groups: NDArray[np.int32]
    units: NDArray[np.int64]
    ranges: NDArray[np.uint64]
    routes: Routes
    originators: Originators

    @property
    def voters(self) -> NDArray[np.int64]:
        """ASNs of the voters."""
        return self.electorate.asns

    @property
    def feeds(self) -> NDArray[np.int64]:
        """Sessions of each voter."""
        return self.electorate.feeds

    @property
    def session_voter(self) -> NDArray[np.int64]:
        """The voter of each local session."""
        return self.electorate.session_voter

    @property
    def total_units(self) -> int:
        """Visible addresses or /48s."""
        return int(self.weight.sum())


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """What is known of a country before it is cut out: its prefixes in the view, and which ASes are its own."""

    candidates: NDArray[np.int64]
    domestic: NDArray[np.bool_]


def look_up(view: RoutingView, attribution: Attribution) -> Known:
    """Ask the attribution about every prefix and every AS of the view."""
    return Known(national_prefixes(view, attribution), domestic_mask(view, attribution))


def domestic_mask(view: RoutingView, attribution: Attribution) -> NDArray[np.bool_]:
    """Which ASes on the view's paths are the country's."""
    mask = view.paths.between(attribution.asn_ranges)
    added = view.paths.places(np.array(sorted(attribution.origins), dtype=np.int64))
    mask[added[added >= 0]] = True
    return mask


def national_prefixes(view: RoutingView, attribution: Attribution) -> NDArray[np.int64]:
    """Prefixes of the view that are national, by delegation or by an added origin."""
    mask = attribution.national_mask(view.family, view.address, view.length)
    if attribution.origins:
        ours = np.append(np.isin(view.paths.asns, list(attribution.origins)), False)
        rows = np.flatnonzero(ours[view.paths.origin[view.path]])
        by_origin = np.zeros(len(view.start) - 1, dtype=bool)
        by_origin[np.searchsorted(view.start, rows, side="right") - 1] = True
        mask |= by_origin[view.group] & (view.length >= SHORTEST[view.family])
    return np.flatnonzero(mask)


class Electorates:
    """Who watches each country of a view. Most have no voter of their own, so that all the others watch them."""

    def __init__(self, view: RoutingView) -> None:
        self._view = view
        self._asns, self._feeds = np.unique(view.voter[view.voter >= 0], return_counts=True)
        self._known: dict[bytes, Electorate] = {}

    def of(self, attribution: Attribution) -> Electorate:
        """The foreign voters."""
        foreign = ~attribution.domestic_mask(self._asns)
        key = foreign.tobytes()
        if key not in self._known:
            self._known[key] = _electorate(self._view, self._asns[foreign], self._feeds[foreign])
        return self._known[key]


def _electorate(view: RoutingView, asns: NDArray[np.int64], feeds: NDArray[np.int64]) -> Electorate:
    voter = place_of(asns, view.voter)
    sessions = np.flatnonzero(voter >= 0)
    place = np.full(len(view.voter), -1, dtype=np.int32)
    place[sessions] = np.arange(len(sessions))
    return Electorate(asns, feeds, voter.astype(np.int32), place, voter[sessions], _parts(feeds, voter[sessions]))


EXACT = 1 << 53
"""Whole numbers below are exact as floating-point numbers, and so are quotients of two, but for one rounding."""


def _parts(feeds: NDArray[np.int64], voter: NDArray[np.int64]) -> NDArray[np.int64] | NDArray[np.object_]:
    common = math.lcm(*feeds.tolist())
    parts = [common // feed for feed in feeds[voter].tolist()]
    return np.array(parts, dtype=np.int64 if max(parts, default=0) < EXACT else object)


@dataclass(frozen=True, eq=False, slots=True)
class Outline:
    """Along what a country is cut out: whose resources, who watches it, and the view's ``groups`` that hold the known
    candidates, each of which is in the local ``group``."""

    attribution: Attribution
    known: Known
    electorate: Electorate
    groups: NDArray[np.int32]
    group: NDArray[np.int64]


Cuttings = tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.int32]]
"""What :func:`gonedark.country.cut_loop.cut` gives."""


def outline(view: RoutingView, attribution: Attribution, known: Known, electorates: Electorates) -> Outline:
    """Look where a country is to be cut out."""
    groups, group = distinct(view.group[known.candidates])
    return Outline(attribution, known, electorates.of(attribution), groups.astype(np.int32), group)


def cut_along(view: RoutingView, outlined: Outline, rules: Thresholds) -> Cuttings:
    """The work itself: a pass over the routes that needs no interpreter, so that a thread may do it meanwhile."""
    who, domestic = outlined.electorate, outlined.known.domestic.view(np.uint8)
    judges = (who.voter, who.place, rules.carrier_share * who.feeds, rules.visible_share * len(who.feeds))
    found: Cuttings = cut(outlined.groups, view.start, view.session, view.path, view.paths.origin, domestic, judges)
    return found


def national_routes(view: RoutingView, attribution: Attribution, rules: Thresholds) -> NationalRoutes:
    """Cut a country out."""
    outlined = outline(view, attribution, look_up(view, attribution), Electorates(view))
    return routes_of(view, outlined, cut_along(view, outlined, rules))


def routes_of(view: RoutingView, outlined: Outline, cuttings: Cuttings) -> NationalRoutes:
    """What was cut out, with the weights of its prefixes."""
    mask, home, origins = cuttings
    who, domestic, group = outlined.electorate, outlined.known.domestic, outlined.group
    visible: NDArray[np.bool_] = mask.view(np.bool_)
    seen = visible[group]
    prefix, groups = outlined.known.candidates[seen], outlined.groups[visible]
    local = (np.cumsum(visible) - 1)[group[seen]]
    ranges = _country_units(view, outlined.attribution, prefix)
    weight = own_units(view.family, view.address[prefix], view.length[prefix], ranges)
    units = np.bincount(local, weights=weight, minlength=len(groups)).astype(np.int64)
    return NationalRoutes(
        family=view.family,
        view=view,
        domestic=domestic,
        electorate=who,
        prefix=prefix,
        weight=weight,
        group=local,
        groups=groups,
        units=units,
        ranges=ranges,
        routes=Routes(*home),
        originators=_originators(origins, domestic, np.bincount(local, minlength=len(groups)), units),
    )


def _originators(
    pairs: NDArray[np.int32], domestic: NDArray[np.bool_], prefixes: NDArray[np.int64], units: NDArray[np.int64]
) -> Originators:
    """From every group with each of its origins, and the prefixes and units of the groups."""
    group, origin = pairs
    asn, back = distinct(origin)
    is_abroad = np.zeros(len(units), dtype=bool)
    is_abroad[group] = True
    is_abroad[group[domestic[origin]]] = False
    return Originators(
        asn=asn,
        is_domestic=domestic[asn],
        prefixes=np.bincount(back, weights=prefixes[group], minlength=len(asn)).astype(np.int64),
        units=np.bincount(back, weights=units[group], minlength=len(asn)).astype(np.int64),
        foreign_units=int(units[is_abroad].sum()),
    )


def foreign_routes(found: NationalRoutes) -> Routes:
    """The voters' routes to foreign origins."""
    view, who = found.view, found.electorate
    at, group = ragged(view.start[found.groups], view.start[found.groups + 1])
    session, path = view.session[at], view.path[at]
    origin = view.paths.origin[path]
    kept = (who.voter[session] >= 0) & (origin >= 0) & ~found.domestic[origin]
    session = session[kept]
    return Routes(group[kept].astype(np.int32), who.voter[session], who.place[session], path[kept])


def _country_units(view: RoutingView, attribution: Attribution, prefix: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The country's ranges in units, with the prefixes that are national by their origin alone."""
    added = []
    if attribution.origins:
        by_origin = prefix[~attribution.national_mask(view.family, view.address[prefix], view.length[prefix])]
        added = [view.prefix(at) for at in by_origin.tolist()]
    return country_units(attribution, view.family, added)

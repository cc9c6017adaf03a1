"""One country cut out of the table: its visible prefixes, what each weighs, and the voters' routes to them.

Begin with :func:`national_routes`. A voter is a peer ASN outside the country with a full feed; a prefix is visible when
at least half of the voters carry it (design, section 3); its weight is the country's units in it that lie in no more
specific visible prefix, so that every address counts once. Routes whose origin is foreign are kept apart: they have no
frontier. Not for answers, which are in the other modules of this room.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.cut_loop import cut
from gonedark.country.path_loop import own_units
from gonedark.country.routing import RoutingView
from gonedark.country.space import country_units
from gonedark.country.space_loop import delegated_below
from gonedark.model.attribution import SHORTEST, Attribution
from gonedark.model.prefix import Family
from gonedark.model.thresholds import Thresholds


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
class NationalRoutes:
    """A country's part of a view.

    ``voters`` are the foreign ASNs that vote, ``feeds`` how many sessions each has, ``session_voter`` the voter of
    each local session. ``prefix`` are the visible prefixes (indexes into the view) with their ``weight`` in units and
    their local ``group``; ``units`` is the sum for each group; ``ranges`` are the country's. ``routes`` lead to
    domestic origins, ``abroad`` to foreign ones. ``domestic`` tells for every AS of the view's paths whether it is
    the country's; ``voter_as`` is a voter's place among them (-1: on no path).
    """

    family: Family
    view: RoutingView
    domestic: NDArray[np.bool_]
    voters: NDArray[np.int64]
    feeds: NDArray[np.int64]
    session_voter: NDArray[np.int64]
    voter_as: NDArray[np.int64]
    prefix: NDArray[np.int64]
    weight: NDArray[np.int64]
    group: NDArray[np.int64]
    units: NDArray[np.int64]
    ranges: NDArray[np.uint64]
    routes: Routes
    abroad: Routes

    @property
    def total_units(self) -> int:
        """Visible addresses or /48s."""
        return int(self.weight.sum())


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


def national_routes(
    view: RoutingView,
    attribution: Attribution,
    rules: Thresholds,
    candidates: NDArray[np.int64] | None = None,
) -> NationalRoutes:
    """Cut a country out. ``candidates`` are its national prefixes where they are known already."""
    domestic = domestic_mask(view, attribution)
    if candidates is None:
        candidates = national_prefixes(view, attribution)
    asns, feeds = np.unique(view.voter[view.voter >= 0], return_counts=True)
    foreign = np.array([not attribution.is_domestic(asn) for asn in asns.tolist()], dtype=bool)
    voters, feeds = asns[foreign], feeds[foreign]
    voter_of_session = _place(voters, view.voter)
    sessions = np.flatnonzero(voter_of_session >= 0)
    local_session = np.full(len(view.voter), -1, dtype=np.int32)
    local_session[sessions] = np.arange(len(sessions))

    groups, group = np.unique(view.group[candidates], return_inverse=True)
    judges = (
        voter_of_session.astype(np.int32),
        local_session,
        rules.carrier_share * feeds,
        rules.visible_share * len(feeds),
    )
    mask, home, abroad = cut(
        groups.astype(np.int64),
        view.start,
        view.session,
        view.path,
        view.paths.origin,
        domestic.view(np.uint8),
        judges,
    )
    visible: NDArray[np.bool_] = mask.view(np.bool_)
    seen = visible[group]
    prefix = candidates[seen]
    local = (np.cumsum(visible) - 1)[group[seen]]
    units = _country_units(view, attribution, prefix)
    weight = _weights(view, prefix, units)
    return NationalRoutes(
        family=view.family,
        view=view,
        domestic=domestic,
        voters=voters,
        feeds=feeds,
        session_voter=voter_of_session[sessions],
        voter_as=view.paths.places(voters),
        prefix=prefix,
        weight=weight,
        group=local,
        ranges=units,
        units=np.bincount(local, weights=weight, minlength=int(visible.sum())).astype(np.int64),
        routes=Routes(*home),
        abroad=Routes(*abroad),
    )


def _place(known: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Index of each wanted number among the known ones, -1 where it is not among them."""
    if not len(known):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(known)
    at = order[np.minimum(np.searchsorted(known, wanted, sorter=order), len(known) - 1)]
    return np.where(known[at] == wanted, at, -1)


def _country_units(view: RoutingView, attribution: Attribution, prefix: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The country's ranges in units, with the prefixes that are national by their origin alone."""
    added = []
    if attribution.origins:
        by_origin = prefix[~attribution.national_mask(view.family, view.address[prefix], view.length[prefix])]
        added = [view.prefix(at) for at in by_origin.tolist()]
    return country_units(attribution, view.family, added)


def unit_spans(
    family: Family, address: NDArray[np.uint64], length: NDArray[np.uint8]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """First and last unit (address or /48) of each prefix."""
    bits = 32 if family == "ipv4" else 48
    first = address if family == "ipv4" else address >> np.uint64(16)
    free = (bits - np.minimum(length, bits)).astype(np.uint64)
    host = (np.uint64(1) << free) - np.uint64(1)
    return first & ~host, first | host


def _weights(view: RoutingView, prefix: NDArray[np.int64], units: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The country's units in each prefix that lie in no more specific one of them."""
    first, last = unit_spans(view.family, view.address[prefix], view.length[prefix])
    order = np.lexsort((view.length[prefix], ~last, first))
    first, last = first[order], last[order]
    borders = np.concatenate([first, last + np.uint64(1)])
    below = delegated_below(borders, units)
    own = own_units(first, last, below[len(first) :] - below[: len(first)])
    weight = np.empty(len(prefix), dtype=np.int64)
    weight[order] = own
    return weight


def scales(feeds: NDArray[np.int64]) -> list[int]:
    """Whole numbers in the proportion of 1 / feeds: what one session of each voter weighs, for exact shares."""
    common = math.lcm(*feeds.tolist()) if len(feeds) else 1
    return [common // feed for feed in feeds.tolist()]

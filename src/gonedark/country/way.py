"""How the voters' paths leave the country: gateways, first foreign networks, countries on the way.

Begin with :func:`ways`, which walks every distinct path once, and :func:`exact_shares`. Not for graphs and points of
failure.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.national import NationalRoutes, Routes, scales
from gonedark.table.dump import ragged


@dataclass(frozen=True, eq=False, slots=True)
class Ways:
    """The distinct paths of a country's routes (to domestic origins), and the routes by (session, path).

    ``path`` are ids into the view; of each, ``origin``, ``gateway`` (the domestic AS that hands over) and ``provider``
    (the first foreign AS from the origin outwards) as AS indexes, -1 where the path never leaves the country. ``begin``
    and ``hop``: the hops, as in Paths. Routes: local ``session``, local path ``way``, and ``weight`` in units.
    """

    path: NDArray[np.int64]
    begin: NDArray[np.int64]
    hop: NDArray[np.int32]
    origin: NDArray[np.int64]
    gateway: NDArray[np.int64]
    provider: NDArray[np.int64]
    session: NDArray[np.int64]
    way: NDArray[np.int64]
    weight: NDArray[np.int64]
    row_way: NDArray[np.int64]
    """The local path of every row of the country's routes."""


def ways(found: NationalRoutes) -> Ways:
    """Walk the distinct paths from the origin outwards."""
    paths = found.view.paths
    used, row_way = np.unique(found.routes.path, return_inverse=True)
    at, owner = ragged(paths.start[used], paths.start[used + 1])
    hop = paths.hop[at]
    lengths = (paths.start[used + 1] - paths.start[used]).astype(np.int64)
    begin = np.concatenate([[0], np.cumsum(lengths)])
    position = np.where(~found.domestic[hop], np.arange(len(hop)), -1) if len(hop) else np.zeros(0, dtype=np.int64)
    crossing = np.full(len(used), -1, dtype=np.int64)
    np.maximum.at(crossing, owner, position)
    leaves = crossing >= 0
    provider, gateway = (np.full(len(used), -1, dtype=np.int64) for _ in range(2))
    provider[leaves] = hop[crossing[leaves]]
    gateway[leaves] = hop[crossing[leaves] + 1]
    session, way, weight = _weighed(found.routes, row_way, len(used), found.units)
    return Ways(
        path=used.astype(np.int64),
        begin=begin,
        hop=hop,
        origin=hop[begin[1:] - 1].astype(np.int64),
        gateway=gateway,
        provider=provider,
        session=session,
        way=way,
        weight=weight,
        row_way=row_way,
    )


def _weighed(
    routes: Routes, row_way: NDArray[np.int64], count: int, units: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Rows summed by (session, path)."""
    keys, back = np.unique(routes.session * max(1, count) + row_way, return_inverse=True)
    weight = np.bincount(back, weights=units[routes.group], minlength=len(keys)).astype(np.int64)
    return keys // max(1, count), keys % max(1, count), weight


def exact_shares(
    found: NationalRoutes,
    session: NDArray[np.int64],
    weight: NDArray[np.int64],
    label: NDArray[np.int64],
    total: int,
) -> dict[int, float]:
    """Share of (voter, unit) weight that each label holds: the exact fraction, rounded once.

    Every voter weighs the same; its sessions share that weight. ``total`` as :func:`total_weight` has it. Labels below
    zero are left out.
    """
    width = len(found.session_voter)
    keys, back = np.unique(label * width + session, return_inverse=True)
    sums = np.bincount(back, weights=weight, minlength=len(keys)).astype(np.int64)
    scale = scales(found.feeds)
    part = [scale[voter] for voter in found.session_voter.tolist()]
    shares: dict[int, int] = {}
    for key, value in zip(keys.tolist(), sums.tolist(), strict=True):
        if key >= 0:
            shares[key // width] = shares.get(key // width, 0) + value * part[key % width]
    return {name: value / total for name, value in shares.items() if value}


def total_weight(found: NationalRoutes, session: NDArray[np.int64], weight: NDArray[np.int64]) -> int:
    """All (voter, unit) weight in the whole numbers that :func:`exact_shares` divides by; at least 1."""
    scale = scales(found.feeds)
    sums = np.bincount(session, weights=weight, minlength=len(found.session_voter)).astype(np.int64)
    parts: Iterable[int] = (
        value * scale[voter] for value, voter in zip(sums.tolist(), found.session_voter.tolist(), strict=True)
    )
    return max(1, sum(parts))


def crossings(found: NationalRoutes, walked: Ways) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every (local path, domestic AS) where the AS stands next to a foreign one, each pair once."""
    home = found.domestic[walked.hop]
    inner = np.ones(len(home), dtype=bool)
    inner[walked.begin[:-1]] = False
    border = np.flatnonzero(inner[1:] & (home[1:] != home[:-1])) + 1 if len(home) > 1 else np.zeros(0, dtype=np.int64)
    owner = np.searchsorted(walked.begin, border, side="right") - 1
    asn = np.where(home[border], walked.hop[border], walked.hop[np.maximum(border - 1, 0)])
    width = max(1, len(found.domestic))
    keys = np.unique(owner * width + asn)
    return keys // width, keys % width


def through(found: NationalRoutes, walked: Ways, country: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Every (route, foreign country) that the route crosses, each pair once.

    ``country`` is the country index of each AS (-1: unknown). A voter's own AS counts only where it is the provider.
    """
    at, route = ragged(walked.begin[walked.way], walked.begin[walked.way + 1])
    hop = walked.hop[at]
    own = found.voter_as[found.session_voter[walked.session[route]]]
    counts = ~found.domestic[hop] & ((hop != own) | (hop == walked.provider[walked.way[route]]))
    route, nation = route[counts], country[hop[counts]]
    known = nation >= 0
    width = int(nation.max(initial=0)) + 1
    keys = np.unique(route[known] * width + nation[known])
    return keys // width, keys % width

"""How the voters' paths leave the country: gateways, first foreign networks, countries on the way.

Begin with :func:`ways`, which walks every distinct path once, and :func:`exact_shares`. Not for graphs and points of
failure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.cut_loop import walk
from gonedark.country.national import EXACT, NationalRoutes
from gonedark.country.paths import place_of
from gonedark.country.tally_loop import add_nations, distinct


@dataclass(frozen=True, eq=False, slots=True)
class Ways:
    """The distinct paths of a country's routes (to domestic origins), and the routes by (session, path).

    ``asn`` are the ASes on these paths, ascending indexes into the view's; whatever else names ASes here has their
    places among them. ``domestic`` tells which of them are the country's, ``voter_as`` which one each voter is (-1:
    none). ``path`` are ids into the view; of each, ``origin``, ``gateway`` (the AS that hands over) and ``provider``
    (the first foreign AS from the origin outwards), -1 where the path never leaves the country. ``begin`` and ``hop``:
    the hops, as in Paths. Routes: local ``session``, local path ``way``, and ``weight`` in units.
    """

    asn: NDArray[np.int64]
    domestic: NDArray[np.bool_]
    voter_as: NDArray[np.int64]
    path: NDArray[np.int64]
    begin: NDArray[np.int64]
    hop: NDArray[np.int32]
    origin: NDArray[np.int32]
    gateway: NDArray[np.int32]
    provider: NDArray[np.int32]
    session: NDArray[np.int32]
    way: NDArray[np.int32]
    weight: NDArray[np.int64]
    row_way: NDArray[np.int32]
    """The local path of every row of the country's routes."""


def ways(found: NationalRoutes) -> Ways:
    """Walk the distinct paths from the origin outwards."""
    paths, routes = found.view.paths, found.routes
    keys, row = distinct(routes.session.astype(np.int64) << 32 | routes.path)
    used, way = distinct(keys & 0xFFFFFFFF)
    asn, begin, hop, gateway, provider = walk(paths.start, paths.hop, used, found.domestic.view(np.uint8))
    return Ways(
        asn=asn,
        domestic=found.domestic[asn],
        voter_as=place_of(paths.asns[asn], found.voters),
        path=used,
        begin=begin,
        hop=hop,
        origin=hop[begin[1:] - 1],
        gateway=gateway,
        provider=provider,
        session=(keys >> 32).astype(np.int32),
        way=way,
        weight=np.bincount(row, weights=found.units[routes.group], minlength=len(keys)).astype(np.int64),
        row_way=way[row],
    )


def exact_shares(
    found: NationalRoutes,
    session: NDArray[np.integer],
    weight: NDArray[np.int64],
    label: NDArray[np.integer],
    total: int,
) -> dict[int, float]:
    """Share of (voter, unit) weight that each label holds: the exact fraction, rounded once.

    Every voter weighs the same; its sessions share that weight. ``total`` as :func:`total_weight` has it. Labels below
    zero are left out.
    """
    width = max(1, len(found.session_voter))
    kept = np.flatnonzero(label >= 0)
    keys, back = distinct(label[kept].astype(np.int64) * width + session[kept])
    sums = np.bincount(back, weights=weight[kept], minlength=len(keys)).astype(np.int64)
    names, place = distinct(keys // width)
    parts = found.electorate.parts
    if total < EXACT and parts.dtype != object:
        scaled = np.bincount(place, weights=sums * parts[keys % width], minlength=len(names)) / total
        return {name: share for name, share in zip(names.tolist(), scaled.tolist(), strict=True) if share}
    shares = [0] * len(names)
    for at, value, part in zip(place.tolist(), sums.tolist(), parts[keys % width].tolist(), strict=True):
        shares[at] += value * part
    return {name: share / total for name, share in zip(names.tolist(), shares, strict=True) if share}


def total_weight(found: NationalRoutes, session: NDArray[np.integer], weight: NDArray[np.int64]) -> int:
    """All (voter, unit) weight in the whole numbers that :func:`exact_shares` divides by; at least 1."""
    sums = np.bincount(session, weights=weight, minlength=len(found.session_voter)).astype(np.int64)
    weighed: list[int] = (sums.astype(object) * found.electorate.parts).tolist()
    return max(1, sum(weighed))


def ordered(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Distinct keys, ascending."""
    keys = np.sort(keys)
    fresh = np.ones(len(keys), dtype=bool)
    fresh[1:] = keys[1:] != keys[:-1]
    return keys[fresh]


def crossings(walked: Ways) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every (local path, domestic AS) where the AS stands next to a foreign one, each pair once."""
    home = walked.domestic[walked.hop]
    inner = np.ones(len(home), dtype=bool)
    inner[walked.begin[:-1]] = False
    border = np.flatnonzero(inner[1:] & (home[1:] != home[:-1])) + 1 if len(home) > 1 else np.zeros(0, dtype=np.int64)
    owner = np.searchsorted(walked.begin, border, side="right") - 1
    asn = np.where(home[border], walked.hop[border], walked.hop[np.maximum(border - 1, 0)])
    width = max(1, len(walked.asn))
    keys = ordered(owner * width + asn)
    return keys // width, keys % width


def through(found: NationalRoutes, walked: Ways, country: NDArray[np.int32], total: int) -> dict[int, float]:
    """Share of weight that crosses each foreign country, as :func:`exact_shares` has it.

    ``country`` is the country index of each AS of the view (-1: unknown). A voter's own AS counts only where it is the
    provider.
    """
    country = country[walked.asn]
    sums = np.zeros((int(country.max(initial=-1)) + 1, len(found.session_voter)), dtype=np.int64)
    own = walked.voter_as[found.session_voter].astype(np.int32)
    apart = (walked.domestic.view(np.uint8), own, walked.provider)
    add_nations(walked.begin, walked.hop, walked.session, walked.way, walked.weight, country, apart, sums)
    label, session = np.nonzero(sums)
    return exact_shares(found, session, sums[label, session], label, total)

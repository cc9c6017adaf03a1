"""AS hegemony: how much of the way to a country (or to one origin) leads through each AS.

Fontugne, Shah and Aben, "The (thin) bridges of AS connectivity", PAM 2018: for each viewpoint the share of path
weight that contains an AS, and of those shares the mean without the top and bottom tenth. With fewer than ten
viewpoints nothing can be trimmed. Begin with :func:`hops` and :func:`hegemony`. Not for relationships between ASes.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.country.national import NationalRoutes
from gonedark.country.paths import place_of
from gonedark.country.tally_loop import add_hops
from gonedark.country.way import Ways, ordered
from gonedark.table.dump import ragged

TRIM = 0.1
"""Share of the viewpoints left out at each end (the paper's alpha)."""


def trimmed_mean(values: Sequence[float], trim: float = TRIM) -> float:
    """Mean without the floor(trim * n) smallest and largest values. Raises ValueError for no values."""
    if not values:
        raise ValueError("a mean of nothing")
    cut = math.floor(trim * len(values))
    kept = sorted(values)[cut : len(values) - cut]
    return math.fsum(kept) / len(kept)


def is_trimmed(viewpoints: int, trim: float = TRIM) -> bool:
    """Whether so many viewpoints are enough for anything to be left out."""
    return math.floor(trim * viewpoints) > 0


@dataclass(frozen=True, eq=False, slots=True)
class Hops:
    """The ASes on some routes (indexes in the view, ascending), each session's weight through each of them but as a
    path's origin (sessions x ASes), each session's whole weight, and which of the ASes each voter is (-1: none)."""

    asn: NDArray[np.int64]
    sums: NDArray[np.int64]
    totals: NDArray[np.int64]
    voter_as: NDArray[np.int64]


def hops(found: NationalRoutes, walked: Ways, origin: int | None = None) -> Hops:
    """Of all routes, or of those to one origin: its local graph."""
    chosen = slice(None) if origin is None else np.flatnonzero(walked.origin[walked.way] == origin)
    session, way, weight = walked.session[chosen], walked.way[chosen], walked.weight[chosen]
    used = np.arange(len(walked.asn))
    if origin is not None:
        used = ordered(walked.hop[ragged(walked.begin[way], walked.begin[way + 1])[0]].astype(np.int64))
    place = np.empty(len(walked.asn), dtype=np.int32)
    place[used] = np.arange(len(used))
    sums = np.zeros((len(found.session_voter), len(used)), dtype=np.int64)
    add_hops(walked.begin, walked.hop, place, session, way, weight, sums)
    totals = np.bincount(session, weights=weight, minlength=len(sums)).astype(np.int64)
    return Hops(walked.asn[used], sums, totals, place_of(used, walked.voter_as))


def hegemony(found: NationalRoutes, crossed: Hops) -> dict[int, float]:
    """Hegemony of every transit AS (by its index in the view), above zero.

    Each voter is a viewpoint, its sessions averaged; one without a route says 0. A path's origin is no transit of it,
    and a viewpoint has no say about its own AS.
    """
    shares = crossed.sums / np.maximum(crossed.totals, 1)[:, None]
    return _trimmed(crossed, _by_voter(found, shares))


def _by_voter(found: NationalRoutes, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over each voter's sessions."""
    rows = np.zeros((len(found.voters), shares.shape[1]))
    rows[found.session_voter] = shares
    for voter in np.flatnonzero(found.feeds > 1).tolist():
        mine = shares[found.session_voter == voter]
        some = np.flatnonzero(mine.any(axis=0))
        rows[voter, some] = [math.fsum(column) / len(mine) for column in mine[:, some].T.tolist()]
    return rows


def _trimmed(crossed: Hops, rows: NDArray[np.float64]) -> dict[int, float]:
    """The trimmed mean of each column, above zero; that of a voter's own AS without that voter."""
    result: dict[int, float] = {}
    voters = len(rows)
    cut = math.floor(TRIM * voters)
    # Sorted the last one kept is the largest: where it is nothing, all are.
    values = np.sort(rows, axis=0)
    some = np.flatnonzero(values[voters - cut - 1] > 0) if voters else np.zeros(0, dtype=np.int64)
    kept = values[cut : voters - cut, some].T.tolist()
    for at, mine in zip(crossed.asn[some].tolist(), kept, strict=True):
        result[at] = math.fsum(mine) / len(mine)
    for voter in np.flatnonzero(crossed.voter_as >= 0).tolist():
        at = crossed.voter_as[voter]
        asn = int(crossed.asn[at])
        result.pop(asn, None)
        says = np.delete(rows[:, at], voter).tolist()
        if any(says) and (mean := trimmed_mean(says)) > 0:
            result[asn] = mean
    return result

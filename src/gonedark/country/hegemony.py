"""AS hegemony: how much of the way to a country (or to one origin) leads through each AS.

Fontugne, Shah and Aben, "The (thin) bridges of AS connectivity", PAM 2018: for each viewpoint the share of path
weight that contains an AS, and of those shares the mean without the top and bottom tenth. With fewer than ten
viewpoints nothing can be trimmed. Begin with :func:`hegemony`. Not for relationships between ASes.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gonedark.country.national import NationalRoutes
from gonedark.country.path_loop import add_hops
from gonedark.country.way import Ways

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


def hegemony(found: NationalRoutes, walked: Ways, origin: int | None = None) -> dict[int, float]:
    """Hegemony of every transit AS (by its index in the view), above zero; with ``origin`` that AS's local graph.

    Each voter is a viewpoint, its sessions averaged; one without a route says 0. A path's origin is no transit of it,
    and a viewpoint has no say about its own AS.
    """
    chosen = slice(None) if origin is None else np.flatnonzero(walked.origin[walked.way] == origin)
    session, way, weight = walked.session[chosen], walked.way[chosen], walked.weight[chosen]
    used, columns = _session_shares(found, walked, session, way, weight)
    rows = _by_voter(found, columns)
    own = found.voter_as
    result: dict[int, float] = {}
    for at, asn in enumerate(used.tolist()):
        values = rows[:, at]
        says = values if not (own == asn).any() else values[own != asn]
        if len(says) and says.any():
            result[asn] = trimmed_mean(says.tolist())
    return {asn: value for asn, value in result.items() if value > 0}


def _session_shares(
    found: NationalRoutes,
    walked: Ways,
    session: NDArray[np.int64],
    way: NDArray[np.int64],
    weight: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """ASes on the paths, and for each session its share of weight through each of them."""
    used, local = np.unique(walked.hop, return_inverse=True)
    local = local.astype(np.int32)
    shares = np.zeros((len(found.session_voter), len(used)))
    order = np.argsort(session, kind="stable")
    bounds = np.searchsorted(session[order], np.arange(len(found.session_voter) + 1))
    for at in range(len(found.session_voter)):
        mine = order[bounds[at] : bounds[at + 1]]
        total = int(weight[mine].sum())
        if total:
            sums = np.zeros(len(used), dtype=np.int64)
            add_hops(walked.begin, local, way[mine].astype(np.int32), weight[mine], sums)
            shares[at] = sums / total
    return used.astype(np.int64), shares


def _by_voter(found: NationalRoutes, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean over each voter's sessions."""
    rows = np.zeros((len(found.voters), shares.shape[1]))
    for voter, feeds in enumerate(found.feeds.tolist()):
        mine = shares[found.session_voter == voter]
        if feeds == 1:
            rows[voter] = mine[0]
        else:
            some = np.flatnonzero(mine.any(axis=0))
            rows[voter, some] = [math.fsum(column) / feeds for column in mine[:, some].T.tolist()]
    return rows

"""Country Transit Influence: how much of a country's address space an AS can see or touch as a provider.

Gamero-Garrido et al., "Quantifying nations' exposure to traffic observation and selective tampering", PAM 2022. From
the origin outwards an AS counts while every link leads from customer to provider, and the further out the less: one
over its distance. Needs the business relationships of ASes from outside, in CAIDA's format. Meaningful for countries
that reach the world by buying transit. The paper also leaves out multi-hop collectors and vantage points of uncertain
place, which the table does not tell; prefixes longer than /24 weigh what they hold. Begin with :func:`relationships`
and :func:`influence`.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from gonedark.country.hegemony import trimmed_mean
from gonedark.country.national import NationalRoutes
from gonedark.country.way import Ways


def relationships(lines: Iterable[str]) -> frozenset[tuple[int, int]]:
    """(provider, customer) pairs from CAIDA's serial-1 or serial-2 lines: ``provider|customer|-1``, peers with 0.

    Raises ValueError for a line of another form.
    """
    pairs: set[tuple[int, int]] = set()
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        fields = text.split("|")
        try:
            left, right, kind = (int(field) for field in fields[:3])
        except ValueError:
            raise ValueError(f"line {number}: {text[:60]!r} is not provider|customer|-1 or peer|peer|0") from None
        if kind == -1:
            pairs.add((left, right))
    return frozenset(pairs)


def influence(found: NationalRoutes, walked: Ways, providers: frozenset[tuple[int, int]]) -> dict[int, float]:
    """CTI of every AS (by its index in the view) that is above zero; voters inside the country do not count."""
    asns = found.view.paths.asns[walked.asn].tolist()
    total = found.total_units
    if not total:
        return {}
    climbs = [_climb(walked, way, asns, providers) for way in range(len(walked.path))]
    parts: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for voter, way, units in _weights(found, walked):
        for distance, place in enumerate(climbs[way], 1):
            parts[place][voter] += units / total / distance
    count = len(found.voters)
    means = {at: trimmed_mean([*values.values(), *[0.0] * (count - len(values))]) for at, values in parts.items()}
    return {int(walked.asn[place]): value for place, value in means.items() if value > 0}


def _weights(found: NationalRoutes, walked: Ways) -> Iterable[tuple[int, int, float]]:
    """Voter, path and the units on it; a prefix's units are shared by those sessions of a voter that hold it."""
    routes, width = found.routes, max(1, len(found.voters))
    _, pair, holders = np.unique(routes.group * width + routes.voter, return_inverse=True, return_counts=True)
    keys, back = np.unique(walked.row_way * width + routes.voter, return_inverse=True)
    units = np.bincount(back, weights=found.units[routes.group] / holders[pair], minlength=len(keys))
    return zip((keys % width).tolist(), (keys // width).tolist(), units.tolist(), strict=True)


def _climb(walked: Ways, way: int, asns: list[int], providers: frozenset[tuple[int, int]]) -> list[int]:
    """Places of a path's ASes from the origin's direct provider outwards, as long as it climbs."""
    hops = walked.hop[walked.begin[way] : walked.begin[way + 1]].tolist()[::-1]
    climbed: list[int] = []
    for customer, provider in pairwise(hops):
        if (asns[provider], asns[customer]) not in providers:
            break
        climbed.append(provider)
    return climbed

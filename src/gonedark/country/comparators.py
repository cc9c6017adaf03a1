"""Other countries to set a country beside, as Dyn did in 2014 ("Yemen 47 networks, Afghanistan 370, Taiwan 5,030").

Begin with :func:`nearby` for whom to take where nobody was named, and :func:`comparators`. Not for judging.
"""

import math
from collections.abc import Mapping, Sequence

from gonedark.country.national import national_routes
from gonedark.country.routing import RoutingView
from gonedark.model.attribution import Registry
from gonedark.model.exposure import Comparator
from gonedark.model.thresholds import Thresholds

USUAL = 3


def nearby(code: str, regions: Mapping[str, str], registry: Registry, most: int = USUAL) -> list[str]:
    """Countries of the same region whose delegated IPv4 space is nearest in size (by ratio).

    ``regions`` gives a region's name by country code.
    """

    def size(other: str) -> int:
        return registry.attribution(other).addresses("ipv4")

    own = max(1, size(code))
    others = [other for other in regions if other != code and regions[other] == regions.get(code) and size(other)]
    return sorted(others, key=lambda other: (abs(math.log(size(other) / own)), other))[:most]


def comparators(
    view: RoutingView, codes: Sequence[str], registry: Registry, rules: Thresholds
) -> tuple[Comparator, ...]:
    """Visible networks and units of each country, judged by its own voters."""
    rows = []
    for code in codes:
        found = national_routes(view, registry.attribution(code), rules)
        counted = (len(found.prefix), found.total_units) if len(found.voters) else (None, None)
        rows.append(Comparator(code, registry.names.get(code, code), *counted))
    return tuple(rows)

"""Where the routes died: the AS or adjacency on which every lost route had hung, and what looks the same from outside.

Begin with :func:`where`. Weighs each route by (voter, address) as ``country.transit`` does. A single-homed network
gives the same withdrawals, heard from the same neighbours, whichever end of its only adjacency failed (ground truth
1.4), so the answer names its alternatives. Not for hegemony.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from gonedark.cause.limits import Limits
from gonedark.cause.losses import Losses
from gonedark.cause.templates import say
from gonedark.model.cause import Candidate, Where
from gonedark.table.paths import AsPath
from gonedark.table.snapshot import Snapshot
from gonedark.table.timeline import Timeline

Place = tuple[int, ...]
"""One ASN, or two neighbours, the outer one first."""


@dataclass(slots=True)
class Weights:
    """Weight of routes by the places they cross. ``distance`` is the mean number of steps from the origin."""

    lost: dict[Place, float] = field(default_factory=lambda: defaultdict(float))
    carried: dict[Place, float] = field(default_factory=lambda: defaultdict(float))
    distance: dict[Place, float] = field(default_factory=lambda: defaultdict(float))
    total_lost: float = 0.0
    total: float = 0.0
    origins: set[int] = field(default_factory=set)


def weigh(timeline: Timeline, table: Snapshot, taken: Losses, is_domestic: Callable[[int], bool]) -> Weights:
    """Sum the weights of all routes of foreign voters to the baseline's prefixes."""
    feeds: dict[int, int] = defaultdict(int)
    for index in table.voting.tolist():
        asn = timeline.sessions[index].asn
        if not is_domestic(asn):
            feeds[asn] += 1
    by_path: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    rows = zip(table.session.tolist(), table.prefix.tolist(), table.path.tolist(), strict=True)
    for session, prefix, path in rows:
        asn = timeline.sessions[session].asn
        if asn in feeds and taken.baseline[prefix]:
            part = taken.sizes[prefix] / feeds[asn]
            by_path[path][0] += part
            by_path[path][1] += part if taken.lost[prefix] else 0.0
    found = Weights()
    for path, (carried, lost) in by_path.items():
        _add(found, places(timeline.paths.of(path)), carried, lost)
    return found


def _add(found: Weights, crossed: list[tuple[Place, float]], carried: float, lost: float) -> None:
    found.total += carried
    found.total_lost += lost
    for place, distance in crossed:
        found.carried[place] += carried
        found.lost[place] += lost
        found.distance[place] += carried * distance
        if distance == 0:
            found.origins.add(place[0])


def places(path: AsPath) -> list[tuple[Place, float]]:
    """ASes and adjacencies of a path with their distance from the origin (0, then 0.5 for the first adjacency, ...).

    Prepends count once. An AS_SET is no place and breaks adjacencies. The peer's own AS is left out: it is the watcher.
    """
    hops: list[int | None] = []
    for hop in reversed(path):
        asn = hop[0] if len(hop) == 1 else None
        if not hops or asn is None or hops[-1] != asn:
            hops.append(asn)
    found: list[tuple[Place, float]] = []
    crossed: set[Place] = set()
    for at, asn in enumerate(hops[:-1] if len(hops) > 1 else hops):
        outer = hops[at + 1] if at + 1 < len(hops) else None
        for place, distance in (((asn,), at), ((outer, asn), at + 0.5)):
            if None not in place and place not in crossed:
                crossed.add(place)  # type: ignore[arg-type]  # None was just excluded
                found.append((place, float(distance)))  # type: ignore[arg-type]
    return found


def single_transit(found: Weights) -> tuple[int, float] | None:
    """The transit AS that most lost weight had crossed (ties: the nearest to the origin); None without losses."""
    if not found.total_lost:
        return None
    transits = [place for place in found.lost if len(place) == 1 and place[0] not in found.origins]
    best = max(transits, key=lambda place: (_lost_share(found, place), -_distance(found, place)), default=None)
    return None if best is None else (best[0], _lost_share(found, best))


def where(found: Weights, limits: Limits) -> Where | None:
    """The place nearest to the origin that explains the loss, adjacencies first; None where nothing was lost."""
    if not found.total_lost:
        return None
    explaining = [
        place
        for place in found.lost
        if _lost_share(found, place) >= limits.explained_share and _died_share(found, place) >= limits.explained_share
    ]
    if not explaining:
        return Where(None, (), say("where.none"))
    best = min(explaining, key=lambda place: (len(place) == 1, _distance(found, place), place))
    alike = sorted((place for place in explaining if place != best), key=lambda place: _distance(found, place))
    return Where(_candidate(found, best), tuple(_candidate(found, place) for place in alike), _words(best, alike))


def _words(best: Place, alike: list[Place]) -> str:
    if len(best) == 1:
        return say("where.as", as_one=_name(best), text_alike=_alike(alike))
    return say("where.adjacency", as_outer=_name(best[:1]), as_inner=_name(best[1:]), text_alike=_alike(alike))


def _alike(alike: list[Place]) -> str:
    if not alike:
        return say("where.alone")
    return say("where.alike", as_list=", ".join(_name(place) for place in alike))


def _name(place: Place) -> str:
    return "–".join(f"AS{asn}" for asn in place)


def _candidate(found: Weights, place: Place) -> Candidate:
    return Candidate(
        "as" if len(place) == 1 else "adjacency",
        place,
        round(_lost_share(found, place), 6),
        round(_died_share(found, place), 6),
    )


def _lost_share(found: Weights, place: Place) -> float:
    return float(found.lost[place] / found.total_lost)


def _died_share(found: Weights, place: Place) -> float:
    return float(found.lost[place] / found.carried[place]) if found.carried[place] else 0.0


def _distance(found: Weights, place: Place) -> float:
    return found.distance[place] / found.carried[place] if found.carried[place] else 0.0

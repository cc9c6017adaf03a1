"""Points of control: the smallest set of ASes whose loss cuts off at least a share of the country's units.

After Roberts and Larochelle, "Mapping local Internet control" (Berkman Center, 2010), as a partial vertex cut: choosing
the fewest nodes is NP-hard, so it is an integer program (SciPy's HiGHS) with a time limit, beside a greedy choice. What
is found is never called smallest unless the bound proves it. Begin with :func:`control_set`.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from gonedark.country.graph import Arcs, OutwardGraph, arcs_of, minimum_cut

CONTROL_SHARE = 0.9
TIME_LIMIT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Found:
    """The nodes of the set, the units they cut off, and the size below which no set can be."""

    members: tuple[int, ...]
    units_lost: int
    lower_bound: int


def control_set(
    graph: OutwardGraph, share: float = CONTROL_SHARE, time_limit_seconds: float = TIME_LIMIT_SECONDS
) -> Found | None:
    """The smallest set that cuts off at least ``share`` of the units; None where there are none."""
    total = graph.total_units
    wanted = math.ceil(share * total - 1e-9)
    if wanted <= 0:
        return None
    arcs = arcs_of(graph)
    lost = arcs.lost().tolist()
    if max(lost) >= wanted:
        best = max(range(len(lost)), key=lambda node: (lost[node] >= wanted, not graph.is_domestic[node], lost[node]))
        return Found((best,), lost[best], 1)
    greedy = _greedy(graph, arcs, wanted)
    members, bound = _program(graph, wanted, time_limit_seconds)
    if members is None or arcs.cut_off(members) < wanted or len(members) > len(greedy):
        members = greedy
    return Found(members, arcs.cut_off(members), max(2, min(bound, len(members))))


def _reaching(graph: OutwardGraph, removed: set[int]) -> list[bool]:
    inward: list[list[int]] = [[] for _ in range(graph.world + 1)]
    for node, targets in enumerate(graph.outward):
        if node not in removed:
            for target in targets:
                inward[target].append(node)
    reaches = [False] * (graph.world + 1)
    reaches[graph.world] = True
    stack = [graph.world]
    while stack:
        for node in inward[stack.pop()]:
            if not reaches[node]:
                reaches[node] = True
                stack.append(node)
    return reaches


def _greedy(graph: OutwardGraph, arcs: Arcs, wanted: int) -> tuple[int, ...]:
    """Take the node that cuts off most of what is left, again and again; then drop what turned out unneeded.

    Where no single node cuts off anything, a smallest cut of what is left is taken whole.
    """
    members: list[int] = []
    while arcs.cut_off(members) < wanted:
        lost = arcs.lost(members)
        best = int(np.argmax(lost))
        whole = minimum_cut(_without(graph, set(members))) if not lost[best] else None
        members += [best] if whole is None else whole[1]
    for node in sorted(members):
        fewer = [other for other in members if other != node]
        if arcs.cut_off(fewer) >= wanted:
            members = fewer
    return tuple(sorted(members))


def _without(graph: OutwardGraph, removed: set[int]) -> OutwardGraph:
    """The graph with nodes cut off, and without the sources that reach the world no more."""
    outward = tuple(
        () if node in removed else tuple(target for target in targets if target not in removed)
        for node, targets in enumerate(graph.outward)
    )
    cut = OutwardGraph(graph.asn, graph.is_domestic, outward, graph.sources)
    reaches = _reaching(cut, set())
    sources = tuple(
        (alive, units)
        for nodes, units in graph.sources
        if (alive := tuple(node for node in nodes if reaches[node] and node not in removed))
    )
    return OutwardGraph(graph.asn, graph.is_domestic, outward, sources)


def _program(graph: OutwardGraph, wanted: int, limit_seconds: float) -> tuple[tuple[int, ...] | None, int]:
    """The integer program: x[i] takes node i out, r[i] is at least 1 where i still reaches the world.

    r[i] >= r[j] - x[i] for every edge from i to j (r[world] = 1), r[k] >= r[i] for every source k with an origin i, and
    the units of sources that still reach may be at most total - wanted. Returns the nodes, if any, and a lower bound.
    """
    nodes, sources = graph.world, len(graph.sources)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    floor: list[float] = []

    def put(row: int, entries: list[tuple[int, float]]) -> None:
        for column, value in entries:
            rows.append(row)
            columns.append(column)
            values.append(value)

    for node, targets in enumerate(graph.outward):
        for target in targets:
            entries = [(nodes + node, 1.0), (node, 1.0)]
            put(len(floor), entries if target == graph.world else [*entries, (nodes + target, -1.0)])
            floor.append(1.0 if target == graph.world else 0.0)
    for number, (origins, _) in enumerate(graph.sources):
        for node in origins:
            put(len(floor), [(2 * nodes + number, 1.0), (nodes + node, -1.0)])
            floor.append(0.0)
    total = graph.total_units
    put(len(floor), [(2 * nodes + number, -units / total) for number, (_, units) in enumerate(graph.sources)])
    floor.append(-(total - wanted) / total)
    width = 2 * nodes + sources
    matrix = coo_array((values, (rows, columns)), shape=(len(floor), width)).tocsr()
    integral = np.zeros(width)
    integral[:nodes] = 1
    cost = np.zeros(width)
    cost[:nodes] = 1.0
    answer = milp(
        cost,
        integrality=integral,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, lb=np.array(floor), ub=np.inf),
        options={"time_limit": limit_seconds},
    )
    bound = answer.mip_dual_bound
    lower = 0 if bound is None or not math.isfinite(bound) else math.ceil(bound - 1e-6)
    if answer.x is None:
        return None, lower
    return tuple(int(node) for node in np.flatnonzero(answer.x[:nodes] > 0.5)), lower

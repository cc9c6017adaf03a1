"""Points of control: the smallest set of ASes whose loss cuts off at least a share of the country's units.

After Roberts and Larochelle, "Mapping local Internet control" (Berkman Center, 2010), as a partial vertex cut: choosing
the fewest nodes is NP-hard, so it is an integer program (SciPy's HiGHS) with a limit, beside a greedy choice. What
is found is never called smallest unless the bound proves it. Begin with :func:`control_set`.
"""

import math
from dataclasses import dataclass

import numpy as np

from gonedark.country.graph import OutwardGraph, minimum_cut

CONTROL_SHARE = 0.9
NODE_LIMIT = 1000
"""Of the search tree, so that a hard country ends in the same set on every machine. The United States take one node."""
TIME_LIMIT_SECONDS = 120.0
"""The last resort, far behind what the limit of nodes takes: a set found by the clock differs from run to run."""


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
    lost = graph.lost().tolist()
    if max(lost) >= wanted:
        best = max(range(len(lost)), key=lambda node: (lost[node] >= wanted, not graph.is_domestic[node], lost[node]))
        return Found((best,), lost[best], 1)
    greedy = _greedy(graph, wanted)
    members, bound = _program(graph, wanted, time_limit_seconds)
    if members is None or graph.cut_off(members) < wanted or len(members) > len(greedy):
        members = greedy
    return Found(members, graph.cut_off(members), max(2, min(bound, len(members))))


def _greedy(graph: OutwardGraph, wanted: int) -> tuple[int, ...]:
    """Take the node that cuts off most of what is left, again and again; then drop what turned out unneeded.

    Where no single node cuts off anything, a smallest cut of what is left is taken whole.
    """
    members: list[int] = []
    while graph.cut_off(members) < wanted:
        lost = graph.lost(members)
        best = int(np.argmax(lost))
        whole = minimum_cut(graph.without(members)) if not lost[best] else None
        members += [best] if whole is None else whole[1]
    for node in sorted(members):
        fewer = [other for other in members if other != node]
        if graph.cut_off(fewer) >= wanted:
            members = fewer
    return tuple(sorted(members))


def _sources(graph: OutwardGraph) -> list[tuple[list[int], int]]:
    """The nodes that originate units, and how many."""
    nodes = np.flatnonzero(graph.held).tolist()
    return sorted(([node] if node < graph.world else graph.targets(node), int(graph.held[node])) for node in nodes)


def _program(graph: OutwardGraph, wanted: int, limit_seconds: float) -> tuple[tuple[int, ...] | None, int]:
    """The integer program: x[i] takes node i out, r[i] is at least 1 where i still reaches the world.

    r[i] >= r[j] - x[i] for every edge from i to j (r[world] = 1), r[k] >= r[i] for every source k with an origin i, and
    the units of sources that still reach may be at most total - wanted. Returns the nodes, if any, and a lower bound.
    """
    # Takes a third of a second to load, and only countries with many ways out need it.
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415
    from scipy.sparse import coo_array  # noqa: PLC0415

    nodes, sources = graph.world, _sources(graph)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    floor: list[float] = []

    def put(row: int, entries: list[tuple[int, float]]) -> None:
        for column, value in entries:
            rows.append(row)
            columns.append(column)
            values.append(value)

    for node in range(nodes):
        for target in graph.targets(node):
            entries = [(nodes + node, 1.0), (node, 1.0)]
            put(len(floor), entries if target == graph.world else [*entries, (nodes + target, -1.0)])
            floor.append(1.0 if target == graph.world else 0.0)
    for number, (origins, _) in enumerate(sources):
        for node in origins:
            put(len(floor), [(2 * nodes + number, 1.0), (nodes + node, -1.0)])
            floor.append(0.0)
    total = graph.total_units
    put(len(floor), [(2 * nodes + number, -units / total) for number, (_, units) in enumerate(sources)])
    floor.append(-(total - wanted) / total)
    width = 2 * nodes + len(sources)
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
        options={"node_limit": NODE_LIMIT, "time_limit": limit_seconds},
    )
    bound = answer.mip_dual_bound
    lower = 0 if bound is None or not math.isfinite(bound) else math.ceil(bound - 1e-6)
    if answer.x is None:
        return None, lower
    return tuple(int(node) for node in np.flatnonzero(answer.x[:nodes] > 0.5)), lower

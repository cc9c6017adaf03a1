"""The country as a graph: its ASes, the first foreign AS beyond each way out, and the world, which joins those.

Edges lead outwards, as routes were seen to: an AS that was never seen to carry another's routes is no way out for it.
Units lie at the origins; a prefix with several domestic origins is reached while any of them is. Begin with
:func:`outward_graph`; :func:`units_lost` tells what the loss of each single AS cuts off (a dominator tree), and
:func:`minimum_cut` the smallest set that cuts off everything (maximum flow). Not for shares below one: ``control``.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from gonedark.country.flow_loop import Network
from gonedark.country.national import NationalRoutes
from gonedark.country.tally_loop import SEVERAL, distinct, sole_labels
from gonedark.country.way import Ways, ordered
from gonedark.table.dump import ragged


@dataclass(frozen=True, eq=False, slots=True)
class OutwardGraph:
    """Nodes 0 to n - 1 are ASes (``asn[i]`` an index into the view's AS numbers), node n is the world.

    ``outward[i]`` are the nodes that i hands over to. ``sources`` are the units with the nodes that originate them.
    """

    asn: tuple[int, ...]
    is_domestic: tuple[bool, ...]
    outward: tuple[tuple[int, ...], ...]
    sources: tuple[tuple[tuple[int, ...], int], ...]

    @property
    def world(self) -> int:
        """The node that everything wants to reach."""
        return len(self.asn)

    @property
    def total_units(self) -> int:
        """Units of all sources."""
        return sum(units for _, units in self.sources)


def outward_graph(found: NationalRoutes, walked: Ways) -> OutwardGraph:
    """The graph of all routes to domestic origins."""
    home = found.domestic[walked.hop]
    steps = np.diff(walked.begin)
    # The last foreign hop of each path; what comes after it is inside.
    last_foreign = np.where(home, np.int64(-1), np.arange(len(home)))
    last_foreign = np.maximum.reduceat(last_foreign, walked.begin[:-1]) if len(steps) else last_foreign
    reach = np.maximum(last_foreign, walked.begin[:-1])
    at = ragged(reach + 1, walked.begin[1:])[0]
    width = max(1, len(found.domestic))
    edges = ordered(distinct(walked.hop[at].astype(np.int64) * width + walked.hop[at - 1])[0])
    outside = walked.provider >= 0
    ends = ordered(np.where(outside, walked.provider, walked.hop[walked.begin[:-1]]).astype(np.int64))
    pairs = [(key // width, key % width) for key in edges.tolist()]
    members = sorted({node for pair in pairs for node in pair} | set(ends.tolist()) | set(walked.origin.tolist()))
    number = {asn: index for index, asn in enumerate(members)}
    outward: list[set[int]] = [set() for _ in members]
    for near, far in pairs:
        outward[number[near]].add(number[far])
    for end in ends.tolist():
        outward[number[end]].add(len(members))
    return OutwardGraph(
        asn=tuple(members),
        is_domestic=tuple(bool(found.domestic[asn]) for asn in members),
        outward=tuple(tuple(sorted(nodes)) for nodes in outward),
        sources=_sources(found, walked, number),
    )


def _sources(found: NationalRoutes, walked: Ways, number: dict[int, int]) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Units by the set of domestic origins that announce them."""
    group, origin = found.routes.group, walked.origin[walked.row_way]
    sole = sole_labels(group, origin, len(found.units))
    alone = np.flatnonzero(sole >= 0)
    held = np.zeros(len(found.domestic), dtype=np.int64)
    np.add.at(held, sole[alone], found.units[alone])
    units: dict[tuple[int, ...], int] = defaultdict(int)
    for asn in np.flatnonzero(held).tolist():
        units[number[asn],] = int(held[asn])
    width = max(1, len(found.domestic))
    shared = sole[group] == SEVERAL
    members: dict[int, list[int]] = defaultdict(list)
    for key in ordered(group[shared].astype(np.int64) * width + origin[shared]).tolist():
        members[key // width].append(number[key % width])
    for at, nodes in members.items():
        units[tuple(nodes)] += int(found.units[at])
    return tuple(sorted((nodes, weight) for nodes, weight in units.items() if weight))


def units_lost(graph: OutwardGraph) -> list[int]:
    """Units cut off from the world by the loss of each node alone."""
    fan = [nodes for nodes, _ in graph.sources if len(nodes) > 1]
    outward = [*graph.outward, (), *fan]
    dominator, order = _dominators(outward, graph.world)
    below = [0] * len(outward)
    joint = iter(range(graph.world + 1, len(outward)))
    for nodes, units in graph.sources:
        below[nodes[0] if len(nodes) == 1 else next(joint)] += units
    for node in reversed(order):
        if node != graph.world:
            below[dominator[node]] += below[node]
    return below[: graph.world]


def _dominators(outward: list[tuple[int, ...]], root: int) -> tuple[list[int], list[int]]:
    """Immediate dominators on the way from the root inwards, and the nodes in an order with dominators first.

    Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm" (2001).
    """
    inward: list[list[int]] = [[] for _ in outward]
    for node, targets in enumerate(outward):
        for target in targets:
            inward[target].append(node)
    order = _reverse_postorder(inward, root)
    rank = {node: index for index, node in enumerate(order)}
    dominator = [-1] * len(outward)
    dominator[root] = root
    changed = True
    while changed:
        changed = False
        for node in order[1:]:
            chosen = -1
            for before in outward[node]:
                if dominator[before] >= 0:
                    chosen = before if chosen < 0 else _common(before, chosen, dominator, rank)
            if chosen != dominator[node]:
                dominator[node] = chosen
                changed = True
    return dominator, order


def _common(one: int, other: int, dominator: list[int], rank: dict[int, int]) -> int:
    while one != other:
        while rank[one] > rank[other]:
            one = dominator[one]
        while rank[other] > rank[one]:
            other = dominator[other]
    return one


def _reverse_postorder(inward: list[list[int]], root: int) -> list[int]:
    seen = {root}
    stack = [(root, iter(inward[root]))]
    order: list[int] = []
    while stack:
        node, rest = stack[-1]
        for following in rest:
            if following not in seen:
                seen.add(following)
                stack.append((following, iter(inward[following])))
                break
        else:
            order.append(node)
            stack.pop()
    return order[::-1]


def minimum_cut(graph: OutwardGraph) -> tuple[list[int], list[int]] | None:
    """The smallest sets of nodes that separate every source from the world: (nearest to the origins, to the world).

    Exact, by augmenting node-disjoint ways (Menger's theorem). None where nothing reaches the world.
    """
    if not graph.sources:
        return None
    flow = _disjoint_ways(graph)
    level = flow.levels(2 * graph.world + 1, False)
    # Nodes whose entry the sources still reach while their exit they do not, and the same from the world's side.
    inner = np.flatnonzero((level[: 2 * graph.world : 2] >= 0) & (level[1 : 2 * graph.world : 2] < 0))
    level = flow.levels(2 * graph.world, True)
    outer = np.flatnonzero((level[1 : 2 * graph.world : 2] >= 0) & (level[: 2 * graph.world : 2] < 0))
    return inner.tolist(), outer.tolist()


def _disjoint_ways(graph: OutwardGraph) -> Network:
    """Maximum flow with every AS split into an entry 2i and an exit 2i + 1, joined by an arc of capacity one; then
    come the world and what feeds the sources."""
    ases = graph.world
    world, source = 2 * ases, 2 * ases + 1
    near = np.repeat(np.arange(ases), [len(targets) for targets in graph.outward])
    # An edge to the world, node n, leads to 2n.
    far = np.array([target for targets in graph.outward for target in targets], dtype=np.int64)
    fed = np.array(sorted({node for nodes, _ in graph.sources for node in nodes}), dtype=np.int64)
    entries = 2 * np.arange(ases)
    tail = np.concatenate([entries, 2 * near + 1, np.full(len(fed), source)])
    head = np.concatenate([entries + 1, 2 * far, 2 * fed])
    room = np.concatenate([np.ones(ases, dtype=np.int64), np.full(len(far) + len(fed), ases + 1)])
    flow = Network(source + 1, tail, head, room)
    flow.run(source, world)
    return flow

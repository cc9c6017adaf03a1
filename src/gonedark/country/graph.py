"""The country as a graph: its ASes, the first foreign AS beyond each way out, and the world, which joins those.

Edges lead outwards, as routes were seen to: an AS that was never seen to carry another's routes is no way out for it.
Units lie at the origins; a prefix with several domestic origins is reached while any of them is. Begin with
:func:`outward_graph`; :func:`units_lost` tells what the loss of each single AS cuts off (a dominator tree), and
:func:`minimum_cut` the smallest set that cuts off everything (maximum flow). Not for shares below one: ``control``.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from gonedark.country.flow_loop import Network
from gonedark.country.graph_loop import carry, dominators, reached
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


@dataclass(frozen=True, eq=False, slots=True)
class Arcs:
    """The graph as columns, with a node more for each source of several origins, which leads to all of them.

    Node i leads to ``head[begin[i]:begin[i + 1]]``, and to it lead ``tail[behind[i]:behind[i + 1]]``; ``held`` are the
    units at each node. The world is node ``ases``.
    """

    ases: int
    begin: NDArray[np.int32]
    head: NDArray[np.int32]
    behind: NDArray[np.int32]
    tail: NDArray[np.int32]
    held: NDArray[np.int64]

    def lost(self, removed: Collection[int] = ()) -> NDArray[np.int64]:
        """Units cut off by the loss of each AS alone where some are lost already: a dominator tree."""
        order = self._order(removed)
        below = carry(dominators(self.begin, self.head, order), order, self.held)
        ases: NDArray[np.int64] = below[: self.ases]
        return ases

    def cut_off(self, removed: Collection[int]) -> int:
        """Units that do not reach the world without these nodes."""
        return int(self.held.sum() - self.held[self._order(removed)].sum())

    def _order(self, removed: Collection[int]) -> NDArray[np.int32]:
        gone = np.zeros(len(self.held), dtype=np.uint8)
        gone[list(removed)] = 1
        order: NDArray[np.int32] = reached(self.behind, self.tail, self.ases, gone)
        return order


def arcs_of(graph: OutwardGraph) -> Arcs:
    """The same graph as columns."""
    fans = [(nodes, units) for nodes, units in graph.sources if len(nodes) > 1]
    outward = [*graph.outward, (), *(nodes for nodes, _ in fans)]
    counts = np.array([len(targets) for targets in outward])
    head = np.fromiter(chain.from_iterable(outward), dtype=np.int32, count=int(counts.sum()))
    near = np.repeat(np.arange(len(outward), dtype=np.int32), counts)
    held = np.zeros(len(outward), dtype=np.int64)
    held[graph.world + 1 :] = [units for _, units in fans]
    for nodes, units in graph.sources:
        if len(nodes) == 1:
            held[nodes[0]] += units
    return Arcs(
        ases=graph.world,
        begin=_begins(counts),
        head=head,
        behind=_begins(np.bincount(head, minlength=len(outward))),
        tail=near[np.argsort(head, kind="stable")],
        held=held,
    )


def _begins(counts: NDArray[np.int64]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def units_lost(graph: OutwardGraph) -> list[int]:
    """Units cut off from the world by the loss of each node alone."""
    lost: list[int] = arcs_of(graph).lost().tolist()
    return lost


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

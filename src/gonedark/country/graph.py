"""The country as a graph: its ASes, the first foreign AS beyond each way out, and the world, which joins those.

Edges lead outwards, as routes were seen to: an AS that was never seen to carry another's routes is no way out for it.
Units lie at the origins; a prefix with several domestic origins is reached while any of them is. Begin with
:func:`outward_graph`; :meth:`OutwardGraph.lost` tells what the loss of each single AS cuts off (a dominator tree), and
:func:`minimum_cut` the smallest set that cuts off everything (maximum flow). Not for shares below one: ``control``.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gonedark.country.cut_loop import inner_links
from gonedark.country.flow_loop import Network
from gonedark.country.graph_loop import carry, dominators, reached
from gonedark.country.national import NationalRoutes
from gonedark.country.tally_loop import SEVERAL, distinct, sole_labels
from gonedark.country.way import Ways, ordered


@dataclass(frozen=True, eq=False)
class OutwardGraph:
    """Nodes 0 to n - 1 are ASes (``asn[i]`` an index into the view's AS numbers), node n is the world, and the nodes
    behind it stand for units that several ASes originate: each leads to all of these.

    Node i hands over to ``head[begin[i]:begin[i + 1]]``, ascending, and ``held`` are the units that begin at each node.
    """

    asn: NDArray[np.int64]
    is_domestic: NDArray[np.bool_]
    begin: NDArray[np.int32]
    head: NDArray[np.int32]
    held: NDArray[np.int64]

    @property
    def world(self) -> int:
        """The node that everything wants to reach."""
        return len(self.asn)

    @property
    def total_units(self) -> int:
        """Units of all origins."""
        return int(self.held.sum())

    def targets(self, node: int) -> list[int]:
        """The nodes that one hands over to."""
        found: list[int] = self.head[self.begin[node] : self.begin[node + 1]].tolist()
        return found

    def reached(self, removed: Collection[int] = ()) -> NDArray[np.int32]:
        """Nodes that reach the world without these, those nearer to it before those behind them."""
        gone = np.zeros(len(self.held), dtype=np.uint8)
        gone[list(removed)] = 1
        order: NDArray[np.int32] = reached(*self._inwards, self.world, gone)
        return order

    @cached_property
    def _inwards(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The edges the other way round, since the greedy choice of a set asks thousands of times who is reached."""
        tail = np.repeat(np.arange(len(self.held), dtype=np.int32), np.diff(self.begin))
        return _begins(np.bincount(self.head, minlength=len(self.held))), tail[np.argsort(self.head, kind="stable")]

    def lost(self, removed: Collection[int] = ()) -> NDArray[np.int64]:
        """Units cut off by the loss of each AS alone where some are lost already: a dominator tree."""
        order = self.reached(removed)
        below = carry(dominators(self.begin, self.head, order), order, self.held)
        ases: NDArray[np.int64] = below[: self.world]
        return ases

    def cut_off(self, removed: Collection[int]) -> int:
        """Units that do not reach the world without these nodes."""
        return int(self.held.sum() - self.held[self.reached(removed)].sum())

    def without(self, removed: Collection[int]) -> "OutwardGraph":
        """The graph without some ASes, and without units that reach the world no more."""
        alive = np.zeros(len(self.held), dtype=bool)
        alive[self.reached(removed)] = True
        near = np.repeat(np.arange(len(self.held)), np.diff(self.begin))
        kept = alive[near] & alive[self.head]
        begin = _begins(np.bincount(near[kept], minlength=len(self.held)))
        return OutwardGraph(self.asn, self.is_domestic, begin, self.head[kept], np.where(alive, self.held, 0))


def _begins(counts: NDArray[np.int64]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def graph_of(
    asn: NDArray[np.int64],
    is_domestic: NDArray[np.bool_],
    edges: tuple[NDArray[np.int64], NDArray[np.int64]],
    held: NDArray[np.int64],
    shared: Mapping[tuple[int, ...], int],
) -> OutwardGraph:
    """A graph from its edges (near, far; the world is node ``len(asn)``), the units ``held`` at each AS, and those that
    several originate, by these (ascending). Edges that come twice count once."""
    fans = sorted((nodes, units) for nodes, units in shared.items() if units)
    ases, nodes = len(asn), len(asn) + 1 + len(fans)
    keys = ordered(edges[0] * (ases + 1) + edges[1])
    origins = np.array([node for members, _ in fans for node in members], dtype=np.int64)
    counts = np.zeros(nodes, dtype=np.int64)
    counts[:ases] = np.bincount(keys // (ases + 1), minlength=ases)
    counts[ases + 1 :] = [len(members) for members, _ in fans]
    return OutwardGraph(
        asn=asn,
        is_domestic=is_domestic,
        begin=_begins(counts),
        head=np.concatenate([keys % (ases + 1), origins]).astype(np.int32),
        held=np.concatenate([held, [0], [units for _, units in fans]]).astype(np.int64),
    )


def outward_graph(found: NationalRoutes, walked: Ways) -> OutwardGraph:
    """The graph of all routes to domestic origins."""
    edges = distinct(inner_links(walked.begin, walked.hop, walked.domestic.view(np.uint8)))[0]
    near, far = edges >> 32, edges & 0xFFFFFFFF
    ends = np.where(walked.provider >= 0, walked.provider, walked.hop[walked.begin[:-1]])
    is_member = np.zeros(len(walked.asn), dtype=bool)
    for some in (near, far, ends, walked.origin):
        is_member[some] = True
    asn = np.flatnonzero(is_member)
    number = np.empty(len(is_member), dtype=np.int64)
    number[asn] = np.arange(len(asn))
    outer = np.flatnonzero(np.bincount(ends, minlength=1))
    held, shared = _origins(found, walked, number)
    return graph_of(
        walked.asn[asn],
        walked.domestic[asn],
        (
            np.concatenate([number[near], number[outer]]),
            np.concatenate([number[far], np.full(len(outer), len(asn))]),
        ),
        held[asn],
        shared,
    )


def _origins(
    found: NationalRoutes, walked: Ways, number: NDArray[np.int64]
) -> tuple[NDArray[np.int64], dict[tuple[int, ...], int]]:
    """Units by the AS that alone announces them, and by the nodes of several."""
    group, origin = found.routes.group, walked.origin[walked.row_way]
    sole = sole_labels(group, origin, len(found.units))
    alone = np.flatnonzero(sole >= 0)
    held = np.bincount(sole[alone], weights=found.units[alone], minlength=len(walked.asn)).astype(np.int64)
    several = np.flatnonzero((sole == SEVERAL)[group])
    members: dict[int, list[int]] = defaultdict(list)
    for key in ordered(group[several].astype(np.int64) << 32 | origin[several]).tolist():
        members[key >> 32].append(int(number[key & 0xFFFFFFFF]))
    shared: dict[tuple[int, ...], int] = defaultdict(int)
    for at, nodes in members.items():
        shared[tuple(nodes)] += int(found.units[at])
    return held, shared


def minimum_cut(graph: OutwardGraph) -> tuple[list[int], list[int]] | None:
    """The smallest sets of nodes that separate every origin from the world: (nearest to the origins, to the world).

    Exact, by augmenting node-disjoint ways (Menger's theorem). None where nothing reaches the world.
    """
    if not graph.total_units:
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
    come the world and what feeds the origins."""
    ases = graph.world
    world, source = 2 * ases, 2 * ases + 1
    near = np.repeat(np.arange(len(graph.held)), np.diff(graph.begin))
    between = near < ases
    # An edge to the world, node n, leads to 2n.
    tail, head = 2 * near[between] + 1, 2 * graph.head[between].astype(np.int64)
    fed = graph.held > 0
    fed[graph.head[~between]] = True
    entries, fed_entries = 2 * np.arange(ases), 2 * np.flatnonzero(fed[:ases])
    room = np.concatenate([np.ones(ases, dtype=np.int64), np.full(len(head) + len(fed_entries), ases + 1)])
    flow = Network(
        source + 1,
        np.concatenate([entries, tail, np.full(len(fed_entries), source)]),
        np.concatenate([entries + 1, head, fed_entries]),
        room,
    )
    flow.run(source, world)
    return flow

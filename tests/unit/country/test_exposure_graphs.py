"""Minimum cut, points of failure, points of control and hegemony against brute force on small random topologies."""

from collections.abc import Sequence
from itertools import combinations
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slow_exposure import lost_without, reaching

from gonedark.country.answers import Wishes, risk_class
from gonedark.country.control import control_set
from gonedark.country.exposure import exposure
from gonedark.country.graph import OutwardGraph, graph_of, minimum_cut, outward_graph
from gonedark.country.hegemony import hegemony, hops, is_trimmed, trimmed_mean
from gonedark.country.influence import influence, relationships
from gonedark.country.national import national_routes
from gonedark.country.paths import PathColumns, clean
from gonedark.country.routing import view_of_dumps
from gonedark.country.users import AsUsers
from gonedark.country.way import ways
from gonedark.country.whatif import parse_removal
from gonedark.exposure import Estimates, users_of
from gonedark.model.attribution import Ranges, Registry
from gonedark.model.prefix import Prefix
from gonedark.model.thresholds import Thresholds
from gonedark.publish.exposure import headline
from gonedark.table.changes import Session
from gonedark.table.dump import TableDump, group_routes
from gonedark.table.paths import AsPath

HOME = range(1, 100)
"""AS numbers of the country KP here; 100 to 199 are China's, 200 to 899 America's."""


def registry() -> Registry:
    def table(rows: Sequence[tuple[int, int, int]]) -> Ranges:
        columns = np.array(rows, dtype=np.uint64).reshape(-1, 3)
        return Ranges(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.int16))

    return Registry(
        codes=("KP", "CN", "US"),
        ranges={"ipv4": table([(10 << 24, (11 << 24) - 1, 0), (20 << 24, (21 << 24) - 1, 2)]), "ipv6": table([])},
        asns=table([(1, 99, 0), (100, 199, 1), (200, 899, 2)]),
        date="2014-01-01",
        source="made up",
        names={"KP": "North Korea", "CN": "China", "US": "United States"},
    )


def columns_of_paths(paths: Sequence[AsPath]) -> PathColumns:
    counts: list[int] = [0]
    asns: list[int] = []
    sets: list[bool] = []
    for path in paths:
        for hop in path:
            asns.extend(hop)
            sets.extend([len(hop) > 1] * len(hop))
        counts.append(len(asns))
    return PathColumns(np.array(counts, dtype=np.int64), np.array(asns, dtype=np.uint32), np.array(sets, dtype=bool))


def view_of(routes: Sequence[tuple[int, str, Sequence[int | tuple[int, ...]]]], extra_sessions: Sequence[int] = ()):
    """A view from (voter ASN, prefix, path); every voter also holds a hundred foreign prefixes: all are full."""
    voters = sorted({voter for voter, _, _ in routes} | set(extra_sessions))
    filler = [(voter, f"20.{at}.0.0/16", (voter, 899)) for voter in voters for at in range(100)]
    prefixes = sorted({Prefix.parse(text) for _, text, _ in [*routes, *filler]})
    rows = sorted(
        (prefixes.index(Prefix.parse(text)), voters.index(voter), number)
        for number, (voter, text, _) in enumerate([*routes, *filler])
    )
    columns = [np.array(column, dtype=np.int32) for column in zip(*rows, strict=True)]
    grouped = group_routes([(columns[0], columns[1], columns[2])])
    paths = [tuple(hop if isinstance(hop, tuple) else (hop,) for hop in path) for _, _, path in [*routes, *filler]]
    dump = TableDump(
        family="ipv4",
        time_us=1,
        complete=True,
        sessions=tuple(Session("c", voter, f"192.0.2.{at}") for at, voter in enumerate(voters)),
        sizes=np.bincount(columns[1], minlength=len(voters)).astype(np.int64),
        address=np.array([prefix.address for prefix in prefixes], dtype=np.uint64),
        length=np.array([prefix.length for prefix in prefixes], dtype=np.uint8),
        group=grouped.group[: len(prefixes)],
        start=grouped.start,
        session=grouped.session,
        path=grouped.path,
    )
    return view_of_dumps([dump], [clean(columns_of_paths(paths))], Thresholds())


def kp(routes, *removals: str, relations=None, extra_sessions: Sequence[int] = ()):
    world = registry()
    wishes = Wishes(removals=[parse_removal(text) for text in removals], relationships=relations)
    return exposure(view_of(routes, extra_sessions), world.attribution("KP"), world, wishes)


Edges = dict[int, set[int | str]]
Sources = dict[frozenset[int], int]


def columns_of(size: int, edges: Edges, sources: Sources) -> OutwardGraph:
    """The same graph as the product keeps it."""
    pairs = [(near, size if far == "world" else far) for near, some in edges.items() for far in some]
    near, far = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    held = np.array([sources.get(frozenset([node]), 0) for node in range(size)], dtype=np.int64)
    shared = {tuple(sorted(nodes)): units for nodes, units in sources.items() if len(nodes) > 1}
    return graph_of(np.arange(size), np.ones(size, dtype=bool), (near, far), held, shared)


@st.composite
def graphs(draw) -> tuple[OutwardGraph, Edges, Sources]:
    size = draw(st.integers(2, 8))
    edges: Edges = {}
    for near in range(size):
        far = draw(st.sets(st.integers(0, size).filter(lambda far, near=near: far != near), max_size=4))
        edges[near] = {"world" if node == size else node for node in far | ({size} if near == size - 1 else set())}
    raw = draw(st.dictionaries(st.frozensets(st.integers(0, size - 1), min_size=1, max_size=2), st.integers(1, 9)))
    alive = reaching(edges, set())
    sources = {nodes: units for nodes, units in raw.items() if nodes <= alive}
    return columns_of(size, edges, sources), edges, sources


@given(graphs())
def test_the_loss_of_each_as_is_what_brute_force_finds(drawn):
    graph, edges, sources = drawn
    assert graph.lost().tolist() == [lost_without(edges, sources, {node}) for node in range(graph.world)]


@given(graphs())
def test_the_minimum_cut_is_smallest_and_cuts(drawn):
    graph, edges, sources = drawn
    found = minimum_cut(graph)
    if not sources:
        assert found is None
        return
    total = graph.total_units
    smallest = next(
        size
        for size in range(graph.world + 1)
        if any(lost_without(edges, sources, set(some)) == total for some in combinations(range(graph.world), size))
    )
    for members in found:
        assert len(members) == smallest
        assert lost_without(edges, sources, set(members)) == total


@given(graphs(), st.sampled_from([0.5, 0.9, 1.0]))
def test_points_of_control_are_smallest_where_they_say_so(drawn, share):
    graph, edges, sources = drawn
    found = control_set(graph, share)
    if not sources:
        assert found is None
        return
    total = graph.total_units
    smallest = next(
        size
        for size in range(graph.world + 1)
        if any(
            lost_without(edges, sources, set(some)) >= share * total - 1e-9
            for some in combinations(range(graph.world), size)
        )
    )
    assert found.units_lost == lost_without(edges, sources, set(found.members)) == graph.cut_off(found.members)
    assert found.units_lost >= share * total - 1e-9
    assert found.lower_bound <= smallest == len(found.members)


def test_without_time_the_control_set_is_still_a_set_with_a_true_bound():
    edges: Edges = {at: {at + 10, (at + 1) % 10 + 10} for at in range(10)}
    edges |= {at: {"world"} for at in range(10, 20)}
    graph = columns_of(20, edges, {frozenset([at]): 1 for at in range(10)})
    found = control_set(graph, 0.9, time_limit_seconds=0.0)
    assert graph.cut_off(found.members) >= 9
    assert 2 <= found.lower_bound <= len(found.members)
    assert control_set(graph, 0.9).lower_bound == len(control_set(graph, 0.9).members)


asns = st.integers(1, 6) | st.integers(100, 104) | st.integers(200, 204)
topologies = st.lists(
    st.tuples(
        st.integers(300, 315),
        st.sampled_from([f"10.{at}.0.0/16" for at in range(4)] + ["10.0.7.0/24"]),
        st.lists(asns, max_size=3, unique=True),
        st.integers(1, 6),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda row: (row[0], row[1]),
)


@given(topologies)
def test_hegemony_is_the_papers_formula(rows):
    routes = [(voter, prefix, [voter, *middle, origin]) for voter, prefix, middle, origin in rows]
    world = registry()
    view = view_of(routes)
    found = national_routes(view, world.attribution("KP"), Thresholds())
    values = {int(view.paths.asns[at]): value for at, value in hegemony(found, hops(found, ways(found))).items()}
    seen = {str(view.prefix(at)): int(weight) for at, weight in zip(found.prefix, found.weight, strict=True)}
    voters = sorted({voter for voter, *_ in routes})
    for asn in set(range(1, 7)) | set(range(100, 105)) | set(range(200, 205)):
        shares = []
        for voter in voters:
            mine = [(seen[prefix], tuple(path)) for who, prefix, path in routes if who == voter and prefix in seen]
            total = sum(weight for weight, _ in mine)
            crossing = sum(weight for weight, path in mine if asn in loopless(path)[:-1])
            shares.append(crossing / total if total else 0.0)
        shares.sort()
        cut = floor(0.1 * len(shares))
        kept = shares[cut : len(shares) - cut]
        assert values.get(asn, 0.0) == pytest.approx(sum(kept) / len(kept), abs=1e-12)


def loopless(path):
    kept = []
    for asn in path:
        kept = kept[: kept.index(asn)] if asn in kept else kept
        kept.append(asn)
    return kept


@given(topologies)
def test_removing_the_minimum_cut_leaves_nothing_on_seen_routes(rows):
    routes = [(voter, prefix, [voter, *middle, origin]) for voter, prefix, middle, origin in rows]
    item = kp(routes)
    if item.minimum_cut is None:
        return
    item = kp(routes, *(f"AS{asn}" for asn in item.minimum_cut.outermost))
    assert item.what_if.units_left in (0, None)


def test_hegemony_of_a_single_homed_stub_is_one_and_a_viewpoint_inflates_nothing():
    """The cases of the paper's section on sampling bias: what all paths share has 1, what one viewpoint adds has 0."""
    routes = [(300 + at, "10.0.0.0/16", (300 + at, 400 + at, 150, 1)) for at in range(20)]
    item = kp(routes)
    values = {row.network.asn: row.value for row in item.hegemony}
    assert values == {150: 1.0}
    assert item.is_trimmed


def test_half_the_viewpoints_give_half_the_hegemony():
    routes = [(300 + at, "10.0.0.0/16", (300 + at, 150 if at % 2 else 151, 1)) for at in range(20)]
    assert {row.network.asn: row.value for row in kp(routes).hegemony} == {150: 0.5, 151: 0.5}


@pytest.mark.parametrize(("viewpoints", "expected"), [(9, False), (10, True)])
def test_trimming_is_void_below_ten_viewpoints_and_says_so(viewpoints, expected):
    routes = [(300 + at, "10.0.0.0/16", (300 + at, 150, 1)) for at in range(viewpoints)]
    assert kp(routes).is_trimmed is expected is is_trimmed(viewpoints)


def test_trimmed_mean_leaves_out_a_tenth_at_each_end():
    assert trimmed_mean([1.0] + [0.0] * 9) == 0.0
    assert trimmed_mean([1.0] + [0.0] * 8) == 1 / 9
    with pytest.raises(ValueError, match="nothing"):
        trimmed_mean([])


def test_every_address_counts_once_and_more_specifics_take_theirs():
    routes = [
        *((300 + at, "10.0.0.0/16", (300 + at, 150, 1)) for at in range(3)),
        *((300 + at, "10.0.7.0/24", (300 + at, 160, 2)) for at in range(3)),
    ]
    item = kp(routes)
    assert (item.census.prefixes, item.census.units) == (2, 65536)
    assert {row.network.asn: row.units for row in item.frontier} == {1: 65536 - 256, 2: 256}
    assert {row.network.asn: row.share for row in item.providers} == {150: 65280 / 65536, 160: 256 / 65536}


def test_a_lost_more_specific_is_still_reached_under_its_aggregate():
    routes = [(300, "10.0.0.0/16", (300, 150, 1)), (300, "10.0.7.0/24", (300, 160, 2))]
    assert kp(routes, "AS160").what_if.units_left == 65536
    assert kp(routes, "AS160").what_if.prefixes_left == 1
    assert kp(routes, "AS150").what_if.units_left == 256


def test_foreign_origins_have_no_frontier_and_are_listed():
    item = kp([(300, "10.0.0.0/16", (300, 150))])
    assert (item.frontier, item.providers, item.risk_class, item.minimum_cut) == ((), (), None, None)
    assert [(row.network.asn, row.prefixes, row.units) for row in item.census.foreign_origins] == [(150, 1, 65536)]


def test_far_networks_are_named_only_from_ten_first_hops_on():
    few = [(300 + at, "10.0.0.0/16", (300 + at, 400 + at, 777, 150, 1)) for at in range(9)]
    many = [*few, (309, "10.0.0.0/16", (309, 409, 777, 150, 1))]
    assert {row.network.asn for row in kp(few).points} == {1, 150}
    beyond = [row for row in kp(many).points if row.position == "beyond"]
    assert [(row.network.asn, row.units_lost, row.first_hops) for row in beyond] == [(777, 65536, 10)]


def test_the_order_of_routes_in_a_table_changes_no_answer():
    """Of equals the lower AS number comes first, not the one that the file names first."""
    routes = [
        *((300 + at, f"10.{at}.0.0/16", (300 + at, 150 + at % 3, 9 - at)) for at in range(8)),
        *(
            (300 + at, f"10.{other}.0.0/16", (300 + at, 160 + other % 2, 9 - other))
            for at in range(8)
            for other in range(8)
            if at != other
        ),
    ]
    told, again = kp(routes, "AS160"), kp(routes[::-1], "AS160")
    assert told == again
    assert len({flow.units for flow in told.flows}) < len(told.flows)


def test_users_are_counted_for_all_origins_not_only_those_of_the_largest_flows():
    routes = [
        (300 + at, f"10.{origin}.{'0.0/16' if origin < 99 else '0.0/24'}", (300 + at, 150 + at, origin))
        for at in range(5)
        for origin in range(1, 100)
    ]
    item = kp(routes)
    assert 99 not in {flow.origin for flow in item.flows}
    users = users_of([item], "KP", Estimates((AsUsers(99, "KP", 700), AsUsers(800, "KP", 5)), None))
    assert (users.low, users.high) == (700, 705)


def test_far_networks_are_named_where_few_voters_reach_the_country_at_home():
    """Most voters follow another origin abroad, and half of the space takes another way: a small part of the weight."""
    home = [(300 + at, "10.0.0.0/16", (300 + at, 400 + at, 777, 150, 1)) for at in range(10)]
    abroad = [(310 + at, "10.0.0.0/16", (310 + at, 800)) for at in range(40)]
    other = [(300 + at, "10.1.0.0/16", (300 + at, 160, 2)) for at in range(50)]
    beyond = [row for row in kp([*home, *abroad, *other]).points if row.position == "beyond"]
    assert [(row.network.asn, row.units_lost, row.first_hops) for row in beyond] == [(777, 65536, 10)]


def test_a_voter_that_leaves_its_own_number_out_does_not_hide_a_far_network():
    """AS777 votes too, and says what its own way is: that is no way around it."""
    routes = [(300 + at, "10.0.0.0/16", (300 + at, 400 + at, 777, 150, 1)) for at in range(10)]
    beyond = [row for row in kp([*routes, (777, "10.0.0.0/16", (160, 1))]).points if row.position == "beyond"]
    assert [(row.network.asn, row.first_hops) for row in beyond] == [(777, 10)]


def test_the_headline_tells_what_part_of_the_rest_takes_one_way():
    routes = [
        *((300 + at, "10.0.0.0/16", (300 + at, 150, 1)) for at in range(3)),
        *((300 + at, "10.1.0.0/24", (300 + at, 160, 1)) for at in range(3)),
    ]
    told = headline("North Korea", kp(routes).summary)
    assert "65,792 addresses, 99.6% reached through one foreign network, AS150 in China" in told
    routes += [(300 + at, "10.2.0.0/24", (300 + at, 150)) for at in range(3)]
    told = headline("North Korea", kp(routes).summary)
    assert "256 of them announced from abroad, 99.6% of the rest reached through one foreign network, AS150" in told


def test_a_voter_inside_the_country_does_not_vote():
    item = kp([(5, "10.0.0.0/16", (5, 1)), (300, "10.0.0.0/16", (300, 150, 1))])
    assert item.voters == (300,)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([1, 1, 1, 2, 2], (1, 2)),
        ([1, 2, (3, 4)], (1, 2)),
        ([1, 2, (3,)], (1, 2, 3)),
        ([1, 6777, 2, 65001, 23456], (1, 2)),
        ([9, 1, 777, 1, 1], (9, 1)),
        ([(3, 4)], ()),
    ],
    ids=["prepended", "AS_SET", "set of one", "route server and private", "poisoned", "nothing left"],
)
def test_paths_are_cleaned(path, expected):
    hops = tuple(hop if isinstance(hop, tuple) else (hop,) for hop in path)
    assert clean(columns_of_paths([hops])).of(0) == expected


@given(st.lists(st.lists(st.integers(0, 300), max_size=12), max_size=30))
def test_cleaning_is_idempotent_and_keeps_the_origin(paths):
    once = clean(columns_of_paths([tuple((hop,) for hop in path) for path in paths]))
    kept = [once.of(at) for at in range(len(paths))]
    again = clean(columns_of_paths([tuple((hop,) for hop in path) for path in kept]))
    assert [again.of(at) for at in range(len(paths))] == kept
    for path, result in zip(paths, kept, strict=True):
        assert len(set(result)) == len(result)
        assert not path or path[-1] == 0 or result[-1] == path[-1]


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, None), (1, "severe"), (2, "severe"), (3, "significant"), (9, "significant"), (10, "low"), (40, "low"),
     (41, "resistant")],
)  # fmt: skip
def test_the_classes_of_renesys(count, expected):
    assert risk_class(count) == expected


def test_country_transit_influence_climbs_only_from_customer_to_provider():
    relations = relationships(["# serial-1", "150|1|-1", "777|150|-1", "400|777|0"])
    routes = [(300 + at, "10.0.0.0/16", (300 + at, 400, 777, 150, 1)) for at in range(3)]
    found = {row.network.asn: row.value for row in kp(routes, relations=relations).influence}
    assert found == {150: pytest.approx(1.0), 777: pytest.approx(0.5)}
    assert kp(routes).influence is None
    with pytest.raises(ValueError, match="line 1"):
        relationships(["x|y|z"])


def test_influence_is_above_zero_only_for_countries_with_addresses():
    world = registry()
    view = view_of([(300, "20.0.0.0/16", (300, 899))])
    found = national_routes(view, world.attribution("KP"), Thresholds())
    assert influence(found, ways(found), frozenset({(150, 1)})) == {}
    assert outward_graph(found, ways(found)).total_units == 0


@pytest.mark.parametrize("text", ["", "AS0x1", "AS1-", "KPX", "AS4294967296", "1-2-3"])
def test_what_cannot_be_taken_away_is_refused(text):
    with pytest.raises(ValueError, match="AS4837"):
        parse_removal(text)

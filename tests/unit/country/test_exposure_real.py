"""Exposure out of real tables: North Korea in May 2014, and every country of a torn route-views2 table."""

import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from slow_exposure import SlowWorld, disjoint_ways, lost_without

from gonedark.country.answers import Wishes
from gonedark.country.exposure import exposure
from gonedark.country.graph import outward_graph
from gonedark.country.hegemony import hegemony, hops
from gonedark.country.national import national_routes
from gonedark.country.way import ways
from gonedark.country.whatif import parse_removal, what_if
from gonedark.delegation.registry import load_registry
from gonedark.exposure import Extras, all_exposures, all_summaries, country_exposure, read_tables
from gonedark.model.thresholds import Thresholds
from gonedark.publish.exposure import document
from gonedark.publish.exposure_rows import everyone
from shared_data import shared

RULES = Thresholds()


@pytest.fixture(scope="module")
def jinx():
    path = shared("mrt/rib/route-views.jinx.rib.20140530.2200.bz2")
    tables = read_tables([str(path)], None, RULES)
    return tables, load_registry(None, tables.at_us)


@pytest.fixture(scope="module")
def torn():
    path = shared("mrt/rib/route-views2.rib.20140523.0600.truncated.bz2")
    tables = read_tables([str(path)], None, RULES)
    return path, tables, load_registry(None, tables.at_us)


def answer(found, code, *removals):
    tables, registry = found
    wishes = Wishes(removals=[parse_removal(text) for text in removals])
    return country_exposure(tables, code, registry, Extras(compare=("YE", "TW"), wishes=wishes))


def test_north_korea_hangs_on_one_network_in_china(jinx):
    found = answer(jinx, "KP", "AS4837")
    item = next(item for item in found.exposures if item.family == "ipv4")
    assert (item.census.prefixes, item.census.units, item.census.dark_units) == (4, 1024, 0)
    assert [row.network.asn for row in item.frontier] == [131279]
    assert [(row.network.asn, row.share) for row in item.providers] == [(4837, 1.0)]
    assert item.risk_class == "severe"
    assert {row.network.asn: row.value for row in item.hegemony}[4837] == 1.0
    nearest = item.transit_countries[0]
    assert (nearest.country, nearest.share, nearest.adjacent_share) == ("CN", 1.0, 1.0)
    assert (item.what_if.units_left, item.what_if.prefixes_left) == (0, 0)
    assert (item.minimum_cut.size, item.minimum_cut.outermost) == (1, (4837,))
    assert {row.network.asn for row in item.points} == {131279, 4837}


def test_the_ways_out_of_a_large_country_add_up_to_the_shares_that_are_told(jinx):
    tables, registry = jinx
    item = exposure(tables.views["ipv4"], registry.attribution("US"), registry, Wishes(is_deep=False))
    total = sum(flow.units for flow in item.flows)
    assert len(item.flows) < 1000
    for field, rows in (("provider", item.providers), ("country", item.transit_countries)):
        told = {getattr(row, field) if field == "country" else row.network.asn: row for row in rows}
        drawn = Counter()
        for flow in item.flows:
            drawn[getattr(flow, field)] += flow.units / total
        assert drawn.most_common(1)[0][0] in told
        for key, value in drawn.items():
            if key is not None:
                row = told[key]
                assert value == pytest.approx(row.adjacent_share if field == "country" else row.share)
    assert {flow.origin for flow in item.flows} > {None}


def test_the_decoy_is_no_north_korean_prefix(jinx):
    tables, registry = jinx
    view = tables.views["ipv4"]
    decoy = np.flatnonzero((view.address == (194 << 24) + (71 << 16) + (107 << 8)) & (view.length == 24))
    assert len(decoy) == 1, "the table holds the decoy"
    found = national_routes(view, registry.attribution("KP"), RULES)
    assert decoy[0] not in found.prefix
    assert sorted(str(view.prefix(at)) for at in found.prefix) == [f"175.45.{third}.0/24" for third in range(176, 180)]
    item = exposure(view, registry.attribution("KP"), registry)
    assert (item.census.foreign_origins, item.census.elsewhere_prefixes) == ((), 0)


def test_a_real_whole_table_is_not_called_partial(jinx):
    assert jinx[0].warnings == ()


def test_one_full_feed_is_said_to_be_thin_evidence(jinx):
    found = answer(jinx, "KP")
    made = document("North Korea", found.exposures)
    assert made["voter_asns"] == [30844]
    assert any("thin evidence: 1 full table (AS30844)" in line for line in made["warnings"])
    assert not made["hegemony_trimmed"]
    assert any("plain means" in line for line in made["warnings"])
    assert made["headline"].startswith("North Korea: 4 networks with 1,024 addresses, all reached through one foreign")
    assert made["headline"].endswith("in China.")


@pytest.mark.parametrize("removal", ["AS4837-AS131279", "AS131279-AS4837", "CN", "AS131279"])
def test_what_cuts_north_korea_off(jinx, removal):
    item = answer(jinx, "KP", removal).exposures[0]
    assert item.what_if.units_left == 0


def test_without_the_only_voter_nothing_is_known(jinx):
    item = answer(jinx, "KP", "AS30844").exposures[0]
    assert (item.what_if.units_left, item.what_if.voters) == (None, 0)
    assert answer(jinx, "KP", "AS2914").exposures[0].what_if.units_left == 1024


def bgpdump_lines(path: Path) -> list[str]:
    made = subprocess.run(["bgpdump", "-m", str(path)], capture_output=True, text=True, check=False)
    return made.stdout.splitlines()


def test_every_country_of_a_torn_table_equals_the_slow_way(torn):
    path, tables, registry = torn
    view = tables.views["ipv4"]
    assert not view.is_complete
    world = SlowWorld(bgpdump_lines(path))
    assert sorted(view.voter[view.voter >= 0].tolist()) == sorted(asn for asn, _ in world.full)
    seen = {code: item for code, item in all_exposures(tables, registry) if item.family == "ipv4"}
    assert len(seen) > 60
    spans = np.array(list(world.routes), dtype=np.int64)
    held = set()
    for code in sorted(set(registry.codes) - {""}):
        attribution = registry.attribution(code)
        ranges = [(int(first), int(last)) for first, last in attribution.ranges["ipv4"].tolist()]
        near = _touching(ranges, world, spans)
        if not near:
            continue
        slow = near.country(ranges, cache(attribution.is_domestic))
        if not slow.routes:
            continue
        held.add(code)
        compare(code, seen[code], slow, view, attribution, registry, ranges)
    assert held == set(seen)


def _touching(ranges, world, spans):
    """The world with only the prefixes that meet the country, so that the slow way ends today."""
    starts, ends = np.array(ranges, dtype=np.int64).reshape(-1, 2).T
    before = np.searchsorted(starts, spans[:, 1], side="right") - 1
    met = np.append(ends, -1)[before] >= spans[:, 0]
    small = SlowWorld.__new__(SlowWorld)
    small.full = world.full
    small.routes = {prefix: world.routes[prefix] for prefix in map(tuple, spans[met].tolist())}
    return small if small.routes else None


def compare(code, item, slow, view, attribution, registry, ranges):
    """All numbers of one country, equal to the last digit."""
    assert (item.census.prefixes, item.census.units, item.census.origins) == slow.census(), code
    foreign = {row.network.asn: (row.prefixes, row.units) for row in item.census.foreign_origins}
    assert foreign == slow.foreign_origins(), code
    assert {row.network.asn: row.share for row in item.providers if row.share} == slow.providers(), code
    frontier = {row.network.asn: (row.units, row.share, row.voters) for row in item.frontier}
    assert frontier == slow.frontier(), code
    assert {row.network.asn: row.value for row in item.hegemony} == slow.hegemony(), code
    countries = {row.country: row.share for row in item.transit_countries}
    assert countries == slow.countries(cache(registry.country_of_asn)), code
    found = national_routes(view, attribution, RULES)
    walked = ways(found)
    graph_matches(code, item, slow, found)
    for origin in np.unique(walked.origin)[:3].tolist():
        asns = view.paths.asns
        local = {int(asns[at]): value for at, value in hegemony(found, hops(found, walked, origin)).items()}
        assert local == slow.hegemony(int(asns[walked.asn[origin]])), code
    for asn in [row.network.asn for row in item.providers[:2]]:
        left = what_if(found, [parse_removal(f"AS{asn}")], registry).units_left
        assert left == slow.left_without({asn}, ranges), code


def graph_matches(code, item, slow, found):
    edges, sources = slow.graph()
    total = sum(sources.values())
    if not total:
        assert item.minimum_cut is None, code
        return
    ases = set(edges) | {far for some in edges.values() for far in some} - {"world"}
    points = {row.network.asn: row for row in item.points}
    domestic_or_near = [row for row in item.points if row.position != "beyond"]
    if len(ases) <= 150:
        lost = {asn: lost_without(edges, sources, {asn}) for asn in ases}
        named = {asn for asn, units in lost.items() if 2 * units >= total and units}
        assert named <= set(points), code
        for row in domestic_or_near:
            assert row.units_lost == lost[row.network.asn], code
    for row in item.points:
        if row.position == "beyond":
            assert (row.units_lost, row.first_hops) == slow.beyond(row.network.asn), code
            assert row.first_hops >= 10, code
    assert item.minimum_cut.size == disjoint_ways(edges, sources), code
    for members in (item.minimum_cut.innermost, item.minimum_cut.outermost):
        assert len(members) == item.minimum_cut.size
        assert lost_without(edges, sources, set(members)) == total, code


def test_single_losses_are_those_of_the_dominator_tree(torn):
    _, tables, registry = torn
    found = national_routes(tables.views["ipv4"], registry.attribution("JP"), RULES)
    graph = outward_graph(found, ways(found))
    for node, units in enumerate(graph.lost().tolist()):
        assert units == graph.cut_off((node,))


@pytest.mark.parametrize("name", ["jinx", "torn"])
def test_in_short_every_country_is_told_the_same(name, request):
    """A summary is worked out by a shorter way than the whole exposure."""
    *_, tables, registry = request.getfixturevalue(name)
    whole = [(code, item.summary) for code, item in all_exposures(tables, registry)]
    assert len(whole) > 60
    assert list(all_summaries(tables, registry)) == whole
    rows = [(code, code, found) for code, found in whole]
    made = [(code, code, document(code, [item])) for code, item in all_exposures(tables, registry)]
    assert list(everyone(rows, "csv")) == list(everyone(made, "csv"))

"""An archive built from facts shows the facts, to bgpdump, which did not write it."""

from collections import Counter
from functools import cache

import pytest
from archives import SMALL, Line, dumped

from gonedark import scenario
from gonedark.delegation.registry import load_registry
from gonedark.model.prefix import Prefix
from gonedark.model.time import SECOND_US, parse_time
from gonedark.mrt.probe import probe
from gonedark.scenario.facts import Flapping, time_us

Files = list[tuple[str, bytes]]


@cache
def archive(name: str) -> Files:
    return list(scenario.build(scenario.load(name)))


@cache
def updates(name: str) -> list[Line]:
    return dumped(archive(name), tables=False)


@cache
def first_tables(name: str) -> list[Line]:
    """Each collector's table of the time when the data begin."""
    names = sorted(path for path, _ in archive(name) if "/rib." in path or "/bview." in path)
    first = {min(path for path in names if path.startswith(f"{root}/")) for root in {p.split("/")[0] for p in names}}
    return dumped([(path, data) for path, data in archive(name) if path in first], tables=True)


@cache
def national(name: str) -> list[Line]:
    """The first tables and all updates, as far as they are about prefixes of the scenario's country."""
    facts = scenario.load(name)
    country = load_registry(at_us=facts.window.span.from_us).attribution(facts.country)
    lines = first_tables(name) + updates(name)
    wanted = {text for text in {line.prefix for line in lines} if text and country.is_national(Prefix.parse(text))}
    return [line for line in lines if line.prefix in wanted]


def held_by_one_peer(name: str, times: list[str]) -> list[set[str]]:
    """The national prefixes that AS13030 holds at rrc00, at each time."""
    mine = [line for line in national(name) if line.session == ("rrc00", "198.18.1.3")]
    found = []
    for text in times:
        held: set[str] = set()
        for line in mine:
            if line.time * SECOND_US <= parse_time(text):
                (held.discard if line.kind == "W" else held.add)(line.prefix)
        found.append(held)
    return found


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    facts = scenario.parse(SMALL)
    assert list(scenario.build(facts)) == list(scenario.build(facts))
    assert dict(scenario.build(facts, seed=1)) != dict(scenario.build(facts, seed=2))


def test_everyone_hears_but_the_stuck_and_the_late() -> None:
    files = list(scenario.build(scenario.parse(SMALL)))
    lines = [line for line in dumped(files, tables=False) if line.prefix.startswith("175.45.")]
    start, end = (parse_time(f"2014-12-22T02:{minute}:00Z") // SECOND_US for minute in ("00", "30"))
    gone = {line.asn: line.time - start for line in lines if line.kind == "W"}
    back = {line.asn: line.time - end for line in lines if line.kind == "A" and line.time >= end}
    assert 8607 not in gone
    assert {0 <= delay <= 41 for delay in gone.values()} == {True}
    assert {0 <= delay <= 60 for asn, delay in back.items() if asn != 4608} == {True}
    assert back[4608] >= 1200
    assert len(gone) >= 12


def test_files_lie_on_the_grids_of_their_projects() -> None:
    files = [name for name, _ in scenario.build(scenario.parse(SMALL))]
    assert sum(name.startswith("rrc00/2014.12/updates.") for name in files) == 7 * 12
    assert sum("route-views.linx/bgpdata/2014.12/UPDATES/" in name for name in files) == 7 * 4
    assert sorted(name[-7:-3] for name in files if "sydney" in name and "/rib." in name) == [
        "0000",
        "0200",
        "0400",
        "2300",
    ]


@pytest.mark.parametrize("name", scenario.names())
def test_tables_hold_what_the_facts_say(name: str) -> None:
    facts = scenario.load(name)
    lines = first_tables(name)
    full = [line for line in lines if line.session == ("rrc00", "198.18.1.3")]
    origins = Counter(int(line.path.split()[-1]) for line in full)
    for network in facts.network:
        families = sum(":" in prefix for prefix in network.prefixes)
        assert origins[network.asn] == len(network.prefixes) + network.count - families
    assert len(full) == facts.background.prefixes_v4 + sum(origins[network.asn] for network in facts.network)


@pytest.mark.parametrize("name", scenario.names())
def test_most_feeds_are_full_and_some_are_partial(name: str) -> None:
    sizes = Counter(line.session for line in first_tables(name) if ":" not in line.prefix)
    largest = max(sizes.values())
    assert sum(size == largest for size in sizes.values()) >= 15
    assert sum(size < largest / 4 for size in sizes.values()) == 2


@pytest.mark.parametrize("name", scenario.names())
def test_every_time_of_the_facts_is_in_the_records(name: str) -> None:
    facts = scenario.load(name)
    lines = updates(name)
    asns = {network.asn for network in facts.network}
    seconds = {int(line.time) for line in lines if line.kind == "W" or int((line.path.split() or ["0"])[-1]) in asns}
    seconds |= {int(line.time) for line in lines if line.kind == "STATE"}
    for event in facts.event:
        if hasattr(event, "at") or isinstance(event, Flapping):
            assert time_us(event.from_ if isinstance(event, Flapping) else event.at) // SECOND_US in seconds


def test_north_korea_is_gone_when_it_was_gone() -> None:
    times = ["2014-12-21T13:00:00Z", "2014-12-22T16:14:59Z", "2014-12-22T16:16:00Z", "2014-12-23T01:45:59Z"]
    times += ["2014-12-23T01:47:00Z", "2014-12-23T15:42:00Z", "2014-12-23T16:13:00Z"]
    assert [len(held) for held in held_by_one_peer("north-korea-2014", times)] == [4, 4, 0, 0, 4, 0, 4]


def test_the_prank_stays_and_north_korea_has_one_provider() -> None:
    lines = first_tables("north-korea-2014") + updates("north-korea-2014")
    decoy = [line for line in lines if line.prefix == "194.71.107.0/24"]
    assert {line.path.split()[-2] for line in decoy} == {"131279"}
    assert not [line for line in decoy if line.kind == "W"]
    paths = [line.path.split() for line in national("north-korea-2014") if line.path]
    assert {tuple(path[-2:]) for path in paths} == {("4837", "131279")}


def test_egypt_shrinks_as_documented() -> None:
    times = ["2011-01-27T22:00:00Z", "2011-01-28T08:00:00Z", "2011-01-30T00:00:00Z", "2011-02-01T00:00:00Z"]
    held = held_by_one_peer("egypt-2011", [*times, "2011-02-02T10:05:00Z"])
    assert [len(one) for one in held] == [2903, 327, 171, 88, 2903]
    origins = {line.prefix: line.path.split()[-1] for line in first_tables("egypt-2011")}
    assert [len({origins[prefix] for prefix in one}) for one in held[:2]] == [52, 26]
    assert Counter(origins[prefix] for prefix in held[1])["20928"] == 83
    assert Counter(origins[prefix] for prefix in held[3]).most_common(3) == [("36992", 51), ("8452", 21), ("24863", 11)]


def test_syria_falls_off_a_cliff_but_for_five() -> None:
    times = ["2012-11-29T10:25:59Z", "2012-11-29T10:28:00Z", "2012-11-29T23:46:00Z", "2012-12-01T14:32:09Z"]
    held = held_by_one_peer("syria-2012", [*times, "2012-12-01T15:00:00Z", "2012-12-01T23:00:00Z"])
    assert [len(one) for one in held] == [89, 5, 0, 0, 84, 89]


def test_all_networks_but_the_prank_are_national() -> None:
    for name in scenario.names():
        facts = scenario.load(name)
        country = load_registry(at_us=facts.window.span.from_us).attribution(facts.country)
        blocks = {text for network in facts.network for text in (*network.prefixes, *network.blocks)}
        strange = {text for text in blocks if not country.is_national(Prefix.parse(text))}
        assert strange == ({"194.71.107.0/24"} if name == "north-korea-2014" else set())


def test_tables_say_that_they_are_a_reconstruction() -> None:
    files = scenario.build(scenario.parse(SMALL))
    views = {probe(data).view_name for name, data in files if "/rib." in name or "/bview." in name}
    assert views == {f"gonedark reconstruction, {name}" for name in ("rrc00", "route-views.linx", "route-views.sydney")}

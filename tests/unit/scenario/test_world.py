"""A world's troubles show in its records as they show in real archives; bgpdump is the judge."""

import gzip
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from gonedark.model.prefix import Prefix
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US, TimeSpan, parse_time
from gonedark.scenario.world import Vantage, World

START_US = parse_time("2014-12-22T00:00:00Z")
PREFIXES = [Prefix("ipv4", 0x0B000000 + (number << 8), 24) for number in range(200)]
PATH = (3333, 4837, 131279)


def dump(tmp_path: Path, data: bytes) -> list[list[str]]:
    program = shutil.which("bgpdump")
    if program is None:
        pytest.fail("bgpdump is not installed; on Debian: apt-get install bgpdump")
    path = tmp_path / "file.gz"
    path.write_bytes(data)
    result = subprocess.run([program, "-m", str(path)], capture_output=True, text=True, check=True)
    return [line.split("|") for line in result.stdout.splitlines()]


def lines(tmp_path: Path, world: World) -> list[list[str]]:
    return dump(tmp_path, gzip.compress(b"".join(record.data for record in world.records())))


def small() -> tuple[World, Vantage]:
    world = World()
    world.collector("rrc00")
    peer = world.session("rrc00", 3333, "192.0.2.1")
    world.hold(peer, PREFIXES, PATH)
    return world, peer


def test_a_table_holds_what_sessions_hold(tmp_path: Path) -> None:
    world, _ = small()
    other = world.session("rrc00", 1103, "2001:db8::7")
    world.hold(other, PREFIXES[:3], (1103, 131279), since_us=START_US - HOUR_US)
    world.session("rrc00", 13030, "192.0.2.3", up=False)
    world.dump(START_US, "rrc00")
    found = lines(tmp_path, world)
    assert Counter(line[4] for line in found) == {"3333": 200, "1103": 3}
    assert {line[6] for line in found if line[4] == "3333"} == {"3333 4837 131279"}


def test_the_collector_hears_changes_only_while_the_session_is_up(tmp_path: Path) -> None:
    world, peer = small()
    world.withdraw(START_US, peer, PREFIXES[:2])
    world.down(START_US + MINUTE_US, peer)
    world.withdraw(START_US + 2 * MINUTE_US, peer, PREFIXES[2:4])
    world.up(START_US + 3 * MINUTE_US, peer, transfer_us=10 * MINUTE_US)
    found = lines(tmp_path, world)
    assert Counter(line[2] for line in found) == {"W": 2, "STATE": 2, "A": 196}
    announced = [int(line[1]) * SECOND_US for line in found if line[2] == "A"]
    assert min(announced) > START_US + 3 * MINUTE_US
    assert max(announced) == START_US + 13 * MINUTE_US


def test_end_of_rib_comes_last_and_only_where_wanted() -> None:
    for wanted in (True, False):
        world, peer = small()
        world.reset(START_US, peer, transfer_us=MINUTE_US, end_of_rib=wanted)
        last = list(world.records())[-1]
        assert last.data.endswith(bytes.fromhex("001702" + "00000000")) is wanted


def test_a_session_lost_during_its_transfer_sends_no_more(tmp_path: Path) -> None:
    world, peer = small()
    world.reset(START_US, peer, back_us=0, transfer_us=10 * MINUTE_US)
    world.down(START_US + 5 * MINUTE_US, peer)
    found = lines(tmp_path, world)
    assert 80 <= sum(line[2] == "A" for line in found) <= 110
    assert found[-1][2] == "STATE"


def test_a_crashed_collector_records_nothing_and_comes_back_with_all_tables(tmp_path: Path) -> None:
    world, peer = small()
    world.crash("rrc00", START_US, START_US + HOUR_US)
    world.withdraw(START_US + MINUTE_US, peer, PREFIXES[:50])
    world.dump(START_US + 2 * MINUTE_US, "rrc00")
    found = lines(tmp_path, world)
    assert min(int(line[1]) * SECOND_US for line in found) == START_US + HOUR_US
    assert Counter(line[2] for line in found) == {"STATE": 1, "A": 150}


def test_a_silent_collector_goes_on_listening(tmp_path: Path) -> None:
    world, peer = small()
    world.silence("rrc00", START_US, START_US + HOUR_US)
    world.withdraw(START_US + MINUTE_US, peer, PREFIXES[:50])
    world.dump(START_US + 2 * HOUR_US, "rrc00")
    assert len(lines(tmp_path, world)) == 150


def test_chatter_changes_nothing_but_is_heard() -> None:
    world, _ = small()
    quiet = list(_tables(world, START_US + HOUR_US))
    world, _ = small()
    world.chatter("rrc00", START_US, START_US + HOUR_US)
    loud = list(_tables(world, START_US + HOUR_US))
    assert len(loud) == 61
    assert len(loud[-1]) == len(quiet[-1])


def _tables(world: World, at_us: int) -> list[bytes]:
    world.dump(at_us, "rrc00")
    return [record.data for record in world.records()]


def test_files_lie_on_the_grid_under_their_projects_names(tmp_path: Path) -> None:
    world, peer = small()
    world.collector("route-views.linx")
    linx = world.session("route-views.linx", 3333, "192.0.2.9")
    for minute in range(0, 60, 5):
        world.announce(START_US + minute * MINUTE_US, peer, PREFIXES[:1], PATH)
        world.announce(START_US + minute * MINUTE_US, linx, PREFIXES[:1], PATH)
    world.dump(START_US, "route-views.linx")
    world.dump(START_US, "rrc00")
    slots_us = {"rrc00": 5 * MINUTE_US, "route-views.linx": 15 * MINUTE_US}
    hole = TimeSpan(START_US + 10 * MINUTE_US, START_US + 20 * MINUTE_US)
    files = dict(world.files(slot_us=slots_us, missing=[("rrc00", hole)]))
    assert "rrc00/2014.12/bview.20141222.0000.gz" in files
    assert "route-views.linx/bgpdata/2014.12/RIBS/rib.20141222.0000.gz" in files
    updates = sorted(name for name in files if "/updates." in name)
    assert [name for name in updates if name.startswith("route-views")] == [
        f"route-views.linx/bgpdata/2014.12/UPDATES/updates.20141222.00{minute:02}.gz" for minute in (0, 15, 30, 45)
    ]
    assert [name[-7:-3] for name in updates if name.startswith("rrc00")] == [
        f"00{minute:02}" for minute in range(0, 60, 5) if minute not in (10, 15)
    ]
    for name in updates:
        assert {line[0] for line in dump(tmp_path, files[name])} == {"BGP4MP"}


def test_the_same_world_gives_the_same_bytes() -> None:
    def build() -> list[tuple[str, bytes]]:
        world, peer = small()
        world.chatter("rrc00", START_US, START_US + HOUR_US)
        world.reset(START_US, peer, transfer_us=MINUTE_US)
        world.dump(START_US + HOUR_US, "rrc00")
        return list(world.files())

    assert build() == build()


def test_what_cannot_be_is_refused() -> None:
    world, _ = small()
    with pytest.raises(ValueError, match="no collector 'rrc01'"):
        world.session("rrc01", 1, "192.0.2.1")
    with pytest.raises(ValueError, match="already a session"):
        world.session("rrc00", 3333, "192.0.2.1")
    with pytest.raises(ValueError, match="already a collector"):
        world.collector("rrc00")

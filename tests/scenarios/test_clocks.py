"""A collector whose clock is wrong is named with how wrong it is, and does not move the times of an outage."""

import struct
from pathlib import Path

import pytest

from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US
from gonedark.scenario.archive import Record, slots
from worlds import START_US, Scene, ask

AT_US = START_US + 4 * HOUR_US
COLLECTORS = ("rrc00", "rrc05", "route-views.linx", "route-views.sydney")
PEERS = (3333, 1299, 3356, 2914, 6939, 174, 3257, 6453, 6762, 7018, 1221, 4826, 9002, 12956, 5511, 3491)


def shifted(record: Record, offset_us: int) -> Record:
    """The record as a clock that goes wrong by so much would have dated it."""
    data, at = b"", 0
    while at < len(record.data):
        seconds, kind, subtype, size = struct.unpack_from(">IHHI", record.data, at)
        body = record.data[at + 12 : at + 12 + size]
        data += struct.pack(">IHHI", seconds + offset_us // SECOND_US, kind, subtype, size) + body
        at += 12 + size
    return record._replace(data=data, time_us=record.time_us + offset_us)


def judged(scene: Scene, folder: Path, wrong: dict[str, int]) -> Report:
    records = [shifted(record, wrong.get(record.collector, 0)) for record in scene.world.records()]
    records.sort(key=lambda record: record.time_us)
    return ask(slots(records, slot_us=15 * MINUTE_US), folder, scene.window).report


def clocks(report: Report) -> dict[str, float]:
    return {
        item.value["collector"]: item.value["seconds"] for item in report.evidence if item.id.startswith("ipv4/clock/")
    }


def scene_of(collectors: tuple[str, ...] = COLLECTORS) -> Scene:
    scene = Scene(hours=10, collectors=collectors, peers=PEERS)
    scene.lose(AT_US, AT_US + 2 * HOUR_US)
    return scene


@pytest.mark.parametrize("offset", [3600, -3600, 240])
def test_one_of_four_clocks_that_is_wrong_is_named_and_moves_nothing(tmp_path: Path, offset: int) -> None:
    report = judged(scene_of(), tmp_path, {"rrc05": offset * SECOND_US})
    assert clocks(report) == {"rrc05": pytest.approx(offset, abs=6)}
    (outage,) = report.outages
    for moment, true_us in (
        (outage.start_earliest_us, AT_US),
        (outage.start_latest_us, AT_US),
        (outage.end_earliest_us, AT_US + 2 * HOUR_US),
        (outage.end_latest_us, AT_US + 2 * HOUR_US),
    ):
        assert moment == pytest.approx(true_us, abs=25 * SECOND_US)
    (told,) = [text for text in report.warnings if "clock" in text]
    length = "60 min" if abs(offset) == 3600 else "4 min"
    assert told.startswith(f"rrc05 dates losses and returns about {length}")
    assert "its peers do not vote here" in told
    (holders,) = [item.value for item in report.evidence if item.id == "cause.holders"]
    assert holders["share"] == 0.0


def test_half_a_minute_is_told_and_the_peers_vote(tmp_path: Path) -> None:
    report = judged(scene_of(), tmp_path, {"rrc05": 30 * SECOND_US})
    assert clocks(report) == {"rrc05": pytest.approx(30, abs=6)}
    assert report.coverage.voters == len(PEERS)
    (told,) = [text for text in report.warnings if "clock" in text]
    assert "s later than the other collectors" in told
    assert "its peers vote all the same" in told


def test_of_two_clocks_nobody_knows_the_right_one(tmp_path: Path) -> None:
    report = judged(scene_of(COLLECTORS[:2]), tmp_path, {"rrc05": 20 * MINUTE_US})
    (outage,) = report.outages
    assert outage.start_earliest_us == pytest.approx(AT_US, abs=25 * SECOND_US)
    assert outage.start_latest_us == pytest.approx(AT_US + 20 * MINUTE_US, abs=25 * SECOND_US)
    (told,) = [text for text in report.warnings if "clock" in text]
    assert "rrc00, rrc05 disagree by about 20 min" in told
    assert report.coverage.voters == len(PEERS)


def test_clocks_that_agree_are_not_spoken_of(tmp_path: Path) -> None:
    assert clocks(judged(scene_of(), tmp_path, {})) == {}


def test_a_collector_that_keeps_stuck_routes_is_no_clock(tmp_path: Path) -> None:
    scene = Scene(hours=10, collectors=COLLECTORS, peers=PEERS)
    late = [vantage for vantage in scene.vantages if vantage.collector == "rrc05"]
    scene.lose(AT_US, AT_US + 2 * HOUR_US, [vantage for vantage in scene.vantages if vantage not in late])
    scene.lose(AT_US + 30 * MINUTE_US, AT_US + 2 * HOUR_US, late)
    assert clocks(judged(scene, tmp_path, {})) == {}

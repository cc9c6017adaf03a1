"""Damaged files cost what is damaged and are named; they never make a country go dark."""

import bz2
import gzip
from pathlib import Path

import pytest

from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US
from worlds import COLLECTORS, START_US, Scene, ask, phases

AT_US = START_US + 4 * HOUR_US


def files(scene: Scene) -> dict[str, bytes]:
    return {name: gzip.decompress(data) for name, data in scene.files(slot_us=HOUR_US)}


def victim(plain: dict[str, bytes], collector: str, hour: int) -> str:
    return next(name for name in plain if collector in name and f"updates.20141222.{hour:02}00" in name)


def test_a_cut_update_file_is_a_gap_of_its_collector(tmp_path: Path) -> None:
    plain = files(Scene())
    name = victim(plain, "rrc00", 4)
    whole = gzip.compress(plain[name])
    archive = [(path, data) for path, data in plain.items() if path != name] + [(name, whole[: len(whole) // 2])]
    report = ask(archive, tmp_path, Scene().window).report
    assert phases(report) == ["normal"]
    assert report.outages == ()
    assert any("breaks off" in gap.reason and gap.collector == "rrc00" for gap in report.coverage.gaps)
    assert any("damaged" in warning for warning in report.warnings)


def test_a_cut_table_brings_nobody_up(tmp_path: Path) -> None:
    archive = []
    for name, data in files(Scene()).items():
        if "rib." in name or "bview." in name:
            packed = bz2.compress(data)
            archive.append((name, packed[: len(packed) * 2 // 3]))
        else:
            archive.append((name, data))
    report = ask(archive, tmp_path, Scene().window).report
    assert set(phases(report)) <= {"blind"}
    assert report.outages == ()
    assert report.baseline.at_us is None


@pytest.mark.parametrize("at", [100, 1000])
def test_garbage_in_the_middle_of_one_file_is_named_and_makes_no_outage(tmp_path: Path, at: int) -> None:
    plain = files(Scene())
    name = victim(plain, "rrc00", 3)
    plain[name] = plain[name][:at] + bytes(range(256)) * 3 + plain[name][at:]
    report = ask(plain.items(), tmp_path, Scene().window).report
    assert phases(report) == ["normal"]
    assert any(Path(name).name in warning for warning in report.warnings)


def test_every_file_damaged_is_blindness_and_never_an_outage(tmp_path: Path) -> None:
    plain = files(Scene())
    for name in plain:
        if "updates" in name and ".0400" in name:
            plain[name] = plain[name][:50] + b"\xff" * 400 + plain[name][60:]
    report = ask(plain.items(), tmp_path, Scene().window).report
    assert report.outages == ()
    assert set(phases(report)) <= {"normal", "blind"}
    assert "blind" in phases(report)


IN_1970, IN_2106 = 5, 0xFFFFFFF0


def misdated(data: bytes, from_us: int, count: int, seconds: int) -> bytes:
    """So many records from the first at or after a moment on say another time than theirs."""
    found, at = bytearray(data), 0
    while at < len(found) and count:
        when, length = int.from_bytes(found[at : at + 4], "big"), int.from_bytes(found[at + 8 : at + 12], "big")
        if when * SECOND_US >= from_us:
            found[at : at + 4] = seconds.to_bytes(4, "big")
            count -= 1
        at += 12 + length
    assert not count
    return bytes(found)


def ten_minutes_dark(folder: Path, count: int, seconds: int, after_us: int) -> Report:
    scene = Scene(every_us=10 * SECOND_US)
    scene.lose(AT_US, AT_US + 10 * MINUTE_US)
    plain = files(scene)
    for name in plain:
        if "updates" in name and ".0400" in name:
            plain[name] = misdated(plain[name], AT_US + after_us, count, seconds)
    return ask(plain.items(), folder, scene.window).report


@pytest.mark.parametrize("seconds", [IN_1970, IN_2106])
@pytest.mark.parametrize("after_us", [0, 5 * MINUTE_US, 59 * MINUTE_US + 50 * SECOND_US])
def test_a_record_that_says_a_wrong_time_costs_at_most_itself(tmp_path: Path, seconds: int, after_us: int) -> None:
    report = ten_minutes_dark(tmp_path, 1, seconds, after_us)
    assert phases(report) == ["normal", "offline", "normal"]
    (outage,) = report.outages
    assert outage.duration_seconds == pytest.approx(600, abs=16)
    assert report.coverage.gaps == ()


def test_many_records_from_the_future_are_blindness_and_no_longer_outage(tmp_path: Path) -> None:
    report = ten_minutes_dark(tmp_path, 20, IN_2106, 6 * MINUTE_US)
    assert phases(report) == ["normal", "offline", "blind"]
    assert {gap.collector for gap in report.coverage.gaps} == set(COLLECTORS)

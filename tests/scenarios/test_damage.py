"""Damaged files cost what is damaged and are named; they never make a country go dark."""

import bz2
import gzip
from pathlib import Path

import pytest

from gonedark.model.time import HOUR_US
from worlds import START_US, Scene, ask, phases

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

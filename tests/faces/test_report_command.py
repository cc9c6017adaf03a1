"""``gonedark report`` in a real process: the JINX files of 2014, and everything a user can get wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gonedark.model.time import HOUR_US, format_time
from shared_data import shared
from worlds import START_US, Scene

RIB = "mrt/rib/route-views.jinx.rib.20140530.2200.bz2"
UPDATES = "mrt/updates/route-views.jinx.updates.20140530.2345.bz2"


def gonedark(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command and catch what it says."""
    command = [sys.executable, "-m", "gonedark", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def report(*arguments: str | Path) -> tuple[dict[str, Any], subprocess.CompletedProcess[str]]:
    done = gonedark("report", *arguments, "--format", "json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout), done


def test_a_table_and_updates_with_a_hole_between_are_blind_after_the_table() -> None:
    window = ("--from", "2014-05-30T22:00Z", "--until", "2014-05-31T00:00Z")
    told, done = report("KP", *window, "--mrt", shared(RIB), "--mrt", shared(UPDATES))
    assert done.returncode == 3
    assert (told["baseline"]["prefixes_v4"], told["baseline"]["addresses_v4"]) == (4, 1024)
    assert told["baseline"]["origins"] == [131279]
    assert told["outages"] == []
    assert [phase["phase"] for phase in told["phases"]] == ["normal", "blind"]
    assert told["phases"][1]["from"] < "2014-05-30T22:00:05"
    assert "no record for 105 minutes" in told["coverage"]["gaps"][0]["reason"]
    assert told["coverage"]["full_feed_peers"] == 1
    assert "one full feed" in done.stderr
    assert "194.71.107.0" not in done.stdout


def test_the_table_alone_is_normal_with_a_warning() -> None:
    window = ("--from", "2014-05-30T22:00Z", "--until", "2014-05-30T22:01Z")
    told, done = report("KP", *window, "--mrt", shared(RIB))
    assert done.returncode == 0
    assert [phase["phase"] for phase in told["phases"]] == ["normal"]
    assert "one full feed" in done.stderr
    assert told["inputs"][0]["records"] == 497_408


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day with an outage, as a folder of MRT files with a stray text file."""
    folder = tmp_path_factory.mktemp("archive")
    scene = Scene()
    scene.lose(START_US + 4 * HOUR_US, START_US + 5 * HOUR_US)
    for name, data in scene.files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "notes.txt").write_text("not MRT")
    return folder


WINDOW = ("--from", format_time(START_US + HOUR_US), "--until", format_time(START_US + 8 * HOUR_US))


def assert_refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """One clear line, the right exit code, nothing on standard output."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    for word in words:
        assert word in lines[0]


def test_a_stray_file_in_a_folder_is_one_warning(archive: Path) -> None:
    told, done = report("KP", *WINDOW, "--mrt", archive)
    assert done.returncode == 0
    assert done.stderr.count("notes.txt") == 1
    assert len(told["outages"]) == 1


def test_a_name_before_the_path_names_the_collector(archive: Path) -> None:
    told, _ = report("KP", *WINDOW, "--mrt", f"mine={archive / 'rrc00'}")
    assert told["coverage"]["collectors"] == ["mine"]


def test_every_country_is_understood_by_name(archive: Path) -> None:
    told, _ = report("north korea", *WINDOW, "--mrt", archive)
    assert told["country"] == {"code": "KP", "name": "North Korea"}


def test_missing_file(tmp_path: Path) -> None:
    assert_refused(
        gonedark("report", "KP", *WINDOW, "--mrt", tmp_path / "nothing.gz"), 1, "nothing.gz", "does not exist"
    )


def test_text_file(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("routes were here\n" * 100)
    assert_refused(gonedark("report", "KP", *WINDOW, "--mrt", path), 1, "words.txt", "not an MRT file")


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.gz"
    path.write_bytes(b"")
    assert_refused(gonedark("report", "KP", *WINDOW, "--mrt", path), 1, "empty.gz", "empty")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.gz"
    os.mkfifo(path)
    assert_refused(gonedark("report", "KP", *WINDOW, "--mrt", path), 1, "pipe.gz", "write the data to a file")


def test_empty_folder(tmp_path: Path) -> None:
    assert_refused(gonedark("report", "KP", *WINDOW, "--mrt", tmp_path), 1, "no MRT file")


def test_unknown_country(archive: Path) -> None:
    assert_refused(gonedark("report", "KX", *WINDOW, "--mrt", archive), 2, "KX", "KP")


def test_until_before_from(archive: Path) -> None:
    window = ("--from", "2014-12-24", "--until", "2014-12-20")
    assert_refused(gonedark("report", "KP", *window, "--mrt", archive), 2, "--until must be later")


def test_a_time_that_is_none(archive: Path) -> None:
    assert_refused(
        gonedark("report", "KP", "--from", "yesterday", "--until", "2014-12-20", "--mrt", archive), 2, "yesterday"
    )


def test_a_window_before_all_data(archive: Path) -> None:
    window = ("--from", "2013-01-01", "--until", "2013-01-02")
    assert_refused(gonedark("report", "KP", *window, "--mrt", archive), 1, "the data begin at 2014-12-22")


def test_a_window_after_all_data_is_blind(archive: Path) -> None:
    told, done = report("KP", "--from", "2014-12-24", "--until", "2014-12-25", "--mrt", archive)
    assert done.returncode == 3
    assert [phase["phase"] for phase in told["phases"]] == ["blind"]
    assert told["outages"] == []


def test_a_window_of_eight_thousand_years_is_done_in_no_more_time(archive: Path) -> None:
    until_us = START_US + 8 * HOUR_US
    told, done = report("KP", "--from", format_time(START_US + HOUR_US), "--until", "9999-12-31", "--mrt", archive)
    assert done.returncode == 3
    assert told["phases"][-1]["phase"] == "blind"
    assert told["phases"][-1]["from"] <= format_time(until_us)
    assert len(told["outages"]) == 1


def test_no_table_at_all_is_blind(archive: Path) -> None:
    updates = sorted(path for path in archive.rglob("updates.*"))
    arguments = [part for path in updates for part in ("--mrt", path)]
    told, done = report("KP", *WINDOW, *arguments)
    assert done.returncode == 3
    assert {phase["phase"] for phase in told["phases"]} == {"blind"}
    assert told["outages"] == []
    assert told["baseline"]["at"] is None


def test_a_country_that_nobody_announces_is_blind_with_what_is_delegated(archive: Path) -> None:
    told, done = report("BT", *WINDOW, "--mrt", archive)
    assert done.returncode == 3
    reason = told["phases"][0]["reason"]
    assert "nothing announced when the data begin" in reason
    assert "addresses are delegated" in reason


def test_unknown_format_and_binary_without_a_file(archive: Path) -> None:
    assert_refused(gonedark("report", "KP", *WINDOW, "--mrt", archive, "--format", "xml"), 2, "xml", "json")
    assert_refused(gonedark("report", "KP", *WINDOW, "--mrt", archive, "--format", "parquet"), 2, "--out")


def test_out_of_reach(archive: Path, tmp_path: Path) -> None:
    done = gonedark("report", "KP", *WINDOW, "--mrt", archive, "--quiet", "--out", tmp_path / "no" / "such" / "place")
    assert_refused(done, 1, "cannot write")


def test_thresholds_from_a_file_are_printed_in_the_report(archive: Path, tmp_path: Path) -> None:
    config = tmp_path / "gonedark.toml"
    config.write_text("[thresholds]\nfewest_voters = 20\n")
    told, done = report("KP", *WINDOW, "--mrt", archive, "--config", config)
    assert told["software"]["thresholds"]["fewest_voters"] == 20
    assert "blind" in {phase["phase"] for phase in told["phases"]}
    assert done.returncode == 3
    config.write_text("[thresholds]\nvisible_share = 50\n")
    done = gonedark("report", "KP", *WINDOW, "--mrt", archive, "--config", config)
    assert_refused(done, 1, "visible_share", "0.01 to 1")
    config.write_text("[thresholds]\nfewest_votes = 20\n")
    done = gonedark("report", "KP", *WINDOW, "--mrt", archive, "--config", config)
    assert_refused(done, 1, "fewest_votes", "fewest_voters")


def test_a_window_that_opens_inside_an_outage(archive: Path) -> None:
    window = (
        "--from",
        format_time(START_US + 4 * HOUR_US + HOUR_US // 2),
        "--until",
        format_time(START_US + 8 * HOUR_US),
    )
    told, done = report("KP", *window, "--mrt", archive)
    (outage,) = told["outages"]
    assert outage["start"] is None
    assert outage["start_earliest"].startswith(format_time(START_US + 4 * HOUR_US)[:16])
    assert outage["duration_seconds"] is None
    assert [phase["phase"] for phase in told["phases"]] == ["offline", "normal"]
    assert "opens inside an outage" in done.stderr

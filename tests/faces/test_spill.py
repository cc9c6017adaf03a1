"""``report --all`` ended in the middle: temporary data are removed, or by the next run after a kill -9."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gonedark.model.time import HOUR_US, format_time
from worlds import START_US, Scene

LAST = "ZW.txt"
"""The report of the country that comes last."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    for name, data in Scene(hours=2).files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def start(archive: Path, folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """The command at work, its temporary data in ``folder/spill``, its results in ``folder/out``."""
    window = ["--from", format_time(START_US + HOUR_US), "--until", format_time(START_US + 2 * HOUR_US)]
    where = ["--spill", str(folder / "spill"), "--out", str(folder / "out")]
    command = [sys.executable, "-m", "gonedark", "report", "--all", "--mrt", str(archive), *window, *where, "--quiet"]
    # A job in the background is started deaf to SIGINT, and so are its children.
    heed = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731
    return subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed)  # noqa: PLW1509


def ended(archive: Path, folder: Path, number: int) -> str:
    """What the command says that is sent the signal once it has temporary data and some reports.

    It cannot end before: the last country's report is a pipe that nobody reads from.
    """
    (folder / "out").mkdir()
    os.mkfifo(folder / "out" / LAST)
    process = start(archive, folder)
    for _ in range(30_000):
        if left(folder) and any(path.is_file() for path in (folder / "out").glob("*.txt")):
            break
        assert process.poll() is None
        time.sleep(0.01)
    else:
        raise AssertionError("no report was written")
    process.send_signal(number)
    _, told = process.communicate(timeout=600)
    assert process.returncode != 0
    (folder / "out" / LAST).unlink()
    return told.decode()


def left(folder: Path) -> list[Path]:
    return list((folder / "spill").glob("gonedark-*/"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_being_asked_to_end_leaves_nothing(archive: Path, tmp_path: Path, number: int) -> None:
    assert "Traceback" not in ended(archive, tmp_path, number)
    assert left(tmp_path) == []


def test_what_a_killed_run_left_is_removed_by_the_next(archive: Path, tmp_path: Path) -> None:
    ended(archive, tmp_path, signal.SIGKILL)
    assert len(left(tmp_path)) == 1
    process = start(archive, tmp_path)
    _, told = process.communicate(timeout=600)
    assert process.returncode == 0, told.decode()
    assert left(tmp_path) == []
    reports = {path.name for path in (tmp_path / "out").glob("*.txt")}
    assert len(reports) > 200
    assert max(reports) == LAST


def test_a_place_that_cannot_be_written_to_is_one_clear_line(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "spill").touch()
    process = start(archive, tmp_path)
    _, told = process.communicate(timeout=600)
    assert process.returncode == 1
    assert len(told.decode().splitlines()) == 1
    assert "choose a folder with --spill" in told.decode()

"""Files that a user names: pipes are refused and not waited for, unusable ones end with one line and one exit code."""

import bz2
import os
import subprocess
import sys
from pathlib import Path

import pytest

import reports
from gonedark.publish import json as face
from worlds import Scene

WINDOW = ("--from", "2014-12-22", "--until", "2014-12-23")
REPORT = ("report", "KP", *WINDOW, "--mrt", "TABLE")
EXPOSURE = ("exposure", "KP", "--mrt", "TABLE")
SHOW = ("registry", "show", "KP")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table, a report, and a pipe that nobody writes to."""
    folder = tmp_path_factory.mktemp("named")
    (folder / "TABLE").write_bytes(next(data for name, data in Scene().files() if "rib" in name or "bview" in name))
    (folder / "REPORT").write_bytes(face.render(reports.kp_2014(), reports.PYONGYANG))
    os.mkfifo(folder / "PIPE")
    return folder


def refused(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the command in the folder; its exit code and the one line that it says."""
    command = [sys.executable, "-m", "gonedark", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == ""
    (line,) = (line for line in done.stderr.splitlines() if "warning:" not in line)
    return done.returncode, line


@pytest.mark.parametrize(
    "arguments",
    [
        (*REPORT, "--delegation", "PIPE"),
        (*REPORT, "--attribute", "PIPE"),
        (*REPORT, "--config", "PIPE"),
        (*REPORT, "--claims", "PIPE"),
        (*REPORT, "--context", "PIPE"),
        (*EXPOSURE, "--delegation", "PIPE"),
        (*EXPOSURE, "--attribute", "PIPE"),
        (*EXPOSURE, "--config", "PIPE"),
        (*EXPOSURE, "--users", "PIPE"),
        (*EXPOSURE, "--relationships", "PIPE"),
        (*EXPOSURE, "--since", "PIPE"),
        ("exposure", "KP", "--pfx2as", "PIPE"),
        ("fetch", *WINDOW, "--config", "PIPE"),
        ("claims", "check", "PIPE", "--report", "REPORT"),
        ("claims", "check", "north-korea-2014", "--report", "PIPE"),
        (*SHOW, "--delegation", "PIPE"),
        (*SHOW, "--attribute", "PIPE"),
        ("elements", "PIPE"),
        ("elements", "PIPE", "--country", "KP"),
    ],
    ids=" ".join,
)
def test_a_pipe_is_refused_and_not_waited_for(folder: Path, arguments: tuple[str, ...]) -> None:
    code, line = refused(folder, *arguments)
    assert code == 1
    assert "PIPE" in line
    assert "write the data to a file first" in line


@pytest.mark.parametrize("settings", ["[thresholds", "[threshold]\nhold_us = 1\n", "[archives]\nris = 1\n"])
@pytest.mark.parametrize("command", [("report", "KP", *WINDOW), ("fetch", *WINDOW)], ids=lambda command: command[0])
def test_settings_that_cannot_be_used_end_every_command_alike(
    tmp_path: Path, command: tuple[str, ...], settings: str
) -> None:
    (tmp_path / "own.toml").write_text(settings)
    code, line = refused(tmp_path, *command, "--config", "own.toml", "--offline", "--cache", "cache")
    assert code == 1
    assert "own.toml" in line


@pytest.mark.parametrize(("size", "said"), [(0, "it is empty"), (300, "it is bz2"), (3, "it is bz2")])
def test_a_torn_file_is_not_called_empty(tmp_path: Path, size: int, said: str) -> None:
    data = next(data for name, data in Scene().files() if "rib" in name or "bview" in name)
    (tmp_path / "torn.bz2").write_bytes(bz2.compress(data * 20)[:size])
    for command in (("report", "KP", *WINDOW, "--mrt", "torn.bz2"), ("elements", "torn.bz2")):
        code, line = refused(tmp_path, *command)
        assert code == 1
        assert said in line
        assert ("empty" in line) == (size == 0)


def test_a_scenario_where_a_file_is_wanted(folder: Path) -> None:
    code, line = refused(folder, "claims", "check", "egypt-2011", "--report", "REPORT")
    assert code == 1
    assert "no claims come with the scenario egypt-2011" in line
    assert "claims template" in line
    assert "north-korea-2014" in line
    code, line = refused(folder, *REPORT, "--claims", "north-korea-2014")
    assert code == 1
    assert "gonedark claims check north-korea-2014 --report REPORT" in line
    code, line = refused(folder, "claims", "check", "north-korea-2014", "--report", "nothing.json")
    assert code == 1
    assert "--format json" in line

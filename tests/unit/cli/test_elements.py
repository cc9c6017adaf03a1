"""gonedark elements: the same lines as bgpdump, other forms of them, exit codes, and readers who leave early."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet
import pytest
from typer.testing import CliRunner

from decoding import attribute, bgp4mp, lines, update
from gonedark.cli import app

runner = CliRunner()
ROUTE = attribute(1, b"\0") + attribute(2, b"\2\1\0\0\xfb\xf4") + attribute(3, bytes([192, 0, 2, 1]))
COMMUNITY = attribute(8, bytes([0x0D, 0x1C, 0, 70]), 0xC0)
DATA = bgp4mp(update(b"", ROUTE + COMMUNITY, b"\x18\xc6\x33\x64")) + bgp4mp(update(b"\x18\xc6\x33\x64"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "rv.updates.mrt"
    path.write_bytes(DATA)
    return path


def test_text_is_that_of_bgpdump(path: Path) -> None:
    result = runner.invoke(app, ["elements", str(path), str(path)])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == lines(DATA) * 2
    assert result.stdout.startswith(
        "BGP4MP|1400000000|A|192.0.2.1|64500|198.51.100.0/24|64500|IGP|192.0.2.1|0|0|3356:70|NAG||\n"
    )


def test_json_lines(path: Path) -> None:
    told = [
        json.loads(line) for line in runner.invoke(app, ["elements", str(path), "--format", "json"]).stdout.splitlines()
    ]
    assert told[0]["time"] == "2014-05-13T16:53:20Z"
    assert (told[0]["kind"], told[0]["origin"], told[0]["communities"]) == ("A", 64500, ["3356:70"])
    assert told[1]["kind"] == "W"
    assert "as_path" not in told[1]


def test_csv_and_parquet(path: Path, tmp_path: Path) -> None:
    result = runner.invoke(app, ["elements", str(path), "--format", "csv"])
    told = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["kind"] for row in told] == ["A", "W"]
    assert told[0]["time"].startswith("2014-05-13T16:53:20")
    out = tmp_path / "out.parquet"
    assert runner.invoke(app, ["elements", str(path), "--format", "parquet", "--out", str(out)]).exit_code == 0
    assert pyarrow.parquet.read_table(out).num_rows == 2


def test_filters_reach_the_reader(path: Path) -> None:
    assert runner.invoke(app, ["elements", str(path), "--origin", "AS64500"]).stdout.count("\n") == 1
    assert runner.invoke(app, ["elements", str(path), "--prefix", "203.0.113.0/24"]).stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--format", "xml"], 2, "'xml' is not a format"),
        (["--format", "parquet"], 2, "--out FILE.parquet"),
        (["--origin", "ASX"], 2, "is not an AS number"),
        (["--match", "nearly", "--prefix", "10.0.0.0/8"], 2, "is not a way to match prefixes"),
        (["--country", "Atlantis"], 2, "Atlantis"),
        (["--from", "yesterday"], 2, "is not a time"),
        (["--out", "/nonexistent/folder/out"], 1, "cannot write"),
    ],
)
def test_what_makes_no_sense_is_one_clear_line(path: Path, arguments: list[str], code: int, says: str) -> None:
    result = runner.invoke(app, ["elements", str(path), *arguments])
    assert result.exit_code == code
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_files_that_cannot_be_read_are_named_before_anything_is_printed(path: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes"
    text.write_text("some notes\n")
    for bad, says in ((tmp_path / "nothing", "cannot read"), (text, "it is text, not MRT")):
        result = runner.invoke(app, ["elements", str(path), str(bad)])
        assert (result.exit_code, result.stdout) == (1, "")
        assert says in result.stderr


def test_gaps_are_warned_of(path: Path) -> None:
    path.write_bytes(DATA + DATA[:-3])
    result = runner.invoke(app, ["elements", str(path)])
    assert result.exit_code == 0
    assert "the stream ends within a record" in result.stderr
    assert runner.invoke(app, ["elements", str(path), "--quiet"]).stderr == ""


def test_a_reader_that_leaves_early_is_no_error(path: Path) -> None:
    path.write_bytes(DATA * 20_000)
    command = [sys.executable, "-m", "gonedark", "elements", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
        assert process.wait() == 0

"""Every country from one pass: each report is that of the country asked alone; segments are read in one line."""

from pathlib import Path

import duckdb
import pytest

from gonedark.cluster.engine import Engine, Local, Processes
from gonedark.delegation.names import find_country
from gonedark.investigate import Question, investigate, investigate_all, report_all
from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan
from gonedark.publish.json import render
from gonedark.publish.segments import write_segments
from worlds import START_US, Scene

WINDOW = TimeSpan(START_US + HOUR_US, START_US + 8 * HOUR_US)
COUNTRIES = tuple(find_country(code) for code in ("KP", "US", "CN"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("archive")
    scene = Scene(hours=8)
    scene.lose(START_US + 180 * MINUTE_US, START_US + 300 * MINUTE_US)
    scene.world.reset(START_US + 200 * MINUTE_US, scene.vantages[0])
    for name, data in scene.files():
        path = archive / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return archive


@pytest.fixture(scope="module")
def alone(folder: Path) -> list[bytes]:
    """Each country's report, asked for by itself."""
    return [render(investigate(Question(country, WINDOW, (str(folder),))).report) for country in COUNTRIES]


def test_each_report_is_that_of_the_country_alone(folder: Path, alone: list[bytes]) -> None:
    question = Question(COUNTRIES[0], WINDOW, (str(folder),))
    assert [render(found.report) for found in investigate_all(question, COUNTRIES)] == alone


@pytest.mark.parametrize("engine", [None, Local(), Processes(2)], ids=["none", "local", "processes"])
def test_every_engine_gives_the_same_reports_in_the_order_asked(
    folder: Path, alone: list[bytes], engine: Engine | None
) -> None:
    question = Question(COUNTRIES[0], WINDOW, (str(folder),))
    assert list(report_all(question, COUNTRIES, render, engine=engine)) == alone


def test_segments_are_partitioned_by_day_and_country(folder: Path, tmp_path: Path) -> None:
    question = Question(COUNTRIES[0], WINDOW, (str(folder),))
    for found in investigate_all(question, COUNTRIES):
        write_segments(found.report, tmp_path / "series")
    names = sorted(str(path.relative_to(tmp_path / "series")) for path in (tmp_path / "series").rglob("*.parquet"))
    assert "day=2014-12-22/country=KP/20141222T010000Z-20141222T080000Z.parquet" in names
    rows = duckdb.sql(
        f"select country, min(addresses) from '{tmp_path}/series/**/*.parquet' where family = 'ipv4' group by 1"
    ).fetchall()
    assert ("KP", 0) in rows


def test_writing_again_replaces(folder: Path, tmp_path: Path) -> None:
    found = investigate(Question(COUNTRIES[0], WINDOW, (str(folder),)))
    first = write_segments(found.report, tmp_path / "series")
    assert write_segments(found.report, tmp_path / "series") == first
    assert len(list((tmp_path / "series").rglob("*.parquet"))) == len(first)

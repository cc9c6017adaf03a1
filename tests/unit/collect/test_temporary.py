"""Routes of all countries on their way: on disk, not in memory, whatever the window; gone when the work is over."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from full_disk import full_disk
from gonedark.cluster.engine import Local
from gonedark.collect import columns, divided
from gonedark.collect.columns import Place, SpillError
from gonedark.collect.divided import Divided, Piece
from gonedark.collect.folder import default_place, spill_folder
from gonedark.collect.shard import Worked, cut, work
from gonedark.delegation.names import find_country
from gonedark.delegation.registry import load_registry
from gonedark.feeds.collector import by_collector
from gonedark.feeds.files import FeedError, gather
from gonedark.investigate import Question, investigate, investigate_all, report_all
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import HOUR_US, SECOND_US, TimeSpan
from gonedark.publish.json import render
from gonedark.table import tracker
from gonedark.table.changes import RouteColumns
from gonedark.table.division import World
from gonedark.table.national import world
from worlds import START_US, Scene

COUNTRIES = tuple(find_country(code) for code in ("CN", "KP", "US"))


def archive(folder: Path, hours: int) -> str:
    """So many hours in which somebody announces something every ten seconds, as a folder of files."""
    scene = Scene(hours=hours, every_us=10 * SECOND_US)
    scene.lose(START_US + 2 * HOUR_US, START_US + 3 * HOUR_US)
    for name, data in scene.files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return str(folder)


def question(folder: Path, spill: Path, hours: int = 4) -> Question:
    window = TimeSpan(START_US + HOUR_US, START_US + hours * HOUR_US)
    return Question(COUNTRIES[0], window, (archive(folder, hours),), spill=spill)


@pytest.fixture
def everything_spilled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(divided, "KEPT_ROWS", 0)
    monkeypatch.setattr(columns, "SHELVED_ROWS", 0)
    monkeypatch.setattr(tracker, "_ROWS", 100)


def left(spill: Path) -> list[str]:
    """What lies in the place, but for the lock that all share."""
    return [path.name for path in spill.iterdir() if path.name != "gonedark-spill.lock"]


def shard_of(folder: Path, spill: Path, hours: int) -> Worked:
    registry = load_registry(None, START_US)
    files = by_collector(gather([archive(folder, hours)]).files)["rrc00"]
    (shard,) = cut("rrc00", files, START_US + hours * HOUR_US, world(registry), Thresholds())
    found = work(replace(shard, world=World.of(registry), folder=spill))
    assert isinstance(found, Worked)
    return found


def pieces(found: Divided) -> list[Piece]:
    return [*found.routes, *found.held]


def in_memory(found: Divided) -> int:
    """Values of columns of rows and paths that are not in the file; one that stands for all counts as none."""
    columns = [column for piece in pieces(found) for column in piece.columns.values()]
    return sum(len(column) for column in (*columns, *found.paths) if not isinstance(column, Place) and len(column) > 1)


@pytest.mark.usefixtures("everything_spilled")
def test_what_a_shard_keeps_in_memory_does_not_grow_with_the_window(tmp_path: Path) -> None:
    short, long = (shard_of(tmp_path / str(hours), tmp_path, hours) for hours in (4, 12))
    for found in (short, long):
        assert in_memory(found.divided) == 0
        assert len(found.frame.routes) == len(found.frame.paths) == len(found.frame.prefixes) == 0
        # A table comes in one slab; after that no more waits than was asked for and one batch brings.
        assert max(int(piece.start[-1]) for piece in pieces(found.divided)[1:]) < 2000
    sizes = [found.divided.file.stat().st_size for found in (short, long) if found.divided.file]
    assert sizes[1] > 1.5 * sizes[0]


@pytest.mark.usefixtures("everything_spilled")
def test_countries_read_back_are_what_they_are_alone(tmp_path: Path) -> None:
    asked = question(tmp_path / "archive", tmp_path / "spill")
    for country, found in zip(COUNTRIES, investigate_all(asked, COUNTRIES), strict=True):
        assert render(found.report) == render(investigate(replace(asked, country=country)).report)
    assert left(tmp_path / "spill") == []


@pytest.mark.usefixtures("everything_spilled")
def test_what_is_left_early_or_fails_leaves_nothing(tmp_path: Path) -> None:
    asked = question(tmp_path / "archive", tmp_path / "spill")
    running = investigate_all(asked, COUNTRIES)
    next(running)
    (folder,) = (tmp_path / "spill" / name for name in left(tmp_path / "spill"))
    assert sum(path.stat().st_size for path in folder.glob("*.columns")) > 1000
    running.close()
    assert left(tmp_path / "spill") == []
    with pytest.raises(FeedError):
        list(investigate_all(replace(asked, mrt=(str(tmp_path / "nothing"),)), COUNTRIES))
    assert left(tmp_path / "spill") == []


def without_a_name(place: Path) -> int:
    """How many files of the place are open and have no name any more."""
    links = [os.readlink(one.path) for one in os.scandir("/proc/self/fd") if os.path.lexists(one.path)]
    return sum(link.startswith(str(place)) and link.endswith("(deleted)") for link in links)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are listed in /proc on Linux alone")
def test_what_is_shelved_comes_back_and_is_gone_with_the_last_who_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "SHELVED_ROWS", 5)
    shelf = columns.Shelf(tmp_path)
    rows = [routes_of(range(at, at + 4)) for at in (0, 4, 8)]
    stretches = [shelf.keep(one) for one in rows]
    del shelf
    assert list(tmp_path.iterdir()) == []
    assert without_a_name(tmp_path) == 1
    for one, stretch in zip(rows, stretches, strict=True):
        assert stretch.since_us == one.time_us[0]
        for name in columns.KINDS:
            told, found = getattr(one, name), getattr(stretch.load(), name)
            assert found.dtype == told.dtype
            assert found.tolist() == told.tolist()
    del stretches, stretch
    assert without_a_name(tmp_path) == 0


def routes_of(numbers: range) -> RouteColumns:
    ids = np.array(numbers, dtype=np.int32)
    return RouteColumns(ids.astype(np.int64) << 40, ids % 3, ids, -ids, ids * 0 - 1, ids % 2 > 0)


@pytest.mark.usefixtures("everything_spilled")
def test_a_full_disk_is_one_clear_line_and_no_gap(tmp_path: Path) -> None:
    asked = question(tmp_path / "archive", tmp_path / "spill")
    with full_disk(4096), pytest.raises(SpillError, match=r"temporary data cannot be written to .*; choose a folder"):
        list(investigate_all(asked, COUNTRIES))
    assert left(tmp_path / "spill") == []


def test_a_disk_too_full_for_the_processes_that_judge_is_told_as_that(tmp_path: Path) -> None:
    asked = question(tmp_path / "archive", tmp_path / "spill")
    with full_disk(4096), pytest.raises(SpillError, match=r"temporary data cannot be written to .*; choose a folder"):
        list(report_all(asked, COUNTRIES, render))
    assert left(tmp_path / "spill") == []


def test_what_comes_in_memory_is_written_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of a cluster have disks of their own: what they send is written where it is judged."""
    asked = question(tmp_path / "archive", tmp_path / "spill")
    expected = [render(found.report) for found in investigate_all(asked, COUNTRIES)]
    monkeypatch.setattr(divided, "KEPT_ROWS", 0)
    monkeypatch.setattr(Local, "shares_disk", False)
    found = []
    for one in investigate_all(asked, COUNTRIES):
        (folder,) = (tmp_path / "spill" / name for name in left(tmp_path / "spill"))
        assert len(list(folder.glob("*.columns"))) == 3
        found.append(render(one.report))
    assert found == expected


def test_folders_of_the_dead_are_removed_and_those_of_the_living_are_not(tmp_path: Path) -> None:
    dead = tmp_path / "gonedark-dead"
    dead.mkdir()
    (dead / ".lock").touch()
    (dead / "rest.columns").write_bytes(b"rest")
    (tmp_path / "gonedark-of-somebody-else").mkdir()
    with spill_folder(tmp_path) as living:
        assert not dead.exists()
        with spill_folder(tmp_path) as another:
            assert living.exists()
            assert another != living
    assert left(tmp_path) == ["gonedark-of-somebody-else"]


def test_a_place_that_is_no_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SpillError, match="choose a folder with --spill"), spill_folder(tmp_path / "file"):
        pass


def test_the_default_place_is_what_the_system_says_or_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/somewhere")
    assert default_place() == Path("/somewhere")
    monkeypatch.delenv("TMPDIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert default_place() == Path("/cache/gonedark/spill")


def test_users_without_a_home_use_the_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As containers have them that run under any number."""

    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("TMPDIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert default_place() == tmp_path

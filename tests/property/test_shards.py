"""However time is cut into shards, and whoever works on them, the report is the same, byte for byte."""

import random
from itertools import pairwise
from pathlib import Path

import pytest

from archive_server import layout
from gonedark.cluster.engine import Engine, Local, Processes
from gonedark.collect import shard
from gonedark.collect.shard import Shard, Worked, cut, work
from gonedark.delegation.names import find_country
from gonedark.delegation.registry import load_registry
from gonedark.feeds.collector import by_collector
from gonedark.feeds.files import gather
from gonedark.investigate import Question, investigate
from gonedark.model.attribution import Attribution
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan
from gonedark.publish.json import render
from gonedark.table.changes import Changes, joined
from gonedark.table.merge import continues, merge
from worlds import NATIONAL, START_US, Scene

WINDOW = TimeSpan(START_US + HOUR_US, START_US + 10 * HOUR_US)
RULES = Thresholds()
UNCUT = 1000 * HOUR_US


def troubled(seed: int) -> Scene:
    """Ten hours with a table every two; an outage across one of them, resets, withdrawals and a silence at random."""
    pick = random.Random(seed)
    made = Scene(hours=10, every_us=5 * MINUTE_US)
    made.lose(START_US + 230 * MINUTE_US, START_US + 370 * MINUTE_US)

    def moment() -> int:
        return START_US + pick.randrange(70 * 60, 540 * 60) * 1_000_000

    for vantage in pick.sample(made.vantages, 4):
        at_us = moment()
        made.world.reset(at_us, vantage, back_us=pick.choice([1, 10, 150]) * MINUTE_US)
    for vantage in pick.sample(made.vantages, 5):
        made.world.withdraw(moment(), vantage, pick.sample(NATIONAL, 2))
    for hour in (2, 4, 6, 8):
        for name in made.collectors:
            made.world.dump(START_US + hour * HOUR_US, name)
    from_us = moment()
    made.world.silence(pick.choice(made.collectors), from_us, from_us + pick.choice([10, 45]) * MINUTE_US)
    return made


@pytest.fixture(params=[1, 2, 3])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The troubled scene as an archive's folder."""
    for name, data in layout(troubled(request.param), ris_minutes=15, routeviews_minutes=30).items():
        path = tmp_path / "archive" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "archive"


def reported(folder: Path, engine: Engine | None = None) -> bytes:
    question = Question(find_country("KP"), WINDOW, (str(folder),))
    return render(investigate(question, engine=engine).report)


def test_shards_give_the_report_of_the_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "SHORTEST_US", UNCUT)
    whole = reported(folder)
    for hours in (1, 3, 5):
        monkeypatch.setattr(shard, "SHORTEST_US", hours * HOUR_US)
        assert reported(folder) == whole


def test_any_grouping_of_parts_is_the_same_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "SHORTEST_US", HOUR_US)
    attribution = kp()
    for name, files in by_collector(gather([str(folder)]).files).items():
        parts = [part(one) for one in cut(name, files, WINDOW.until_us, attribution, RULES)]
        assert len(parts) >= 4
        assert all(continues(before, after) for before, after in pairwise(parts))
        whole = merge(parts, RULES)
        assert same(merge(reversed(parts), RULES), whole)
        assert same(merge([merge(parts[:2], RULES), merge(parts[2:], RULES)], RULES), whole)
        assert same(merge([parts[0], merge(parts[1:-1], RULES), parts[-1]], RULES), whole)


def part(one: Shard) -> Changes:
    """What a shard gives."""
    worked = work(one)
    assert isinstance(worked, Worked)
    return worked.part()


def kp() -> Attribution:
    return load_registry(None, WINDOW.from_us).attribution("KP")


def same(one: Changes, other: Changes) -> bool:
    """Equal in all that they tell, whatever numbers their dictionaries give."""
    return plain(one) == plain(other)


def plain(part: Changes) -> list[object]:
    """A part without ids."""
    routes, sizes, sessions = joined([stretch.load() for stretch in part.routes]), part.sizes, part.sessions
    paths = [*part.paths, None]
    return [
        sorted(
            (time_us, sessions[who], part.prefixes[prefix], paths[path] or (), path >= 0, dump, precise)
            for time_us, who, prefix, path, dump, precise in zip(
                *(column.tolist() for column in (routes.time_us, routes.session, routes.prefix, routes.path)),
                *(column.tolist() for column in (routes.dump, routes.precise)),
                strict=True,
            )
        ),
        sorted(
            (time_us, sessions[who], family, size)
            for time_us, who, family, size in zip(
                *(column.tolist() for column in (sizes.time_us, sizes.session, sizes.family, sizes.size)), strict=True
            )
        ),
        [(time_us, sessions[who], mark) for time_us, who, mark in part.marks],
        [
            (rib.time_us, rib.complete, {sessions[who]: count for who, count in rib.entries.items()})
            for rib in part.ribs
        ],
        [part.silences, part.first_us, part.last_us, part.update_instants],
    ]


def test_processes_give_the_report_of_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "SHORTEST_US", HOUR_US)
    assert reported(folder, Processes(2)) == reported(folder, Local())


def test_a_torn_table_at_a_seam_does_not_stand_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in sorted(folder.rglob("*20141222.0[48]00*")):
        if "rib." in path.name or "bview." in path.name:
            path.write_bytes(path.read_bytes()[:-40])
    monkeypatch.setattr(shard, "SHORTEST_US", UNCUT)
    whole = reported(folder)
    monkeypatch.setattr(shard, "SHORTEST_US", HOUR_US)
    assert reported(folder) == whole

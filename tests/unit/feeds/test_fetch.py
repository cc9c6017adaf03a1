"""Fetching from servers well and badly behaved: the same files in the end, or gaps that say so; never half a file."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive_server import (
    ArchiveServer,
    Fault,
    corrupt,
    dripping,
    dropped,
    layout,
    login_page,
    silent,
    status,
    too_long,
    too_short,
    truncated,
    without_ranges,
)
from gonedark.feeds.archives import Archives
from gonedark.feeds.cache import Cache
from gonedark.feeds.fetch import Fetched
from gonedark.feeds.files import FeedError, gather
from gonedark.feeds.plan import Plan, make_plan
from gonedark.feeds.provide import Sources, provide
from gonedark.feeds.quick import quick_path
from gonedark.feeds.transfer import Patience, Transfer
from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan, format_time
from gonedark.mrt.decompress import BlockStream
from worlds import START_US, Scene

PATIENCE = Patience(
    tries=3,
    first_wait_seconds=0.01,
    longest_wait_seconds=0.3,
    answer_seconds=120.0,
    slowest_bytes_per_second=1e6,
    slow_seconds=120.0,
)
"""However busy this machine is, no sound answer is given up."""
SOON = {silent: replace(PATIENCE, tries=30, answer_seconds=0.5), dripping: replace(PATIENCE, slow_seconds=0.3)}
"""The few that have to be given up soon."""
WINDOW = TimeSpan(START_US + HOUR_US, START_US + 90 * MINUTE_US)
COLLECTORS = ("rrc00", "route-views.linx")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    scene = Scene(hours=2, collectors=COLLECTORS)
    scene.lose(START_US + 65 * MINUTE_US, START_US + 80 * MINUTE_US)
    return layout(scene)


@pytest.fixture
def server(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[ArchiveServer]:
    monkeypatch.setenv("no_proxy", "*")
    with ArchiveServer(dict(files)) as running:
        yield running


def sources(server: ArchiveServer, folder: Path, **other: object) -> Sources:
    archives = Archives().at(server.bases)
    given = Sources(COLLECTORS, archives, Cache(folder), patience=PATIENCE)
    return replace(given, **other)  # type: ignore[arg-type]


def read(path: Path) -> bytes:
    """The decompressed bytes of a sound file."""
    with BlockStream(path) as stream:
        data = b"".join(stream)
        assert stream.damage is None
    return data


def contents(found: Fetched) -> dict[str, bytes]:
    """Bytes of each file at hand, by its archive path."""
    return {str(item.remote.relative): item.path.read_bytes() for item in found.files if item.path is not None}


def wanted(server: ArchiveServer) -> dict[str, bytes]:
    """What the window needs: tables of 00:00 and updates from then to 01:30."""
    return {path: data for path, data in server.files.items() if path.split(".")[-2] < "0130"}


def test_a_window_is_fetched_whole(server: ArchiveServer, tmp_path: Path) -> None:
    found = provide(WINDOW, sources(server, tmp_path))
    got = contents(found)
    assert got == wanted(server)
    assert found.gaps == ()
    assert found.warnings == ()
    assert {argument.partition("=")[0] for argument in found.arguments} == set(COLLECTORS)
    assert server.busiest <= 4


def test_what_is_at_hand_is_not_asked_for_again(server: ArchiveServer, tmp_path: Path) -> None:
    first = provide(WINDOW, sources(server, tmp_path))
    server.asked.clear()
    second = provide(WINDOW, sources(server, tmp_path))
    assert second == first
    assert all(path.endswith("/") for path in server.asked)


def test_offline_the_cache_is_enough(server: ArchiveServer, tmp_path: Path) -> None:
    first = provide(WINDOW, sources(server, tmp_path))
    server.asked.clear()
    second = provide(WINDOW, sources(server, tmp_path, offline=True))
    assert contents(second) == contents(first)
    assert not server.asked


def test_offline_with_an_empty_cache_says_so(server: ArchiveServer, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="--offline takes only what"):
        provide(WINDOW, sources(server, tmp_path, offline=True))


@pytest.mark.parametrize(
    "fault",
    [
        *(dropped(0.5), dropped(0.01), status(429), status(429, Retry_After="0"), status(500), status(503)),
        *(truncated(), corrupt, too_long, too_short, silent, without_ranges),
    ],
)
def test_what_passes_leaves_no_trace(server: ArchiveServer, tmp_path: Path, fault: Fault) -> None:
    for text in ("bview", "RIBS/rib", "0105", "0115", "0110"):
        for path in server.matching(text):
            server.faults[path] = [fault]
    found = provide(WINDOW, sources(server, tmp_path, patience=SOON.get(fault, PATIENCE)))
    assert contents(found) == wanted(server)
    assert found.gaps == ()
    assert not [item for item in found.files if item.damage]
    assert not list(tmp_path.rglob("*.part"))


def test_a_broken_transfer_goes_on_where_it_stopped(server: ArchiveServer, tmp_path: Path) -> None:
    (table,) = server.matching("bview")
    server.faults[table] = [dropped(0.5), dropped(0.9)]
    provide(WINDOW, sources(server, tmp_path))
    assert server.asked[table] == 3
    assert server.ranges[table] == 1


def test_a_file_changed_meanwhile_is_taken_anew(server: ArchiveServer, tmp_path: Path) -> None:
    (table,) = server.matching("bview")
    cache = Cache(tmp_path)
    plan = plan_of(server, tmp_path)
    part = cache.part(cache.root(plan.files[0].archive) / Path(table))
    part.write_bytes(b"old bytes of another file")
    part.with_name(f"{part.name}.mark").write_text('"another"')
    found = provide(WINDOW, sources(server, tmp_path))
    assert contents(found)[table] == server.files[table]


def plan_of(server: ArchiveServer, folder: Path) -> Plan:
    asked = sources(server, folder)
    with Transfer(PATIENCE) as transfer:
        return make_plan(WINDOW, asked.collectors, asked.archives, transfer.page, transfer.size)


@pytest.mark.parametrize("fault", [status(404), status(500), login_page, dropped(0.3), dripping, truncated(0.5)])
def test_updates_that_never_come_are_gaps(server: ArchiveServer, tmp_path: Path, fault: Fault) -> None:
    """A truncated file that the index lists as larger is no file; so is a page in its place."""
    (path,) = server.matching("linx/bgpdata/2014.12/UPDATES/updates.20141222.0115")
    server.always[path] = fault
    found = provide(WINDOW, sources(server, tmp_path, patience=SOON.get(fault, PATIENCE)))
    expected = wanted(server)
    del expected[path]
    assert contents(found) == expected
    (gap,) = found.gaps
    assert gap.collector == "route-views.linx"
    assert (format_time(gap.span.from_us), format_time(gap.span.until_us)) == (
        "2014-12-22T01:15:00Z",
        "2014-12-22T01:30:00Z",
    )
    assert any("updates.20141222.0115" in text for text in found.warnings)


def test_what_the_archive_itself_keeps_torn_is_used_and_marked(server: ArchiveServer, tmp_path: Path) -> None:
    (path,) = server.matching("rrc00/2014.12/updates.20141222.0115")
    server.files[path] = server.files[path][:-20]
    found = provide(WINDOW, sources(server, tmp_path))
    assert contents(found)[path] == server.files[path]
    assert [item.remote.name for item in found.files if item.damage] == [path.rpartition("/")[2]]
    assert any("is damaged in the archive" in text for text in found.warnings)


def test_a_missing_table_falls_back_to_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    scene = Scene(hours=6, collectors=("route-views.linx",))
    scene.world.dump(START_US + 2 * HOUR_US, "route-views.linx")
    window = TimeSpan(START_US + 3 * HOUR_US, START_US + 5 * HOUR_US)
    with ArchiveServer(layout(scene)) as server:
        early, late = server.matching("RIBS")
        asked = sources(server, tmp_path, collectors=("route-views.linx",))
        sound = provide(window, asked)
        assert [item.remote.relative.as_posix() for item in sound.files if item.remote.kind == "table"] == [late]
        assert len(sound.files) == 13
        for fault in (status(404), truncated(0.5), login_page):
            server.always[late] = fault
            found = provide(window, replace(asked, cache=Cache(tmp_path / f"{id(fault)}")))
            assert [item.remote.relative.as_posix() for item in found.files if item.remote.kind == "table"] == [early]
            assert len(found.files) == 21
            assert any("begins with its table of 2014-12-22T00:00:00Z" in text for text in found.warnings)


def test_behind_a_gap_the_next_table_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    scene = Scene(hours=6, collectors=("route-views.linx",))
    for hour in (2, 4):
        scene.world.dump(START_US + hour * HOUR_US, "route-views.linx")
    window = TimeSpan(START_US + HOUR_US, START_US + 5 * HOUR_US)
    with ArchiveServer(layout(scene)) as server:
        for path in server.matching("updates.20141222.0215"):
            del server.files[path]
        found = provide(window, sources(server, tmp_path, collectors=("route-views.linx",)))
    tables = [item.remote.name for item in found.files if item.remote.kind == "table"]
    assert tables == ["rib.20141222.0000.bz2", "rib.20141222.0400.bz2"]
    assert [format_time(gap.span.from_us) for gap in found.gaps] == ["2014-12-22T02:15:00Z"]


def test_without_an_index_page_names_are_constructed(server: ArchiveServer, tmp_path: Path) -> None:
    server.index = status(403)
    plan = None

    def planned(made: Plan) -> None:
        nonlocal plan
        plan = made

    found = provide(WINDOW, sources(server, tmp_path), planned)
    assert contents(found) == wanted(server)
    assert plan is not None
    assert not any(part.indexed for part in plan.collectors)


def test_a_collector_without_data_is_said(server: ArchiveServer, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="rrc19 has no table"):
        provide(WINDOW, sources(server, tmp_path, collectors=("rrc19",)))


def test_default_collectors_that_are_not_there_are_left_out(server: ArchiveServer, tmp_path: Path) -> None:
    found = provide(WINDOW, sources(server, tmp_path, collectors=()))
    assert {item.remote.collector for item in found.files} == {"rrc00"}
    assert any("route-views2 has no table" in text for text in found.warnings)


def test_nobody_there_is_one_clear_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    archives = Archives().at(["ris=http://127.0.0.1:9", "routeviews=http://127.0.0.1:9"])
    with pytest.raises(FeedError, match="is this machine offline") as caught:
        provide(WINDOW, Sources(COLLECTORS, archives, Cache(tmp_path), patience=PATIENCE))
    assert "\n" not in str(caught.value)


def test_a_local_mirror_is_read_in_place(server: ArchiveServer, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    for path, data in server.files.items():
        (mirror / path).parent.mkdir(parents=True, exist_ok=True)
        (mirror / path).write_bytes(data)
    archives = Archives().at([f"ris={mirror}", f"routeviews={mirror}"])
    found = provide(WINDOW, Sources(COLLECTORS, archives, Cache(tmp_path / "cache"), patience=PATIENCE))
    assert contents(found) == wanted(server)
    assert not (tmp_path / "cache").exists()


def test_a_damaged_cache_entry_is_fetched_again(server: ArchiveServer, tmp_path: Path) -> None:
    found = provide(WINDOW, sources(server, tmp_path))
    victim = next(item.path for item in found.files if item.path is not None)
    victim.write_bytes(victim.read_bytes()[:100])
    assert contents(provide(WINDOW, sources(server, tmp_path))) == wanted(server)


def test_a_plan_beyond_the_limit_fetches_nothing(server: ArchiveServer, tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="raise --cache-limit"):
        provide(WINDOW, sources(server, tmp_path, cache=Cache(tmp_path, 1000)))
    assert all(path.endswith("/") for path in server.asked)


def test_what_was_not_used_for_long_makes_room(server: ArchiveServer, tmp_path: Path) -> None:
    old = tmp_path / "elsewhere" / "old.gz"
    recent = tmp_path / "elsewhere" / "recent.gz"
    old.parent.mkdir()
    for path in (old, recent):
        path.write_bytes(bytes(50_000))
    os.utime(old, (1_000_000_000, 1_000_000_000))
    need = sum(len(data) for data in server.files.values())
    provide(WINDOW, sources(server, tmp_path, cache=Cache(tmp_path, need + 20_000)))
    assert not old.exists()
    assert recent.exists()


def test_what_is_slow_to_open_has_a_quick_copy(server: ArchiveServer, tmp_path: Path) -> None:
    found = provide(WINDOW, sources(server, tmp_path))
    gathered = {file.path.name: file for file in gather(found.arguments).files}
    slow = [file for name, file in gathered.items() if name.endswith(".bz2")]
    assert slow
    assert all(file.quick is None for file in gathered.values() if file not in slow)
    for file in slow:
        assert file.opens == quick_path(file.path)
        assert read(file.opens) == read(file.path)

    damaged, missing = slow[:2]
    damaged.opens.write_bytes(b"something else")
    missing.opens.unlink()
    again = {file.path.name: file for file in gather(found.arguments).files}
    assert again[damaged.path.name].opens == damaged.path
    assert again[missing.path.name].opens == missing.path
    assert again[slow[2].path.name] == slow[2]


def test_of_what_the_archive_keeps_torn_no_quick_copy_is_left(server: ArchiveServer, tmp_path: Path) -> None:
    path = server.matching("route-views.linx/bgpdata/2014.12/UPDATES")[-1]
    server.files[path] = server.files[path][:-20]
    found = provide(TimeSpan(WINDOW.from_us, START_US + 2 * HOUR_US), sources(server, tmp_path))
    assert path.rpartition("/")[2] not in {item.remote.name for item in found.files}, "its only block is lost"
    assert not list(tmp_path.rglob("*.quick.part"))


def test_where_quick_copies_do_not_fit_there_are_none(server: ArchiveServer, tmp_path: Path) -> None:
    limit = plan_of(server, tmp_path).bytes + 100
    found = provide(WINDOW, sources(server, tmp_path, cache=Cache(tmp_path, limit)))
    assert all(file.quick is None for file in gather(found.arguments).files)
    assert not list(tmp_path.rglob(".*.quick*"))


def test_a_quick_copy_goes_with_its_file(server: ArchiveServer, tmp_path: Path) -> None:
    provide(WINDOW, sources(server, tmp_path))
    for path in tmp_path.rglob("*"):
        if path.is_file():
            os.utime(path, (0, 0))
    cache = Cache(tmp_path, 1000)
    cache.make_room(1000, set())
    left = [path.name for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != ".locks"]
    assert left == []


def test_two_at_once_share_one_cache(server: ArchiveServer, tmp_path: Path) -> None:
    server.bytes_per_second = 2e6
    found: list[Fetched] = []
    workers = [
        threading.Thread(target=lambda: found.append(provide(WINDOW, sources(server, tmp_path)))) for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [contents(one) for one in found] == [wanted(server)] * 2
    assert {count for path, count in server.asked.items() if not path.endswith("/")} == {1}


def test_a_busy_server_is_left_alone_as_long_as_it_asks(server: ArchiveServer, tmp_path: Path) -> None:
    (table,) = server.matching("bview")
    server.faults[table] = [status(429, Retry_After="1")]
    began = time.monotonic()
    provide(WINDOW, sources(server, tmp_path, patience=replace(PATIENCE, longest_wait_seconds=5.0)))
    assert time.monotonic() - began >= 1.0


def test_progress_reaches_the_total(server: ArchiveServer, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    found = provide(WINDOW, sources(server, tmp_path), show=lambda done, total: seen.append((done, total)))
    assert all(done <= total for done, total in seen)
    assert seen[-1][0] == found.bytes

"""A broker asked before the archives: believed in names and sizes, never needed, never obeyed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive_server import ArchiveServer, layout
from gonedark.feeds.archives import Archives
from gonedark.feeds.cache import Cache
from gonedark.feeds.files import FeedError
from gonedark.feeds.plan import Plan, make_plan
from gonedark.feeds.provide import Sources, provide
from gonedark.feeds.transfer import Patience, Transfer
from gonedark.model.time import HOUR_US, TimeSpan, to_datetime
from worlds import START_US, Scene

PATIENCE = Patience(tries=2, first_wait_seconds=0.01, longest_wait_seconds=0.05, answer_seconds=120.0)
WINDOW = TimeSpan(START_US + HOUR_US, START_US + 3 * HOUR_US)
COLLECTORS = ("rrc00", "route-views.linx")

Answer = Callable[[dict[str, str]], bytes]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return layout(Scene(hours=4, collectors=COLLECTORS))


@pytest.fixture
def server(files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[ArchiveServer]:
    monkeypatch.setenv("no_proxy", "*")
    with ArchiveServer(dict(files)) as running:
        yield running


def broker_of(server: ArchiveServer, *, page_rows: int = 7, place: str = "https://elsewhere.example/") -> Answer:
    """A broker that has listed the server's files, in pages of its own size at most; its URLs lead elsewhere."""

    def answer(asked: dict[str, str]) -> bytes:
        rows = [row for path, data in sorted(server.files.items()) if (row := _row(path, data, asked, place))]
        size = min(page_rows, int(asked["page_size"]))
        first = (int(asked["page"]) - 1) * size
        return json.dumps({"page": int(asked["page"]), "data": rows[first : first + size], "error": None}).encode()

    return answer


def _row(path: str, data: bytes, asked: dict[str, str], place: str) -> dict[str, object] | None:
    name = path.rpartition("/")[2]
    kind, day, clock = name.split(".")[:3]
    collector = path.partition("/")[0]
    since, until = (f"{to_datetime(int(asked[key]) * 1_000_000):%Y%m%d%H%M}" for key in ("ts_start", "ts_end"))
    data_type = "update" if kind == "updates" else "rib"
    if collector != asked["collector_id"] or data_type != asked["data_type"] or not since <= day + clock <= until:
        return None
    size = {"rough_size": 1, "exact_size": len(data)}
    return {"collector_id": collector, "data_type": data_type, "url": place + path, **size}


def plan_of(server: ArchiveServer, broker: str | None) -> Plan:
    archives = replace(Archives().at(server.bases), broker=broker)
    with Transfer(PATIENCE) as transfer:
        return make_plan(WINDOW, COLLECTORS, archives, transfer.page, transfer.size)


def test_a_broker_lists_what_the_index_lists(server: ArchiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gonedark.feeds.broker._PAGE_ROWS", 7)
    expected = [file.url for file in plan_of(server, None).files]
    server.broker = broker_of(server)
    server.asked.clear()
    plan = plan_of(server, f"{server.url}/broker")
    assert [file.url for file in plan.files] == expected
    assert plan.bytes == sum(len(server.files[file.url.removeprefix(f"{server.url}/")]) for file in plan.files)
    assert all(path.startswith("broker/") for path in server.asked), "no index page was read"
    assert len(server.asked) > 6, "answers of several pages"


def test_what_the_broker_lists_is_fetched_from_the_archive(server: ArchiveServer, tmp_path: Path) -> None:
    server.broker = broker_of(server, page_rows=1000)
    archives = replace(Archives().at(server.bases), broker=f"{server.url}/broker")
    found = provide(WINDOW, Sources(COLLECTORS, archives, Cache(tmp_path), patience=PATIENCE))
    assert not found.gaps
    assert all(item.remote.url.startswith(server.url) for item in found.files)


@pytest.mark.parametrize(
    "answer",
    [
        b"not JSON",
        b"[]",
        b'{"data": null}',
        b'{"data": []}',
        b'{"data": [1, null, {}, {"collector_id": "rrc00", "url": 3}]}',
        b'{"data": [{"collector_id": "rrc00", "url": "https://e.example/../../etc/passwd", "exact_size": 5}]}',
        b'{"data": ' + b"[" * 100_000,
    ],
)
def test_without_a_useful_answer_the_index_is_read(server: ArchiveServer, answer: bytes) -> None:
    expected = plan_of(server, None)
    server.broker = lambda asked: answer
    assert [file.url for file in plan_of(server, f"{server.url}/broker").files] == [file.url for file in expected.files]


def test_a_broker_that_is_not_there_is_asked_once(server: ArchiveServer) -> None:
    plan = plan_of(server, "http://127.0.0.1:9/broker")
    assert [file.url for file in plan.files] == [file.url for file in plan_of(server, None).files]
    assert len([note for note in plan.notes if "the broker is not asked any more" in note]) == 1


def test_a_broker_has_a_url() -> None:
    with pytest.raises(FeedError, match="http or https URL"):
        Archives(broker="/srv/broker")

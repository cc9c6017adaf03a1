"""Reading with several threads: the same batches and notes as in one, an end to every thread, errors in their place."""

import io
import itertools
import threading
import time
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from decoding import record
from gonedark.model.prefix import Prefix
from gonedark.mrt import writer
from gonedark.mrt.batch import Batch, Peer
from gonedark.mrt.decoder import Decoder
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.mrt.reader import MrtReader
from gonedark.mrt.relay import Relay
from gonedark.mrt.summary import Summary

TIME_US = 1_400_000_000_000_000
PEERS = [Peer(64500 + number, f"192.0.2.{number}") for number in range(1, 9)]


def tables(count: int, routes: int) -> bytes:
    """Several whole dumps behind each other, their peers in turned order, with records between that nobody reads."""
    data = b""
    for table in range(count):
        peers = PEERS[table:] + PEERS[:table]
        data += writer.peer_index_table(TIME_US, collector_id="192.0.2.254", view=f"rv{table}", peers=peers)
        for number in range(routes):
            path = (peers[number % 8].asn, 3356 + number % 5, 64600 + number)
            entry = writer.rib_entry(number % 8, TIME_US, writer.rib_attributes(path, "192.0.2.1"))
            prefix = Prefix.parse(f"10.{number >> 8 & 255}.{number & 255}.0/24")
            data += writer.rib_record(TIME_US, number, prefix, [entry])
        data += record(14, 1, b"nobody reads this")
    return data


def told(batches: Iterator[Batch], summary: Any) -> tuple[list[Any], list[int], Summary]:
    """Rows, what the summary knew at each batch, and the whole of it."""
    rows, known = [], []
    for batch in batches:
        columns = (batch.time_us, batch.kind, batch.peer, batch.prefix, batch.path, batch.flags, batch.state)
        rows.append([column.tolist() for column in columns])
        known.append(summary().records)
    return rows, known, summary()


@pytest.fixture(params=[1, 2, 8], ids=lambda count: f"{count} processors", autouse=True)
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of these tests hold on machines small and large."""
    monkeypatch.setattr("gonedark.mrt.relay.processors", lambda: request.param)


def test_threads_change_nothing() -> None:
    data = tables(4, 3000)[:-40]
    alone = Decoder(Dictionaries(), batch_rows=500)
    expected = told(itertools.chain(alone.feed(data), alone.finish()), lambda: alone.summary)
    reader = MrtReader(data, batch_rows=500)
    found = told(iter(reader), lambda: reader.summary)
    assert found == expected
    assert len(found[0]) > 20
    apart = MrtReader(data, batch_rows=500, apart=True)
    rows, _, summary = told(iter(apart), lambda: apart.summary)
    assert (rows, summary) == (expected[0], expected[2])


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("taken", [0, 1, 5])
def test_whoever_stops_early_leaves_no_thread_behind(taken: int, apart: bool) -> None:
    before = set(threading.enumerate())
    batches = iter(MrtReader(tables(3, 3000), batch_rows=100, apart=apart))
    assert len(list(itertools.islice(batches, taken))) == taken
    batches.close()  # type: ignore[attr-defined]
    assert set(threading.enumerate()) <= before, "threads of earlier tests may end meanwhile"


def test_what_is_small_is_read_without_threads_and_gives_the_same(tmp_path: Path) -> None:
    data = tables(4, 300)[:-40]
    path = tmp_path / "small.mrt"
    path.write_bytes(data)
    before = threading.active_count()
    alone = MrtReader(path, batch_rows=100)
    batches = iter(alone)
    first = next(batches)
    assert threading.active_count() == before
    ahead = MrtReader(io.BytesIO(data), name=path.name, batch_rows=100)
    found = told(itertools.chain([first], batches), lambda: alone.summary)
    assert found == told(iter(ahead), lambda: ahead.summary)
    assert len(found[0]) > 10


@pytest.mark.parametrize("apart", [False, True])
def test_an_error_of_the_source_comes_behind_the_batches_before_it(apart: bool) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 100_000:
                raise OSError("the disk is gone")
            return super().read(min(size or 0, 30_000))

    batches = iter(MrtReader(Breaking(tables(2, 3000)), batch_rows=100, apart=apart))
    assert len(next(batches))
    with pytest.raises(OSError, match="the disk is gone"):
        list(batches)


class Counted:
    """Numbers from 0 on, which know how many were asked for, and by how many threads at a time."""

    def __init__(self, count: int, fails: BaseException | None = None) -> None:
        self.made = 0
        self.is_closed = False
        self._count, self._fails = count, fails
        self._busy = threading.Lock()

    def numbers(self) -> Generator[int, None, None]:
        try:
            while self.made < self._count:
                assert self._busy.acquire(blocking=False), "one item at a time"
                number, self.made = self.made, self.made + 1
                self._busy.release()
                yield number
            if self._fails is not None:
                raise self._fails
        finally:
            self.is_closed = True


def doubled(numbers: Iterator[int], pause: float = 0.0) -> Generator[int, None, None]:
    for number in numbers:
        time.sleep(pause)
        yield 2 * number


def test_items_keep_their_order_through_all_stages() -> None:
    relay = Relay()
    stage = relay.stage(Counted(2000).numbers(), 3)
    for _ in range(4):
        stage = relay.stage(doubled(stage), 2)
    with relay:
        assert list(stage) == [16 * number for number in range(2000)]


def test_items_wait_for_room() -> None:
    source, relay = Counted(100), Relay()
    numbers = relay.stage(source.numbers(), 2)
    with relay:
        assert next(numbers) == 0
        assert next(numbers) == 1
        time.sleep(0.05)  # in which more would be made, were there room
        assert source.made <= 4, "two taken, two waiting"
    assert source.is_closed


def test_an_error_comes_behind_the_items_before_it_through_all_stages() -> None:
    relay = Relay()
    last = relay.stage(doubled(relay.stage(Counted(50, LookupError("gone")).numbers(), 2)), 2)
    with relay:
        got = list(itertools.islice(last, 50))
        with pytest.raises(LookupError, match="gone"):
            next(last)
    assert got == [2 * number for number in range(50)]


def test_what_is_left_in_the_middle_is_closed() -> None:
    source, relay = Counted(1000), Relay()
    last = relay.stage(doubled(relay.stage(source.numbers(), 3), 0.001), 3)
    with relay:
        assert [next(last), next(last)] == [0, 2]
    assert source.is_closed
    assert not any(thread.name == "relay" for thread in threading.enumerate())


@cache
def large_table() -> bytes:
    """A table of eight peers, which fills several batches that are not copied for being small."""
    data = [writer.peer_index_table(TIME_US, collector_id="192.0.2.254", view="rv", peers=PEERS)]
    attributes = [writer.rib_attributes((peer.asn, 3356, 64600), "192.0.2.1") for peer in PEERS]
    turns = [[writer.rib_entry(at, TIME_US, attributes[at - turn]) for at in range(8)] for turn in range(8)]
    for number in range(60_000):
        prefix = Prefix("ipv4", (10 << 24) + (number << 8), 24)
        data.append(writer.rib_record(TIME_US + number * 1_000_000, number, prefix, turns[number % 8]))
    return b"".join(data)


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("kept", ["batches", "columns", "pieces"])
def test_what_is_kept_of_a_batch_stays_as_it_was(kept: str, apart: bool) -> None:
    columns = ("time_us", "kind", "peer", "prefix", "path", "flags", "state")
    kept_so_far: list[Any] = []
    as_it_was = []
    for number, batch in enumerate(MrtReader(large_table(), batch_rows=70_000, apart=apart)):
        if kept == "batches":
            kept_so_far.append([getattr(batch, name) for name in columns])
        elif kept == "columns":
            kept_so_far.append([getattr(batch, columns[number % len(columns)])])
        else:
            kept_so_far.append([memoryview(batch.prefix[-10:]), batch.path[::1000]])
        as_it_was.append([np.array(column) for column in kept_so_far[-1]])
    assert len(as_it_was) > 5
    for found, expected in zip(kept_so_far, as_it_was, strict=True):
        for one, other in zip(found, expected, strict=True):
            assert np.array_equal(np.asarray(one), other)


def test_memory_of_batches_that_are_gone_is_written_anew() -> None:
    places = [batch.time_us.ctypes.data for batch in MrtReader(large_table(), batch_rows=70_000)]
    assert len(set(places)) < len(places)

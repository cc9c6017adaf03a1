"""Blocks out of streams: recognised by content, whole or damaged, seekable or not."""

import bz2
import gzip
import io
import lzma
import os
import random
import shutil
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import zstandard

from gonedark.mrt.decompress import BLOCK_BYTES, BlockStream

PLAIN = random.Random(1).randbytes(300_000) + b"the end of the world " * 100_000


def read(source: object) -> tuple[bytes, str | None]:
    with BlockStream(source) as stream:  # type: ignore[arg-type]  # sources of all kinds
        return b"".join(stream), stream.damage


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
    "xz": lzma.compress,
}
PACKED = [name for name in PACKERS if name != "plain"]


@cache
def packed_plain(name: str) -> bytes:
    return PACKERS[name](PLAIN)


class Pipe(io.RawIOBase):
    """A stream that cannot seek and gives little at a time."""

    def __init__(self, data: bytes) -> None:
        self._inner = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(min(size, 1000) if size >= 0 else 1000)


@pytest.mark.parametrize("name", PACKERS)
def test_every_compression_from_every_source(name: str, tmp_path: Path) -> None:
    packed = packed_plain(name)
    path = tmp_path / "named.wrongly"
    path.write_bytes(packed)
    for source in (path, str(path), packed, bytearray(packed), memoryview(packed), io.BytesIO(packed), Pipe(packed)):
        assert read(source) == (PLAIN, None)


@pytest.mark.parametrize("name", PACKED)
def test_members_behind_each_other_are_one_stream(name: str) -> None:
    packed = packed_plain(name)
    assert read(packed + PACKERS[name](b"more") + packed) == (PLAIN + b"more" + PLAIN, None)


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("seekable", [True, False])
def test_a_cut_stream_yields_what_was_whole(name: str, seekable: bool) -> None:
    packed = packed_plain(name)[:-20]
    data, damage = read(packed if seekable else Pipe(packed))
    assert damage is not None
    assert PLAIN.startswith(data)
    assert len(data) > 0 or name in {"bz2", "zstd"}, "a block of these is whole or not there"


@pytest.mark.parametrize("name", PACKED)
def test_a_corrupt_stream_yields_what_lies_before(name: str) -> None:
    first = packed_plain(name)
    second = bytearray(first)
    second[len(second) // 2] ^= 0xFF
    data, damage = read(first + bytes(second))
    assert damage is not None
    assert data.startswith(PLAIN)


@pytest.mark.parametrize("damage", ["none", "cut", "flip", "two", "padding"])
def test_bz2_is_the_same_with_the_program_and_without_it(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = bytearray(bz2.compress(random.Random(2).randbytes(1 << 21)))
    if damage == "cut":
        del packed[-1:]
    elif damage == "flip":
        packed[len(packed) // 2] ^= 4
    else:
        packed += {"none": b"", "two": bytes(packed), "padding": bytes(600)}[damage]
    path = tmp_path / "packed.bz2"
    path.write_bytes(packed)
    if not shutil.which("lbzip2"):
        if os.environ.get("CI"):
            pytest.fail("lbzip2 is missing; Debian's package has it")
        pytest.skip("lbzip2 is not installed")
    with path.open("rb") as file:
        with_program = read(file)
        file.seek(0)
        assert read(file) == with_program, "the file is where its reader thinks that it is"
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert read(path) == with_program


def test_padding_behind_a_stream_is_no_damage() -> None:
    assert read(gzip.compress(PLAIN) + bytes(512)) == (PLAIN, None)


def test_other_bytes_behind_a_stream_are() -> None:
    data, damage = read(gzip.compress(PLAIN) + b"something else")
    assert data == PLAIN
    assert damage == "there are other bytes behind the compressed stream"


def test_a_bomb_is_streamed() -> None:
    bomb = gzip.compress(bytes(1 << 28), 9)
    assert len(bomb) < 1 << 19
    with BlockStream(bomb) as stream:
        sizes = [len(block) for block in stream]
    assert max(sizes) <= BLOCK_BYTES
    assert sum(sizes) == 1 << 28


def test_closing_early_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    with BlockStream(gzip.compress(PLAIN * 10)) as stream:
        assert next(iter(stream))
    assert set(threading.enumerate()) <= before, "threads of earlier tests may end meanwhile"


def test_an_empty_source_has_no_blocks() -> None:
    assert read(b"") == (b"", None)


def test_what_cannot_be_opened_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        BlockStream(tmp_path / "nothing")


def test_what_cannot_be_read_is_an_os_error() -> None:
    class Broken(Pipe):
        def read(self, size: int = -1) -> bytes:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        read(Broken(b""))


def test_a_long_name_in_the_header_is_skipped() -> None:
    packed = gzip.compress(PLAIN)
    named = packed[:3] + b"\x08" + packed[4:10] + b"n" * (1 << 20) + b"\0" + packed[10:]
    assert read(named) == (PLAIN, None)
    assert read(packed + named) == (PLAIN + PLAIN, None)

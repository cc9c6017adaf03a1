"""Compressed or plain bytes to large blocks: gz, bz2, zstd and xz, recognised by content and never by name.

Begin with :class:`BlockStream`. It decompresses ahead in a thread of its own, with the interpreter lock released, so
that whoever reads can decode meanwhile. A cut or corrupt stream yields what was whole; ``damage`` then says what was
wrong. Memory is bounded by a few blocks, however much a stream expands. Not for what the bytes mean.
"""

import bz2
import io
import lzma
import os
import shutil
import stat
import subprocess
import zlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, BinaryIO, cast

import indexed_bzip2
import zstandard
from isal import igzip, igzip_lib

from gonedark.mrt.relay import Relay
from gonedark.named_file import open_named

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO
Blocks = Generator[bytes, None, None]

BLOCK_BYTES = 3 << 21
"""Large, since three busy stages on two cores get in each other's way at every exchange."""
READ_BYTES = 1 << 18
PIPE_BYTES = 1 << 20
ZSTD_READ_BYTES = 1 << 10
"""A block of zstd can say 128 kB in four bytes, so that this much may become 32 MB."""
CAREFUL_BYTES = 256
CAREFUL_OUTPUT_BYTES = 4096
BLOCKS_AHEAD = 3
SMALL_BYTES = 1 << 18
MAGIC = (
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ\x00", "xz"),
)
CUT = "the compressed stream ends in the middle"


class DamagedError(Exception):
    """A compressed stream is cut or corrupt; the message says how."""


ERRORS: tuple[type[Exception], ...] = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    OverflowError,
    zlib.error,
    lzma.LZMAError,
    zstandard.ZstdError,
    cast("type[Exception]", igzip_lib.error),
)
"""What decompressors raise on damaged data."""
CAREFUL_ERRORS: tuple[type[Exception], ...] = (DamagedError, *ERRORS)


def compression_of(head: bytes) -> str:
    """``gz``, ``bz2``, ``zstd``, ``xz`` or ``plain`` by the first bytes."""
    return next((name for magic, name in MAGIC if head.startswith(magic)), "plain")


def _pieces(raw: BinaryIO, size: int) -> Blocks:
    while piece := raw.read(size):
        yield piece


def _plain(raw: BinaryIO, block_bytes: int) -> Blocks:
    yield from _pieces(raw, block_bytes)


def _behind(skip: int, blocks: Blocks) -> Blocks:
    """The blocks without their first ``skip`` bytes."""
    for block in blocks:
        if skip < len(block):
            yield block[skip:]
        skip = max(0, skip - len(block))


def _members(raw: BinaryIO, magic: bytes, make: Callable[[], Any], piece_bytes: int, output_bytes: int) -> Blocks:
    """Decompress members one behind the other, with objects like the standard library's; padding is skipped."""
    decompressor, begun = make(), False
    for piece in _pieces(raw, piece_bytes):
        data = piece
        while data or (begun and not decompressor.eof and not decompressor.needs_input):
            begun = True
            if block := decompressor.decompress(data, output_bytes):
                yield block
            data = b""
            if decompressor.eof:
                data = decompressor.unused_data.lstrip(b"\0")
                decompressor, begun = make(), False
                if data and not (data.startswith(magic) or magic.startswith(data)):
                    raise DamagedError("there are other bytes behind the compressed stream")
    if begun:
        raise DamagedError(CUT)


class _ZlibDecompressor:
    """The standard library's gzip decompressor with the face of the others."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def _gz(raw: BinaryIO, block_bytes: int) -> Blocks:
    make = lambda: igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)  # noqa: E731
    if not raw.seekable():
        yield from _members(raw, b"\x1f\x8b", make, READ_BYTES, block_bytes)
        return
    start, delivered = raw.tell(), 0
    try:
        # A quarter faster than member by member, but what is wrong costs the block in which it is.
        with igzip.open(raw, "rb") as file:
            while block := file.read(block_bytes):
                delivered += len(block)
                yield block
    except ERRORS:
        raw.seek(start)
        yield from _behind(delivered, _members(raw, b"\x1f\x8b", make, READ_BYTES, block_bytes))


def _gz_careful(raw: BinaryIO) -> Blocks:
    return _members(raw, b"\x1f\x8b", _ZlibDecompressor, CAREFUL_BYTES, CAREFUL_OUTPUT_BYTES)


def _bz2(raw: BinaryIO, block_bytes: int) -> Blocks:
    if not raw.seekable():
        yield from _members(raw, b"BZh", bz2.BZ2Decompressor, READ_BYTES, block_bytes)
        return
    if isinstance(raw, io.BufferedReader) and (program := shutil.which("lbzip2")):
        yield from _lbzip2(program, raw, block_bytes)
        return
    # Left open, its threads abort the process at exit.
    with indexed_bzip2.open(raw, parallelization=os.cpu_count() or 1) as file:
        while block := file.read(block_bytes):
            yield block


def _lbzip2(program: str, raw: io.BufferedReader, block_bytes: int) -> Blocks:
    """Debian's lbzip2 where it is installed: a third faster than the library, which is all of the time with bz2."""
    command = [program, "-dc", "-n", str(os.cpu_count() or 1)]
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    # What was looked at is in Python's buffer, but the program reads from where the file itself stands.
    os.lseek(raw.fileno(), raw.tell(), os.SEEK_SET)
    try:
        with subprocess.Popen(command, stdin=raw, stdout=pipe, stderr=null, pipesize=PIPE_BYTES) as process:
            try:
                yield from _pieces(cast("BinaryIO", process.stdout), block_bytes)
                process.wait()
            finally:
                process.kill()
    finally:
        raw.seek(0, os.SEEK_END)  # the program moved the file; only this makes Python forget where it thought to be
    if process.returncode > 0:
        raise OSError("invalid data, says lbzip2")


def _bz2_careful(raw: BinaryIO) -> Blocks:
    return _members(raw, b"BZh", bz2.BZ2Decompressor, CAREFUL_BYTES, CAREFUL_OUTPUT_BYTES)


def _xz(raw: BinaryIO, block_bytes: int) -> Blocks:
    make = lambda: lzma.LZMADecompressor(memlimit=256 << 20)  # noqa: E731
    return _members(raw, b"\xfd7zXZ\0", make, READ_BYTES, block_bytes)


def _xz_careful(raw: BinaryIO) -> Blocks:
    make = lambda: lzma.LZMADecompressor(memlimit=256 << 20)  # noqa: E731
    return _members(raw, b"\xfd7zXZ\0", make, CAREFUL_BYTES, CAREFUL_OUTPUT_BYTES)


class _ZstdDecompressor:
    """Zstandard's with the face of the others. It knows no limit of output, so that it is fed small pieces only."""

    needs_input = True

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor().decompressobj()

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, _: int) -> bytes:
        return self._inner.decompress(data)


def _zstd(raw: BinaryIO, _: int) -> Blocks:
    return _members(raw, b"\x28\xb5\x2f\xfd", _ZstdDecompressor, ZSTD_READ_BYTES, 0)


def _zstd_careful(raw: BinaryIO) -> Blocks:
    return _members(raw, b"\x28\xb5\x2f\xfd", _ZstdDecompressor, 1, 0)


FAST: dict[str, Callable[[BinaryIO, int], Blocks]] = {
    "plain": _plain,
    "gz": _gz,
    "bz2": _bz2,
    "zstd": _zstd,
    "xz": _xz,
}
"""How each is read: the stream, and how many bytes a block may have (zstd's knows no limit)."""

CAREFUL: dict[str, Callable[[BinaryIO], Blocks]] = {
    "gz": _gz_careful,
    "bz2": _bz2_careful,
    "zstd": _zstd_careful,
    "xz": _xz_careful,
}


def is_small(source: Source) -> bool:
    """So few bytes that threads would cost more than they spare; False where only reading would tell."""
    if isinstance(source, bytes | bytearray | memoryview):
        return len(source) < SMALL_BYTES
    if not isinstance(source, str | os.PathLike):
        return False
    try:
        known = os.stat(source)
    except OSError:
        return False
    return stat.S_ISREG(known.st_mode) and known.st_size < SMALL_BYTES


class _Headed(io.RawIOBase):
    """A stream that cannot seek, with the bytes already looked at put back in front."""

    def __init__(self, head: bytes, raw: BinaryIO) -> None:
        self._head = head
        self._raw = raw

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._raw.read(size)
        piece, self._head = self._head[:size], self._head[size:]
        return piece


class BlockStream:
    """Iterate over it once for the decompressed blocks of ``source``; use it as a context manager.

    Blocks have at most ``block_bytes`` (of zstd more). Without ``ahead`` each is decompressed when it is asked for,
    without a thread. Raises OSError where the source cannot be opened or read at all. A damaged compressed stream
    raises nothing: after the last block ``damage`` is a sentence, else None.
    """

    def __init__(self, source: Source, *, ahead: bool = True, block_bytes: int = BLOCK_BYTES) -> None:
        self.damage: str | None = None
        self._runs_ahead, self._block_bytes = ahead, block_bytes
        self._owned = isinstance(source, str | os.PathLike)
        if isinstance(source, bytes | bytearray | memoryview):
            self._raw: BinaryIO = io.BytesIO(source)
        elif isinstance(source, str | os.PathLike):
            self._raw = open_named(Path(source))
        else:
            self._raw = source
        self._blocks = self._decompressed()
        try:
            self._look()
        except BaseException:
            self.close()
            raise

    def _look(self) -> None:
        """Recognise the compression without losing the bytes looked at."""
        self._seekable = self._raw.seekable()
        self._start = self._raw.tell() if self._seekable else 0
        head = b""
        while len(head) < 6 and (more := self._raw.read(6 - len(head))):
            head += more
        self.compression = compression_of(head)
        if self._seekable:
            self._raw.seek(self._start)
        else:
            self._raw = _Headed(head, self._raw)  # type: ignore[assignment]

    def __enter__(self) -> "BlockStream":
        return self

    def __exit__(self, *unused: object) -> None:
        self.close()

    def __iter__(self) -> Blocks:
        if not self._runs_ahead:
            yield from self._blocks
            return
        relay = Relay()
        blocks = relay.stage(self._blocks, BLOCKS_AHEAD)
        with relay:
            yield from blocks

    def _decompressed(self) -> Blocks:
        delivered = 0
        try:
            for block in FAST[self.compression](self._raw, self._block_bytes):
                delivered += len(block)
                yield block
            return
        except DamagedError as error:
            self.damage = str(error)
            return
        except ERRORS as error:
            if self.compression == "plain":
                raise
            self.damage = f"the compressed stream is damaged ({error})"
        if self._seekable:
            self._raw.seek(self._start)
            yield from self._rest(delivered)

    def _rest(self, skip: int) -> Blocks:
        """What is whole behind the bytes already delivered, decompressed in small steps so that little is lost."""
        try:
            yield from _behind(skip, CAREFUL[self.compression](self._raw))
        except CAREFUL_ERRORS as error:
            self.damage = f"the compressed stream is damaged ({error})"

    def close(self) -> None:
        """Stop decompressing; close the file if it was opened here."""
        self._blocks.close()
        if self._owned and hasattr(self, "_raw"):
            self._raw.close()

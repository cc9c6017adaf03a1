"""Columns in a file: written one after the other, read back whole or in part.

Begin with :class:`Writer` and :class:`Reader`; :class:`Shelf` keeps rows that are too many for memory. Not for what the
columns mean, nor for choosing the folder, which is :mod:`gonedark.collect.folder`.
"""

import os
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from gonedark.feeds.files import FeedError
from gonedark.table.changes import RouteColumns, Stretch, kept

_ALIGNED_BYTES = 8
KINDS: dict[str, type[Any]] = {
    item.name: {"time_us": np.int64, "precise": np.bool_}.get(item.name, np.int32) for item in fields(RouteColumns)
}
"""The columns of rows, in their order."""
SHELVED_ROWS = 1 << 22
"""So many rows of a country stay in memory, at 25 bytes each; what comes then goes to a file."""


class SpillError(FeedError):
    """Temporary data cannot be written or read back; the message is one clear line."""


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """What goes wrong with temporary data in the folder is told as that: SpillError."""
    try:
        yield
    except OSError as error:
        raise SpillError(
            f"temporary data cannot be written to {folder}: {error.strerror or error}; "
            "choose a folder with more room with --spill"
        ) from None


@dataclass(frozen=True, slots=True)
class Place:
    """A column in the file: its type and length, and the byte where it begins."""

    kind: str
    count: int
    at_byte: int


Column = NDArray[Any] | Place
"""Values, or where they are written."""


class Writer:
    """A file that grows by columns; it is removed where that fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._at = 0
        with writing_to(folder):
            handle, name = tempfile.mkstemp(dir=folder, suffix=".columns")
        self.path = Path(name)
        self._file: BinaryIO = os.fdopen(handle, "w+b", buffering=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, _error: object, _trace: object) -> None:
        self._file.close()
        if kind is not None:
            self.path.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Close and remove it."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def hidden(self) -> int:
        """Take its name away, so that it is gone when it is closed; what to read it by."""
        self.path.unlink()
        return self._file.fileno()

    def close(self) -> None:
        """Nothing more comes."""
        self._file.close()

    def column(self, column: Column) -> Column:
        """One column written, unless it is already or it is one value."""
        if isinstance(column, Place) or len(column) < 2:
            return column
        place = Place(column.dtype.str, len(column), self._at)
        values = np.ascontiguousarray(column).view(np.uint8)
        # Filled up, so that every column begins where the machine likes it.
        self._write(values)
        self._write(np.zeros(-len(values) % _ALIGNED_BYTES, dtype=np.uint8))
        return place

    def _write(self, values: NDArray[np.uint8]) -> None:
        self._at += len(values)
        data = values.data
        with writing_to(self._folder):
            while data:
                data = data[self._file.write(data) :]


class Reader:
    """Columns of one file, or of none; or of one that is open already, by its handle."""

    def __init__(self, file: Path | None, handle: int = -1) -> None:
        self._path = file
        self._handle = handle

    def __enter__(self) -> Self:
        with self._told():
            if self._path is not None:
                self._handle = os.open(self._path, os.O_RDONLY)
        return self

    def __exit__(self, *_: object) -> None:
        if self._path is not None:
            os.close(self._handle)

    def values(self, column: Column, start: int, stop: int) -> NDArray[Any]:
        """Values from ``start`` to ``stop``."""
        if not isinstance(column, Place):
            return np.broadcast_to(column[0], stop - start) if len(column) == 1 else column[start:stop]
        found = np.empty(stop - start, dtype=column.kind)
        data, at = found.view(np.uint8).data, column.at_byte + start * found.itemsize
        with self._told():
            while data:
                count = os.preadv(self._handle, [data], at)
                if not count:
                    raise OSError("it is shorter than it was")
                data, at = data[count:], at + count
        return found

    def whole(self, column: Column) -> NDArray[Any]:
        """The whole column, of which only what is looked at is read."""
        if not isinstance(column, Place):
            return column
        with self._told():
            # Writable copies of pages, as the compiled loops take only what they could write to.
            return np.asarray(np.memmap(str(self._path), column.kind, "c", column.at_byte, (column.count,)))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SpillError(
                f"temporary data cannot be read back from {self._path or 'their file'}: {error.strerror or error}"
            ) from None


class Shelf:
    """One country's rows in stretches: the first in memory, in a file without a name what is too much for it.

    The file is gone with the last stretch that is in it. Without a folder everything stays in memory.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._room = SHELVED_ROWS
        self._writer: Writer | None = None
        self._handle = -1

    def keep(self, routes: RouteColumns) -> Stretch:
        """These rows, to be read again. Raises SpillError, now or then."""
        self._room -= len(routes.time_us)
        if self._folder is None or self._room >= 0:
            return kept(routes)
        if self._writer is None:
            self._writer = Writer(self._folder)
            self._handle = self._writer.hidden()
            weakref.finalize(self, self._writer.close)
        columns = narrow({item.name: getattr(routes, item.name) for item in fields(routes)})
        written = {name: self._writer.column(column) for name, column in columns.items()}
        return Stretch(kept(routes).since_us, partial(self._read, written, len(routes.time_us)))

    def _read(self, columns: dict[str, Column], count: int) -> RouteColumns:
        with Reader(None, self._handle) as reader:
            return RouteColumns(
                *(reader.values(columns[name], 0, count).astype(kind, copy=False) for name, kind in KINDS.items())
            )


def narrow(columns: Mapping[str, Column]) -> dict[str, Column]:
    """Columns in fewer bytes: one value where all are the same, sessions (at most 32,768) in two bytes."""
    found: dict[str, Column] = {}
    for name, column in columns.items():
        assert not isinstance(column, Place), "new columns are in memory"
        same = len(column) > 1 and column[0] == column[-1] and bool((column == column[0]).all())
        few = column[:1].copy() if same else column
        found[name] = few.astype(np.int16) if name == "session" else few
    return found

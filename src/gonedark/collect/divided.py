"""A shard's rows by country: in memory where they are few, else in one file, of which one country is read at a time.

Begin with :class:`Divider`, which takes a tracker's rows, and :class:`Divided`, which gives a country's back. A file is
columns one after the other; where they lie is known here alone. Not for choosing the folder, which is
:mod:`gonedark.collect.folder`.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from gonedark.feeds.files import FeedError
from gonedark.model.prefix import FAMILIES, Prefix
from gonedark.mrt.batch import Dictionaries
from gonedark.table.changes import Changes, RouteColumns, held_routes
from gonedark.table.division import Division, Owners
from gonedark.table.paths import AsPaths, all_paths, some_paths

KEPT_ROWS = 1 << 15
"""Shards with no more rows than that stay in memory."""
_HELD = ("session", "prefix", "path")
_ALIGNED_BYTES = 8


class SpillError(FeedError):
    """Temporary data cannot be written or read back; the message is one clear line."""


@dataclass(frozen=True, slots=True)
class Place:
    """A column in the file: its type and length, and the byte where it begins."""

    kind: str
    count: int
    at_byte: int


Column = NDArray[Any] | Place
"""Values, or where they are written."""


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """Rows by country, the i-th from ``start[i]`` to ``start[i + 1]``; columns by name, their values or one for all."""

    start: NDArray[np.int64]
    columns: dict[str, Column]


@dataclass(frozen=True, eq=False, slots=True)
class Divided:
    """Everything a shard has of all its countries; ``file`` holds what is not in memory.

    ``routes`` are changes and ``held`` the routes held in the end, in the order of their coming. ``prefixes`` are by
    country too, ``paths`` those of the whole shard.
    """

    file: Path | None
    routes: tuple[Piece, ...]
    held: tuple[Piece, ...]
    prefixes: Piece
    paths: tuple[Column, Column, Column]

    def written(self, folder: Path | None) -> "Divided":
        """The same, in a file of the folder where it is much. Raises SpillError."""
        rows = sum(int(piece.start[-1]) for piece in (*self.routes, *self.held))
        if self.file is not None or folder is None or rows <= KEPT_ROWS:
            return self
        with _Writer(folder) as writer:
            return writer.rest(self)

    def part(self, country: int, frame: Changes) -> Changes:
        """The frame with one country's prefixes, paths and routes. Raises SpillError."""
        with _Reader(self.file) as reader:
            routes, held = _routes(reader, self.routes, country), _held(reader, self.held, country)
            prefixes, number = _prefixes(reader, self.prefixes, country)
            paths, to_path = some_paths(AsPaths(*map(reader.whole, self.paths)), [routes.path, held.path])
        routes = replace(routes, prefix=number[routes.prefix], path=to_path(routes.path))
        end = frame.end
        if end is not None:
            end = replace(end, session=held.session, prefix=number[held.prefix], path=to_path(held.path))
        return replace(frame, prefixes=prefixes, paths=paths, routes=routes, end=end)

    def rows(self, country: int) -> int:
        """How many changes there are of one country."""
        return sum(int(piece.start[country + 1] - piece.start[country]) for piece in self.routes)

    def forget(self) -> None:
        """Remove the file."""
        if self.file is not None:
            self.file.unlink(missing_ok=True)


class Divider:
    """The sink of a tracker: divides rows by country, and writes them to a file of the folder once they are many.

    Without a folder they stay in memory. Raises SpillError where the file cannot be written; ``abandon`` it then.
    """

    def __init__(self, dictionaries: Dictionaries, owners: Owners, countries: int, folder: Path | None) -> None:
        self._dictionaries = dictionaries
        self._division = Division(dictionaries, owners, countries)
        self._folder = folder
        self._writer: _Writer | None = None
        self._rows = 0
        self._routes: list[Piece] = []
        self._held: list[Piece] = []

    def take(self, routes: RouteColumns, slots: NDArray[np.int64]) -> None:
        """See :class:`gonedark.table.tracker.Sink`."""
        mine, start = self._division.sorted(routes, slots)
        self._add(self._routes, Piece(start, {item.name: getattr(mine, item.name) for item in fields(mine)}))

    def hold(self, routes: RouteColumns, slots: NDArray[np.int64]) -> None:
        """See :class:`gonedark.table.tracker.Sink`."""
        mine, start = self._division.sorted(routes, slots)
        self._add(self._held, Piece(start, {name: getattr(mine, name) for name in _HELD}))

    def finish(self) -> Divided:
        """Everything that was taken."""
        ids, start = self._division.members()
        halves = self._dictionaries.prefix_addresses()[ids]
        prefixes = Piece(
            start,
            {
                "high": halves[:, 0],
                "low": halves[:, 1],
                "length": self._dictionaries.prefix_lengths()[ids],
                "family": self._dictionaries.prefix_families()[ids],
            },
        )
        paths = all_paths(self._dictionaries)
        columns: tuple[Column, Column, Column] = (paths.start, paths.asn, paths.more)
        divided = Divided(None, tuple(self._routes), tuple(self._held), prefixes, columns)
        if self._writer is None:
            return divided
        with self._writer as writer:
            return writer.rest(divided)

    def abandon(self) -> None:
        """Remove what was written."""
        if self._writer is not None:
            self._writer.abandon()

    def _add(self, pieces: list[Piece], piece: Piece) -> None:
        pieces.append(_narrow(piece))
        self._rows += int(piece.start[-1])
        if self._folder is None or self._rows <= KEPT_ROWS:
            return
        self._writer = self._writer or _Writer(self._folder)
        for kept in (self._routes, self._held):
            kept[:] = [self._writer.piece(one) for one in kept]


class _Writer:
    """A file that grows by columns; it is removed where that fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._at = 0
        with self._told():
            handle, name = tempfile.mkstemp(dir=folder, suffix=".columns")
        self.path = Path(name)
        self._file: BinaryIO = os.fdopen(handle, "wb", buffering=0)

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

    def rest(self, divided: Divided) -> Divided:
        """The same with all that is still in memory written, but for what is small."""
        start, asn, more = (self.column(column) for column in divided.paths)
        return Divided(
            self.path,
            tuple(self.piece(piece) for piece in divided.routes),
            tuple(self.piece(piece) for piece in divided.held),
            self.piece(divided.prefixes),
            (start, asn, more),
        )

    def piece(self, piece: Piece) -> Piece:
        """A piece with its columns written."""
        return Piece(piece.start, {name: self.column(column) for name, column in piece.columns.items()})

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
        with self._told():
            while data:
                data = data[self._file.write(data) :]

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SpillError(
                f"temporary data cannot be written to {self._folder}: {error.strerror or error}; "
                "choose a folder with more room with --spill"
            ) from None


class _Reader:
    """Columns of one file, or of none."""

    def __init__(self, file: Path | None) -> None:
        self._path = file

    def __enter__(self) -> Self:
        with self._told():
            self._handle = -1 if self._path is None else os.open(self._path, os.O_RDONLY)
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle >= 0:
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
                f"temporary data cannot be read back from {self._path}: {error.strerror or error}"
            ) from None


def _narrow(piece: Piece) -> Piece:
    """Columns in fewer bytes: one value where all are the same, sessions (at most 32,768) in two bytes."""
    columns: dict[str, Column] = {}
    for name, column in piece.columns.items():
        assert not isinstance(column, Place), "a new piece is in memory"
        same = len(column) > 1 and column[0] == column[-1] and bool((column == column[0]).all())
        few = column[:1].copy() if same else column
        columns[name] = few.astype(np.int16) if name == "session" else few
    return Piece(piece.start, columns)


def _routes(reader: _Reader, pieces: Sequence[Piece], country: int) -> RouteColumns:
    """A country's rows of all pieces, read column by column, so that no more than one of them is there twice."""
    kinds = {"time_us": np.int64, "precise": np.bool_}
    names = [item.name for item in fields(RouteColumns)]
    return RouteColumns(*(_column(reader, pieces, country, name, kinds.get(name, np.int32)) for name in names))


def _held(reader: _Reader, pieces: Sequence[Piece], country: int) -> RouteColumns:
    session, prefix, path = (_column(reader, pieces, country, name, np.int32) for name in _HELD)
    return held_routes(session, prefix, path)


def _column(reader: _Reader, pieces: Sequence[Piece], country: int, name: str, kind: type[Any]) -> NDArray[Any]:
    found = np.empty(sum(int(piece.start[country + 1] - piece.start[country]) for piece in pieces), dtype=kind)
    at = 0
    for piece in pieces:
        start, stop = piece.start[country : country + 2].tolist()
        found[at : at + stop - start] = reader.values(piece.columns[name], start, stop)
        at += stop - start
    return found


def _prefixes(reader: _Reader, piece: Piece, country: int) -> tuple[tuple[Prefix, ...], NDArray[np.int32]]:
    """The country's prefixes in order, and the place among them of each number."""
    start, stop = piece.start[country : country + 2].tolist()
    columns = (reader.values(piece.columns[name], start, stop) for name in ("family", "high", "low", "length"))
    family, high, low, length = columns
    order = np.lexsort((length, low, high, family))
    number = np.empty(len(order), dtype=np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    rows = zip(*(column[order].tolist() for column in (family, high, low, length)), strict=True)
    return tuple(Prefix(FAMILIES[which], upper << 64 | lower, bits) for which, upper, lower, bits in rows), number

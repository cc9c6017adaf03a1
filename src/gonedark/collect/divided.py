"""A shard's rows by country: in memory where they are few, else in one file, of which one country is read at a time.

Begin with :class:`Divider`, which takes a tracker's rows, and :class:`Divided`, which gives a country's back. A file is
columns one after the other; where they lie is known here alone. Not for choosing the folder, which is
:mod:`gonedark.collect.folder`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonedark.collect.columns import KINDS, Column, Reader, Writer, narrow
from gonedark.model.prefix import FAMILIES, Prefix
from gonedark.mrt.batch import Dictionaries
from gonedark.table.changes import FOREVER_US, Changes, RouteColumns, Stretch, held_routes
from gonedark.table.division import Division, Owners
from gonedark.table.paths import AsPaths, all_paths, some_paths

KEPT_ROWS = 1 << 15
"""Shards with no more rows than that stay in memory."""
_HELD = ("session", "prefix", "path")


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """Rows by country, the i-th from ``start[i]`` to ``start[i + 1]``; columns by name, their values or one for all.

    No row is earlier than ``since_us``.
    """

    start: NDArray[np.int64]
    columns: dict[str, Column]
    since_us: int = 0

    def rows(self, country: int) -> int:
        """How many there are of one country."""
        return int(self.start[country + 1] - self.start[country])

    def written(self, writer: Writer) -> "Piece":
        """The same with its columns written."""
        return replace(self, columns={name: writer.column(column) for name, column in self.columns.items()})


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
        with Writer(folder) as writer:
            return self.rest(writer)

    def rest(self, writer: Writer) -> "Divided":
        """The same with all that is still in memory written, but for what is small."""
        start, asn, more = (writer.column(column) for column in self.paths)
        return Divided(
            writer.path,
            tuple(piece.written(writer) for piece in self.routes),
            tuple(piece.written(writer) for piece in self.held),
            self.prefixes.written(writer),
            (start, asn, more),
        )

    def part(self, country: int, frame: Changes) -> Changes:
        """The frame with one country's prefixes, paths and routes, which are read when they are wanted. Raises
        SpillError, now or then."""
        routes, held = ([piece for piece in pieces if piece.rows(country)] for pieces in (self.routes, self.held))
        with Reader(self.file) as reader:
            prefixes, number = _prefixes(reader, self.prefixes, country)
            ids = (_values(reader, piece, country, "path") for piece in (*routes, *held))
            count = sum(piece.rows(country) for piece in (*routes, *held))
            paths, to_path = some_paths(AsPaths(*map(reader.whole, self.paths)), ids, count)
        rows = _Rows(self.file, country, number, to_path)
        stretches = tuple(Stretch(piece.since_us, partial(rows.routes, piece)) for piece in routes)
        end = None if frame.end is None else replace(frame.end, held=Stretch(0, partial(rows.held, held)))
        return replace(frame, prefixes=prefixes, paths=paths, routes=stretches, end=end)

    def rows(self, country: int) -> int:
        """How many changes there are of one country."""
        return sum(piece.rows(country) for piece in self.routes)

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
        self._writer: Writer | None = None
        self._rows = 0
        self._routes: list[Piece] = []
        self._held: list[Piece] = []

    def take(self, routes: RouteColumns, slots: NDArray[np.int64]) -> None:
        """See :class:`gonedark.table.tracker.Sink`."""
        mine, start = self._division.sorted(routes, slots)
        since_us = int(mine.time_us.min(initial=FOREVER_US))
        self._add(self._routes, Piece(start, {name: getattr(mine, name) for name in KINDS}, since_us))

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
            return divided.rest(writer)

    def abandon(self) -> None:
        """Remove what was written."""
        if self._writer is not None:
            self._writer.abandon()

    def _add(self, pieces: list[Piece], piece: Piece) -> None:
        pieces.append(replace(piece, columns=narrow(piece.columns)))
        self._rows += int(piece.start[-1])
        if self._folder is None or self._rows <= KEPT_ROWS:
            return
        self._writer = self._writer or Writer(self._folder)
        for kept in (self._routes, self._held):
            kept[:] = [one.written(self._writer) for one in kept]


@dataclass(frozen=True, eq=False, slots=True)
class _Rows:
    """How one country's rows are read, and what its numbers of prefixes and paths are."""

    file: Path | None
    country: int
    number: NDArray[np.int32]
    to_path: Callable[[NDArray[np.int32]], NDArray[np.int32]]

    def routes(self, piece: Piece) -> RouteColumns:
        """Changes."""
        return RouteColumns(**self._columns(tuple(KINDS), [piece]))

    def held(self, pieces: Sequence[Piece]) -> RouteColumns:
        """Routes held in the end."""
        return held_routes(**self._columns(_HELD, pieces))

    def _columns(self, names: Sequence[str], pieces: Sequence[Piece]) -> dict[str, NDArray[Any]]:
        with Reader(self.file) as reader:
            columns = {name: _column(reader, pieces, self.country, name) for name in names}
        return {**columns, "prefix": self.number[columns["prefix"]], "path": self.to_path(columns["path"])}


def _column(reader: Reader, pieces: Sequence[Piece], country: int, name: str) -> NDArray[Any]:
    """A column of a country's rows of all pieces, of which no more than one is there twice."""
    found = np.empty(sum(piece.rows(country) for piece in pieces), dtype=KINDS[name])
    at = 0
    for piece in pieces:
        values = _values(reader, piece, country, name)
        found[at : at + len(values)] = values
        at += len(values)
    return found


def _values(reader: Reader, piece: Piece, country: int, name: str) -> NDArray[Any]:
    start, stop = piece.start[country : country + 2].tolist()
    return reader.values(piece.columns[name], start, stop)


def _prefixes(reader: Reader, piece: Piece, country: int) -> tuple[tuple[Prefix, ...], NDArray[np.int32]]:
    """The country's prefixes in order, and the place among them of each number."""
    start, stop = piece.start[country : country + 2].tolist()
    columns = (reader.values(piece.columns[name], start, stop) for name in ("family", "high", "low", "length"))
    family, high, low, length = columns
    order = np.lexsort((length, low, high, family))
    number = np.empty(len(order), dtype=np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    rows = zip(*(column[order].tolist() for column in (family, high, low, length)), strict=True)
    return tuple(Prefix(FAMILIES[which], upper << 64 | lower, bits) for which, upper, lower, bits in rows), number

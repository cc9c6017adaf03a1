"""Delegations of one date as one small file: NumPy columns, differences from row to row, packed with xz.

Used for the snapshots that come with the package (made by ``scripts/build_registry_snapshots.py``) and for those that
``gonedark registry update`` keeps. Begin with :func:`read_snapshot` and :func:`write_snapshot`; names of ASes lie in
files of their own (:class:`AsNames`), which are read only when a name is asked for. Not for the RIRs' text files.
"""

import io
import lzma
import re
import zipfile
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gonedark.delegation.rir import KINDS, DelegationError, Kind
from gonedark.model.attribution import Ranges

_NAME = re.compile(r"^delegation-(\d{8})\.npz\.xz$")
_MAX_BYTES = 256 << 20
_WIDTH: dict[Kind, type[np.unsignedinteger[Any]]] = {"asn": np.uint32, "ipv4": np.uint32, "ipv6": np.uint64}


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Ranges of the three kinds with their country codes; ``date`` as YYYYMMDD, ``source`` for people."""

    date: int
    source: str
    codes: tuple[str, ...]
    ranges: dict[Kind, Ranges]


def snapshot_name(date: int) -> str:
    """The file name of a snapshot; its date decides which one is nearest to a window."""
    return f"delegation-{date:08d}.npz.xz"


def snapshot_date(path: Path) -> int | None:
    """YYYYMMDD out of the file name, None where it is no snapshot's."""
    found = _NAME.match(path.name)
    return int(found.group(1)) if found else None


def write_snapshot(path: Path, snapshot: Snapshot) -> None:
    """Write one file, the same bytes for the same snapshot."""
    columns: dict[str, NDArray[Any]] = {
        "date": np.array([snapshot.date], np.int64),
        "source": _text(snapshot.source),
        "codes": _text("".join(snapshot.codes)),
    }
    for kind, ranges in snapshot.ranges.items():
        before = np.concatenate([np.zeros(1, np.uint64), ranges.last[:-1]])[: len(ranges)]
        columns[f"{kind}_gap"] = (ranges.first - before).astype(_WIDTH[kind])
        columns[f"{kind}_size"] = (ranges.last - ranges.first).astype(_WIDTH[kind])
        columns[f"{kind}_country"] = ranges.country.astype(np.int16)
    _pack(path, columns)


def read_snapshot(path: Path) -> Snapshot:
    """Read one file. Raises DelegationError where it is damaged."""
    try:
        columns = _unpack(path)
        codes = _string(columns["codes"])
        return Snapshot(
            date=int(columns["date"][0]),
            source=_string(columns["source"]),
            codes=tuple(codes[at : at + 2] for at in range(0, len(codes), 2)),
            ranges={kind: _ranges(columns, kind) for kind in KINDS},
        )
    except (OSError, EOFError, KeyError, IndexError, ValueError, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise DelegationError(f"{path} is no usable snapshot ({error}); run `gonedark registry update` again") from None


def _ranges(columns: dict[str, NDArray[Any]], kind: Kind) -> Ranges:
    gap, size = columns[f"{kind}_gap"].astype(np.uint64), columns[f"{kind}_size"].astype(np.uint64)
    last = np.cumsum(gap + size, dtype=np.uint64)
    return Ranges(last - size, last, columns[f"{kind}_country"].astype(np.int16))


def write_names(path: Path, names: Mapping[int, str]) -> None:
    """Write names of ASes, sorted by number."""
    numbers = np.array(sorted(names), np.uint32)
    blobs = [names[int(number)].encode() for number in numbers]
    columns: dict[str, NDArray[Any]] = {
        "gap": np.diff(numbers, prepend=np.uint32(0)),
        "size": np.array([len(blob) for blob in blobs], np.uint16),
        "text": np.frombuffer(b"".join(blobs), np.uint8),
    }
    _pack(path, columns)


class AsNames(Mapping[int, str]):
    """Names of ASes: those given, else out of several files, the first that knows one; each is read when needed."""

    def __init__(self, *paths: Path, given: Mapping[int, str] | None = None) -> None:
        self._paths = paths
        self._given = given or {}
        self._read: dict[Path, _Names] = {}

    def _books(self) -> Iterator["_Names"]:
        for path in self._paths:
            if path not in self._read:
                self._read[path] = _Names(_unpack(path))
            yield self._read[path]

    def __getitem__(self, asn: int) -> str:
        if asn in self._given:
            return self._given[asn]
        for book in self._books():
            name = book.get(asn)
            if name is not None:
                return name
        raise KeyError(asn)

    def __iter__(self) -> Iterator[int]:
        return iter(sorted(self._given.keys() | {number for book in self._books() for number in book.numbers}))

    def __len__(self) -> int:
        return len(set(self._given).union(*(book.numbers for book in self._books())))


class _Names:
    def __init__(self, columns: dict[str, NDArray[Any]]) -> None:
        # Lists: names are looked up one by one, and NumPy is slow at that.
        self.numbers: list[int] = np.cumsum(columns["gap"], dtype=np.int64).tolist()
        self.ends: list[int] = np.cumsum(columns["size"], dtype=np.int64).tolist()
        self.text = columns["text"].tobytes()

    def get(self, asn: int) -> str | None:
        at = bisect_left(self.numbers, asn)
        if at == len(self.numbers) or self.numbers[at] != asn:
            return None
        return self.text[self.ends[at - 1] if at else 0 : self.ends[at]].decode()


def _text(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


def _string(column: NDArray[Any]) -> str:
    return column.astype(np.uint8).tobytes().decode()


def _pack(path: Path, columns: dict[str, NDArray[Any]]) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **columns)
    path.write_bytes(lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME))


def _unpack(path: Path) -> dict[str, NDArray[Any]]:
    with lzma.open(path, "rb") as stream:
        blob = stream.read(_MAX_BYTES)
    with np.load(io.BytesIO(blob), allow_pickle=False) as columns:
        return dict(columns.items())

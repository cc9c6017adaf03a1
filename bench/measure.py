"""What a routing table in TABLE_DUMP_V2 is like, to compare generated tables with real ones.

    python bench/measure.py FILE [--records N] [--against REAL_FILE]

Reads the file with a small decoder of its own, so that it depends on nothing it is used to judge. Begin with
:func:`measure`. Slow: about a minute for ten million entries.
"""

import argparse
import bz2
import gzip
import itertools
import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

RECENT = 32
"""So many of a peer's last distinct attributes are remembered."""


@dataclass(frozen=True)
class Measures:
    """Proportions of a table; shares are per entry. ``gz_ratio`` is of zlib's level 6 over the records measured.

    A peer's last ones are its last distinct attributes, the one repeated last first.
    """

    records: int
    entries: int
    bytes_per_entry: float
    attribute_bytes: float
    entries_per_record: float
    same_as_peers_previous: float
    among_peers_last_4: float
    among_peers_last_32: float
    distinct_attributes: float
    distinct_paths: float
    gz_ratio: float
    bz2_ratio: float


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        magic = file.read(3)
    if magic[:2] == b"\x1f\x8b":
        return gzip.open(path)  # type: ignore[return-value]  # GzipFile reads like any binary file
    return bz2.open(path) if magic == b"BZh" else path.open("rb")  # type: ignore[return-value]  # as above


def records(path: Path) -> Iterator[bytes]:
    """Whole MRT records with their headers; ends quietly where a truncated file does."""
    with _open(path) as file:
        try:
            while len(header := file.read(12)) == 12:
                body = file.read(size := int.from_bytes(header[8:12]))
                if len(body) < size:
                    return
                yield header + body
        except EOFError:
            return


def _path(attributes: bytes) -> bytes:
    """The value of AS_PATH (RFC 4271 section 4.3), empty where there is none."""
    at = 0
    while at + 3 <= len(attributes):
        wide = attributes[at] & 0x10
        size = int.from_bytes(attributes[at + 2 : at + 4]) if wide else attributes[at + 2]
        value = at + (4 if wide else 3)
        if attributes[at + 1] == 2:
            return attributes[value : value + size]
        at = value + size
    return b""


def _entries(record: bytes) -> Iterator[tuple[int, bytes]]:
    """Peer index and attributes of each entry of a RIB record."""
    at = 17 + (record[16] + 7) // 8
    for _ in range(int.from_bytes(record[at : at + 2])):
        size = int.from_bytes(record[at + 8 : at + 10])
        yield int.from_bytes(record[at + 2 : at + 4]), record[at + 10 : at + 10 + size]
        at += 8 + size


def _place(recent: list[bytes], attributes: bytes) -> int:
    """Where they were among the peer's recent ones, which they now lead; RECENT where they were not."""
    place = recent.index(attributes) if attributes in recent else RECENT
    del recent[place : place + 1]
    recent.insert(0, attributes)
    del recent[RECENT:]
    return place


def measure(path: Path, most_records: int | None = None) -> Measures:
    """Read the first ``most_records`` RIB records, or all."""
    ribs = (record for record in records(path) if record[4:8] in (b"\0\x0d\0\2", b"\0\x0d\0\4"))
    recent: dict[int, list[bytes]] = {}
    seen: set[bytes] = set()
    paths: set[bytes] = set()
    found = [0] * (RECENT + 1)
    count = entries = total = attribute_total = gz_total = bz2_total = 0
    gz, bzip = zlib.compressobj(6), bz2.BZ2Compressor()
    for record in itertools.islice(ribs, most_records):
        count, total = count + 1, total + len(record)
        gz_total, bz2_total = gz_total + len(gz.compress(record)), bz2_total + len(bzip.compress(record))
        for peer, attributes in _entries(record):
            entries, attribute_total = entries + 1, attribute_total + len(attributes)
            found[_place(recent.setdefault(peer, []), attributes)] += 1
            if attributes not in seen:
                seen.add(attributes)
                paths.add(_path(attributes))
    if not entries:
        sys.exit(f"{path} holds no routing table in TABLE_DUMP_V2")
    return Measures(
        records=count,
        entries=entries,
        bytes_per_entry=round(total / entries, 1),
        attribute_bytes=round(attribute_total / entries, 1),
        entries_per_record=round(entries / count, 2),
        same_as_peers_previous=round(found[0] / entries, 3),
        among_peers_last_4=round(sum(found[:4]) / entries, 3),
        among_peers_last_32=round(sum(found[:RECENT]) / entries, 3),
        distinct_attributes=round(len(seen) / entries, 4),
        distinct_paths=round(len(paths) / entries, 4),
        gz_ratio=round(total / (gz_total + len(gz.flush())), 2),
        bz2_ratio=round(total / (bz2_total + len(bzip.flush())), 2),
    )


def main() -> None:
    """Print one file's proportions as JSON, or two files' side by side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--records", type=int, help="only the first so many RIB records")
    parser.add_argument("--against", type=Path, help="a real file to print beside it, cut to as many records as it has")
    given = parser.parse_args()
    if given.against is None:
        print(json.dumps(asdict(measure(given.file, given.records)), indent=1))
        return
    real = measure(given.against, given.records)
    made = measure(given.file, real.records)
    print(f"{'':24}{'generated':>12}{'real':>12}{'ratio':>8}")
    for name, value in asdict(real).items():
        mine = asdict(made)[name]
        print(f"{name:24}{mine:>12,}{value:>12,}{mine / value if value else float('nan'):>8.2f}")


if __name__ == "__main__":
    main()

"""Records to files: slots of an archive, names in the layouts of RouteViews and RIPE RIS, compression.

Begin with :func:`slots`. Nothing is written; the caller gets paths and contents. Layouts: RIS
``rrc00/2014.12/updates.20141222.1615.gz``, RouteViews ``route-views.linx/bgpdata/2014.12/UPDATES/updates.….gz``.
"""

import bz2
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from isal import igzip_lib

from gonedark.model.time import TimeSpan, to_datetime

Compression = Literal["gz", "bz2", "none"]


class Record(NamedTuple):
    """MRT bytes as a collector recorded them at ``time_us``; a ``table`` record is a complete dump."""

    collector: str
    time_us: int
    data: bytes
    table: bool = False


def slots(
    records: Iterable[Record],
    *,
    slot_us: int | dict[str, int],
    compression: Compression = "gz",
    missing: tuple[tuple[str, TimeSpan], ...] = (),
) -> Iterator[tuple[str, bytes]]:
    """Path and content of each file, roughly by time. Records must come in order of time.

    ``slot_us`` is the length of an update file, for all or by collector; files whose slot begins in a ``missing`` span
    of their collector are left out.
    """

    def close(collector: str, start_us: int, parts: list[bytes], *, table: bool) -> Iterator[tuple[str, bytes]]:
        if not any(name == collector and span.contains(start_us) for name, span in missing):
            path = file_path(collector, start_us, table=table, compression=compression)
            yield path, compress(b"".join(parts), compression)

    open_slots: dict[str, tuple[int, list[bytes]]] = {}
    for record in records:
        if record.table:
            yield from close(record.collector, record.time_us, [record.data], table=True)
            continue
        length_us = slot_us if isinstance(slot_us, int) else slot_us[record.collector]
        start_us = record.time_us - record.time_us % length_us
        current = open_slots.get(record.collector)
        if current is None or current[0] != start_us:
            if current is not None:
                yield from close(record.collector, *current, table=False)
            current = open_slots[record.collector] = (start_us, [])
        current[1].append(record.data)
    for collector, (start_us, parts) in open_slots.items():
        yield from close(collector, start_us, parts, table=False)


def file_path(collector: str, start_us: int, *, table: bool, compression: Compression) -> str:
    """Where the project of that name keeps such a file. Seconds are in the name only where there are any."""
    moment = to_datetime(start_us)
    stamp = f"{moment:%Y%m%d.%H%M%S}" if moment.second else f"{moment:%Y%m%d.%H%M}"
    ending = "" if compression == "none" else f".{compression}"
    if collector.startswith("rrc"):
        return f"{collector}/{moment:%Y.%m}/{'bview' if table else 'updates'}.{stamp}{ending}"
    folder, kind = ("RIBS", "rib") if table else ("UPDATES", "updates")
    return f"{collector}/bgpdata/{moment:%Y.%m}/{folder}/{kind}.{stamp}{ending}"


def compress(data: bytes, compression: Compression) -> bytes:
    """The bytes as a file of that kind holds them; the same bytes give the same file (no time in the gzip header)."""
    if compression == "gz":
        return bytes(igzip_lib.compress(data, 1, igzip_lib.COMP_GZIP))
    if compression == "bz2":
        return bz2.compress(data)
    return data

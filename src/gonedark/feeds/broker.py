"""What an archive has of one collector, asked of a broker: an index of all archives that somebody keeps up to date.

Begin with :func:`ask_broker`. The protocol is that of BGPKIT's broker, version 3 (``GET search``), which anybody may
run. Only names of the archive's own form and sizes are taken from its answer, never a place to fetch from. Nothing
depends on a broker: without an answer, the archive's own index is read. Not for downloading.
"""

import json
from typing import Any
from urllib.parse import urlencode

from gonedark.feeds.archives import Archive, Kind
from gonedark.feeds.listing import FILES_MAX, SIZE_MAX_BYTES, FetchPage, Listed, NoIndexError
from gonedark.model.time import TimeSpan

_PAGE_ROWS = 1000
_DATA_TYPES = {"table": "rib", "updates": "update"}
_SECOND_US = 1_000_000


def ask_broker(
    broker: str, archive: Archive, collector: str, kind: Kind, span: TimeSpan, fetch: FetchPage
) -> list[Listed]:
    """Files with times in the span, in order. Raises NoIndexError where the broker does not answer or knows none."""
    found: dict[str, Listed] = {}
    for number in range(1, FILES_MAX // _PAGE_ROWS + 1):
        wanted = {
            "ts_start": span.from_us // _SECOND_US,
            "ts_end": -(-span.until_us // _SECOND_US),
            "collector_id": collector,
            "data_type": _DATA_TYPES[kind],
            "page": number,
            "page_size": _PAGE_ROWS,
        }
        rows = _rows(fetch(f"{broker.rstrip('/')}/search?{urlencode(wanted)}"))
        for row in rows:
            item = _listed(row, archive, collector, kind)
            if item is not None and span.contains(item.time_us):
                found[item.name] = item
        if len(rows) < _PAGE_ROWS:
            break
    if not found:
        raise NoIndexError("the broker knows no file of it")
    return sorted(found.values())


def _rows(page: str) -> list[Any]:
    try:
        rows = json.loads(page)["data"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoIndexError("the broker's answer cannot be read") from None
    if not isinstance(rows, list):
        raise NoIndexError("the broker's answer cannot be read")
    return rows


def _listed(row: Any, archive: Archive, collector: str, kind: Kind) -> Listed | None:
    """The file's name out of its URL, if it is one of this archive, collector and kind."""
    if not isinstance(row, dict) or row.get("collector_id") != collector or not isinstance(row.get("url"), str):
        return None
    name = row["url"].rpartition("/")[2]
    time_us = archive.time_of(kind, name)
    sizes = [row.get(key) for key in ("exact_size", "rough_size")]
    known = [size for size in sizes if type(size) is int and 0 < size <= SIZE_MAX_BYTES]
    return None if time_us is None else Listed(time_us, name, known[0] if known else None)

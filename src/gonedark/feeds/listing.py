"""What an archive has of one collector and month: from its index page, from a mirror's folder, or by construction.

Begin with :func:`list_span`. An index page is hostile input: only names of the archive's own form are taken from it,
and page and names are bounded. Not for downloading.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from gonedark.feeds.archives import Archive, Kind
from gonedark.feeds.files import FeedError
from gonedark.model.time import TimeSpan, to_datetime

PAGE_BYTES_MAX = 16 << 20
"""A month of five-minute files takes about two megabytes of index page."""
FILES_MAX = 50_000
SIZE_MAX_BYTES = 1 << 40

_ANCHOR = re.compile(r"""<a\s[^<>]{0,200}?href\s*=\s*["']?([^"'\s<>]{1,300})["']?[^<>]{0,200}>""", re.IGNORECASE)
_BEHIND = 600
"""So many characters behind a name may hold its date and size."""
_TAG = re.compile(r"<[^<>]{0,300}>")
_SIZE = re.compile(r"(?:^|\s)(\d{1,15}(?:\.\d{1,3})?)\s?([KMG]?)B?(?=\s|$)")
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class NoIndexError(Exception):
    """There is no usable index page; the message says why."""


@dataclass(frozen=True, order=True, slots=True)
class Listed:
    """A file of an archive: the time in its name, and its size as far as the index tells it (rounded), else None."""

    time_us: int
    name: str
    bytes: int | None


FetchPage = Callable[[str], str]
"""A URL to its page; raises NoIndexError where there is none, FeedError where the archive cannot be reached."""


def list_span(
    archive: Archive, collector: str, kind: Kind, span: TimeSpan, fetch: FetchPage
) -> tuple[list[Listed], bool]:
    """Files with times in the span, in order, and whether an index told them (else they are constructed)."""
    found: set[Listed] = set()
    indexed = True
    for month_us in months(span):
        folder = archive.folder(collector, kind, month_us)
        if not archive.is_remote:
            found.update(_folder(archive, kind, Path(archive.base, folder)))
            continue
        try:
            found.update(parse_index(fetch(f"{archive.base.rstrip('/')}/{folder}/"), archive, kind))
        except NoIndexError:
            indexed = False
            found.update(_constructed(archive, kind, span, month_us))
    return sorted(item for item in found if span.contains(item.time_us)), indexed


def months(span: TimeSpan) -> Iterator[int]:
    """First moment of each month that the span touches."""
    moment = to_datetime(span.from_us).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while (time_us := int(moment.timestamp()) * 1_000_000) < span.until_us:
        yield time_us
        moment = moment.replace(year=moment.year + moment.month // 12, month=moment.month % 12 + 1)


def parse_index(page: str, archive: Archive, kind: Kind) -> list[Listed]:
    """Files named in an Apache style index page. Raises NoIndexError where it looks like no index."""
    found: dict[str, Listed] = {}
    anchors = list(_ANCHOR.finditer(page[:PAGE_BYTES_MAX]))
    if not anchors:
        raise NoIndexError("the page is not an index")
    ends = [anchor.start() for anchor in anchors[1:]]
    for anchor, end in zip(anchors, [*ends, len(page)], strict=True):
        name = unescape(anchor[1]).removeprefix("./")
        time_us = archive.time_of(kind, name)
        if time_us is not None and len(found) < FILES_MAX:
            behind = page[anchor.end() : min(end, anchor.end() + _BEHIND)].partition("\n")[0]
            found[name] = Listed(time_us, name, _size(_TAG.sub(" ", behind)))
    return sorted(found.values())


def _size(text: str) -> int | None:
    """The size behind a file's name and date: the last number on the line that stands alone."""
    numbers = _SIZE.findall(unescape(text))
    if not numbers:
        return None
    number, unit = numbers[-1]
    size = float(number) * _UNITS[unit]
    return int(size) if size <= SIZE_MAX_BYTES else None


def _folder(archive: Archive, kind: Kind, folder: Path) -> Iterator[Listed]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                time_us = archive.time_of(kind, entry.name)
                if time_us is not None and entry.is_file():
                    yield Listed(time_us, entry.name, entry.stat().st_size)
    except FileNotFoundError:
        return
    except OSError as error:
        raise FeedError(f"cannot read {folder}: {error.strerror or error}") from None


def _constructed(archive: Archive, kind: Kind, span: TimeSpan, month_us: int) -> Iterator[Listed]:
    for time_us in archive.constructed(kind, span):
        if f"{to_datetime(time_us):%Y%m}" == f"{to_datetime(month_us):%Y%m}":
            yield Listed(time_us, archive.file_name(kind, time_us), None)

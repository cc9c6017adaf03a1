"""What to fetch for a window: which collectors, the table before it, the updates to its end, and how much that is.

Begin with :func:`make_plan`. A plan is made from what archives list; nothing is downloaded by it. Not for downloading,
which is ``fetch``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from pathlib import Path

from gonedark.feeds.archives import Archive, Archives, Kind
from gonedark.feeds.broker import ask_broker
from gonedark.feeds.files import FeedError
from gonedark.feeds.listing import FetchPage, Listed, NoIndexError, list_span
from gonedark.model.report import CoverageGap
from gonedark.model.time import DAY_US, HOUR_US, TimeSpan, format_time, parse_time

LOOK_BACK_US = 3 * DAY_US
"""How far before the window a table is looked for."""
TABLES_TRIED = 8
_SAMPLES = 3

DEFAULT_COLLECTORS = (
    ("rrc00", "1999-10-01", "peers on every continent over long sessions, and the longest history"),
    ("route-views2", "2001-11-01", "dozens of full tables, most of them from North America and Europe"),
    ("rrc06", "2001-09-01", "Tokyo: Asia's paths in small files"),
    ("rrc15", "2006-01-01", "São Paulo: Latin America's paths in small files"),
    ("route-views.jinx", "2013-01-01", "Johannesburg: Africa's paths in small files"),
)
"""Name, first day when it is asked without being named (remembered), and why: two collectors for reach, three small
ones for the continents that the two see only from afar."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of an archive: for updates the slot [time_us, until_us), for a table both are the time of the dump."""

    archive: Archive
    collector: str
    kind: Kind
    time_us: int
    until_us: int
    name: str
    bytes: int | None

    @property
    def relative(self) -> Path:
        """Its path below the archive's base."""
        return Path(self.archive.folder(self.collector, self.kind, self.time_us), self.name)

    @property
    def url(self) -> str:
        """Where it lies."""
        return f"{self.archive.base.rstrip('/')}/{self.relative.as_posix()}"


@dataclass(frozen=True, slots=True)
class CollectorPlan:
    """One collector's files. ``tables`` are the dumps at or before the window, latest first, for one to be taken;
    ``later_tables`` those inside it, needed only behind gaps; ``updates`` reach back to the earliest of ``tables``.
    """

    collector: str
    reason: str
    indexed: bool
    tables: tuple[RemoteFile, ...]
    later_tables: tuple[RemoteFile, ...]
    updates: tuple[RemoteFile, ...]

    def updates_from(self, table_us: int) -> tuple[RemoteFile, ...]:
        """The update files that lead from a table to the end."""
        return tuple(file for file in self.updates if file.until_us > table_us)

    @property
    def first_table(self) -> RemoteFile:
        """The table that is tried first."""
        return self.tables[0] if self.tables else self.later_tables[0]

    @property
    def wanted(self) -> tuple[RemoteFile, ...]:
        """What is fetched if all goes well."""
        table = self.first_table
        return (table, *self.updates_from(table.time_us))


@dataclass(frozen=True, slots=True)
class Plan:
    """What to fetch for a window, and what was left out and why."""

    window: TimeSpan
    collectors: tuple[CollectorPlan, ...]
    notes: tuple[str, ...]

    @property
    def files(self) -> tuple[RemoteFile, ...]:
        """What is fetched if all goes well."""
        return tuple(file for part in self.collectors for file in part.wanted)

    @property
    def bytes(self) -> int:
        """Sum of the sizes as listed; those of files without one are estimated by the others of their kind."""
        return sum(_estimate(part) for part in self.collectors)


Sizer = Callable[[str], int | None]
"""A URL to the file's length, 0 where the server does not tell, None where there is no such file."""


def make_plan(
    window: TimeSpan, collectors: Sequence[str], archives: Archives, fetch_page: FetchPage, size_of: Sizer
) -> Plan:
    """Plan for the named collectors, or for the default ones where none is named. Raises FeedError.

    A collector that is named must have data; a default one that has none in this window is left out with a note.
    """
    if window.duration_us == 0:
        raise FeedError("the window is empty")
    chosen = [(name, "asked for") for name in dict.fromkeys(collectors)] or defaults(window)
    parts, notes, index = [], [], _Index(archives, fetch_page)
    for name, reason in chosen:
        part = _plan_one(window, name, reason, archives.of(name), index, size_of)
        if part is not None:
            parts.append(part)
        else:
            notes.append(f"{name} has no table from {format_time(window.from_us - LOOK_BACK_US)} to the window's end")
    if not parts:
        raise FeedError(f"no archive has data of this window: {'; '.join(notes) or 'it is older than all collectors'}")
    return Plan(window, tuple(parts), tuple(index.notes + notes))


def defaults(window: TimeSpan) -> list[tuple[str, str]]:
    """The default collectors that existed by the window's end, and why each."""
    return [(name, reason) for name, since, reason in DEFAULT_COLLECTORS if parse_time(since) < window.until_us]


class _Index:
    """What the archives list: as the broker has it, where there is one that answers, else as they have it."""

    def __init__(self, archives: Archives, fetch_page: FetchPage) -> None:
        self._archives = archives
        self._fetch_page = fetch_page
        self._broker = archives.broker
        self.notes: list[str] = []

    def files(self, name: str, kind: Kind, span: TimeSpan) -> tuple[list[Listed], bool]:
        """Files of the span, and whether an index told them."""
        archive = self._archives.of(name)
        if self._broker is not None and archive.is_remote:
            try:
                return ask_broker(self._broker, archive, name, kind, span, self._fetch_page), True
            except NoIndexError:
                pass  # it does not know this collector
            except FeedError as error:
                self.notes.append(f"the broker is not asked any more: {error}")
                self._broker = None
        return list_span(archive, name, kind, span, self._fetch_page)


def _plan_one(
    window: TimeSpan, name: str, reason: str, archive: Archive, index: _Index, size_of: Sizer
) -> CollectorPlan | None:
    span = TimeSpan(max(0, window.from_us - LOOK_BACK_US), window.until_us)
    tables, indexed = index.files(name, "table", span)
    if not indexed:
        tables = _confirmed(archive, name, tables, window, size_of)
    before = [item for item in tables if item.time_us <= window.from_us][-TABLES_TRIED:]
    after = [item for item in tables if item.time_us > window.from_us]
    if not before and not after:
        return None
    first_us = before[0].time_us if before else after[0].time_us
    # An hour more at the beginning: the file that was begun before the table and holds what followed it.
    slack_us = max(archive.period_us("updates", first_us), HOUR_US)
    update_span = TimeSpan(max(0, first_us - slack_us), window.until_us)
    updates, updates_indexed = index.files(name, "updates", update_span)
    if not updates_indexed:
        updates = _sampled(archive, name, updates, size_of)

    def table(item: Listed) -> RemoteFile:
        return RemoteFile(archive, name, "table", item.time_us, item.time_us, item.name, item.bytes)

    return CollectorPlan(
        collector=name,
        reason=reason,
        indexed=indexed and updates_indexed,
        tables=tuple(table(item) for item in reversed(before)),
        later_tables=tuple(table(item) for item in after),
        updates=tuple(_slots(archive, name, updates, first_us)),
    )


def _slots(archive: Archive, name: str, updates: Sequence[Listed], first_us: int) -> Iterator[RemoteFile]:
    """Update files with the ends of their slots: the next file's beginning, at most a period away.

    Where all files lie further apart than the project's period, the archive cuts them at that distance.
    """
    starts = [item.time_us for item in updates]
    apart_us = min((after - before for before, after in pairwise(starts)), default=0)
    for item, following_us in zip_longest(updates, starts[1:]):
        until_us = item.time_us + max(apart_us, archive.period_us("updates", item.time_us))
        if following_us is not None:
            until_us = min(until_us, following_us)
        if until_us > first_us:
            yield RemoteFile(archive, name, "updates", item.time_us, until_us, item.name, item.bytes)


def _confirmed(archive: Archive, name: str, tables: Sequence[Listed], window: TimeSpan, size_of: Sizer) -> list[Listed]:
    """Of constructed tables before the window, the latest that is really there; those inside it as they are."""
    before = [item for item in tables if item.time_us <= window.from_us]
    after = [item for item in tables if item.time_us > window.from_us]
    for item in before[: -TABLES_TRIED - 1 : -1]:
        size = size_of(archive.url(name, "table", item.time_us))
        if size is not None:
            return [*(each for each in before if each < item), Listed(item.time_us, item.name, size or None), *after]
    return []


def _sampled(archive: Archive, name: str, updates: Sequence[Listed], size_of: Sizer) -> list[Listed]:
    """The same with the sizes of a few, so that there is something to estimate with."""
    found = list(updates)
    for at in {len(found) * share // (_SAMPLES + 1) for share in range(1, _SAMPLES + 1)} if found else ():
        size = size_of(archive.url(name, "updates", found[at].time_us))
        found[at] = Listed(found[at].time_us, found[at].name, size or None)
    return found


def _estimate(part: CollectorPlan) -> int:
    """Bytes of what is wanted; unknown sizes are taken as the mean of the known ones of the same kind."""
    total = 0.0
    for kind in ("table", "updates"):
        sizes = [file.bytes for file in part.wanted if file.kind == kind]
        known = [size for size in sizes if size is not None]
        mean = sum(known) / len(known) if known else 0.0
        total += sum(known) + mean * (len(sizes) - len(known))
    return int(total)


def holes(collector: str, files: Sequence[RemoteFile], span: TimeSpan) -> list[CoverageGap]:
    """Where no update file covers the span, as gaps."""
    found = []
    at_us = span.from_us
    for from_us, until_us in [*((file.time_us, file.until_us) for file in files), (span.until_us, span.until_us)]:
        hole = TimeSpan(at_us, max(at_us, min(from_us, span.until_us)))
        if hole.duration_us:
            found.append(CoverageGap(hole, collector, "update files missing in the archive"))
        at_us = max(at_us, until_us)
    return found

"""One collector's files as one stream in order of time, fed to a tracker.

Begin with :func:`follow`, whose trails :func:`tell` puts together. Files may overlap: updates are merged by time, a
table dump is taken whole at its own time. Only files that overlap are open at once. Not for judging gaps' effects,
which is the table's.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gonedark.collect.inputs import input_of
from gonedark.feeds.files import MrtFile
from gonedark.feeds.moments import in_order
from gonedark.model.prefix import Family
from gonedark.model.report import CoverageGap, Input
from gonedark.model.time import MINUTE_US, TimeSpan
from gonedark.mrt.batch import RIB_ENTRY, Batch
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.mrt.reader import MrtReader
from gonedark.mrt.summary import Summary
from gonedark.table.tracker import Dump, Tracker, select

Ranges = dict[Family, NDArray[np.uint64]]


@dataclass(frozen=True, slots=True)
class Followed:
    """What reading a collector's files told beside the routes: inputs, damage that cost updates as gaps, and warnings.

    Lost updates make the collector's sessions stale until the next table: a withdrawal or an announcement may be gone.
    """

    inputs: tuple[Input, ...]
    gaps: tuple[CoverageGap, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """Which files were read for a span of time, and between which times rows were lost in them."""

    read: tuple[tuple[MrtFile, Summary], ...]
    damaged: tuple[tuple[MrtFile, int, int], ...]


@dataclass(slots=True)
class _Stream:
    """An open update file: the batch at its head, and what follows."""

    file: MrtFile
    reader: MrtReader
    batches: Iterator[Batch]
    head: Batch
    time_us: NDArray[np.int64]


class _Follower:
    """See :func:`follow`."""

    def __init__(
        self,
        files: Sequence[MrtFile],
        dictionaries: Dictionaries,
        ranges: Ranges | None,
        tracker: Tracker,
        span: TimeSpan,
    ) -> None:
        self._waiting = [file for file in files if file.first_us < span.until_us]
        self._dictionaries = dictionaries
        self._ranges = ranges
        self._tracker = tracker
        self._from_us = span.from_us
        self._until_us = span.until_us
        self._streams: list[_Stream] = []
        self.read: list[tuple[MrtFile, Summary]] = []
        self.damaged: list[tuple[MrtFile, int, int]] = []

    def run(self, progress: Callable[[MrtFile], None]) -> None:
        while self._waiting or self._streams:
            head_us = min((int(stream.time_us[0]) for stream in self._streams), default=None)
            if self._waiting and (head_us is None or self._waiting[0].first_us <= head_us):
                file = self._waiting.pop(0)
                progress(file)
                self._table(file) if file.is_table else self._updates(file)
            else:
                self._advance()

    def _open(self, file: MrtFile) -> MrtReader:
        return MrtReader(file.opens, name=file.path.name, dictionaries=self._dictionaries, ranges=self._ranges)

    def _table(self, file: MrtFile) -> None:
        """A whole dump, in one file or in several that follow at once; updates behind it are fed afterwards."""
        parts: list[tuple[MrtFile, MrtReader]] = []
        behind: list[Batch] = []

        def entries() -> Iterator[Batch]:
            following: MrtFile | None = file
            while following is not None:
                reader = self._open(following)
                parts.append((following, reader))
                for batch in reader:
                    updates = batch.kind != RIB_ENTRY
                    if updates.any():
                        behind.append(select(batch, updates))
                    yield batch
                following = self._rest_of_dump(reader.summary)

        self._tracker.feed_rib(entries(), lambda: _dump([(part, reader.summary) for part, reader in parts]))
        for batch in behind:
            self._tracker.feed(_before(batch, self._until_us))
        self.read += [(part, reader.summary) for part, reader in parts]

    def _rest_of_dump(self, summary: Summary) -> MrtFile | None:
        """The next file, if it is a table that begins where this one ends: a dump may be cut into pieces."""
        if not self._waiting or not self._waiting[0].is_table or summary.last_time_us is None:
            return None
        return self._waiting.pop(0) if self._waiting[0].first_us <= summary.last_time_us + MINUTE_US else None

    def _updates(self, file: MrtFile) -> None:
        reader = self._open(file)
        self._next(file, reader, iter(reader))

    def _next(self, file: MrtFile, reader: MrtReader, batches: Iterator[Batch]) -> None:
        """Take the next batch with rows, or close the file."""
        known = reader.summary.gap_count
        for batch in batches:
            if not len(batch):
                continue
            moments = in_order(batch.time_us)
            batch, time_us = replace(batch, time_us=moments.time_us), moments.time_us
            if moments.lost_us is not None:
                self.damaged.append((file, *moments.lost_us))
            if time_us[0] < self._from_us:
                batch, time_us = select(batch, time_us >= self._from_us), time_us[time_us >= self._from_us]
                if not len(batch):
                    continue
            if reader.summary.gap_count > known and not reader.summary.torn:
                self.damaged.append((file, int(time_us[0]), int(time_us[-1])))
            if time_us[0] >= self._until_us:
                break
            self._streams.append(_Stream(file, reader, batches, batch, time_us))
            return
        for _ in batches:
            # Beyond the window nothing is used, but the record counts of the file stay true.
            pass
        self.read.append((file, reader.summary))

    def _advance(self) -> None:
        """Feed the earliest stream as far as no other stream or waiting file comes before."""
        stream = min(self._streams, key=lambda item: (int(item.time_us[0]), item.file.order))
        limits = [int(other.time_us[0]) for other in self._streams if other is not stream]
        limits += [file.first_us for file in self._waiting[:1]]
        limit_us = min(limits, default=None)
        stop = len(stream.head) if limit_us is None else int(np.searchsorted(stream.time_us, limit_us))
        if stop == 0:
            stop = int(np.searchsorted(stream.time_us, stream.time_us[0], side="right"))
        self._tracker.feed(_before(select(stream.head, slice(0, stop)), self._until_us))
        if stop < len(stream.head):
            stream.head, stream.time_us = select(stream.head, slice(stop, None)), stream.time_us[stop:]
        else:
            self._streams.remove(stream)
            self._next(stream.file, stream.reader, stream.batches)


def _dump(parts: Sequence[tuple[MrtFile, Summary]]) -> Dump:
    """The last time of a mixed file is that of its updates, so that its dump counts for an instant."""
    first_us = parts[0][0].first_us
    ends = [summary.last_time_us for _, summary in parts if summary.kind == "rib" and summary.last_time_us is not None]
    peers = {peer for _, summary in parts for peer in summary.index_peers}
    complete = not any(summary.torn for _, summary in parts)
    return Dump(first_us, max([first_us, *ends]), tuple(sorted(peers)), complete)


def _before(batch: Batch, until_us: int) -> Batch:
    """The rows before the window's end."""
    late = np.maximum.accumulate(batch.time_us) >= until_us
    return select(batch, ~late) if late.any() else batch


def follow(
    files: Sequence[MrtFile],
    dictionaries: Dictionaries,
    ranges: Ranges | None,
    tracker: Tracker,
    span: TimeSpan,
    progress: Callable[[MrtFile], None] = lambda _: None,
) -> Trail:
    """Feed a collector's files to its tracker, updates from the span's begin to its end."""
    follower = _Follower(files, dictionaries, ranges, tracker, span)
    follower.run(progress)
    return Trail(tuple(follower.read), tuple(follower.damaged))


def tell(collector: str, trails: Sequence[Trail], window: TimeSpan, identity: Callable[[MrtFile], str]) -> Followed:
    """What all trails of one collector tell together; files that two of them read count once.

    ``identity`` gives a file's SHA-256.
    """
    unique = {file.key: (file, summary) for trail in trails for file, summary in trail.read}
    read = sorted(unique.values(), key=lambda item: item[0].order)
    damaged = {(file.key, start, stop): (file, start, stop) for trail in trails for file, start, stop in trail.damaged}
    inputs = tuple(input_of(file, identity(file), summary) for file, summary in read)
    warnings = tuple(text for file, summary in read for text in _damage(file, summary))
    holes = [
        CoverageGap(TimeSpan(from_us, until_us), collector, f"{file.path.name} is damaged there")
        for file, from_us, until_us in sorted(damaged.values(), key=lambda item: (item[0].order, item[1:]))
    ]
    return Followed(inputs, (*_torn(collector, read, window), *holes), warnings)


def _damage(file: MrtFile, summary: Summary) -> Iterator[str]:
    for gap in summary.gaps[:3]:
        until = "the end" if gap.until_byte is None else f"byte {gap.until_byte:,}"
        yield f"{file.path.name} is damaged from byte {gap.from_byte:,} to {until}: {gap.cause}"
    if len(summary.gaps) > 3:
        yield f"{file.path.name} is damaged in {len(summary.gaps) - 3} more places"


def _torn(collector: str, read: Sequence[tuple[MrtFile, Summary]], window: TimeSpan) -> tuple[CoverageGap, ...]:
    """A file that breaks off leaves a gap until the next update file of the collector, or the end of the window."""
    found = []
    starts = [file.first_us for file, _ in read if not file.is_table]
    for file, summary in read:
        if not summary.torn:
            continue
        from_us = summary.last_time_us if summary.last_time_us is not None else file.first_us
        if file.is_table:
            found.append(CoverageGap(TimeSpan(from_us, from_us), collector, f"the table {file.path.name} breaks off"))
            continue
        until_us = min((start for start in starts if start > from_us), default=window.until_us)
        found.append(CoverageGap(TimeSpan(from_us, max(from_us, until_us)), collector, f"{file.path.name} breaks off"))
    return tuple(found)

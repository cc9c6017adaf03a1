"""A plan carried out: tables first, then the updates that lead from them, then tables behind gaps.

Begin with :func:`fetch`. A table that cannot be had is replaced by the one before; update files that cannot be had are
gaps. What comes out are arguments for :func:`gonedark.feeds.files.gather` and the gaps. Not for planning.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from gonedark.feeds.cache import Cache
from gonedark.feeds.download import Heard, Obtained, local_path, obtain
from gonedark.feeds.files import FeedError
from gonedark.feeds.plan import CollectorPlan, Plan, RemoteFile, holes
from gonedark.feeds.quick import GROWTH, SLOW_ENDINGS
from gonedark.feeds.transfer import CONNECTIONS, Transfer, TransferError, UnreachableError
from gonedark.model.report import CoverageGap
from gonedark.model.time import TimeSpan, format_time

_TOLD = 5
"""So many failures are told one by one."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is at hand for a window: files by collector in order of time, what is missing, and what went wrong."""

    files: tuple[Obtained, ...]
    gaps: tuple[CoverageGap, ...]
    warnings: tuple[str, ...]

    @property
    def arguments(self) -> tuple[str, ...]:
        """``NAME=PATH`` for each file with records."""
        return tuple(f"{item.remote.collector}={item.path}" for item in self.files if item.path is not None)

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(item.bytes for item in self.files)


class Progress:
    """Counts bytes and files of a plan, from several threads; ``show`` is called with (done bytes, total bytes)."""

    def __init__(self, plan: Plan, show: Callable[[int, int], None]) -> None:
        self._show = show
        self._total = plan.bytes
        self._have: dict[RemoteFile, int] = {}
        self._done = 0
        self._lock = threading.Lock()

    def __call__(self, remote: RemoteFile, size: int) -> None:
        """So many bytes of the file are here."""
        with self._lock:
            self._done += size - self._have.get(remote, 0)
            self._have[remote] = size
            self._show(self._done, max(self._total, self._done))


def fetch(
    plan: Plan, cache: Cache, transfer: Transfer, show: Callable[[int, int], None] = lambda _done, _total: None
) -> Fetched:
    """Bring everything of the plan. Raises FeedError where nothing usable comes or the disk is in the way."""
    if any(file.archive.is_remote for file in plan.files):
        slow_bytes = sum(file.bytes or 0 for file in plan.files if file.name.endswith(SLOW_ENDINGS))
        cache = replace(cache, quick=plan.bytes + GROWTH * slow_bytes <= cache.limit_bytes)
        needed = plan.bytes + (GROWTH * slow_bytes if cache.quick else 0)
        cache.make_room(needed, {local_path(file, cache) for file in plan.files})
    try:
        return _Fetch(plan, cache, transfer, Progress(plan, show)).run()
    except OSError as error:
        where = error.filename or cache.folder
        raise FeedError(
            f"cannot write to {where}: {error.strerror or error}; choose another place with --cache"
        ) from None


class _Fetch:
    """See :func:`fetch`."""

    def __init__(self, plan: Plan, cache: Cache, transfer: Transfer, heard: Heard) -> None:
        self._plan = plan
        self._cache = cache
        self._transfer = transfer
        self._heard = heard
        self._failures: dict[RemoteFile, str] = {}
        self._warnings: list[str] = list(plan.notes)
        self._offline: str | None = None

    def run(self) -> Fetched:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            try:
                return self._run(pool)
            except BaseException:
                self._transfer.stop.set()
                pool.shutdown(cancel_futures=True)
                raise

    def _run(self, pool: ThreadPoolExecutor) -> Fetched:
        tables = list(pool.map(self._table, self._plan.collectors))
        begun = zip(self._plan.collectors, tables, strict=True)
        started = [(part, table) for part, table in begun if table is not None]
        if not started:
            raise FeedError(self._offline or f"no table could be fetched: {'; '.join(self._failures.values())}")
        wanted = [file for part, table in started for file in part.updates_from(table.remote.time_us)]
        updates = self._all(pool, wanted)
        gaps = {part.collector: self._holes(part, table, updates) for part, table in started}
        rescue = [file for part, _ in started for file in _tables_behind(part, gaps[part.collector])]
        rescued = self._all(pool, rescue)
        files = sorted(
            [table for _, table in started] + updates + rescued,
            key=lambda item: (item.remote.collector, item.remote.time_us, item.remote.kind),
        )
        every_gap = sorted(gap for found in gaps.values() for gap in found)
        return Fetched(tuple(files), tuple(every_gap), tuple(self._warnings + self._told(files)))

    def _table(self, part: CollectorPlan) -> Obtained | None:
        """The latest table before the window that can be had whole, else the first inside it."""
        for remote in [*part.tables, *part.later_tables[:1]]:
            found = self._one(remote)
            if found is not None and found.damage is None and found.path is not None:
                if remote != part.first_table:
                    self._warnings.append(f"{part.collector} begins with its table of {format_time(remote.time_us)}")
                return found
            if found is not None:
                self._failures[remote] = f"{remote.name}: {found.damage or 'the table is empty'}"
            if self._offline:
                return None
        self._warnings.append(f"{part.collector} is left out: none of its tables could be had")
        return None

    def _all(self, pool: ThreadPoolExecutor, files: Iterable[RemoteFile]) -> list[Obtained]:
        """Those of the files that can be had; the first failure on the disk or a stop ends all."""
        work = [pool.submit(self._one, remote) for remote in files]
        return [found for task in as_completed(work) if (found := task.result()) is not None]

    def _one(self, remote: RemoteFile) -> Obtained | None:
        try:
            return obtain(remote, self._cache, self._transfer, self._heard)
        except UnreachableError as error:
            self._offline = str(error)
            self._failures[remote] = str(error)
        except (TransferError, FileNotFoundError) as error:
            self._failures[remote] = str(error)
        return None

    def _holes(self, part: CollectorPlan, table: Obtained, updates: Sequence[Obtained]) -> list[CoverageGap]:
        """What the archive does not have, or did not give, from the table to the end."""
        mine = sorted(
            (item.remote for item in updates if item.remote.collector == part.collector), key=lambda file: file.time_us
        )
        return holes(part.collector, mine, TimeSpan(table.remote.time_us, self._plan.window.until_us))

    def _told(self, files: Sequence[Obtained]) -> list[str]:
        """Failures and damage in words, a few of each."""
        damaged = [
            f"{item.remote.collector}: {item.remote.name} is damaged in the archive: {item.damage}"
            for item in files
            if item.damage is not None
        ]
        failed = [f"not fetched: {self._failures[file]}" for file in sorted(self._failures, key=lambda file: file.url)]
        told = []
        for texts in (damaged, failed):
            told += texts[:_TOLD]
            if len(texts) > _TOLD:
                told.append(f"and {len(texts) - _TOLD} more like these")
        return told


def _tables_behind(part: CollectorPlan, gaps: Sequence[CoverageGap]) -> list[RemoteFile]:
    """The first table behind each gap: it brings the sessions back that the gap made stale."""
    found = {}
    for gap in gaps:
        behind = [file for file in part.later_tables if file.time_us >= gap.span.until_us]
        if behind:
            found[behind[0].time_us] = behind[0]
    return list(found.values())

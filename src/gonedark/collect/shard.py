"""The smallest piece of work: one collector over one stretch of time that begins at a table dump.

Begin with :func:`cut`, which makes the shards of a collector, and :func:`work`, which does one, in this process or in
any other. How shards are cut depends on the files alone, so that every engine gives the same report. Not for merging.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from gonedark.collect.columns import SpillError
from gonedark.collect.divided import Divided, Divider
from gonedark.collect.follow import Trail, follow
from gonedark.feeds.collector import slot_us
from gonedark.feeds.files import MrtFile
from gonedark.feeds.reach import reachable
from gonedark.model.attribution import Attribution
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import HOUR_US, TimeSpan
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.table.changes import Changes
from gonedark.table.division import World, one_owner, owners_of
from gonedark.table.national import national_test, wanted_ranges
from gonedark.table.tracker import Tracker

SHORTEST_US = 12 * HOUR_US
"""Shards are at least this long: each begins with reading a whole table."""
_FEWEST_SLOTS = 3


@dataclass(frozen=True, slots=True)
class Shard:
    """What one worker needs. ``is_last``: no other shard of the collector follows.

    ``world``: divide what is found by its countries. ``folder``: temporary data may be written there.
    """

    collector: str
    span: TimeSpan
    files: tuple[MrtFile, ...]
    attribution: Attribution
    thresholds: Thresholds
    is_last: bool
    world: World | None = None
    folder: Path | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Worked:
    """What a shard gave: all but routes in ``frame``, and routes by country."""

    frame: Changes
    divided: Divided
    trail: Trail

    def part(self, country: int = 0) -> Changes:
        """What it gave of one country; without a world there is only one. Raises SpillError."""
        return self.divided.part(country, self.frame)


@dataclass(frozen=True, slots=True)
class Unwritten:
    """Temporary data could not be written, and why. Trying again is of no use."""

    reason: str


def cut(
    collector: str, files: Sequence[MrtFile], until_us: int, attribution: Attribution, thresholds: Thresholds
) -> list[Shard]:
    """The shards of a collector's files (in order of time), at tables far enough apart.

    Only where update files lie on a regular grid: else nobody knows which of them reach across a table.
    """
    first_us = files[0].first_us
    step_us = _grid(files)
    cuts = [first_us]
    # Origins added by file are judged over the whole stretch of time.
    if step_us is not None and not attribution.origins:
        for file in files:
            if file.is_table and cuts[-1] + SHORTEST_US <= file.first_us < until_us:
                cuts.append(file.first_us)
    edges = [*cuts, max(until_us, first_us)]
    shards = []
    for from_us, end_us in pairwise(edges):
        reach_us = from_us if from_us == first_us else from_us - 2 * (step_us or 0)
        mine = tuple(
            file
            for file in files
            if file.first_us < end_us and file.first_us >= (from_us if file.is_table else reach_us)
        )
        span = TimeSpan(0 if from_us == first_us else from_us, end_us)
        shards.append(Shard(collector, span, mine, attribution, thresholds, end_us == edges[-1]))
    return shards


def united(left: Shard, right: Shard) -> Shard:
    """Both as one, for where the right one's table turns out not to stand for itself."""
    files = {file.key: file for file in (*left.files, *right.files)}
    span = TimeSpan(left.span.from_us, right.span.until_us)
    ordered = tuple(sorted(files.values(), key=lambda file: file.order))
    return replace(left, span=span, files=ordered, is_last=right.is_last)


def work(shard: Shard, progress: Callable[[MrtFile], None] = lambda _: None) -> Worked | Unwritten:
    """Follow the shard's files. Raises OSError or FeedError where one cannot be had or read."""
    files = [reachable(file) for file in shard.files]
    dictionaries = Dictionaries()
    owners = one_owner if shard.world is None else owners_of(shard.world)
    countries = 1 if shard.world is None else shard.world.countries
    divider = Divider(dictionaries, owners, countries, shard.folder)
    try:
        wanted = national_test(shard.attribution)
        tracker = Tracker(shard.collector, dictionaries, wanted, shard.thresholds, divider)
        trail = follow(files, dictionaries, wanted_ranges(shard.attribution), tracker, shard.span, progress)
        frame = tracker.finish(None if shard.is_last else shard.span.until_us)
        # The tracker's state is as large as a table, and not needed any more.
        del tracker
        return Worked(frame, divider.finish(), trail)
    except SpillError as error:
        divider.abandon()
        return Unwritten(str(error))
    except BaseException:
        divider.abandon()
        raise


def _grid(files: Sequence[MrtFile]) -> int | None:
    """The step of the update files' names in microseconds, if they lie on a grid and their records in their slots."""
    slots = {slot: file for file in files if not file.is_table and (slot := slot_us(file)) is not None}
    starts = sorted(slots)
    if len(starts) < _FEWEST_SLOTS or len(slots) != sum(not file.is_table for file in files):
        return None
    steps = Counter(after - before for before, after in pairwise(starts))
    step = min(steps)
    if step > HOUR_US or any(length % step for length in steps):
        return None
    sound = all(start - step <= file.first_us < start + 2 * step for start, file in slots.items())
    return step if sound else None

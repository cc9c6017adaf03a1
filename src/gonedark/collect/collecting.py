"""From MRT files to what each collector saw: sorted out, cut into shards, worked on by an engine, joined again.

Begin with :func:`collect`. Shards are joined as they come in, so that one table and the changes since are held, and not
a table a shard. Not for judging.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from gonedark.cluster.engine import Engine, Local, Lost
from gonedark.collect.follow import Followed, Trail, tell
from gonedark.collect.shard import Shard, Worked, cut, united, work
from gonedark.feeds.collector import by_collector, known_holes, missing_slots
from gonedark.feeds.files import FeedError, Gathered, MrtFile, gather
from gonedark.model.attribution import Attribution
from gonedark.model.report import CoverageGap, Input, Kind
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan, format_time
from gonedark.table.changes import Changes
from gonedark.table.gaps import gaps_of
from gonedark.table.merge import continues, merge

RECONSTRUCTION_MARK = "gonedark reconstruction"
"""View name of tables that were built from facts: a report on them says so, whoever asks."""

Progress = Callable[[str, int, int], None]
"""What is being done, and how many of how many files are done."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the data are: files and folders, the window they are wanted for, and files known to be missing."""

    mrt: tuple[str, ...]
    window: TimeSpan
    gaps: tuple[CoverageGap, ...]
    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class Collected:
    """What the files gave before anything was judged."""

    parts: tuple[Changes, ...]
    gaps: tuple[CoverageGap, ...]
    inputs: tuple[Input, ...]
    warnings: tuple[str, ...]
    kind: Kind


@dataclass(slots=True)
class _Line:
    """One collector's shards, joined in order of time whatever order they come in.

    The last one is held back until it is known that the one behind it stands for itself; else both are worked on again
    as one.
    """

    shards: Sequence[Shard]
    again: Callable[[Shard], Worked | Lost]
    whole: Changes | None = None
    trails: list[Trail] = field(default_factory=list)
    lost: list[tuple[Shard, Lost]] = field(default_factory=list)
    _early: dict[int, Worked | Lost] = field(default_factory=dict)
    _next: int = 0
    _held: tuple[Shard, Worked | Lost] | None = None

    def take(self, number: int, outcome: Worked | Lost) -> None:
        """The outcome of one of the shards."""
        self._early[number] = outcome
        while self._next in self._early:
            self._follow(self.shards[self._next], self._early.pop(self._next))
            self._next += 1
        if self._next == len(self.shards):
            self._settle()

    def _follow(self, shard: Shard, outcome: Worked | Lost) -> None:
        if self._held is not None:
            before, held = self._held
            if _stands(held, outcome):
                self._settle()
            else:
                shard = united(before, shard)
                outcome = self.again(shard)
        self._held = shard, outcome

    def _settle(self) -> None:
        """Join what was held back."""
        if self._held is None:
            return
        shard, outcome = self._held
        self._held = None
        if isinstance(outcome, Lost):
            self.lost.append((shard, outcome))
            return
        self.trails.append(outcome.trail)
        parts = [outcome.changes] if self.whole is None else [self.whole, outcome.changes]
        self.whole = merge(parts, shard.thresholds)


def collect(wanted: Wanted, attribution: Attribution, progress: Progress, engine: Engine) -> Collected:
    """Follow every collector's files, in shards; what no worker could do is a gap. Raises FeedError, EngineError."""
    gathered = gather(wanted.mrt, lambda name: progress(f"looking at {name}", 0, 1))
    window, rules = wanted.window, wanted.thresholds
    files = [file for file in gathered.files if file.first_us < window.until_us]
    if not files:
        raise FeedError(_nothing_in(gathered, window))
    groups = by_collector(files)
    lines = {
        name: _Line(cut(name, group, window.until_us, attribution, rules), partial(_again, engine))
        for name, group in groups.items()
    }
    _work(lines, engine, progress)
    parts: list[Changes] = []
    followed: list[Followed] = []
    gaps: list[CoverageGap] = []
    for name, group in groups.items():
        line = lines[name]
        holes = [_hole(shard, group[0].first_us) for shard, _ in line.lost]
        if line.whole is None:
            gaps += holes
            continue
        told = tell(name, line.trails, window)
        holes += [*told.gaps, *known_holes(missing_slots(name, group, window), name, wanted.gaps)]
        gaps += gaps_of(line.whole, holes, window, rules)
        parts.append(line.whole)
        followed.append(told)
    lost = [f"{name}: {found.reason}" for name, line in lines.items() for _, found in line.lost]
    if not parts:
        raise FeedError(f"none of the files could be worked on: {'; '.join(lost)}")
    inputs = sorted((item for told in followed for item in told.inputs), key=lambda item: (item.name, item.sha256))
    warnings = [*gathered.warnings, *sorted(text for told in followed for text in told.warnings)]
    warnings += [f"a part of the data is a gap, since the work on it failed every time: {text}" for text in lost]
    return Collected(tuple(parts), tuple(sorted(gaps)), tuple(inputs), tuple(warnings), _kind(files))


def _work(lines: dict[str, _Line], engine: Engine, progress: Progress) -> None:
    """Have every shard worked on, each outcome going to its collector's line."""
    places = [(line, number) for line in lines.values() for number in range(len(line.shards))]
    shards = [line.shards[number] for line, number in places]
    total = sum(len(shard.files) for shard in shards)
    count = 0

    def read(file: MrtFile) -> None:
        nonlocal count
        progress(f"reading {file.path.name}", count, total)
        count += 1

    here = isinstance(engine, Local)
    for index, outcome in engine.each(partial(work, progress=read) if here else work, shards):
        if not here:
            count += len(shards[index].files)
            progress(f"read {shards[index].collector}", count, total)
        line, number = places[index]
        line.take(number, outcome)


def _stands(before: Worked | Lost, after: Worked | Lost) -> bool:
    """Whether a shard may follow the one before it: always where one of them is lost."""
    if isinstance(before, Lost) or isinstance(after, Lost):
        return True
    return continues(before.changes, after.changes)


def _again(engine: Engine, shard: Shard) -> Worked | Lost:
    return engine.run(work, [shard])[0]


def _hole(shard: Shard, first_us: int) -> CoverageGap:
    """What a lost shard leaves."""
    span = TimeSpan(max(shard.span.from_us, first_us), shard.span.until_us)
    return CoverageGap(span, shard.collector, "the work on it failed every time")


def _nothing_in(gathered: Gathered, window: TimeSpan) -> str:
    if not gathered.files:
        return "no routing data given; name MRT files or folders with --mrt"
    first = format_time(min(file.first_us for file in gathered.files))
    return f"the data begin at {first}, after the window's end at {format_time(window.until_us)}; choose another window"


def _kind(files: Sequence[MrtFile]) -> Kind:
    marked = any((file.probe.view_name or "").startswith(RECONSTRUCTION_MARK) for file in files)
    return "reconstruction" if marked else "measurement"

"""From MRT files to what each collector saw: sorted out, cut into shards, worked on by an engine, joined again.

Begin with :func:`collect`. Shards come in divided by country, on disk where they are large; one country's parts are
read and joined when :meth:`Collected.of` asks for it. Not for judging.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from gonedark.cluster.engine import Engine, Local, Lost
from gonedark.collect.columns import SpillError
from gonedark.collect.follow import Followed, tell
from gonedark.collect.inputs import identity, kind_of
from gonedark.collect.shard import Shard, Unwritten, Worked, cut, united, work
from gonedark.feeds.collector import by_collector, known_holes, missing_slots
from gonedark.feeds.files import FeedError, Gathered, MrtFile, gather
from gonedark.feeds.hashing import Hashing
from gonedark.model.attribution import Attribution
from gonedark.model.report import CoverageGap, Input, Kind
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan, format_time
from gonedark.table.changes import Changes
from gonedark.table.division import World
from gonedark.table.gaps import gaps_of
from gonedark.table.merge import Joint, continues, joint

Progress = Callable[[str, int, int], None]
"""What is being done, and how many of how many files are done."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the data are: files and folders, the window they are wanted for, and files known to be missing.

    ``world``: every country of it is wanted, and not one alone. ``folder`` is for temporary data.
    """

    mrt: tuple[str, ...]
    window: TimeSpan
    gaps: tuple[CoverageGap, ...]
    thresholds: Thresholds
    world: World | None = None
    folder: Path | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """One collector's shards in order of time, and how they go together."""

    joint: Joint
    shards: tuple[Worked, ...]

    def of(self, country: int) -> Changes:
        """What the collector saw of one country. Raises SpillError."""
        return self.joint.whole([shard.part(country) for shard in self.shards])


@dataclass(frozen=True, eq=False, slots=True)
class Collected:
    """What the files gave before anything was judged."""

    seen: tuple[Seen, ...]
    gaps: tuple[CoverageGap, ...]
    inputs: tuple[Input, ...]
    warnings: tuple[str, ...]
    kind: Kind

    @property
    def frames(self) -> tuple[Changes, ...]:
        """What each collector saw, without routes: the same for every country."""
        return tuple(seen.joint.frame for seen in self.seen)

    def of(self, country: int | None = 0) -> tuple[Changes, ...]:
        """What each collector saw of one country, by its number in the world; None: it is not there.

        Raises SpillError."""
        return self.frames if country is None else tuple(seen.of(country) for seen in self.seen)

    def rows(self, country: int | None) -> int:
        """How many changes there are of one country."""
        shards = (shard for seen in self.seen for shard in seen.shards)
        return 0 if country is None else sum(shard.divided.rows(country) for shard in shards)


@dataclass(slots=True)
class _Line:
    """One collector's shards, put in order of time whatever order they come in.

    The last one is held back until it is known that the one behind it stands for itself; else both are worked on again
    as one.
    """

    shards: Sequence[Shard]
    again: Callable[[Shard], Worked | Lost]
    stood: list[Worked] = field(default_factory=list)
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
                for worked in (held, outcome):
                    if isinstance(worked, Worked):
                        worked.divided.forget()
                shard = united(before, shard)
                outcome = self.again(shard)
        self._held = shard, outcome

    def _settle(self) -> None:
        """Let stand what was held back."""
        if self._held is None:
            return
        shard, outcome = self._held
        self._held = None
        if isinstance(outcome, Lost):
            self.lost.append((shard, outcome))
            return
        self.stood.append(outcome)


def collect(wanted: Wanted, attribution: Attribution, progress: Progress, engine: Engine) -> Collected:
    """Follow every collector's files, in shards; what no worker could do is a gap.

    Raises FeedError, EngineError, and SpillError where temporary data cannot be written.
    """
    with Hashing() as hashing:
        gathered = gather(wanted.mrt, lambda name: progress(f"looking at {name}", 0, 1), hashing)
        return _collected(gathered, partial(identity, hashing), wanted, attribution, progress, engine)


def _collected(
    gathered: Gathered,
    identity: Callable[[MrtFile], str],
    wanted: Wanted,
    attribution: Attribution,
    progress: Progress,
    engine: Engine,
) -> Collected:
    """See :func:`collect`; ``identity`` gives a file's SHA-256."""
    window, rules = wanted.window, wanted.thresholds
    files = [file for file in gathered.files if file.first_us < window.until_us]
    if not files:
        raise FeedError(_nothing_in(gathered, window))
    groups = by_collector(files)
    lines = {
        name: _Line(_shards(name, group, wanted, attribution, engine), partial(_again, engine, wanted.folder))
        for name, group in groups.items()
    }
    _work(lines, engine, wanted.folder, progress)
    seen: list[Seen] = []
    followed: list[Followed] = []
    gaps: list[CoverageGap] = []
    for name, group in groups.items():
        line = lines[name]
        holes = [_hole(shard, group[0].first_us) for shard, _ in line.lost]
        if not line.stood:
            gaps += holes
            continue
        told = tell(name, [worked.trail for worked in line.stood], window, identity)
        holes += [*told.gaps, *known_holes(missing_slots(name, group, window), name, wanted.gaps)]
        found = Seen(joint([worked.frame for worked in line.stood], rules), tuple(line.stood))
        gaps += gaps_of(found.joint.frame, holes, window, rules)
        seen.append(found)
        followed.append(told)
    lost = [f"{name}: {found.reason}" for name, line in lines.items() for _, found in line.lost]
    if not seen:
        raise FeedError(f"none of the files could be worked on: {'; '.join(lost)}")
    inputs = sorted((item for told in followed for item in told.inputs), key=lambda item: (item.name, item.sha256))
    warnings = [*gathered.warnings, *sorted(text for told in followed for text in told.warnings)]
    warnings += [f"a part of the data is a gap, since the work on it failed every time: {text}" for text in lost]
    return Collected(tuple(seen), tuple(sorted(gaps)), tuple(inputs), tuple(warnings), kind_of(files))


def _shards(
    collector: str, files: Sequence[MrtFile], wanted: Wanted, attribution: Attribution, engine: Engine
) -> list[Shard]:
    """A collector's shards, which are written where they are worked on if all share this disk."""
    folder = wanted.folder if engine.shares_disk else None
    shards = cut(collector, files, wanted.window.until_us, attribution, wanted.thresholds)
    return [replace(shard, world=wanted.world, folder=folder) for shard in shards]


def _work(lines: dict[str, _Line], engine: Engine, folder: Path | None, progress: Progress) -> None:
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
        line.take(number, _kept(outcome, folder))


def _stands(before: Worked | Lost, after: Worked | Lost) -> bool:
    """Whether a shard may follow the one before it: always where one of them is lost."""
    if isinstance(before, Lost) or isinstance(after, Lost):
        return True
    return continues(before.frame, after.frame)


def _again(engine: Engine, folder: Path | None, shard: Shard) -> Worked | Lost:
    return _kept(engine.run(work, [shard])[0], folder)


def _kept(outcome: Worked | Unwritten | Lost, folder: Path | None) -> Worked | Lost:
    """The outcome, its rows on this machine's disk if they are many."""
    if isinstance(outcome, Unwritten):
        raise SpillError(outcome.reason)
    if isinstance(outcome, Lost):
        return outcome
    return replace(outcome, divided=outcome.divided.written(folder))


def _hole(shard: Shard, first_us: int) -> CoverageGap:
    """What a lost shard leaves."""
    span = TimeSpan(max(shard.span.from_us, first_us), shard.span.until_us)
    return CoverageGap(span, shard.collector, "the work on it failed every time")


def _nothing_in(gathered: Gathered, window: TimeSpan) -> str:
    if not gathered.files:
        return "no routing data given; name MRT files or folders with --mrt"
    first = format_time(min(file.first_us for file in gathered.files))
    return f"the data begin at {first}, after the window's end at {format_time(window.until_us)}; choose another window"

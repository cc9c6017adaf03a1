"""The use case: a country and a window in, a report out. The one place that joins sources to the core.

Begin with :func:`investigate`. Files are sorted out by collector, each collector's stream goes through a tracker, the
trackers' parts are merged into a timeline for each address family, and the timelines are judged. Not for rendering.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gonedark import __version__
from gonedark.cause.context import NOTHING, Context
from gonedark.cause.explain import explained
from gonedark.delegation.additions import apply_additions, attribute_file
from gonedark.delegation.names import place_of
from gonedark.delegation.registry import load_registry
from gonedark.feeds.collector import by_collector, known_holes, missing_slots
from gonedark.feeds.files import FeedError, Gathered, MrtFile, gather
from gonedark.feeds.follow import Followed, Ranges, follow
from gonedark.model.attribution import Attribution, Registry
from gonedark.model.prefix import FAMILIES, Family, Prefix
from gonedark.model.report import Country, CoverageGap, Input, Kind, Outage, Phase, Report, Software
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan, format_time
from gonedark.mrt.batch import Dictionaries
from gonedark.mrt.dictionaries import Dictionaries as NewDictionaries
from gonedark.outage.baseline import baseline_of
from gonedark.outage.coverage import coverage_of
from gonedark.outage.evidence import evidence_of, warnings_of
from gonedark.outage.levels import BLIND_NO_TABLE, BLIND_NOTHING
from gonedark.outage.series import series_of
from gonedark.outage.study import Study, study
from gonedark.table.changes import Changes
from gonedark.table.gaps import gaps_of
from gonedark.table.timeline import build
from gonedark.table.tracker import NationalTest, Tracker

RECONSTRUCTION_MARK = "gonedark reconstruction"
"""View name of tables that were built from facts: a report on them says so, whoever asks."""

Progress = Callable[[str, int, int], None]
"""What is being done, and how many of how many files are done."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which country, when, of which files, under which rules.

    ``gaps`` are files known to be missing, ``context`` is what the user knows beside routing data.
    """

    country: Country
    window: TimeSpan
    mrt: tuple[str, ...]
    delegation: tuple[Path, ...] = ()
    attribute: tuple[Path, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    gaps: tuple[CoverageGap, ...] = ()
    context: Context = NOTHING


@dataclass(frozen=True, slots=True)
class Collected:
    """What the files gave before anything was judged."""

    parts: tuple[Changes, ...]
    gaps: tuple[CoverageGap, ...]
    inputs: tuple[Input, ...]
    warnings: tuple[str, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Investigation:
    """A report together with what it was made from, for those who look deeper."""

    report: Report
    studies: tuple[Study, ...]
    registry: Registry
    collected: Collected


def investigate(question: Question, progress: Progress = lambda _what, _done, _total: None) -> Investigation:
    """Read the files and judge. Raises FeedError or DelegationError with one clear line."""
    registry = load_registry(question.delegation or None, question.window.from_us)
    for path in question.attribute:
        registry = apply_additions(registry, attribute_file(path))
    attribution = registry.attribution(question.country.code)
    collected = collect(question, attribution, progress)
    progress("judging", 1, 1)
    studies = tuple(
        study(timeline, attribution, question.window, question.thresholds, _added(timeline.prefixes, attribution))
        for family in FAMILIES
        for timeline in [build(collected.parts, collected.gaps, family, question.window.until_us, question.thresholds)]
    )
    report = _report(question, attribution, registry.warnings, collected, studies)
    place = place_of(question.country.code)
    report = explained(report, studies, registry, place, question.context, question.thresholds)
    return Investigation(report, studies, registry, collected)


def collect(question: Question, attribution: Attribution, progress: Progress) -> Collected:
    """Follow every collector's files."""
    gathered = gather(question.mrt, lambda name: progress(f"looking at {name}", 0, 1))
    files = [file for file in gathered.files if file.first_us < question.window.until_us]
    if not files:
        raise FeedError(_nothing_in(gathered, question.window))
    ranges = None if attribution.origins else _wanted_ranges(attribution)
    wanted = _national_test(attribution)
    parts: list[Changes] = []
    followed: list[Followed] = []
    gaps: list[CoverageGap] = []
    done = 0

    def step(file: MrtFile) -> None:
        nonlocal done
        progress(f"reading {file.path.name}", done, len(files))
        done += 1

    for collector, group in by_collector(files).items():
        dictionaries = NewDictionaries()
        tracker = Tracker(collector, dictionaries, wanted, question.thresholds)
        told = follow(collector, group, dictionaries, ranges, tracker, question.window, step)
        part = _own(tracker.finish(), attribution)
        holes = [*told.gaps, *known_holes(missing_slots(collector, group, question.window), collector, question.gaps)]
        gaps += gaps_of(part, holes, question.window, question.thresholds)
        parts.append(part)
        followed.append(told)
    inputs = sorted((item for told in followed for item in told.inputs), key=lambda item: (item.name, item.sha256))
    warnings = [*gathered.warnings, *sorted(text for told in followed for text in told.warnings)]
    return Collected(tuple(parts), tuple(sorted(gaps)), tuple(inputs), tuple(warnings), _kind(files))


def _own(part: Changes, attribution: Attribution) -> Changes:
    """Where origins were added by file every prefix was followed: keep those of the country and of these origins."""
    if not attribution.origins:
        return part
    ours = [bool(path) and len(path[-1]) == 1 and path[-1][0] in attribution.origins for path in part.paths]
    by_origin = np.array([*ours, False])[part.routes.path]
    keep = np.array([attribution.is_national(prefix) for prefix in part.prefixes], dtype=bool)
    keep[np.unique(part.routes.prefix[by_origin])] = True
    return part.restrict(keep)


def _nothing_in(gathered: Gathered, window: TimeSpan) -> str:
    if not gathered.files:
        return "no routing data given; name MRT files or folders with --mrt"
    first = format_time(min(file.first_us for file in gathered.files))
    return f"the data begin at {first}, after the window's end at {format_time(window.until_us)}; choose another window"


def _kind(files: Sequence[MrtFile]) -> Kind:
    marked = any((file.probe.view_name or "").startswith(RECONSTRUCTION_MARK) for file in files)
    return "reconstruction" if marked else "measurement"


def _wanted_ranges(attribution: Attribution) -> Ranges:
    return {family: attribution.ranges[family] for family in FAMILIES}


def _national_test(attribution: Attribution) -> NationalTest:
    """Whether prefixes are national by their addresses; origins added by file are looked at row by row elsewhere."""

    def test(dictionaries: Dictionaries, start: int, stop: int) -> NDArray[np.bool_]:
        if attribution.origins:
            return np.ones(stop - start, dtype=bool)
        families = dictionaries.prefix_families()[start:stop]
        halves = dictionaries.prefix_addresses()[start:stop]
        lengths = dictionaries.prefix_lengths()[start:stop]
        found = np.zeros(stop - start, dtype=bool)
        for family, number, half in (("ipv4", 0, 1), ("ipv6", 1, 0)):
            mine = families == number
            chosen: Family = "ipv4" if family == "ipv4" else "ipv6"
            found[mine] = attribution.national_mask(chosen, np.ascontiguousarray(halves[mine, half]), lengths[mine])
        return found

    return test


def _added(prefixes: Sequence[Prefix], attribution: Attribution) -> tuple[Prefix, ...]:
    """Prefixes that count as national by their origin alone."""
    if not attribution.origins:
        return ()
    return tuple(prefix for prefix in prefixes if not attribution.is_national(prefix))


def _report(
    question: Question,
    attribution: Attribution,
    attribution_warnings: tuple[str, ...],
    collected: Collected,
    studies: Sequence[Study],
) -> Report:
    window, rules = question.window, question.thresholds
    judged = [found for found in studies if found.has_baseline]
    phases = tuple(phase for found in judged for phase in found.phases) or _unannounced(attribution, studies, window)
    report = Report(
        kind=collected.kind,
        country=question.country,
        window=window,
        baseline=baseline_of(studies, window),
        coverage=coverage_of(studies, [part.collector for part in collected.parts], collected.gaps, window),
        phases=phases,
        outages=tuple(sorted((outage for found in judged for outage in found.outages), key=_outage_order)),
        evidence=(),
        inputs=collected.inputs,
        software=Software(__version__, attribution.source, rules.to_dict()),
        series=tuple(series_of(found, window) for found in judged),
    )
    return replace(
        report,
        evidence=evidence_of(report, studies),
        warnings=(*attribution_warnings, *collected.warnings, *warnings_of(report, studies, rules)),
    )


def _outage_order(outage: Outage) -> tuple[int, str, str]:
    return -1 if outage.start_us is None else outage.start_us, outage.family, outage.id


def _unannounced(attribution: Attribution, studies: Sequence[Study], window: TimeSpan) -> tuple[Phase, ...]:
    """The whole window blind in a family of which nothing was announced, with what is delegated."""
    phases = []
    for found in studies:
        count = attribution.addresses(found.family)
        unit = "addresses are" if found.family == "ipv4" else "/48s are"
        if not len(found.visibility.voters):
            reason = BLIND_NO_TABLE
        else:
            reason = f"{BLIND_NOTHING}; {count:,} {unit} delegated"
        if found.family == "ipv4" or count:
            phases.append(Phase(found.family, "blind", reason, window, None, None, None, None))
    return tuple(phases)


def _ever_complete(found: Study) -> bool:
    return len(found.visibility.voters) > 0

"""The use case: a country and a window in, a report out. The one place that joins sources to the core.

Begin with :func:`investigate`. Files are sorted out by collector, each collector's stream goes through a tracker, the
trackers' parts are merged into a timeline for each address family, and the timelines are judged. Not for rendering.
"""

import pickle
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

from gonedark import __version__
from gonedark.cause.context import NOTHING, Context
from gonedark.cause.explain import explained
from gonedark.cluster.engine import Engine, EngineError, Local, Lost, at_hand
from gonedark.collect.collecting import Collected, Progress, Wanted, collect
from gonedark.collect.columns import Shelf, writing_to
from gonedark.collect.folder import spill_folder, spill_folder_if_any
from gonedark.collect.memory import give_back
from gonedark.delegation.additions import apply_additions, attribute_file
from gonedark.delegation.names import country_name, place_of
from gonedark.delegation.registry import load_registry
from gonedark.exposure_parts import exposure_parts
from gonedark.feeds.files import FeedError
from gonedark.model.attribution import Attribution, Registry
from gonedark.model.prefix import FAMILIES, Family, Prefix
from gonedark.model.report import Country, CoverageGap, Outage, Phase, Report, Software
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import TimeSpan
from gonedark.outage.baseline import baseline_of
from gonedark.outage.coverage import coverage_of
from gonedark.outage.evidence import evidence_of, warnings_of
from gonedark.outage.levels import BLIND_FEW_VOTERS, BLIND_NO_TABLE, BLIND_NOTHING
from gonedark.outage.origins import origin_changes
from gonedark.outage.series import series_of
from gonedark.outage.study import Study, study
from gonedark.table.deciding import Decided, decide
from gonedark.table.division import World
from gonedark.table.national import own, world
from gonedark.table.timeline import Timeline, build

T = TypeVar("T")

_MANY_ROUTES = 1 << 20
"""A country with so many leaves memory behind that is worth returning."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which country, when, of which files, under which rules.

    ``gaps`` are files known to be missing, ``context`` is what the user knows beside routing data. ``spill`` is where
    temporary data may be kept (None: the default place).
    """

    country: Country
    window: TimeSpan
    mrt: tuple[str, ...]
    delegation: tuple[Path, ...] = ()
    attribute: tuple[Path, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)
    gaps: tuple[CoverageGap, ...] = ()
    context: Context = NOTHING
    spill: Path | None = None


@dataclass(frozen=True, slots=True)
class Investigation:
    """A report together with what it was made from, for those who look deeper."""

    report: Report
    studies: tuple[Study, ...]
    registry: Registry


def investigate(
    question: Question,
    progress: Progress = lambda _what, _done, _total: None,
    engine: Engine | None = None,
) -> Investigation:
    """Read the files and judge; every engine gives the same. Raises FeedError, DelegationError or EngineError."""
    registry = _registry(question)
    attribution = registry.attribution(question.country.code)
    with spill_folder_if_any(question.spill) as folder:
        collected = collect(_wanted(question, folder), attribution, progress, engine or Local())
        progress("judging", 1, 1)
        timelines = _timelines(question, attribution, collected, 0, _decided(question, collected), folder)
    return _judged(question, registry, attribution, collected, timelines)


@dataclass(frozen=True, eq=False, slots=True)
class Everything:
    """All that judging any country needs: what was asked, and what all files gave, divided by country on disk; and a
    folder for what does not fit into memory."""

    question: Question
    collected: Collected
    decided: dict[Family, Decided]
    folder: Path

    def of(self, country: Country, registry: Registry) -> Investigation:
        """One country's investigation, which is what :func:`investigate` finds. Raises SpillError."""
        question, attribution = replace(self.question, country=country), registry.attribution(country.code)
        number = registry.number(country.code)
        timelines = _timelines(question, attribution, self.collected, number, self.decided, self.folder)
        return _judged(question, registry, attribution, self.collected, timelines)


def investigate_all(
    question: Question,
    countries: Sequence[Country],
    progress: Progress = lambda _what, _done, _total: None,
    engine: Engine | None = None,
) -> Generator[Investigation]:
    """Each country's investigation, one after the other, from one pass over the files. Raises as ``investigate``.

    The country of the question is not looked at. What is found of a country is what ``investigate`` finds. Between,
    routes are on disk by country; close the generator where it is left early, so that they are removed at once.
    """
    registry = _registry(question)
    with _everything(question, countries, registry, progress, engine or Local()) as (_, everything):
        for done, country in enumerate(countries):
            progress(f"judging {country.name}", done, len(countries))
            yield everything.of(country, registry)
            # Nothing of a country stays while the next one is judged.
            if everything.collected.rows(registry.number(country.code)) >= _MANY_ROUTES:
                give_back()


def report_all(
    question: Question,
    countries: Sequence[Country],
    made: Callable[[Report], T],
    progress: Progress = lambda _what, _done, _total: None,
    engine: Engine | None = None,
) -> Generator[T]:
    """What is ``made`` of the reports of :func:`investigate_all`, in their order. Raises as it, and EngineError for a
    country that no process could judge.

    Processes judge several countries at a time, and make of them what is to be made; it is two processes where no
    engine is named, after this one has read the files. Only Local does everything here, with the least memory.
    """
    judging = at_hand(engine)
    if isinstance(judging, Local):
        for found in investigate_all(question, countries, progress, engine):
            report = found.report
            # What it was made from is large, and the next country needs the room.
            del found
            yield made(report)
        return
    registry = _registry(question)
    with _everything(question, countries, registry, progress, engine or Local()) as (folder, everything):
        told = folder / "everything"
        with writing_to(folder):
            told.write_bytes(pickle.dumps(everything))
        # The largest first, so that none of them is judged alone in the end.
        sizes = [everything.collected.rows(registry.number(country.code)) for country in countries]
        order = sorted(range(len(countries)), key=lambda at: -sizes[at])
        done: dict[int, T] = {}
        following = 0
        for index, outcome in judging.each(partial(_made_of, told, made), [countries[at] for at in order]):
            country = countries[order[index]]
            if isinstance(outcome, Lost):
                raise EngineError(f"{country.name} could not be judged: {outcome.reason}")
            done[order[index]] = outcome
            while following in done:
                yield done.pop(following)
                following += 1
            progress(f"judged {country.name}", following + len(done), len(countries))


@contextmanager
def _everything(
    question: Question, countries: Sequence[Country], registry: Registry, progress: Progress, engine: Engine
) -> Iterator[tuple[Path, Everything]]:
    """One pass over the files for all countries, and the folder in which their routes are until the end."""
    if any(registry.attribution(country.code).origins for country in countries):
        raise FeedError(
            "origins added by file cannot be followed for all countries at once; ask for that country alone"
        )
    with spill_folder(question.spill) as folder:
        wanted = replace(_wanted(question, folder), world=World.of(registry))
        collected = collect(wanted, world(registry), progress, engine)
        everything = Everything(question, collected, _decided(question, collected), folder)
        give_back()
        yield folder, everything


def _made_of(told: Path, made: Callable[[Report], T], country: Country) -> T:
    """What is made of one country's report, in a process of its own."""
    everything, registry = _told(told)
    report = everything.of(country, registry).report
    give_back()
    return made(report)


@lru_cache(maxsize=1)
def _told(told: Path) -> tuple[Everything, Registry]:
    """What this process judges, read once. The file is this command's own, in a folder for its user alone."""
    everything: Everything = pickle.loads(told.read_bytes())
    return everything, _registry(everything.question)


def countries_of(question: Question) -> tuple[Country, ...]:
    """All countries that hold addresses or AS numbers at the window's begin, by code."""
    codes = sorted(code for code in _registry(question).codes if place_of(code) is not None)
    return tuple(Country(code, country_name(code)) for code in codes)


def _wanted(question: Question, folder: Path | None) -> Wanted:
    return Wanted(question.mrt, question.window, question.gaps, question.thresholds, folder=folder)


def _registry(question: Question) -> Registry:
    registry = load_registry(question.delegation or None, question.window.from_us)
    for path in question.attribute:
        registry = apply_additions(registry, attribute_file(path))
    return registry


def _decided(question: Question, collected: Collected) -> dict[Family, Decided]:
    until_us, rules = question.window.until_us, question.thresholds
    return {family: decide(collected.frames, collected.gaps, family, until_us, rules) for family in FAMILIES}


def _timelines(
    question: Question,
    attribution: Attribution,
    collected: Collected,
    number: int | None,
    decided: dict[Family, Decided],
    folder: Path | None,
) -> tuple[Timeline, ...]:
    """A country's routes in both families, by its number in the world; what is too much for memory is in a file of the
    folder that has no name, so that it outlives the folder."""
    parts = tuple(own(part, attribution) for part in collected.of(number))
    until_us, rules = question.window.until_us, question.thresholds
    shelf = Shelf(folder)
    return tuple(
        build(parts, collected.gaps, family, until_us, rules, decided[family], shelf.keep) for family in FAMILIES
    )


def _judged(
    question: Question,
    registry: Registry,
    attribution: Attribution,
    collected: Collected,
    timelines: Sequence[Timeline],
) -> Investigation:
    window, rules = question.window, question.thresholds
    studies = tuple(
        study(timeline, attribution, window, rules, _added(timeline.prefixes, attribution)) for timeline in timelines
    )
    report = _report(question, attribution, registry.warnings, collected, studies)
    before, after, users = exposure_parts(studies, registry, window, rules)
    report = replace(report, exposure=before, exposure_after=after, users=users)
    place = place_of(question.country.code)
    report = explained(report, studies, registry, place, question.context, question.thresholds)
    return Investigation(report, studies, registry)


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
    phases = tuple(phase for found in judged for phase in found.phases) or _unannounced(
        attribution, studies, window, rules
    )
    report = Report(
        kind=collected.kind,
        country=question.country,
        window=window,
        baseline=baseline_of(studies, window, rules),
        coverage=coverage_of(studies, [frame.collector for frame in collected.frames], collected.gaps, window),
        phases=phases,
        outages=tuple(sorted((outage for found in judged for outage in found.outages), key=_outage_order)),
        evidence=(),
        inputs=collected.inputs,
        software=Software(__version__, attribution.source, rules.to_dict()),
        series=tuple(series_of(found, window) for found in judged),
    )
    changes = {found.family: origin_changes(found, window, rules) for found in studies}
    return replace(
        report,
        evidence=evidence_of(report, studies, changes, rules),
        warnings=(*attribution_warnings, *collected.warnings, *warnings_of(report, studies, changes, rules)),
    )


def _outage_order(outage: Outage) -> tuple[int, str, str]:
    return -1 if outage.start_us is None else outage.start_us, outage.family, outage.id


def _unannounced(
    attribution: Attribution, studies: Sequence[Study], window: TimeSpan, rules: Thresholds
) -> tuple[Phase, ...]:
    """The whole window blind in a family of which nothing was announced, with what is delegated."""
    phases = []
    for found in studies:
        count = attribution.addresses(found.family)
        unit = "addresses are" if found.family == "ipv4" else "/48s are"
        most = int(found.visibility.voters[:, 1].max(initial=0))
        reason = BLIND_NO_TABLE
        if most:
            seen = BLIND_NOTHING if most >= rules.fewest_voters else BLIND_FEW_VOTERS
            reason = f"{seen}; {count:,} {unit} delegated"
        if found.family == "ipv4" or count:
            phases.append(Phase(found.family, "blind", reason, window, None, None, None, None))
    return tuple(phases)

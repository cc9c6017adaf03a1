"""The second use case: what a country hangs on, out of routing tables.

Begin with :func:`read_tables` and :func:`country_exposure`. Files are joined to the core here; answers are in the room
``country``, the parts of a report in :mod:`gonedark.exposure_parts`. Not for rendering.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from gonedark.collect.inputs import identity, input_of, kind_of
from gonedark.country.answers import Wishes
from gonedark.country.change import change
from gonedark.country.comparators import comparators, nearby
from gonedark.country.exposure import exposure, exposures, summaries
from gonedark.country.paths import Paths, taken
from gonedark.country.routing import RoutingView, views_of_dumps
from gonedark.country.users import AsUsers, users_of_addresses, users_of_file
from gonedark.country.whatif import unseen
from gonedark.delegation.capitals import CAPITALS
from gonedark.feeds.collector import by_collector
from gonedark.feeds.files import FeedError, MrtFile, gather
from gonedark.feeds.hashing import Later
from gonedark.model.attribution import Registry
from gonedark.model.exposure import Exposure, ExposureChange, Summary, Users
from gonedark.model.prefix import Family
from gonedark.model.report import Input, Kind
from gonedark.model.thresholds import Thresholds
from gonedark.model.time import format_time
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.mrt.reader import MrtReader
from gonedark.mrt.summary import Summary as FileSummary
from gonedark.outage.full_tables import too_small
from gonedark.table.dump import TableDump, collect

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False, slots=True)
class Tables:
    """One view for each family that the files hold, what was read, and what it was: measured, or rebuilt from facts."""

    views: dict[Family, RoutingView]
    read: tuple[tuple[MrtFile, FileSummary], ...]
    warnings: tuple[str, ...]
    kind: Kind

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The files by name, which are hashed for this: whoever names no inputs is spared it. Raises FeedError."""
        found = (input_of(file, identity(Later(), file), known) for file, known in self.read)
        return tuple(sorted(found, key=lambda item: item.name))

    @property
    def at_us(self) -> int:
        """When the tables were taken."""
        return max(view.time_us for view in self.views.values())


def read_tables(
    arguments: Sequence[str],
    at_us: int | None,
    rules: Thresholds,
    progress: Progress = lambda _what, _done, _total: None,
) -> Tables:
    """Read table dumps, of each collector the one nearest before ``at_us`` (None: the last one).

    Raises FeedError where there is no table.
    """
    gathered = gather(arguments, lambda name: progress(f"looking at {name}", 0, 1), Later())
    chosen = _chosen(gathered.files, at_us)
    dumps: list[TableDump] = []
    paths: list[Paths] = []
    read: list[tuple[MrtFile, FileSummary]] = []
    warnings = list(gathered.warnings)
    for done, (collector, file) in enumerate(chosen):
        progress(f"reading {file.path.name}", done, len(chosen))
        found, clean, known = _read(collector, file)
        dumps += found
        paths += [clean] * len(found)
        read.append((file, known))
        if any(not dump.complete for dump in found):
            warnings.append(f"{file.path.name} breaks off; what it holds was read")
    warnings += _partial(dumps)
    progress("working out", 1, 1)
    views = views_of_dumps(dumps, paths, rules)
    if not views:
        raise FeedError("the files hold no routes; give a routing table (RIB) with --mrt")
    kind = kind_of([file for _, file in chosen])
    return Tables(views, tuple(read), tuple(warnings), kind)


def _partial(dumps: Sequence[TableDump]) -> list[str]:
    """A warning where no table can be a full one, though none breaks off."""
    four = [dump for dump in dumps if dump.family == "ipv4"]
    if not four or not all(dump.complete for dump in dumps):
        return []
    largest = max(int(dump.sizes.max(initial=0)) for dump in four)
    usual = too_small(largest, max(dump.time_us for dump in four))
    if usual is None:
        return []
    return [
        f"the largest table of a peer has {largest:,} IPv4 prefixes, and the Internet had over {usual:,} at the time: "
        "what is called a full table here is only the fullest at hand"
    ]


def _chosen(files: Sequence[MrtFile], at_us: int | None) -> list[tuple[str, MrtFile]]:
    tables = [file for file in files if file.is_table and (at_us is None or file.first_us <= at_us)]
    if not tables:
        late = [file.first_us for file in files if file.is_table]
        if late:
            raise FeedError(f"no routing table at or before that time; the first is of {format_time(min(late))}")
        raise FeedError("no routing table (RIB) among the files; updates alone do not tell who is reached how")
    return [(collector, group[-1]) for collector, group in by_collector(tables).items()]


def _read(collector: str, file: MrtFile) -> tuple[list[TableDump], Paths, FileSummary]:
    dictionaries = Dictionaries()
    reader = MrtReader(file.opens, name=file.path.name, dictionaries=dictionaries, apart=True)
    dumps = collect(collector, dictionaries, reader, lambda: reader.summary.torn)
    return dumps, taken(dictionaries), reader.summary


@dataclass(frozen=True, slots=True)
class Estimates:
    """Published users by AS, and their date where it is known."""

    rows: tuple[AsUsers, ...]
    date: str | None


@dataclass(frozen=True, slots=True)
class CountryExposure:
    """All that is known of one country at one moment, and the difference from an earlier one where that was given."""

    exposures: tuple[Exposure, ...]
    users: Users | None
    changes: tuple[ExposureChange, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Extras:
    """What is asked beside the tables: comparators (None: countries nearby), user estimates, an earlier moment."""

    compare: tuple[str, ...] | None = None
    estimates: Estimates | None = None
    earlier: Tables | None = None
    wishes: Wishes = field(default_factory=Wishes)


def country_exposure(tables: Tables, code: str, registry: Registry, extras: Extras | None = None) -> CountryExposure:
    """One country out of tables that were read."""
    extras = extras or Extras()
    attribution = registry.attribution(code)
    found: list[Exposure] = []
    changes: list[ExposureChange] = []
    warnings: list[str] = []
    missing = [set(unseen(view, extras.wishes.removals, registry)) for view in tables.views.values()]
    for text in sorted(set.intersection(*missing)):
        warnings.append(f"{text} is on no path of the table: that nothing changes without it says nothing")
    for family, view in tables.views.items():
        answer = exposure(view, attribution, registry, extras.wishes)
        if family == "ipv4":
            codes = extras.compare if extras.compare is not None else nearby(code, regions(), registry)
            answer = replace(answer, comparators=comparators(view, codes, registry, extras.wishes.rules))
        if extras.earlier is not None and family in extras.earlier.views:
            wishes = replace(extras.wishes, removals=(), is_deep=False)
            before = exposure(extras.earlier.views[family], attribution, registry, wishes)
            if all(one.voters and one.is_complete for one in (before, answer)):
                changes.append(change(before, answer, extras.wishes.rules))
                warnings += _other_eyes(before, answer)
            else:
                unknown = f"what changed in {family} is unknown"
                torn = not (before.is_complete and answer.is_complete)
                why = "breaks off" if torn else "has no full table from outside"
                warnings.append(f"{unknown}: one of the tables {why}")
        found.append(answer)
    return CountryExposure(tuple(found), users_of(found, code, extras.estimates), tuple(changes), tuple(warnings))


def _other_eyes(before: Exposure, after: Exposure) -> list[str]:
    """A warning where two tables were seen by different networks: each sees ways out that others do not."""
    both = len(set(before.voters) & set(after.voters))
    if 2 * both >= max(len(before.voters), len(after.voters)):
        return []
    return [
        f"of the {len(before.voters):,} networks that watched {after.family} then and the {len(after.voters):,} that "
        f"did later {both:,} are the same: what differs may come from who watched"
    ]


def all_exposures(tables: Tables, registry: Registry, wishes: Wishes | None = None) -> Iterator[tuple[str, Exposure]]:
    """Every country of the tables, by family and code, without what is worked out only for a named country."""
    wishes = replace(wishes or Wishes(), is_deep=False)
    for view in tables.views.values():
        yield from exposures(view, registry, wishes)


def all_summaries(tables: Tables, registry: Registry, wishes: Wishes | None = None) -> Iterator[tuple[str, Summary]]:
    """The same in short, as tables of countries show it, in a part of the time."""
    for view in tables.views.values():
        yield from summaries(view, registry, wishes or Wishes())


def regions() -> dict[str, str]:
    """A region's name by country code: the first part of its capital's time zone, such as Asia."""
    return {code: place.zone.partition("/")[0] for code, place in CAPITALS.items()}


def users_of(found: Sequence[Exposure], code: str, estimates: Estimates | None) -> Users | None:
    """People, from a file of estimates where it has the country, else from the IPv4 addresses announced.

    None where nobody outside the country saw what is announced, or the table breaks off.
    """
    found = [answer for answer in found if answer.voters and answer.is_complete]
    if found and estimates is not None:
        origins = frozenset(asn for answer in found for asn in answer.origins)
        users = users_of_file(estimates.rows, code, origins, estimates.date)
        if users is not None:
            return users
    for answer in found:
        if answer.family == "ipv4":
            return users_of_addresses(answer.census.units, format_time(answer.at_us)[:10])
    return None

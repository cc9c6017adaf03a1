"""``gonedark fetch``: what a window needs from the archives, brought into the cache; or only the plan of it.

Begin with :func:`fetch`; ``gonedark report`` uses :func:`sources_of` and :func:`at_hand` for the same work.
"""

# ruff: noqa: PLC0415
# Heavy rooms are imported where they are used, so that `gonedark --help` answers at once.

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonedark.cli.exits import Exit, stop, warn
from gonedark.cli.options import FromTime, Quiet, UntilTime

if TYPE_CHECKING:
    from gonedark.feeds.fetch import Fetched
    from gonedark.feeds.plan import CollectorPlan, Plan
    from gonedark.feeds.provide import Sources
    from gonedark.model.time import TimeSpan

Collectors = Annotated[
    list[str] | None,
    typer.Option(
        "--collector",
        metavar="NAME",
        help="Collector such as rrc00 or route-views.linx; repeatable. Default: a chosen few.",
    ),
]
CacheFolder = Annotated[
    Path | None, typer.Option("--cache", metavar="FOLDER", help="Folder of downloads, shared by all commands.")
]
CacheLimit = Annotated[
    str | None, typer.Option("--cache-limit", metavar="SIZE", help="Most the cache may hold, such as 20GB.")
]
BaseUrls = Annotated[
    list[str] | None,
    typer.Option(
        "--base-url", metavar="ARCHIVE=URL", help="Another place of an archive: ris=URL, routeviews=URL, or a folder."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would be fetched, and stop.")]
Offline = Annotated[bool, typer.Option("--offline", help="Use only what the cache has; ask no network.")]

_SIZE = re.compile(r"^(\d+(?:\.\d+)?)\s*([KMGT]?)I?B?$", re.IGNORECASE)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def fetch(
    from_: FromTime,
    until: UntilTime,
    collector: Collectors = None,
    cache: CacheFolder = None,
    cache_limit: CacheLimit = None,
    base_url: BaseUrls = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file with [archives] and [broker] tables.")
    ] = None,
    dry_run: DryRun = False,
    offline: Offline = False,
    quiet: Quiet = False,
) -> None:
    """Bring the routing tables and updates of a window from the archives into the cache."""
    window = window_of(from_, until)
    sources = sources_of(collector, cache, cache_limit, base_url, config, offline=offline)
    if dry_run:
        show_plan(window, sources)
        return
    found = at_hand(window, sources, quiet=quiet)
    typer.echo(f"{len(found.files)} files, {amount(found.bytes)}, are at hand in {_places(found, sources)}")
    for gap in found.gaps:
        typer.echo(f"missing: {_span(gap.span)} of {gap.collector}: {gap.reason}")


def _places(found: "Fetched", sources: "Sources") -> str:
    """Where the files are: in the cache, and in folders that stand for archives and are read in place."""
    archives = [item.remote.archive for item in found.files]
    folders = {str(sources.cache.folder) if archive.is_remote else archive.base for archive in archives}
    return " and ".join(sorted(folders)) or str(sources.cache.folder)


def window_of(from_: str, until: str) -> "TimeSpan":
    """The window of two options; wrong usage ends the command."""
    from gonedark.model.time import TimeSpan, parse_time

    try:
        from_us, until_us = parse_time(from_), parse_time(until)
    except ValueError as error:
        stop(str(error), Exit.WRONG_USAGE)
    if until_us <= from_us:
        stop(f"the window ends at {until}, not after its begin at {from_}; --until must be later", Exit.WRONG_USAGE)
    return TimeSpan(from_us, until_us)


def sources_of(
    collectors: Sequence[str] | None,
    cache: Path | None,
    cache_limit: str | None,
    base_urls: Sequence[str] | None,
    config: Path | None,
    *,
    offline: bool,
) -> "Sources":
    """Options as sources; what cannot be used ends the command."""
    from gonedark.config import ConfigError, read_archives, read_broker
    from gonedark.feeds.archives import DEFAULT_ARCHIVES, Archive, Archives
    from gonedark.feeds.cache import DEFAULT_LIMIT_BYTES, Cache, default_folder
    from gonedark.feeds.files import FeedError
    from gonedark.feeds.provide import Sources

    try:
        known = {archive.name: archive for archive in DEFAULT_ARCHIVES}
        for told in read_archives(config) if config else ():
            known[told.name] = Archive(told.name, told.layout, told.base, told.collectors)
        broker = read_broker(config) if config else None
        archives = Archives(tuple(known.values()), broker).at(base_urls or ())
        for name in collectors or ():
            archives.of(name)
    except ConfigError as error:
        stop(str(error))
    except FeedError as error:
        stop(str(error), Exit.WRONG_USAGE)
    for archive in archives.known:
        if "://" not in archive.base and not Path(archive.base).is_dir():
            stop(f"there is no folder {archive.base} for the archive {archive.name}", Exit.WRONG_USAGE)
    limit = DEFAULT_LIMIT_BYTES if cache_limit is None else _limit(cache_limit)
    return Sources(tuple(collectors or ()), archives, Cache(cache or default_folder(), limit), offline)


def show_plan(window: "TimeSpan", sources: "Sources") -> None:
    """Print the plan."""
    from gonedark.feeds.files import FeedError
    from gonedark.feeds.provide import plan_for
    from gonedark.feeds.transfer import Transfer

    try:
        with Transfer(sources.patience) as transfer:
            plan = plan_for(window, sources, transfer)
    except FeedError as error:
        stop(str(error))
    typer.echo(plan_text(plan))


def at_hand(window: "TimeSpan", sources: "Sources", *, quiet: bool) -> "Fetched":
    """Fetch with progress; failures end the command in one line."""
    from gonedark.feeds.files import FeedError
    from gonedark.feeds.provide import provide

    def planned(plan: "Plan") -> None:
        if not quiet:
            names = ", ".join(part.collector for part in plan.collectors)
            typer.echo(f"gonedark: {len(plan.files)} files, {size_words(plan)}, of {names}", err=True)

    try:
        with _transferring(quiet=quiet) as show:
            found = provide(window, sources, planned, show)
    except FeedError as error:
        stop(str(error))
    if not quiet:
        for text in found.warnings:
            warn(text)
    return found


def plan_text(plan: "Plan") -> str:
    """A plan for people: what of which collector, how much, and why."""
    lines = [f"Plan for {_span(plan.window)}"]
    lines += [line for part in plan.collectors for line in _plan_lines(part, plan.window)]
    lines += [f"Left out: {note}" for note in plan.notes]
    guess = ", partly estimated" if plan.bytes and any(file.bytes is None for file in plan.files) else ""
    minutes = round(plan.bytes / 10e6 / 60)
    time = f": {f'{minutes} min' if minutes else 'under a minute'} at 10 MB/s" if plan.bytes else ""
    lines.append(f"{len(plan.files)} files, {size_words(plan)}{guess}{time}.")
    return "\n".join(lines)


def size_words(plan: "Plan") -> str:
    """How much there is to fetch, as far as the archives tell."""
    return f"about {amount(plan.bytes)}" if plan.bytes else "of unknown size (the archive lists none)"


def _plan_lines(part: "CollectorPlan", window: "TimeSpan") -> Iterator[str]:
    from gonedark.feeds.plan import holes
    from gonedark.model.time import TimeSpan, format_time

    table, *updates = part.wanted
    yield f"{part.collector}: {part.reason}"
    size = "" if table.bytes is None else f", {amount(table.bytes)}"
    late = "" if table.time_us <= window.from_us else " (its tables begin inside the window)"
    yield f"  table of {format_time(table.time_us)}{size}{late}"
    yield f"    {table.url}"
    told = sum(file.bytes or 0 for file in updates)
    size = f", {amount(told)}" if updates and all(file.bytes is not None for file in updates) else ""
    yield f"  {len(updates)} update files to {format_time(window.until_us)}{size}"
    if updates:
        yield f"    {updates[0].url}"
    if not part.indexed:
        yield "  named by the archive's rule, since it shows no index page"
    for gap in holes(part.collector, updates, TimeSpan(table.time_us, window.until_us)):
        yield f"  missing: {_span(gap.span)}"


def amount(size: int) -> str:
    """Bytes for people."""
    number = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1000
    raise AssertionError("the last unit takes every size")


def _span(span: "TimeSpan") -> str:
    from gonedark.model.time import format_time

    return f"{format_time(span.from_us)} to {format_time(span.until_us)}"


def _limit(text: str) -> int:
    found = _SIZE.match(text.strip())
    if found is None:
        stop(f"{text!r} is not a size; write 20GB or 500MB", Exit.WRONG_USAGE)
    return int(float(found[1]) * _UNITS[found[2].upper()])


@contextmanager
def _transferring(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar of bytes with rate and time left on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = TextColumn("fetching"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("fetching", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)

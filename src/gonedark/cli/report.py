"""``gonedark report``: from routing data to the report of a country's outage.

Begin with :func:`report`. The work is done by :mod:`gonedark.investigate`; here are options, output and exit codes.
"""

# ruff: noqa: PLC0415
# Heavy rooms are imported where they are used, so that `gonedark --help` answers at once.

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonedark.cli.delivery import check_target, deliver, text_width
from gonedark.cli.everyone import EngineName, Everyone, SpillFolder, check_all, engine_of, report_all
from gonedark.cli.evidence import BundleInputs, BundlePath, ClaimsFile, ContextFile, Extras
from gonedark.cli.exits import Exit, stop, warn
from gonedark.cli.fetch import (
    BaseUrls,
    CacheFolder,
    CacheLimit,
    Collectors,
    DryRun,
    Offline,
    at_hand,
    show_plan,
    sources_of,
    window_of,
)
from gonedark.cli.options import (
    AttributeFiles,
    CountryNameIfAny,
    DelegationPaths,
    FromTime,
    OutFile,
    Quiet,
    UntilTime,
    rules_of,
)
from gonedark.cli.progress import watched
from gonedark.publish.formats import FORMATS, render

if TYPE_CHECKING:
    from gonedark.cluster.engine import Engine
    from gonedark.investigate import Investigation, Question
    from gonedark.model.report import Report

FORMAT_HELP = f"How to print: {', '.join(FORMATS)}."


def report(
    from_: FromTime,
    until: UntilTime,
    country: CountryNameIfAny = None,
    mrt: Annotated[
        list[str] | None,
        typer.Option(
            "--mrt",
            metavar="PATH",
            help="MRT file or folder instead of archives; NAME=PATH names its collector; repeatable.",
        ),
    ] = None,
    delegation: DelegationPaths = None,
    attribute: AttributeFiles = None,
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help=FORMAT_HELP)] = "text",
    out: OutFile = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="TOML file with [thresholds] and [archives] tables.")
    ] = None,
    collector: Collectors = None,
    cache: CacheFolder = None,
    cache_limit: CacheLimit = None,
    base_url: BaseUrls = None,
    dry_run: DryRun = False,
    offline: Offline = False,
    context: ContextFile = None,
    claims: ClaimsFile = None,
    bundle: BundlePath = None,
    bundle_inputs: BundleInputs = True,
    everyone: Everyone = False,
    engine: EngineName = None,
    spill: SpillFolder = None,
    quiet: Quiet = False,
) -> None:
    """Read routing tables and updates, from archives or files at hand, and report what happened to a country."""
    check_all(country, out, everyone=everyone)
    workers = engine_of(engine)
    question = _question(country, from_, until, mrt or [], delegation or [], attribute or [], config)
    question = replace(question, spill=spill)
    check_format(format_, out)
    if not everyone:
        check_target(out)
    extras = Extras.read(context, claims, bundle, copy_inputs=bundle_inputs)
    question = extras.asked(question)
    if not mrt:
        sources = sources_of(collector, cache, cache_limit, base_url, config, offline=offline)
        if dry_run:
            show_plan(question.window, sources)
            return
        fetched = at_hand(question.window, sources, quiet=quiet)
        question = replace(question, mrt=fetched.arguments, gaps=fetched.gaps)
    elif collector or base_url or dry_run or offline:
        stop("with --mrt nothing is fetched; leave out --collector, --base-url, --dry-run, --offline", Exit.WRONG_USAGE)
    if everyone and out is not None:
        report_all(question, format_, out, workers, quiet=quiet)
        return
    found = answer(question, workers, quiet=quiet)
    if not quiet:
        for text in found.report.warnings:
            warn(text)
    answered = extras.judged(found)
    publish(answered, format_, out)
    extras.bundled(answered, question)
    if is_partly_blind(found.report):
        raise typer.Exit(int(Exit.PARTLY_BLIND))


def check_format(format_: str, out: Path | None) -> None:
    """Refuse unknown formats, and binary ones for a terminal, before any work is done."""
    form = FORMATS.get(format_)
    if form is None:
        stop(f"{format_!r} is not a format; choose one of {', '.join(FORMATS)}", Exit.WRONG_USAGE)
    if form.is_binary and out is None:
        stop(f"{format_} is binary; say where to write it with --out FILE{form.suffix}", Exit.WRONG_USAGE)


def answer(question: "Question", engine: "Engine | None" = None, *, quiet: bool) -> "Investigation":
    """Investigate, with progress, and with failures in one line."""
    from gonedark.cluster.engine import EngineError
    from gonedark.delegation.rir import DelegationError
    from gonedark.feeds.files import FeedError
    from gonedark.investigate import investigate

    try:
        with watched(quiet=quiet) as progress:
            return investigate(question, progress, engine)
    except (FeedError, DelegationError, EngineError) as error:
        stop(str(error))
    except MemoryError:
        stop("not enough memory; give fewer collectors or a shorter window")


def publish(report: "Report", format_: str, out: Path | None) -> None:
    """Render and write, to the file or to standard output."""
    from gonedark.delegation.names import place_of

    place = place_of(report.country.code)
    if format_ == "text":
        from gonedark.publish import text

        deliver([text.render(report, place, text_width(out))], out)
    else:
        deliver([render(report, format_, place)], out)


def is_partly_blind(report: "Report") -> bool:
    """Some part of the window could not be watched."""
    return any(phase.phase == "blind" for phase in report.phases) or not report.phases


def _question(
    country: str | None,
    from_: str,
    until: str,
    mrt: list[str],
    delegation: list[Path],
    attribute: list[Path],
    config: Path | None,
) -> "Question":
    from gonedark.delegation.names import find_country
    from gonedark.investigate import Question
    from gonedark.model.report import Country

    try:
        found = Country("", "every country") if country is None else find_country(country)
    except ValueError as error:
        stop(str(error), Exit.WRONG_USAGE)
    window = window_of(from_, until)
    return Question(found, window, tuple(mrt), tuple(delegation), tuple(attribute), rules_of(config))

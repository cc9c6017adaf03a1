"""``gonedark report --all``: every country from one pass, each report written as soon as it is found.

Begin with :func:`report_all`. Into the folder go a report for each country, and the series of all as Parquet segments.
"""

# ruff: noqa: PLC0415

import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from gonedark.cli.delivery import say
from gonedark.cli.exits import Exit, stop
from gonedark.cli.progress import watched
from gonedark.publish.formats import FORMATS, render

if TYPE_CHECKING:
    from gonedark.cluster.engine import Engine
    from gonedark.investigate import Question
    from gonedark.model.report import Report

Everyone = Annotated[bool, typer.Option("--all", help="Every country; --out names a folder for the reports.")]
EngineName = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="ENGINE",
        help="Who works: local, processes, processes:NUMBER or dask://HOST:PORT; else this process, and two that judge "
        "all countries.",
    ),
]
SpillFolder = Annotated[
    Path | None,
    typer.Option(
        "--spill",
        metavar="FOLDER",
        help="Folder for temporary data, where there is room for a table or two of each collector.",
    ),
]


def engine_of(name: str | None) -> "Engine | None":
    """The engine of that name, None where none is named; wrong usage ends the command."""
    from gonedark.cluster.engine import EngineError, engine_for

    try:
        return None if name is None else engine_for(name)
    except EngineError as error:
        stop(str(error), Exit.WRONG_USAGE)


def check_all(country: str | None, out: Path | None, *, everyone: bool) -> None:
    """One country or all, and a folder for all."""
    if everyone == (country is not None):
        stop("name one country, or all of them with --all", Exit.WRONG_USAGE)
    if everyone and (out is None or out.is_file()):
        stop("--all writes a report for each country; name a folder with --out", Exit.WRONG_USAGE)


@dataclass(frozen=True, slots=True)
class _Written:
    """A country's report was written, with a line to say where it had an outage; or why it could not be."""

    line: str | None = None
    failure: str | None = None


def report_all(question: "Question", format_: str, folder: Path, engine: "Engine | None", *, quiet: bool) -> None:
    """Write every country's report and series, and a line for each that had an outage."""
    from gonedark.cluster.engine import EngineError
    from gonedark.delegation.rir import DelegationError
    from gonedark.feeds.files import FeedError
    from gonedark.investigate import countries_of
    from gonedark.investigate import report_all as made_of

    written = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (
            _ended_by_signals(),
            watched(quiet=quiet) as progress,
            closing(
                made_of(question, countries_of(question), partial(_write, folder, format_), progress, engine)
            ) as found,
        ):
            for told in found:
                if told.failure is not None:
                    _refused(folder, told.failure)
                written += 1
                if told.line is not None:
                    say(told.line)
    except (FeedError, DelegationError, EngineError) as error:
        stop(str(error))
    except OSError as error:
        _refused(folder, error.strerror or str(error))
    except MemoryError:
        stop("not enough memory; give fewer collectors or a shorter window")
    say(f"{written} reports are in {folder}, their series in {folder / 'series'}")


def _write(folder: Path, format_: str, report: "Report") -> _Written:
    """Write one country's report and series, wherever it was judged."""
    from gonedark.delegation.names import place_of
    from gonedark.publish.segments import write_segments

    data = render(report, format_, place_of(report.country.code))
    try:
        (folder / f"{report.country.code}{FORMATS[format_].suffix}").write_bytes(data)
        write_segments(report, folder / "series")
    except OSError as error:
        return _Written(failure=error.strerror or str(error))
    return _Written(_line(report) if report.outages else None)


def _refused(folder: Path, reason: str) -> NoReturn:
    stop(f"cannot write to {folder}: {reason}; choose another folder with --out")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Being asked to end is an exit like others, so that temporary data are removed."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _line(report: "Report") -> str:
    """A country's outages in one line."""
    from gonedark.model.time import format_time
    from gonedark.publish.words import percent

    gravest = max(report.outages, key=lambda outage: (outage.complete, outage.depth))
    start = "before the data" if gravest.start_us is None else format_time(gravest.start_us)
    count = "1 outage" if len(report.outages) == 1 else f"{len(report.outages)} outages"
    return f"{report.country.code}\t{report.country.name}\t{count}\tgravest from {start}, {percent(gravest.depth)} lost"

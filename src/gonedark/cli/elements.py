"""``gonedark elements``: the routes in MRT files, as ``bgpdump -m`` prints them, or as JSON, CSV or Parquet.

Begin with :func:`elements`. Choosing and decoding are done by :mod:`gonedark.api`; here are options, output, exit
codes.
"""

# ruff: noqa: PLC0415
# Heavy rooms are imported where they are used, so that `gonedark --help` answers at once.

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gonedark.cli.delivery import check_target, leave_standard_output, opened, refused
from gonedark.cli.exits import Exit, stop, warn
from gonedark.cli.options import OutFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gonedark.api import Batches
    from gonedark.mrt.batch import Batch
    from gonedark.mrt.summary import Summary

FORMATS = ("text", "json", "csv", "parquet")
GAPS_SHOWN = 3


def elements(
    files: Annotated[list[Path], typer.Argument(help="MRT files, compressed or not.", metavar="FILE")],
    prefix: Annotated[
        list[str] | None, typer.Option(metavar="PREFIX", help="Only routes of this prefix; repeatable.")
    ] = None,
    match: Annotated[
        str, typer.Option(metavar="HOW", help="How prefixes match: exact, more or less (specific).")
    ] = "exact",
    origin: Annotated[
        list[str] | None, typer.Option(metavar="ASN", help="Only paths that end in this AS; repeatable.")
    ] = None,
    peer: Annotated[
        list[str] | None, typer.Option(metavar="PEER", help="Only this peer, by AS or address; repeatable.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(metavar="COUNTRY", help="Only prefixes of this country, such as KP.")
    ] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="TIME", help="Not before this time (UTC).")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Before this time (UTC).")] = None,
    layout: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help=f"How to print: {', '.join(FORMATS)}.")
    ] = "text",
    out: OutFile = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No warnings.")] = False,
) -> None:
    """Print the routes in MRT files, one a line."""
    if layout not in FORMATS:
        stop(f"{layout!r} is not a format; choose one of {', '.join(FORMATS)}", Exit.WRONG_USAGE)
    if layout == "parquet" and out is None:
        stop("parquet is binary; say where to write it with --out FILE.parquet", Exit.WRONG_USAGE)
    wanted = {
        "prefix": prefix,
        "match": match,
        "origin": origin,
        "peer": peer,
        "country": country,
        "since": since,
        "until": until,
    }
    check_target(out)
    _write(files, layout, out, wanted, quiet=quiet)


def _write(files: list[Path], layout: str, out: Path | None, wanted: dict[str, Any], *, quiet: bool) -> None:
    from gonedark.cli.outputs import OUTPUTS

    kind = OUTPUTS[layout]
    found = [_open(path, wanted, attributes=kind.needs_attributes) for path in files]
    try:
        with nullcontext(sys.stdout.buffer) if out is None else opened(out) as stream:
            output = kind(stream)
            for path, batches in zip(files, found, strict=True):
                for batch in _readable(path, batches):
                    output.write(batch, batches.collector)
                if not quiet:
                    _warn_of_gaps(path, batches.summary)
            output.close()
    except BrokenPipeError:
        leave_standard_output()
    except OSError as error:
        refused(out, error)


def _open(path: Path, wanted: dict[str, Any], *, attributes: bool) -> "Batches":
    """All files are looked at before anything is printed."""
    from gonedark.api import NotMrtError, batches
    from gonedark.delegation.rir import DelegationError

    try:
        return batches(path, **wanted, attributes=attributes, everything=True)
    except OSError as error:
        stop(f"cannot read {path}: {error.strerror or error}")
    except (NotMrtError, DelegationError) as error:
        stop(str(error))
    except ValueError as error:
        stop(str(error), Exit.WRONG_USAGE)


def _readable(path: Path, batches: "Batches") -> "Iterator[Batch]":
    """The batches; a file that can no longer be read ends the command, whatever becomes of the output."""
    try:
        yield from batches
    except OSError as error:
        stop(f"cannot go on with {path}: {error.strerror or error}")


def _warn_of_gaps(path: Path, summary: "Summary") -> None:
    for gap in summary.gaps[:GAPS_SHOWN]:
        until = "the end" if gap.until_byte is None else f"byte {gap.until_byte:,}"
        warn(f"{path.name}: {gap.cause}; nothing is known from byte {gap.from_byte:,} to {until}")
    if summary.gap_count > GAPS_SHOWN:
        warn(f"{path.name}: {summary.gap_count - GAPS_SHOWN} more gaps")

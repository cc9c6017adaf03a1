"""Options that several commands take, each said once, and what becomes of those that name files.

Begin with the aliases, which are annotations of a command's parameters. Not for options of one command alone.
"""

# ruff: noqa: PLC0415
# Heavy rooms are imported where they are used, so that `gonedark --help` answers at once.

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonedark.cli.exits import stop, warn

if TYPE_CHECKING:
    from gonedark.model.attribution import Registry
    from gonedark.model.thresholds import Thresholds

COUNTRY = typer.Argument(metavar="COUNTRY", help="Country: a code such as KP, or an English name.")
CountryName = Annotated[str, COUNTRY]
CountryNameIfAny = Annotated[str | None, COUNTRY]
FromTime = Annotated[str, typer.Option("--from", metavar="TIME", help="Begin of the window (UTC), such as 2014-12-20.")]
UntilTime = Annotated[str, typer.Option("--until", metavar="TIME", help="End of the window (UTC), not included.")]
DelegationPaths = Annotated[
    list[Path] | None,
    typer.Option("--delegation", metavar="PATH", help="File or folder in the RIRs' format, not the embedded data."),
]
AttributeFiles = Annotated[
    list[Path] | None,
    typer.Option("--attribute", metavar="FILE", help="File of additions: lines country,prefix or AS[,note]."),
]
OutFile = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write to this file instead of standard output.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress and no warnings.")]


def registry_of(
    delegation: Sequence[Path] | None,
    attribute: Sequence[Path] | None,
    at_us: int | None,
    *,
    quiet: bool,
    leave_out_later: bool = False,
) -> "Registry":
    """Who holds what, with the user's additions; what cannot be used ends the command."""
    from gonedark.delegation.additions import apply_additions, attribute_file
    from gonedark.delegation.registry import load_registry
    from gonedark.delegation.rir import DelegationError

    try:
        registry = load_registry(delegation, at_us, leave_out_later)
        for path in attribute or ():
            registry = apply_additions(registry, attribute_file(path))
    except DelegationError as error:
        stop(str(error))
    if not quiet:
        for text in registry.warnings:
            warn(text)
    return registry


def rules_of(config: Path | None) -> "Thresholds":
    """The thresholds, with the user's; a file that cannot be used ends the command."""
    from gonedark.config import ConfigError, read_thresholds
    from gonedark.model.thresholds import Thresholds

    try:
        return read_thresholds(config) if config else Thresholds()
    except ConfigError as error:
        stop(str(error))

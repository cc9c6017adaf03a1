"""``gonedark verify``: make a bundle's report again from its inputs and compare.

Begin with :func:`verify`. The work is done by :mod:`gonedark.bundle.verifying`.
"""

# ruff: noqa: PLC0415
# Heavy rooms are imported where they are used, so that `gonedark --help` answers at once.

from pathlib import Path
from typing import Annotated

import typer

from gonedark.cli.exits import Exit, stop


def verify(
    bundle: Annotated[
        Path, typer.Argument(metavar="BUNDLE", help="Bundle: a folder or zip file from gonedark report --bundle.")
    ],
    inputs: Annotated[
        list[Path] | None,
        typer.Option("--inputs", metavar="FOLDER", help="Folder with MRT files that the bundle names by hash only."),
    ] = None,
) -> None:
    """Recompute everything from the inputs: identical, or exactly what differs, is missing or altered."""
    from gonedark.bundle.manifest import BundleError
    from gonedark.bundle.verifying import verify as verified
    from gonedark.publish.words import clean

    try:
        found = verified(bundle, inputs or [])
    except BundleError as error:
        stop(str(error))
    for item in found.findings:
        typer.echo(f"{item.kind}: {clean(item.where)}: {clean(' '.join(item.words.split()), 2000)}")
    if found.is_identical:
        typer.echo(f"identical: {bundle} was made again from its inputs, and nothing differs")
        return
    typer.echo("not identical" if found.recomputed else "not recomputed: something that is needed is missing")
    raise typer.Exit(int(Exit.FAILED))

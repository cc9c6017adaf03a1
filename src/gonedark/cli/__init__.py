"""The command line: ``gonedark report``, ``demo`` and their sisters.

Begin with :data:`app`; each command has a module of its own. Standard output carries data, standard error progress and
warnings. Exit codes are those of :class:`~gonedark.cli.exits.Exit`.
"""

import sys
from typing import Annotated

import typer

from gonedark import __version__
from gonedark.cli import claims, registry
from gonedark.cli.delivery import leave_standard_output, own_standard_output
from gonedark.cli.demo import demo
from gonedark.cli.elements import elements
from gonedark.cli.exits import failure
from gonedark.cli.exposure import exposure
from gonedark.cli.fetch import fetch
from gonedark.cli.report import report
from gonedark.cli.verify import verify

app = typer.Typer(
    name="gonedark",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Which country went dark, when, how, what it hung on, and what nobody can know from here.",
)
app.command(short_help="Rebuild a documented outage as routing data; report on it.")(demo)
app.command(short_help="Report what happened to a country in a window.")(report)
app.command()(elements)
app.command(short_help="Say what a country's connection hangs on.")(exposure)
app.command(short_help="Bring a window's tables and updates from the archives.")(fetch)
app.command(short_help="Make a bundle's report again; tell what differs.")(verify)
app.add_typer(claims.app, name="claims")
app.add_typer(registry.app, name="registry", short_help="Show whose addresses and AS numbers; fetch current data.")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gonedark {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    _version_wanted: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Nothing is done before the command itself."""


def main() -> None:
    """Entry point of the ``gonedark`` command. What no command has expected still ends in one line."""
    own_standard_output()
    try:
        app()
    except OSError as error:
        leave_standard_output()
        where = f"{error.filename}: " if error.filename else ""
        sys.exit(failure(f"cannot go on: {where}{error.strerror or error}"))
    except MemoryError:
        sys.exit(failure("not enough memory; ask for less at once"))

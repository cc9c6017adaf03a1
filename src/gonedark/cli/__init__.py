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
from gonedark.cli.examples import examples
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
app.command(
    short_help="Rebuild a documented outage as routing data; report on it.",
    epilog=examples("gonedark demo", "gonedark demo --scenario egypt-2011 --folder egypt"),
)(demo)
app.command(
    short_help="Report what happened to a country in a window.",
    epilog=examples(
        "gonedark report KP --from 2014-12-20 --until 2014-12-24",
        "gonedark report KP --from 2014-12-20 --until 2014-12-24 --mrt FOLDER --format html --out kp.html",
        "gonedark report --all --from 2014-12-20 --until 2014-12-24 --out december --engine processes",
    ),
)(report)
app.command(
    short_help="Print the routes in MRT files, one a line.",
    epilog=examples(
        "gonedark elements updates.20141222.1615.gz",
        "gonedark elements rib.20141222.0000.bz2 --prefix 175.45.176.0/22 --match more --format csv",
    ),
)(elements)
app.command(
    short_help="Say what a country's connection hangs on.",
    epilog=examples(
        "gonedark exposure KP --mrt rib.20141222.0000.bz2 --without AS4837",
        "gonedark exposure --all --mrt rib.20141222.0000.bz2 --format csv --out countries.csv",
    ),
)(exposure)
app.command(
    short_help="Bring a window's tables and updates from the archives.",
    epilog=examples(
        "gonedark fetch --from 2014-12-20 --until 2014-12-24 --dry-run",
        "gonedark fetch --from 2014-12-20 --until 2014-12-24 --collector rrc00 --cache-limit 50GB",
    ),
)(fetch)
app.command(
    short_help="Make a bundle's report again; tell what differs.",
    epilog=examples("gonedark verify proof.zip", "gonedark verify proof --inputs FOLDER"),
)(verify)
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

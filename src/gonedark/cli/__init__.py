"""The command line: ``gonedark report``, ``demo`` and their sisters.

Begin with :data:`app`; each command has a module of its own. Standard output carries data, standard error progress and
warnings. Exit codes are those of :class:`~gonedark.cli.exits.Exit`.
"""

from typing import Annotated

import typer

from gonedark import __version__
from gonedark.cli import claims, registry
from gonedark.cli.demo import demo
from gonedark.cli.elements import elements
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
app.command()(demo)
app.command()(report)
app.command()(elements)
app.command()(exposure)
app.command()(fetch)
app.command()(verify)
app.add_typer(claims.app, name="claims")
app.add_typer(registry.app, name="registry")


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
    """Entry point of the ``gonedark`` command."""
    app()

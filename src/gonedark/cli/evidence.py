"""What a report takes in and gives out beside routing data: the user's context, claims, and evidence bundles.

Begin with :class:`Extras`. The options are those of ``gonedark report``; the work is done in ``cause`` and ``bundle``.
"""

# ruff: noqa: PLC0415
# Heavy rooms are imported where they are used, so that `gonedark --help` answers at once.

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonedark.cli.delivery import check_new_folder, check_target
from gonedark.cli.exits import stop
from gonedark.named_file import read_named

if TYPE_CHECKING:
    from gonedark.investigate import Investigation, Question
    from gonedark.model.report import Report

ContextFile = Annotated[
    Path | None,
    typer.Option(
        "--context", metavar="FILE", help="TOML file of what else is known: calendar, probing, losses elsewhere."
    ),
]
ClaimsFile = Annotated[
    Path | None, typer.Option("--claims", metavar="FILE", help="TOML file of claims to set beside the data.")
]
BundlePath = Annotated[
    Path | None,
    typer.Option(
        "--bundle", metavar="PATH", help="Also write an evidence bundle: a new folder, or a file ending in .zip."
    ),
]
BundleInputs = Annotated[
    bool, typer.Option("--bundle-inputs/--no-bundle-inputs", help="Whether the bundle holds the MRT files themselves.")
]


_MOST_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class Extras:
    """The texts of the files given, read before any work is done."""

    context: str | None
    claims: str | None
    bundle: Path | None
    copy_inputs: bool

    @classmethod
    def read(cls, context: Path | None, claims: Path | None, bundle: Path | None, *, copy_inputs: bool) -> "Extras":
        """Read the files; one clear line where one is unusable."""
        if bundle is not None and bundle.exists() and (bundle.is_file() or any(bundle.iterdir())):
            stop(f"{bundle} exists already; choose a new folder or file for the bundle")
        if bundle is not None:
            check = check_target if bundle.suffix == ".zip" else check_new_folder
            check(bundle)
        told = None if context is None else read_text(context)
        read = cls(told, None if claims is None else _claims_text(claims), bundle, copy_inputs)
        read._check(context, claims)
        return read

    def _check(self, context: Path | None, claims: Path | None) -> None:
        """What cannot be understood is told at once, not after hours of work."""
        from gonedark.cause import context as contexts
        from gonedark.cause.claims import reading

        try:
            if self.context is not None:
                contexts.parse(self.context, str(context))
            if self.claims is not None:
                reading.parse(self.claims, str(claims))
        except ValueError as error:
            stop(str(error))

    def asked(self, question: "Question") -> "Question":
        """The question with the user's context."""
        from gonedark.cause.context import parse

        if self.context is None:
            return question
        try:
            return replace(question, context=parse(self.context))
        except ValueError as error:
            stop(str(error))

    def judged(self, found: "Investigation") -> "Report":
        """The report with the claims judged."""
        from gonedark.cause.claims.check import judged
        from gonedark.cause.claims.reading import parse
        from gonedark.delegation.names import place_of

        if self.claims is None:
            return found.report
        try:
            claims, place = parse(self.claims), place_of(found.report.country.code)
            return judged(found.report, claims, place=place, country_of=found.registry.country_of_asn)
        except ValueError as error:
            stop(str(error))

    def bundled(self, report: "Report", question: "Question") -> None:
        """Write the bundle, where one was asked for."""
        from gonedark.bundle.manifest import BundleError
        from gonedark.bundle.writing import write_bundle

        if self.bundle is None:
            return
        try:
            copy, context, claims = self.copy_inputs, self.context, self.claims
            write_bundle(report, question, self.bundle, copy_inputs=copy, context=context, claims=claims)
        except BundleError as error:
            stop(str(error))
        typer.echo(f"gonedark: bundle in {self.bundle}; check it with gonedark verify {self.bundle}", err=True)


def read_text(path: Path, hint: str = "") -> str:
    """The text of a file that the user wrote; what cannot be read ends the command, with a hint what to give."""
    try:
        return read_named(path, _MOST_BYTES).decode()
    except OSError as error:
        stop(f"cannot read {path}: {error.strerror or error}{hint}")
    except UnicodeDecodeError:
        stop(f"{path} is not UTF-8 text")


def _claims_text(path: Path) -> str:
    from gonedark.scenario import names

    known = not path.exists() and str(path) in names()
    check = f"; it is a scenario: `gonedark claims check {path} --report REPORT` judges the claims that come with one"
    return read_text(path, check if known else "")

"""``gonedark claims``: what people said about an outage, set beside what the data say.

Begin with :data:`app`. Nothing is read out of prose by guesswork: a person writes the claims down, ``kinds`` and
``template`` help with that. Not for judging, which is :mod:`gonedark.cause.claims`.
"""

# ruff: noqa: PLC0415
# Heavy rooms are imported where they are used, so that `gonedark --help` answers at once.

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gonedark.cli.delivery import check_target, deliver
from gonedark.cli.evidence import read_text
from gonedark.cli.examples import examples
from gonedark.cli.exits import Exit, stop
from gonedark.cli.options import DelegationPaths, OutFile
from gonedark.named_file import read_named

if TYPE_CHECKING:
    from gonedark.model.claim import Claim
    from gonedark.model.report import Report

app = typer.Typer(no_args_is_help=True, help="Set claims about an outage beside what was measured.")


@app.command(
    short_help="Judge every claim of a file by a report.",
    epilog=examples(
        "gonedark claims check claims.toml --report report.json",
        "gonedark claims check north-korea-2014 --report report.json --format html --out claims.html",
    ),
)
def check(
    claims: Annotated[
        str, typer.Argument(metavar="CLAIMS", help="File of claims (TOML), or a scenario that ships with some.")
    ],
    report: Annotated[
        Path, typer.Option("--report", metavar="REPORT", help="A report as JSON, from gonedark report --format json.")
    ],
    delegation: DelegationPaths = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="How to print: text, json, html.",
        ),
    ] = "text",
    out: OutFile = None,
) -> None:
    """Judge every claim: supported, contradicted, unclear (with the margin) or not observable (with the reason)."""
    from gonedark.cli.report import publish

    if format_ not in ("text", "json", "html"):
        stop(f"{format_!r} is not a format for claims; choose text, json or html", Exit.WRONG_USAGE)
    check_target(out)
    found = _judged(_read_claims(claims), _read_report(report), delegation or [])
    if format_ == "text":
        deliver([claims_text(found).encode()], out)
    else:
        publish(found, format_, out)


@app.command()
def kinds() -> None:
    """List the kinds of claims and what each of them states."""
    from gonedark.cause.claims.kinds import KINDS

    for name, kind in KINDS.items():
        typer.echo(f"{name}: {kind.help}" + ("" if kind.measurable else "  (never observable in routing data)"))
        for key, field in kind.fields.items():
            choices = f"  [{', '.join(field.choices)}]" if field.choices else ""
            typer.echo(f"    {key} = {field.example}    {field.help}{'' if field.required else ' (optional)'}{choices}")


@app.command(epilog=examples("gonedark claims template > claims.toml", "gonedark claims template start-time extent"))
def template(
    kind: Annotated[list[str] | None, typer.Argument(metavar="KIND", help="Kinds of claims; all by default.")] = None,
) -> None:
    """Print a claims file to fill in, with one claim of each kind."""
    from gonedark.cause.claims.kinds import KINDS
    from gonedark.cause.claims.template import template_text

    for name in kind or ():
        if name not in KINDS:
            stop(f"{name!r} is no kind of claim; `gonedark claims kinds` lists them", Exit.WRONG_USAGE)
    typer.echo(template_text(kind or list(KINDS)), nl=False)


def claims_text(found: "Report") -> str:
    """The claims one after another, for a terminal."""
    from gonedark.publish.causes import claim_grid, verdict_counts

    lines = [f"{len(found.claims or ())} claims: {verdict_counts(found)}", ""]
    for item, row in zip(found.claims or (), claim_grid(found).rows, strict=True):
        claim, speaker, verdict, why, source = row
        lines += [f"{item.claim.id}  {verdict.upper()}", f"  {claim}", f"  {speaker}; {source}", f"  {why}", ""]
    return "\n".join(lines)


def _judged(claims: "tuple[Claim, ...]", report: "Report", delegation: list[Path]) -> "Report":
    from gonedark.cause.claims.check import judged
    from gonedark.delegation.names import place_of
    from gonedark.delegation.registry import load_registry
    from gonedark.delegation.rir import DelegationError

    try:
        registry = load_registry(delegation or None, report.window.from_us)
        return judged(report, claims, place=place_of(report.country.code), country_of=registry.country_of_asn)
    except (DelegationError, ValueError) as error:
        stop(str(error))


def _read_claims(name: str) -> "tuple[Claim, ...]":
    from gonedark.cause.claims.reading import parse
    from gonedark.scenario import names
    from gonedark.scenario.reading import claims_text as shipped

    path, with_claims = Path(name), [known for known in names() if shipped(known) is not None]
    what = (
        f"a file of claims (`gonedark claims template` makes one), or a scenario with claims: {', '.join(with_claims)}"
    )
    if not path.exists() and name in names() and name not in with_claims:
        stop(f"no claims come with the scenario {name}; give {what}")
    text = None if path.exists() else shipped(name)
    try:
        return parse(read_text(path, "" if path.exists() else f"; give {what}") if text is None else text, name)
    except ValueError as error:
        stop(str(error))


def _read_report(path: Path) -> "Report":
    from gonedark.publish.reading import MOST_BYTES, parse

    try:
        return parse(read_named(path, MOST_BYTES), path.name)
    except OSError as error:
        hint = "" if path.exists() else "; `gonedark report … --format json --out FILE` makes one"
        stop(f"cannot read {path}: {error.strerror or error}{hint}")
    except ValueError as error:
        stop(str(error))

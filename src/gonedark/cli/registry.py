"""``gonedark registry``: who holds which addresses and AS numbers, and fetching the registries' current word.

Begin with :data:`app`. Not for deciding anything, which is the room ``delegation``.
"""

# ruff: noqa: PLC0415
# Rooms are imported where they are used, so that `gonedark --help` does not wait for NumPy and CLDR.

import csv
import io
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gonedark.cli.delivery import check_target, deliver
from gonedark.cli.examples import examples
from gonedark.cli.exits import Exit, stop
from gonedark.cli.options import AttributeFiles, CountryName, DelegationPaths, OutFile, registry_of

if TYPE_CHECKING:
    from gonedark.delegation.resources import Resources
    from gonedark.model.attribution import Registry
    from gonedark.model.prefix import Family
    from gonedark.model.report import Country

app = typer.Typer(no_args_is_help=True, help="Whose addresses and AS numbers: show a country's, or fetch current data.")


class Format(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@app.command(
    short_help="Print a country's addresses and AS numbers.",
    epilog=examples("gonedark registry show KP --at 2014-12-22", "gonedark registry show egypt --format csv"),
)
def show(
    country: CountryName,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="As near as the data come to this time (UTC).")] = None,
    delegation: DelegationPaths = None,
    attribute: AttributeFiles = None,
    layout: Annotated[
        Format, typer.Option("--format", metavar="FORMAT", help=f"How to print: {', '.join(Format)}.")
    ] = Format.TEXT,
    out: OutFile = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No warnings.")] = False,
) -> None:
    """Print the addresses, prefixes and AS numbers of a country, and where that is known from."""
    from gonedark.delegation.names import find_country
    from gonedark.delegation.resources import resources
    from gonedark.model.time import parse_time

    check_target(out)
    try:
        found = find_country(country)
        at_us = None if at is None else parse_time(at)
    except ValueError as error:
        stop(str(error), Exit.WRONG_USAGE)
    registry = registry_of(delegation, attribute, at_us, quiet=quiet, leave_out_later=True)
    render = {Format.TEXT: _text, Format.JSON: _json, Format.CSV: _csv}[layout]
    shown = render(found, registry, resources(registry, registry.attribution(found.code)))
    deliver([shown.encode()], out)


@app.command(short_help="Fetch the five registries' current files.", epilog=examples("gonedark registry update"))
def update(
    folder: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Where to keep the files; by default where gonedark looks for them itself."
        ),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A mirror that has all five registries, instead of each one's own server."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Fetch the five registries' current delegation files; reports of times near today then use them."""
    from gonedark.delegation.registry import data_folder
    from gonedark.delegation.rir import DelegationError
    from gonedark.delegation.update import update_registry

    def progress(url: str) -> None:
        if not quiet:
            typer.echo(f"fetching {url}", err=True)

    try:
        snapshot = update_registry(folder or data_folder(), base_url, progress=progress)
    except DelegationError as error:
        stop(str(error))
    use = f"use it with --delegation {folder}" if folder else "used from now on for times near its date"
    typer.echo(f"kept {snapshot}; {use}")


_LABELS = {"ipv4": ("IPv4", "addresses"), "ipv6": ("IPv6", "/48s")}


def _text(country: "Country", registry: "Registry", held: "Resources") -> str:
    lines = [f"{country.name} ({country.code}), delegations of {registry.date or 'unknown date'}", ""]
    for family, spans in held.spans.items():
        label, unit = _LABELS[family]
        lines.append(f"{label}: {held.counts[family]:,} {unit} in {len(spans):,} range{'s' * (len(spans) != 1)}")
        for span in spans:
            lines.append(f"  {span.first} - {span.last}  {' '.join(map(str, span.prefixes))}")
    lines.append(f"AS numbers: {held.asn_count:,}")
    lines += [f"  AS{asn}  {name or ''}".rstrip() for asn, name in held.asns]
    return "\n".join([*lines, "", f"Source: {registry.source}", ""])


def _json(country: "Country", registry: "Registry", held: "Resources") -> str:
    def spans(family: "Family") -> list[dict[str, Any]]:
        return [
            {"first": span.first, "last": span.last, "prefixes": [str(prefix) for prefix in span.prefixes]}
            for span in held.spans[family]
        ]

    value = {
        "country": {"code": country.code, "name": country.name},
        "date": registry.date or None,
        "source": registry.source,
        "warnings": list(registry.warnings),
        "ipv4": {"addresses": held.counts["ipv4"], "ranges": spans("ipv4")},
        "ipv6": {"slash48s": held.counts["ipv6"], "ranges": spans("ipv6")},
        "asn_count": held.asn_count,
        "asns": [{"asn": asn, "name": name} for asn, name in held.asns],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _csv(country: "Country", registry: "Registry", held: "Resources") -> str:
    """One row a prefix or AS."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["country", "kind", "resource", "name"])
    for family, spans in held.spans.items():
        for span in spans:
            writer.writerows([country.code, family, prefix, ""] for prefix in span.prefixes)
    writer.writerows([country.code, "asn", f"AS{asn}", name or ""] for asn, name in held.asns)
    return buffer.getvalue()

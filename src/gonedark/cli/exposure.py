"""``gonedark exposure``: what a country hangs on, out of routing tables at hand.

Begin with :func:`exposure`. The work is done by :mod:`gonedark.exposure`; here are options, output and exit codes.
"""

# ruff: noqa: PLC0415
# Heavy rooms are imported where they are used, so that `gonedark --help` answers at once.

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, cast

import typer

from gonedark.cli.delivery import check_target, deliver, text_width
from gonedark.cli.exits import Exit, stop, warn
from gonedark.cli.options import (
    AttributeFiles,
    CountryNameIfAny,
    DelegationPaths,
    OutFile,
    Quiet,
    registry_of,
    rules_of,
)
from gonedark.cli.progress import watched
from gonedark.named_file import open_named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gonedark.country.answers import Wishes
    from gonedark.exposure import Estimates, Extras, Tables
    from gonedark.model.attribution import Registry
    from gonedark.model.report import Country

Json = dict[str, Any]
SCHEMA = "gonedark.exposure/1"
UNDATED = "the table tells no date: addresses are told to countries by the latest delegations; --at names its time"


class Format(StrEnum):
    """How to print."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    SVG = "svg"
    PNG = "png"


def exposure(
    country: CountryNameIfAny = None,
    all_: Annotated[bool, typer.Option("--all", help="Every country of the table, in one pass.")] = False,
    mrt: Annotated[
        list[str] | None,
        typer.Option(
            "--mrt", metavar="PATH", help="Routing table (RIB) or folder; NAME=PATH names its collector; repeatable."
        ),
    ] = None,
    pfx2as: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Table of prefixes and origins instead, without paths: census only."),
    ] = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="The last table at or before this time (UTC).")] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="WHAT", help="What if this were gone: AS4837, AS4837-AS131279 or a country; repeatable."),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(metavar="COUNTRIES", help="Countries to compare with, such as YE,AF,TW; else some nearby."),
    ] = None,
    since: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Earlier routing table: tell what changed since; repeatable."),
    ] = None,
    users: Annotated[Path | None, typer.Option(metavar="FILE", help="Users by AS in APNIC's format (CSV).")] = None,
    relationships: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="AS relationships in CAIDA's format, for country transit influence."),
    ] = None,
    delegation: DelegationPaths = None,
    attribute: AttributeFiles = None,
    format_: Annotated[
        Format, typer.Option("--format", metavar="FORMAT", help=f"How to print: {', '.join(Format)}.")
    ] = Format.TEXT,
    out: OutFile = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="TOML file with a [thresholds] table.")] = None,
    quiet: Quiet = False,
) -> None:
    """Say what a country's connection hangs on: its border networks, providers, and single points of failure."""
    if (country is None) == (not all_):
        stop("name a country such as KP, or --all for every one", Exit.WRONG_USAGE)
    if bool(mrt) == bool(pfx2as):
        stop("give a routing table with --mrt, or a table of origins with --pfx2as", Exit.WRONG_USAGE)
    if format_ is Format.PNG and out is None:
        stop("png is binary; say where to write it with --out FILE.png", Exit.WRONG_USAGE)
    if all_ and (pfx2as or format_ in (Format.HTML, Format.SVG, Format.PNG)):
        stop("--all needs --mrt and one of --format text, json or csv", Exit.WRONG_USAGE)
    of_one = {"--compare": compare is not None, "--since": bool(since), "--users": bool(users)}
    of_paths = {"--without": bool(without), "--relationships": bool(relationships)}
    if all_:
        _refuse(of_one, "--all")
    if all_ and format_ is not Format.JSON:
        _refuse(of_paths, f"--all --format {format_}")
    if pfx2as:
        _refuse(of_one | of_paths, "--pfx2as, which gives a census alone")
    check_target(out)
    from gonedark.exposure import Extras
    from gonedark.feeds.files import FeedError

    wishes = _wishes(without or [], relationships, config)
    found = _country(country) if country else None
    if pfx2as is not None and found is not None:
        _deliver(_census(pfx2as, found, at, delegation or [], attribute or [], format_, quiet=quiet), format_, out)
        return
    tables = _tables(mrt or [], at, wishes, quiet=quiet)
    registry = registry_of(delegation, attribute, tables.at_us, quiet=quiet)
    if found is None:
        deliver(_everyone(tables, registry, wishes, format_), out)
        return
    extras = Extras(
        compare=_codes(compare),
        estimates=_estimates(users),
        earlier=_tables(since, None, wishes, quiet=quiet) if since else None,
        wishes=wishes,
    )
    try:
        answer = _one(tables, registry, found, extras)
    except FeedError as error:
        stop(str(error))
    _deliver(answer, format_, out)


def _refuse(asked: dict[str, bool], how: str) -> None:
    """End where something is asked that would not be answered: an option without effect looks like an answer."""
    for name, given in asked.items():
        if given:
            stop(f"{name} is not answered with {how}; leave it out", Exit.WRONG_USAGE)


def _deliver(answer: Json, format_: Format, out: Path | None) -> None:
    from gonedark.publish.exposure_forms import render

    deliver([render(answer, format_.value, text_width(out))], out)


def _country(text: str) -> "Country":
    from gonedark.delegation.names import find_country

    try:
        return find_country(text)
    except ValueError as error:
        stop(str(error), Exit.WRONG_USAGE)


def _codes(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(_country(part.strip()).code for part in text.split(",") if part.strip())


def _wishes(without: list[str], relationships: Path | None, config: Path | None) -> "Wishes":
    from gonedark.country.answers import Wishes
    from gonedark.country.influence import relationships as read_relationships
    from gonedark.country.whatif import parse_removal

    try:
        removals = [parse_removal(_code_of(text)) for text in without]
    except ValueError as error:
        stop(str(error), Exit.WRONG_USAGE)
    rules = rules_of(config)
    try:
        pairs = read_relationships(_lines(relationships)) if relationships else None
    except ValueError as error:
        stop(f"{relationships}: {error}")
    return Wishes(removals=removals, relationships=pairs, rules=rules)


def _code_of(text: str) -> str:
    """What to take away, countries by their codes; numbers of ASes stay as they are."""
    return text if any(sign.isdigit() for sign in text) else _country(text).code


def _lines(path: Path) -> list[str]:
    """Lines of a text file, plain, gz or bz2."""
    import bz2
    import gzip
    import io
    import zlib

    try:
        with open_named(path) as raw:
            magic = raw.read(3)
            raw.seek(0)
            opener = gzip.open if magic[:2] == b"\x1f\x8b" else bz2.open if magic == b"BZh" else None
            unpacked = cast("BinaryIO", opener(raw, "rb")) if opener else raw
            with io.TextIOWrapper(unpacked, encoding="utf-8-sig", errors="replace") as text:
                return list(text)
    except (OSError, EOFError, zlib.error) as error:
        stop(f"cannot read {path}: {getattr(error, 'strerror', None) or error}")


def _estimates(path: Path | None) -> "Estimates | None":
    from gonedark.country.users import read_estimates
    from gonedark.exposure import Estimates

    if path is None:
        return None
    try:
        return Estimates(tuple(read_estimates(_lines(path))), None)
    except ValueError as error:
        stop(f"{path.name}: {error}")


def _tables(mrt: list[str], at: str | None, wishes: "Wishes", *, quiet: bool) -> "Tables":
    from gonedark.exposure import read_tables
    from gonedark.feeds.files import FeedError
    from gonedark.publish.words import RECONSTRUCTION

    try:
        with watched(quiet=quiet) as progress:
            tables = read_tables(mrt, _time(at), wishes.rules, progress)
    except FeedError as error:
        stop(str(error))
    except MemoryError:
        stop("not enough memory; give fewer tables")
    if not quiet:
        rebuilt = [RECONSTRUCTION] if tables.kind == "reconstruction" else []
        for text in (*rebuilt, *tables.warnings):
            warn(text)
    return tables


def _time(text: str | None) -> int | None:
    from gonedark.model.time import parse_time

    try:
        return None if text is None else parse_time(text)
    except ValueError as error:
        stop(str(error), Exit.WRONG_USAGE)


def _one(tables: "Tables", registry: "Registry", country: "Country", extras: "Extras") -> Json:
    """One country's answer as the document that every form shows."""
    from gonedark.exposure import country_exposure
    from gonedark.publish.exposure import change_document, document, users_document

    found = country_exposure(tables, country.code, registry, extras)
    read = [tables, extras.earlier] if extras.earlier else [tables]
    inputs = {(item.name, item.sha256): item.bytes for part in read for item in part.inputs}
    return {
        "schema": SCHEMA,
        "kind": next((part.kind for part in read if part.kind == "reconstruction"), tables.kind),
        "country": {"code": country.code, "name": country.name},
        "exposure": document(country.name, found.exposures),
        "users": users_document(found.users) if found.users else None,
        "changes": [change_document(item) for item in found.changes],
        "warnings": [
            *tables.warnings,
            *(f"the earlier table: {text}" for part in read[1:] for text in part.warnings),
            *registry.warnings,
            *found.warnings,
        ],
        "inputs": [{"name": name, "sha256": digest, "bytes": size} for (name, digest), size in inputs.items()],
        "delegation": registry.source,
    }


def _everyone(tables: "Tables", registry: "Registry", wishes: "Wishes", format_: Format) -> "Iterable[bytes]":
    """Every country, as rows: CSV, one JSON document a line, or text."""
    from gonedark.exposure import all_exposures, all_summaries
    from gonedark.publish.exposure import document
    from gonedark.publish.exposure_rows import everyone

    names = registry.names
    if format_ is not Format.JSON:
        short = all_summaries(tables, registry, wishes)
        return everyone(((code, names.get(code, code), found) for code, found in short), format_.value)
    whole = all_exposures(tables, registry, wishes)
    made = ((code, names.get(code, code), document(names.get(code, code), [found])) for code, found in whole)
    return everyone(((code, name, found) for code, name, found in made if found is not None), format_.value)


def _census(
    path: Path,
    country: "Country",
    at: str | None,
    delegation: list[Path],
    attribute: list[Path],
    format_: Format,
    *,
    quiet: bool,
) -> Json:
    """Counts alone, from a table without paths; what would need paths is null."""
    from gonedark.country.census import census_of_origins
    from gonedark.feeds.files import FeedError
    from gonedark.feeds.origins import read_origins
    from gonedark.model.prefix import FAMILIES
    from gonedark.publish.exposure import census_answer

    if format_ in (Format.HTML, Format.SVG, Format.PNG):
        stop("a table without paths makes no picture; use --format text, json or csv", Exit.WRONG_USAGE)
    try:
        table = read_origins(path)
    except FeedError as error:
        stop(str(error))
    registry = registry_of(delegation, attribute, _time(at), quiet=quiet)
    attribution = registry.attribution(country.code)
    counted = [census_of_origins(table.rows, family, attribution, registry) for family in FAMILIES]
    undated = [] if at or delegation else [UNDATED]
    return {
        "schema": SCHEMA,
        "country": {"code": country.code, "name": country.name},
        **census_answer(country.name, [item for item in counted if item is not None], is_complete=table.is_complete),
        "warnings": [*table.warnings, *undated, *registry.warnings],
        "inputs": [{"name": table.name, "sha256": table.sha256, "bytes": table.bytes}],
        "delegation": registry.source,
    }

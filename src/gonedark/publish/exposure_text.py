"""What a country hangs on, for a terminal (100 columns, or as asked) and as CSV for the comparison of countries.

Begin with :func:`render_text` for one country and :func:`render_csv` for all. Not for JSON, which is the documents
themselves.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from gonedark.model.exposure import Summary
from gonedark.model.time import format_time
from gonedark.publish import exposure_tables as tables
from gonedark.publish.console import WIDTH, digest, grid, heading, pairs, paragraph, plain
from gonedark.publish.headline import RECONSTRUCTION
from gonedark.publish.words import clean, listed

Json = dict[str, Any]

CSV_HEADS = (
    *("country", "name", "family", "at", "voters", "prefixes", "units", "delegated_units", "dark_units", "origins"),
    *("domestic_origins", "foreign_origin_units", "risk_class", "frontier", "providers", "top_provider"),
    *("top_provider_country", "top_provider_share", "points_90", "points_50", "minimum_cut"),
    *("top_hegemony", "top_hegemony_value", "hegemony_trimmed", "top_transit_country", "top_transit_share"),
)
"""Columns of the CSV form; units are addresses for IPv4 and /48s for IPv6."""
_NINE_TENTHS = 0.9


def render_text(answer: Json, width: int = WIDTH) -> bytes:
    """One country's answer (the CLI's document) as UTF-8 text without control codes but line feeds."""
    return plain(_answer(answer), width)


def _answer(answer: Json) -> Iterator[RenderableType]:
    found = answer["exposure"]
    if answer.get("kind") == "reconstruction":
        yield Text(f"*** {RECONSTRUCTION} ***\n", style="reverse")
    yield Text(f"What {clean(answer['country']['name'], 60)} ({answer['country']['code']}) hangs on\n", style="bold")
    yield from exposure_parts(found, answer.get("users"))
    for change in answer.get("changes") or ():
        yield heading(f"Since {change['from']}")
        yield from (paragraph(line) for line in tables.change_words(change))
    yield from (paragraph(f"Warning: {clean(line)}") for line in answer.get("warnings") or ())
    yield heading("Inputs (SHA-256, name)")
    yield from (digest(row["sha256"], row["name"]) for row in answer["inputs"])
    yield Text(f"\nAddresses by country: {clean(answer['delegation'], 600)}")


def exposure_parts(found: Json, users: Json | None) -> Iterator[RenderableType]:
    """An exposure of the contract for a terminal; the report's text has the same."""
    found = tables.filled(found)
    if found["headline"]:
        yield Text(f"{clean(found['headline'], 600)}\n")
    yield from (paragraph("Warning: " + clean(line)) for line in found["warnings"])
    answer = tables.what_if_words(found)
    if answer:
        yield Text(f"{answer}\n")
    voters = listed((f"AS{asn}" for asn in found["voter_asns"]), most=8)
    watched = [("Voters", f"{found['voters']}" + (f" ({voters})" if voters else ""))] if found["voters"] else []
    moment = [("At", tables.moment(found))] if found["at"] else []
    yield pairs([*moment, *watched, *tables.key_facts(found), ("Users", tables.users_words(users))])
    for title, rows in tables.sections(found):
        yield heading(title)
        yield grid(rows)
    other = found.get("ipv6")
    if other:
        yield heading("IPv6")
        yield Text(clean(other["headline"], 600))
        yield pairs(tables.key_facts(other))


def render_csv(rows: Iterable[tuple[str, str, Json | Summary]]) -> Iterator[str]:
    """CSV text, line by line with its head, from (code, name, family's document or summary)."""
    yield _csv_line(CSV_HEADS)
    for code, name, found in rows:
        columns = _summary_columns(found) if isinstance(found, Summary) else _document_columns(found)
        yield _csv_line((code, name, *columns))


def _csv_line(row: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(row)
    return line.getvalue()


def _summary_columns(found: Summary) -> tuple[object, ...]:
    counts = found.counts
    provider = found.providers[0] if found.providers else None
    nation = found.transit_countries[0] if found.transit_countries else None
    return (
        *(found.family, format_time(found.at_us), found.voters),
        *(counts.prefixes, counts.units, counts.delegated_units, counts.dark_units),
        *(counts.origins, counts.domestic_origins, counts.foreign_origin_units),
        *(found.risk_class, found.frontier, len(found.providers)),
        *((provider.network.asn, provider.network.country, provider.share) if provider else (None, None, None)),
        *_points([(row.network.asn, row.share_lost) for row in found.points]),
        found.minimum_cut,
        *((found.hegemony.network.asn, found.hegemony.value) if found.hegemony else (None, None)),
        found.is_trimmed,
        *((nation.country, nation.share) if nation else (None, None)),
    )


def _document_columns(found: Json) -> tuple[object, ...]:
    """Of a document, or of a census alone, in which what needs paths is null."""
    census, watched = found["census"] or {}, bool(found["voters"])
    found = tables.filled(found) | {"hegemony_trimmed": found["hegemony_trimmed"]}
    points = [(row["asn"], row["share_lost"]) for row in found["single_points_of_failure"]]
    provider, hegemony, nation = (
        (found[key] or [{}])[0] for key in ("foreign_providers", "hegemony", "transit_countries")
    )
    cut = found["minimum_cut"]
    return (
        *(found["family"], found["at"], found["voters"]),
        *(census.get("prefixes"), tables.pick(census), census.get("delegated"), census.get("dark")),
        *(census.get("origins"), census.get("domestic_origins")),
        sum(tables.pick(row) or 0 for row in census["foreign_origins"]) if census else None,
        *(found["risk_class"], len(found["frontier"]) if watched else None),
        len(found["foreign_providers"]) if watched else None,
        *(provider.get("asn"), provider.get("country"), provider.get("share")),
        *_points(points),
        *(cut["size"] if cut else None, hegemony.get("asn"), hegemony.get("value")),
        found["hegemony_trimmed"] if watched else None,
        *(nation.get("country"), nation.get("share")),
    )


def _points(lost: Sequence[tuple[int, float]]) -> tuple[str, str]:
    """AS numbers without which nine tenths are lost, and those without which half is."""
    most = (str(asn) for asn, share in lost if share >= _NINE_TENTHS)
    return " ".join(most), " ".join(str(asn) for asn, share in lost if share < _NINE_TENTHS)

"""What a country hangs on, for a terminal (100 columns) and as CSV for the comparison of countries.

Begin with :func:`render_text` for one country and :func:`render_csv` for all. Not for JSON, which is the documents
themselves.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from gonedark.publish import exposure_tables as tables
from gonedark.publish.console import grid, heading, pairs, paragraph, plain
from gonedark.publish.words import clean, listed

Json = dict[str, Any]

CSV_HEADS = (
    *("country", "name", "family", "at", "voters", "prefixes", "units", "delegated_units", "dark_units", "origins"),
    *("domestic_origins", "foreign_origin_units", "risk_class", "frontier", "providers", "top_provider"),
    *("top_provider_country", "top_provider_share", "points_90", "points_50", "minimum_cut"),
    *("top_hegemony", "top_hegemony_value", "hegemony_trimmed", "top_transit_country", "top_transit_share"),
)
"""Columns of the CSV form; units are addresses for IPv4 and /48s for IPv6."""


def render_text(answer: Json) -> bytes:
    """One country's answer (the CLI's document) as UTF-8 text without control codes but line feeds."""
    return plain(_answer(answer))


def _answer(answer: Json) -> Iterator[RenderableType]:
    found = answer["exposure"]
    yield Text(f"What {clean(answer['country']['name'], 60)} ({answer['country']['code']}) hangs on\n", style="bold")
    yield from exposure_parts(found, answer.get("users"))
    for change in answer.get("changes") or ():
        yield heading(f"Since {change['from']}")
        yield from (paragraph(line) for line in tables.change_words(change))
    yield from (paragraph(f"Warning: {clean(line)}") for line in answer.get("warnings") or ())
    yield heading("Inputs (SHA-256, name)")
    yield from (Text(f"{clean(row['sha256'], 64)}  {clean(row['name'], 80)}") for row in answer["inputs"])


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
    moment = [("At", clean(found["at"], 40))] if found["at"] else []
    yield pairs([*moment, *watched, *tables.key_facts(found)])
    yield pairs([("Users", tables.users_words(users))])
    for title, rows in tables.sections(found):
        yield heading(title)
        yield grid(rows)
    other = found.get("ipv6")
    if other:
        yield heading("IPv6")
        yield Text(clean(other["headline"], 600))
        yield pairs(tables.key_facts(other))


def render_csv(rows: Iterable[tuple[str, str, Json]]) -> Iterator[str]:
    """CSV text, line by line with its head, from (code, name, family's document)."""
    for row in (CSV_HEADS, *(_csv_row(*entry) for entry in rows)):
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        yield line.getvalue()


def _csv_row(code: str, name: str, found: Json) -> tuple[object, ...]:
    census, points = found["census"] or {}, found["single_points_of_failure"]
    abroad = sum(tables.pick(row) or 0 for row in census["foreign_origins"]) if census else None
    provider = (found["foreign_providers"] or [{}])[0]
    hegemony = (found["hegemony"] or [{}])[0]
    nation = (found["transit_countries"] or [{}])[0]
    cut = found["minimum_cut"]
    return (
        *(code, name, found["family"], found["at"], found["voters"]),
        *(census.get("prefixes"), tables.pick(census), census.get("delegated"), census.get("dark")),
        *(census.get("origins"), census.get("domestic_origins"), abroad),
        *(found["risk_class"], len(found["frontier"]), len(found["foreign_providers"])),
        *(provider.get("asn"), provider.get("country"), provider.get("share")),
        " ".join(str(row["asn"]) for row in points if row["share_lost"] >= 0.9),
        " ".join(str(row["asn"]) for row in points if row["share_lost"] < 0.9),
        *(cut["size"] if cut else None, hegemony.get("asn"), hegemony.get("value"), found["hegemony_trimmed"]),
        *(nation.get("country"), nation.get("share")),
    )

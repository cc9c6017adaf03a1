"""What countries hang on, for their comparison: CSV, or a line for each as JSON or text.

Begin with :func:`everyone`; :func:`render_csv` also serves one country. Not for one country's page or picture
(``exposure_forms``): nothing that these need is loaded here, so that a table of countries is written at once.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gonedark.model.exposure import Summary
from gonedark.model.time import format_time
from gonedark.publish import exposure_tables as tables
from gonedark.publish.exposure import headline

Json = dict[str, Any]

CSV_HEADS = (
    *("country", "name", "family", "at", "voters", "prefixes", "units", "delegated_units", "dark_units", "origins"),
    *("domestic_origins", "foreign_origin_units", "risk_class", "frontier", "providers", "top_provider"),
    *("top_provider_country", "top_provider_share", "points_90", "points_50", "minimum_cut"),
    *("top_hegemony", "top_hegemony_value", "hegemony_trimmed", "top_transit_country", "top_transit_share"),
)
"""Columns of the CSV form; units are addresses for IPv4 and /48s for IPv6."""
_NINE_TENTHS = 0.9


def everyone(rows: Iterable[tuple[str, str, Json | Summary]], form: str) -> Iterator[bytes]:
    """All countries, from (code, name, answer): CSV with a head, JSON as one document a line, or one sentence each as
    text. JSON takes documents; the others are content with summaries."""
    if form == "csv":
        yield from (line.encode("utf-8", "replace") for line in render_csv(rows))
        return
    for code, name, found in rows:
        if isinstance(found, Summary):
            line = f"{headline(name, found)} [{found.family}, {_risk(found)}]"
        else:
            document = {"country": {"code": code, "name": name}, "exposure": found}
            line = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        yield (line + "\n").encode("utf-8", "replace")


def _risk(found: Summary) -> str:
    """A country that is announced from abroad alone has no border of which a class could tell."""
    if found.risk_class is None and found.counts.prefixes and not found.counts.domestic_origins:
        return "no risk class"
    return f"risk {found.risk_class or 'unknown'}"


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

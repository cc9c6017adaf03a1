"""What a country hangs on, for a terminal (100 columns, or as asked).

Begin with :func:`render_text`. Not for JSON, which is the documents themselves, nor for CSV (``exposure_rows``).
"""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from gonedark.publish import exposure_tables as tables
from gonedark.publish.console import WIDTH, digest, grid, heading, pairs, paragraph, plain
from gonedark.publish.words import RECONSTRUCTION, clean

Json = dict[str, Any]


def render_text(answer: Json, width: int = WIDTH) -> bytes:
    """One country's answer (the CLI's document) as UTF-8 text without control codes but line feeds."""
    return plain(_answer(answer), width)


def _answer(answer: Json) -> Iterator[RenderableType]:
    found = answer["exposure"]
    if answer.get("kind") == "reconstruction":
        yield Text(f"*** {RECONSTRUCTION} ***\n", style="reverse")
    yield Text(f"What {clean(answer['country']['name'], 60)} ({answer['country']['code']}) hangs on\n", style="bold")
    yield from exposure_parts(found, answer.get("users"))
    changes = answer.get("changes") or ()
    if changes:
        yield heading("What changed")
    for change in changes:
        yield from (paragraph(line) for line in tables.change_words(change))
    yield from (paragraph(f"Warning: {clean(line, 600)}") for line in answer.get("warnings") or ())
    yield heading("Inputs (SHA-256, name)")
    yield from (digest(row["sha256"], row["name"]) for row in answer["inputs"])
    yield Text(f"\nAddresses by country: {clean(answer['delegation'], 600)}")


def exposure_parts(found: Json, users: Json | None) -> Iterator[RenderableType]:
    """An exposure of the contract for a terminal; the report's text has the same."""
    found = tables.filled(found)
    if found["headline"]:
        yield Text(f"{clean(found['headline'], 600)}\n")
    yield from (paragraph("Warning: " + clean(line, 600)) for line in found["warnings"])
    answer = tables.what_if_words(found)
    if answer:
        yield Text(f"{answer}\n")
    moment = [("At", tables.moment(found))] if found["at"] else []
    yield pairs([*moment, *tables.watched(found), *tables.key_facts(found), ("Users", tables.users_words(users))])
    for title, rows in tables.sections(found):
        yield heading(title)
        yield grid(rows)
    other = found.get("ipv6")
    if other:
        yield heading("IPv6")
        yield Text(clean(other["headline"], 600))
        yield pairs(tables.key_facts(other))

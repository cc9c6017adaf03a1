"""One report for a terminal: plain text, 100 columns wide or as asked, that says everything without colour.

Begin with :func:`render` (bytes) or, to print it with emphasis on a terminal, :func:`sections`. The words are in
``headline``, ``story`` and ``tables``, the little chart is in ``bars``.
"""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from gonedark.model.gravity import weight
from gonedark.model.place import Place
from gonedark.model.report import Report
from gonedark.publish import causes, exposure_tables, facts, tables
from gonedark.publish.bars import bars
from gonedark.publish.console import MOST_ROWS, WIDTH, digest, grid, heading, pairs, paragraph, plain, titled
from gonedark.publish.exposure_text import exposure_parts
from gonedark.publish.headline import headline
from gonedark.publish.story import limits
from gonedark.publish.words import RECONSTRUCTION, Clock, clean, count

_MOST_OUTAGES = 6


def render(report: Report, place: Place | None = None, width: int = WIDTH) -> bytes:
    """The report as UTF-8 text without control codes but line feeds. Raises ValueError for an unknown zone."""
    return plain(sections(report, place, width), width)


def sections(report: Report, place: Place | None, width: int = WIDTH) -> Iterator[RenderableType]:
    """The parts of the text from top to bottom, for a Rich console at least that wide."""
    clock, head = Clock(place), headline(report, place)
    if report.kind == "reconstruction":
        yield Text(f"*** {RECONSTRUCTION} ***\n", style="reverse")
    yield Text(head.title, style="bold")
    yield Text(f"\n{head.sentence}\n")
    if head.more:
        yield Text(" ".join(head.more) + "\n")
    if report.warnings:
        yield Group(*(paragraph("Warning: " + clean(warning)) for warning in report.warnings), Text())
    yield pairs(tables.key_facts(report, clock))
    yield from _charts(report, width)
    yield from _outages(report, clock)
    yield from _causes(report, place)
    yield from _exposure(report)
    yield from titled("PHASES", grid(tables.phase_grid(report, clock)), bool(report.phases))
    yield from _reasons(report)
    yield heading("COVERAGE")
    yield Text(tables.coverage_words(report))
    if report.coverage.gaps:
        yield grid(tables.gap_grid(report, clock))
    yield heading("WHAT THIS CANNOT SHOW")
    yield from map(paragraph, limits(report))
    yield from titled("EVIDENCE", Group(*_evidence(report)), bool(report.evidence))
    yield from _proof(report)


def _exposure(report: Report) -> Iterator[RenderableType]:
    if report.exposure is not None:
        yield heading("WHAT IT HANGS ON")
        yield from exposure_parts(report.exposure, report.users)
        yield from (paragraph(line) for line in exposure_tables.changed_words(report.exposure, report.exposure_after))


def _causes(report: Report, place: Place | None) -> Iterator[RenderableType]:
    words = causes.cause_words(report, place)
    if words is not None:
        yield heading("CAUSE: WHAT THE DATA FIT, AND WHAT THEY CANNOT SAY")
        yield Text(clean(words.text, 8000) + "\n")
        yield grid(causes.hypothesis_grid(report))
        if report.cause and report.cause.others:
            yield Text()
            yield grid(causes.others_grid(report))
    if report.claims:
        yield heading(f"CLAIMS: {causes.verdict_counts(report)}")
        yield grid(causes.claim_grid(report))


def _charts(report: Report, width: int) -> Iterator[RenderableType]:
    for family in facts.families(report):
        lines = bars(report, family, width)
        if lines:
            yield Text("\n" + "\n".join(lines), no_wrap=True)


def _outages(report: Report, clock: Clock) -> Iterator[RenderableType]:
    yield from titled("OUTAGES", grid(tables.outage_grid(report, clock)), len(report.outages) > 1)
    gravest = sorted(report.outages, key=lambda outage: weight(outage, report.phases, report.window), reverse=True)[
        :_MOST_OUTAGES
    ]
    for outage in (one for one in report.outages if one in gravest):
        yield heading(f"OUTAGE {clean(outage.id, 40)}")
        yield pairs(tables.outage_facts(report, outage, clock))


def _reasons(report: Report) -> Iterator[RenderableType]:
    reasons = {(phase.phase, clean(phase.reason)) for phase in report.phases if phase.reason}
    yield from (paragraph(f"{name}: {reason}") for name, reason in sorted(reasons)[:MOST_ROWS])


def _evidence(report: Report) -> Iterator[RenderableType]:
    rows = tables.evidence_grid(report).rows
    for name, statement, value, source in rows[:MOST_ROWS]:
        # A whole sentence has told the value already; it stands behind it for whoever needs it exactly.
        told = f"{statement} ({source}) [{name}: {value}]" if statement.endswith(".") else ""
        yield paragraph(told or f"{statement}: {value} ({source}) [{name}]")
    if len(rows) > MOST_ROWS:
        yield Text(f"and {len(rows) - MOST_ROWS:,} more, in the JSON report")


def _proof(report: Report) -> Iterator[RenderableType]:
    yield heading("INPUTS (SHA-256, NAME)")
    yield from (digest(source.sha256, source.name) for source in report.inputs[:MOST_ROWS])
    if len(report.inputs) > MOST_ROWS:
        yield Text(f"and {count(len(report.inputs) - MOST_ROWS, 'file')} more, in the JSON report")
    if not report.inputs:
        yield Text("none")
    yield heading("MADE WITH")
    yield Text(
        f"gonedark {clean(report.software.version, 60)}; addresses by country: {clean(report.software.delegation)}"
    )
    yield Text("Thresholds: " + "; ".join(f"{name} {value}" for name, value in tables.threshold_pairs(report)))

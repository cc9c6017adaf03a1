"""One report for a terminal: plain text, 100 columns wide, that says everything without colour.

Begin with :func:`render` (bytes) or, to print it with emphasis on a terminal, :func:`sections`. The words are in
``headline``, ``story`` and ``tables``, the little chart is in ``bars``.
"""

import io
from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gonedark.model.place import Place
from gonedark.model.report import Report
from gonedark.publish import causes, facts, tables
from gonedark.publish.bars import bars
from gonedark.publish.headline import RECONSTRUCTION, headline
from gonedark.publish.story import limits
from gonedark.publish.words import Clock, clean, count

WIDTH = 100
_MOST_ROWS = 40
_MOST_OUTAGES = 6


def render(report: Report, place: Place | None = None) -> bytes:
    """The report as UTF-8 text without control codes but line feeds. Raises ValueError for an unknown zone."""
    lines = io.StringIO()
    console = Console(file=lines, width=WIDTH, color_system=None, force_terminal=False, legacy_windows=False)
    console.print(Group(*sections(report, place)))
    plain = "\n".join(line.rstrip() for line in lines.getvalue().splitlines())
    return (plain.strip("\n") + "\n").encode()


def sections(report: Report, place: Place | None) -> Iterator[RenderableType]:
    """The parts of the text from top to bottom, for a Rich console of any width from 100 on."""
    clock, head = Clock(place), headline(report, place)
    if report.kind == "reconstruction":
        yield Text(f"*** {RECONSTRUCTION} ***\n", style="reverse")
    yield Text(head.title, style="bold")
    yield Text(f"\n{head.sentence}\n")
    if head.more:
        yield Text(" ".join(head.more) + "\n")
    if report.warnings:
        yield Group(*(_item("Warning: " + clean(warning)) for warning in report.warnings), Text())
    yield _pairs(tables.key_facts(report, clock))
    yield from _charts(report)
    yield from _outages(report, clock)
    yield from _causes(report, place)
    yield from _titled("PHASES", _grid(tables.phase_grid(report, clock)), bool(report.phases))
    yield from _reasons(report)
    yield _heading("COVERAGE")
    yield Text(tables.coverage_words(report))
    if report.coverage.gaps:
        yield _grid(tables.gap_grid(report, clock))
    yield _heading("WHAT THIS CANNOT SHOW")
    yield from map(_item, limits(report))
    yield from _titled("EVIDENCE", Group(*_evidence(report)), bool(report.evidence))
    yield from _proof(report)


def _causes(report: Report, place: Place | None) -> Iterator[RenderableType]:
    words = causes.cause_words(report, place)
    if words is not None:
        yield _heading("Cause: what the data fit, and what they cannot say")
        yield Text(clean(words.text, 8000) + "\n")
        yield _grid(causes.hypothesis_grid(report))
    if report.claims:
        yield _heading(f"Claims: {causes.verdict_counts(report)}")
        yield _grid(causes.claim_grid(report))


def _charts(report: Report) -> Iterator[RenderableType]:
    for family in facts.families(report):
        lines = bars(report, family, WIDTH)
        if lines:
            yield Text("\n" + "\n".join(lines), no_wrap=True)


def _outages(report: Report, clock: Clock) -> Iterator[RenderableType]:
    yield from _titled("OUTAGES", _grid(tables.outage_grid(report, clock)), len(report.outages) > 1)
    gravest = sorted(report.outages, key=lambda outage: facts.weight(report, outage), reverse=True)[:_MOST_OUTAGES]
    for outage in (item for item in report.outages if item in gravest):
        yield _heading(f"OUTAGE {clean(outage.id, 40)}")
        yield _pairs(tables.outage_facts(report, outage, clock))


def _reasons(report: Report) -> Iterator[RenderableType]:
    reasons = {(phase.phase, clean(phase.reason)) for phase in report.phases if phase.reason}
    yield from (_item(f"{name}: {reason}") for name, reason in sorted(reasons)[:_MOST_ROWS])


def _evidence(report: Report) -> Iterator[RenderableType]:
    rows = tables.evidence_grid(report).rows
    yield from (
        _item(f"{statement}: {value} ({source}) [{name}]") for name, statement, value, source in rows[:_MOST_ROWS]
    )
    if len(rows) > _MOST_ROWS:
        yield Text(f"and {len(rows) - _MOST_ROWS:,} more, in the JSON report")


def _proof(report: Report) -> Iterator[RenderableType]:
    yield _heading("INPUTS (SHA-256, NAME)")
    for item in report.inputs[:_MOST_ROWS]:
        yield Text(f"{clean(item.sha256, 64)}  {clean(item.name, 80)}", overflow="fold")
    if len(report.inputs) > _MOST_ROWS:
        yield Text(f"and {count(len(report.inputs) - _MOST_ROWS, 'file')} more, in the JSON report")
    if not report.inputs:
        yield Text("none")
    yield _heading("MADE WITH")
    yield Text(
        f"gonedark {clean(report.software.version, 60)}; addresses by country: {clean(report.software.delegation)}"
    )
    yield Text("Thresholds: " + "; ".join(f"{name} {value}" for name, value in tables.threshold_pairs(report)))


def _heading(title: str) -> Text:
    return Text(f"\n{title}", style="bold")


def _titled(title: str, body: RenderableType, wanted: bool) -> Iterable[RenderableType]:
    return (_heading(title), body) if wanted else ()


def _item(text: str) -> RenderableType:
    """A paragraph with a dash and a hanging indent."""
    table = Table.grid(padding=(0, 1))
    table.add_row(Text("-"), Text(text))
    return table


def _pairs(pairs: tables.Pairs) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for name, value in pairs:
        table.add_row(Text(name, no_wrap=True), Text(value))
    return Padding(table, (0, 0, 0, 2))


def _grid(grid: tables.Grid) -> RenderableType:
    chosen = [at for at, head in enumerate(grid.heads) if head not in grid.wide]
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="underline")
    for at in chosen:
        head = grid.heads[at]
        table.add_column(
            Text(head), justify="right" if head in grid.numeric else "left", no_wrap="UTC" in head, overflow="fold"
        )
    for row in grid.rows[:_MOST_ROWS]:
        table.add_row(*(Text(row[at]) for at in chosen))
    parts: list[RenderableType] = [table]
    if len(grid.rows) > _MOST_ROWS:
        parts.append(Text(f"and {count(len(grid.rows) - _MOST_ROWS, 'row')} more, in the JSON report"))
    return Padding(Group(*parts), (0, 0, 0, 2))

"""One report as one page: a single file that asks nobody for anything, in light and dark, for phones and for paper.

Begin with :func:`render`. The layout is ``page.html`` beside this file (``template``); words come from ``headline``,
``story``, ``numbers`` and ``tables``, charts from ``chart``.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from gonedark.model.place import Place
from gonedark.model.report import Report
from gonedark.publish import causes, chart, exposure_page, json, series, tables
from gonedark.publish.exposure_tables import changed_words
from gonedark.publish.formats import FORMATS
from gonedark.publish.headline import headline
from gonedark.publish.numbers import key_numbers
from gonedark.publish.story import limits
from gonedark.publish.template import filled
from gonedark.publish.words import RECONSTRUCTION, Clock, clean

_MOST_EMBEDDED_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Download:
    """A file inside the page: what it is, what it is called when saved, and its data URI."""

    words: str
    name: str
    uri: str


def render(report: Report, place: Place | None = None) -> bytes:
    """The page as UTF-8 HTML. Raises ValueError for an unknown zone."""
    clock, (about, others) = Clock(place), causes.claim_grids(report)
    head = headline(report, place)
    return filled(
        "page.html",
        title=head.title,
        sentence=head.sentence,
        banner=RECONSTRUCTION if report.kind == "reconstruction" else "",
        phase_words=tables.phase_words(report),
        cause=causes.cause_words(report, place),
        claim_counts=causes.verdict_counts(report),
        claims=about,
        other_claims=others,
        clock=clock,
        coverage=tables.coverage_words(report),
        delegation=clean(report.software.delegation),
        downloads=list(_downloads(report, place)),
        exposure=_exposure(report),
        evidence=tables.evidence_grid(report),
        facts=tables.key_facts(report, clock),
        gaps=tables.gap_grid(report, clock),
        head=head,
        hypotheses=causes.hypothesis_grid(report),
        inputs=tables.input_grid(report, clock),
        limits=limits(report),
        narrow=Markup(chart.drawing(report, place, chart.NARROW)),
        numbers=key_numbers(report),
        outage_facts=[(clean(item.id, 40), tables.outage_facts(report, item, clock)) for item in report.outages],
        other_causes=causes.others_grid(report),
        outages=tables.outage_grid(report, clock),
        phases=tables.phase_grid(report, clock),
        thresholds=tables.threshold_pairs(report),
        version=clean(report.software.version, 60),
        warnings=[clean(warning) for warning in report.warnings],
        wide=Markup(chart.drawing(report, place, chart.WIDE)),
    )


def _exposure(report: Report) -> dict[str, object] | None:
    """What the country hangs on before the first outage, and what is different after the last one."""
    if report.exposure is None:
        return None
    pieces = exposure_page.parts(report.exposure, report.users, clean(report.country.name, 60))
    return pieces | {"changes": changed_words(report.exposure, report.exposure_after)}


def _downloads(report: Report, place: Place | None) -> Iterator[Download]:
    """Other forms of the same report, as far as they are small enough to carry along."""
    made = (
        ("The report as JSON", "json", json.render(report, place)),
        ("The series in bins of five minutes as CSV", "csv", series.render_csv(report, bin_us=series.BIN_US)),
        ("The chart as PNG", "png", chart.render_png(report, place)),
    )
    for words, name, content in made:
        if len(content) <= _MOST_EMBEDDED_BYTES:
            form = FORMATS[name]
            encoded = base64.b64encode(content).decode()
            file_name = f"gonedark-{clean(report.country.code, 2)}{form.suffix}"
            yield Download(words, file_name, f"data:{form.media_type.split(';')[0]};base64,{encoded}")

"""The chart of a report: visible networks and addresses over time, with phases, outages, gaps and two clocks.

Begin with :func:`render_svg` and :func:`render_png`; :func:`drawing` gives the page its narrow and wide forms. One
Vega-Lite specification (:func:`specification`) makes them all, without a browser. Lanes lie below each other and
share the pixels of the time axis: names of outages, phases, a panel for each measure, missing data, clocks, legend.
"""

import textwrap
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from xml.sax.saxutils import quoteattr

import vl_convert

from gonedark.model.place import Place
from gonedark.model.prefix import FAMILIES, Family
from gonedark.model.report import Report
from gonedark.publish import facts, palette
from gonedark.publish.headline import Headline, headline
from gonedark.publish.lanes import (
    clock_lane,
    gap_lane,
    head_lane,
    legend_lane,
    outage_lane,
    panel_lane,
    panels,
    phase_lane,
    words_lane,
)
from gonedark.publish.letters import fitted
from gonedark.publish.marks import Canvas, Lane
from gonedark.publish.png import compact
from gonedark.publish.words import FAMILY_NAMES, RECONSTRUCTION, Clock, clean, count, dates, listed, plural

VEGA_LITE = "6.4"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"


@dataclass(frozen=True, slots=True)
class Form:
    """A size of drawing: pixels of its time axis, pixels of a panel's height, rows for the names of outages."""

    name: str
    width_px: int
    panel_px: int
    rows: int
    is_titled: bool


POSTER = Form("poster", 880, 150, 4, is_titled=True)
WIDE = Form("wide", 880, 140, 4, is_titled=False)
NARROW = Form("narrow", 290, 110, 4, is_titled=False)


def render_svg(report: Report, place: Place | None = None) -> bytes:
    """The titled chart as SVG, in light colours. Raises ValueError for an unknown zone."""
    return drawing(report, place, POSTER).encode("utf-8", "replace")


def render_png(report: Report, place: Place | None = None) -> bytes:
    """The titled chart as PNG, twice as many pixels as its SVG has. Raises ValueError for an unknown zone."""
    return compact(vl_convert.svg_to_png(drawing(report, place, POSTER), scale=2))


def drawing(report: Report, place: Place | None, form: Form) -> str:
    """The chart in one form as an SVG element, its sentence as its description for those who cannot see it."""
    svg: str = vl_convert.vegalite_to_svg(specification(report, place, form), vl_version=VEGA_LITE)
    head = headline(report, place)
    svg = svg.replace('class="marks"', f'class="chart {form.name}" role="img" aria-label={quoteattr(head.sentence)}', 1)
    return fitted(palette.with_patterns(svg, form.name))


def specification(report: Report, place: Place | None, form: Form) -> dict[str, Any]:
    """The Vega-Lite specification of the chart in one form."""
    clock, canvas = Clock(place), Canvas(report.window, form.width_px)
    drawn = _title_lanes(report, headline(report, place), canvas) if form.is_titled else []
    for family in _families(report):
        drawn += _family_lanes(report, family, canvas, form)
    drawn += _gap_lanes(report, canvas)
    drawn.append(clock_lane(f"UTC, {dates(report.window, UTC)}", canvas, UTC))
    if clock.zone:
        name = f"{clock.capital} ({clock.offset(report.window)}), {dates(report.window, clock.zone)}"
        drawn.append(clock_lane(name, canvas, clock.zone))
    drawn.append(legend_lane(report, canvas))
    if form.is_titled:
        drawn.append(
            words_lane(_source(report, canvas.width_px * 10 // 46), canvas, size=10, colour=palette.MUTED.light)
        )
    config = {
        "aria": False,  # the drawing as a whole has a description; thousands of marks need none
        "font": FONT,
        "padding": {"left": 10, "right": 14, "top": 10, "bottom": 8},
        "view": {"stroke": None},
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": palette.PAPER.light,
        "config": config,
        "vconcat": drawn,
        "spacing": 0,
        "bounds": "flush",
        "datasets": canvas.datasets,
    }


def _families(report: Report) -> list[Family]:
    """Families with something to draw: a baseline, or at least phases."""
    return facts.families(report) or [family for family in FAMILIES if facts.phases_of(report, family)]


def _family_lanes(report: Report, family: Family, canvas: Canvas, form: Form) -> list[Lane]:
    lanes = [
        head_lane(f"{FAMILY_NAMES[family]} phases", canvas),
        *outage_lane(report, family, canvas, form.rows),
        phase_lane(report, family, canvas),
    ]
    for panel in panels(report, family):
        lanes += [head_lane(panel.words, canvas), panel_lane(report, panel, canvas, form.panel_px)]
    return lanes


def _gap_lanes(report: Report, canvas: Canvas) -> list[Lane]:
    gaps = report.coverage.gaps
    if not gaps:
        return []
    collectors = count(len({gap.collector for gap in gaps}), "collector")
    spans = facts.merged((gap.span for gap in gaps), report.window)
    return [head_lane(f"Data missing ({collectors})", canvas), gap_lane(spans, canvas)]


def _title_lanes(report: Report, head: Headline, canvas: Canvas) -> list[Lane]:
    lanes = [words_lane(textwrap.wrap(head.title, canvas.width_px // 11), canvas, size=20)]
    if report.kind == "reconstruction":
        lanes.append(words_lane([RECONSTRUCTION], canvas, size=13, colour=palette.EDGE.light))
    return [*lanes, words_lane(textwrap.wrap(head.detail, canvas.width_px // 6), canvas, size=13)]


def _source(report: Report, letters: int) -> list[str]:
    coverage = report.coverage
    names = listed((clean(name, 60) for name in coverage.collectors), most=4)
    what = "Rebuilt from documented facts" if report.kind == "reconstruction" else "Source: public routing data"
    text = (
        f"{what}; {count(coverage.voters, 'voting network')} outside the country"
        + (f", {plural('collector', len(coverage.collectors))} {names}" if names else "")
        + f". Visible: carried by at least half of the voters. Made with gonedark {clean(report.software.version, 40)}."
    )
    return textwrap.wrap(text, letters)

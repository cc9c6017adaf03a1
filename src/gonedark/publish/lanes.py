"""The lanes of the chart, each drawn in layers whose horizontal axis is pixels of the window.

Begin with :func:`panel_lane`. Which lanes there are is ``chart``'s affair; what they are drawn with is in ``marks``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

import numpy as np

from gonedark.model.gravity import weight
from gonedark.model.prefix import Family
from gonedark.model.report import Outage, Phase, PhaseName, Report, Series
from gonedark.model.time import DAY_US, TimeSpan, to_datetime
from gonedark.publish import facts, palette
from gonedark.publish.labels import LETTER_PX, placed
from gonedark.publish.marks import (
    BASELINE,
    Align,
    Canvas,
    Lane,
    Layer,
    Row,
    against,
    box,
    dashes,
    rects,
    rules,
    stack,
    texts,
    x_of,
)
from gonedark.publish.numbers import length_words
from gonedark.publish.trace import Trace, calmed, series_of, thinned, trace
from gonedark.publish.words import FAMILY_NAMES, day_words, percent

EDGE_PX = 24
ROW_PX = 16
STRIP_PX = 20
HEAD_PX = 22
_STEPS: Row = {
    "type": "area",
    "interpolate": "step-after",
    "fill": palette.LINE.light,
    "fillOpacity": 0.13,
    "line": {"stroke": palette.LINE.light, "strokeWidth": 1.5, "strokeJoin": "miter"},
}
_PHASE_ORDER: tuple[PhaseName, ...] = ("normal", "unstable", "degraded", "offline", "blind")


def outage_lane(report: Report, family: Family, canvas: Canvas, rows: int) -> list[Lane]:
    """When outages began and ended, in words above their place, if any; those without room are in tables only."""
    outages = [outage for outage in report.outages if outage.family == family]
    gravest = sorted(outages, key=lambda outage: weight(outage, report.phases, report.window), reverse=True)
    short = canvas.window.duration_us <= DAY_US
    wanted = [(_middle(report, outage, canvas), _outage_words(report, outage, is_short=short)) for outage in gravest]
    labels = placed(wanted, canvas.width_px, rows)
    if not labels:
        return []
    height = (max(label.row for label in labels) + 1) * ROW_PX + 6
    words = [
        {"x": label.middle_px, "y": height - 6 - ROW_PX * (label.row + 0.5), "text": label.text} for label in labels
    ]
    leaders = [
        {"x": label.mark_px, "y": height - 6 - ROW_PX * label.row, "y2": height, "stroke": palette.EDGE.light}
        for label in labels
    ]
    lines, names = rules(leaders, canvas, height), texts(words, canvas, height, palette.EDGE.light, bold=True)
    return [stack(canvas, height, lines, names)]


def _middle(report: Report, outage: Outage, canvas: Canvas) -> float:
    left, right = canvas.band(facts.seen_span(report, outage))
    return (left + right) / 2


def _outage_words(report: Report, outage: Outage, *, is_short: bool) -> str:
    span = facts.seen_span(report, outage)
    start, end = (to_datetime(time_us) for time_us in (span.from_us, span.until_us))
    one_day = is_short or start.date() == end.date()
    left = f"{start:%H:%M}" if is_short else f"{day_words(start)} {start:%H:%M}"
    right = f"{end:%H:%M}" if one_day else f"{day_words(end)} {end:%H:%M}"
    left, right = "before" if outage.start_us is None else left, "?" if outage.end_us is None else right
    lost = "" if outage.depth == 1 else f", down {percent(outage.depth)}"
    return f"{left} – {right} ({length_words(report, outage)}{lost})"


def phase_lane(report: Report, family: Family, canvas: Canvas) -> Lane:
    """The family's phases as labelled bands."""
    bands = [_band(phase, canvas) for phase in facts.phases_of(report, family)]
    labels = [
        {
            "x": (band["x"] + band["x2"]) / 2,
            "y": STRIP_PX / 2 + 0.5,
            "text": band["name"],
            "dark": band["name"] == "offline",
        }
        for band in bands
        if band["x2"] - band["x"] > len(band["name"]) * LETTER_PX + 8
    ]
    plates = [
        box(
            row["x"] - len(row["text"]) * LETTER_PX / 2 - 3,
            3.5,
            len(row["text"]) * LETTER_PX + 6,
            13,
            palette.PAPER.light,
        )
        for row in labels
        if row["text"] in ("unstable", "degraded", "blind")
    ]
    return stack(
        canvas,
        STRIP_PX,
        rects(bands, canvas, STRIP_PX, stroke=palette.FRAME.light),
        rects(plates, canvas, STRIP_PX, opacity=0.85),
        texts([row for row in labels if not row["dark"]], canvas, STRIP_PX, palette.TEXT.light),
        texts([row for row in labels if row["dark"]], canvas, STRIP_PX, palette.OFFLINE_TEXT.light, bold=True),
    )


def _band(phase: Phase, canvas: Canvas) -> Row:
    left, right = canvas.band(phase.span)
    return {
        "x": left,
        "x2": right,
        "y": 0.5,
        "y2": STRIP_PX - 0.5,
        "fill": palette.PHASE_FILLS[phase.phase],
        "name": phase.phase,
    }


def head_lane(text: str, canvas: Canvas) -> Lane:
    """A line of words above a panel."""
    row = {"x": 0, "y": HEAD_PX - 8, "text": text}
    return stack(canvas, HEAD_PX, texts([row], canvas, HEAD_PX, palette.TEXT.light, bold=True, align="left"))


@dataclass(frozen=True, slots=True)
class Panel:
    """A measure to draw: a column of a series, what it is called, and its usual level."""

    series: Series
    column: str
    words: str
    baseline: int


def panels(report: Report, family: Family) -> list[Panel]:
    """A family's panels; none where the report carries no series of it."""
    series = series_of(report, family)
    if series is None:
        return []
    prefixes, units = facts.baseline_prefixes(report, family), facts.baseline_units(report, family)
    known = (f" (usually {prefixes:,})", f" (usually {units:,}{'' if family == 'ipv4' else ' /48 blocks'})")
    usually = known if prefixes else ("", "")
    noun = "IPv4 addresses" if family == "ipv4" else "IPv6 address space"
    return [
        Panel(series, "prefixes_visible", f"{FAMILY_NAMES[family]} networks visible{usually[0]}", prefixes),
        Panel(series, "addresses_visible", f"{noun} visible{usually[1]}", units),
    ]


def panel_lane(report: Report, panel: Panel, canvas: Canvas, height: int) -> Lane:
    """A measure over time as steps, with its usual level, and the phases that matter behind it."""
    line = trace(panel.series, panel.column, report.window)
    top = max([1.0, float(panel.baseline), *line.values[~np.isnan(line.values)].tolist()]) * 1.06
    few = panel.baseline if facts.tells_counts(report, panel.series.family) else None
    shown = calmed(thinned(line, canvas.width_px // 2), top / height / 2)
    steps = canvas.layer(
        _points(shown, canvas),
        _STEPS,
        x=x_of(canvas),
        y=against("value", 0, top, zero=True, stack=None, axis=_value_axis(few, top)),
        detail={"field": "run", "type": "nominal"},
    )
    usual = [{"value": panel.baseline}] if panel.baseline else []
    level = canvas.layer(usual, BASELINE, y=against("value", 0, top, zero=True))
    days = [{"x": canvas.px(t.time_us), "y": 0, "y2": height, "stroke": palette.GRID.light} for t in canvas.ticks(UTC)]
    return stack(
        canvas,
        height,
        _grounds(report, panel.series.family, canvas, height),
        rules(days, canvas, height),
        steps,
        _edges(report, panel.series.family, canvas, height),
        level,
        resolve={"scale": {"y": "independent"}},
    )


def _value_axis(few: int | None, top: float) -> Row:
    values = None if few is None else [few * part / 4 for part in range(5) if (few * part) % 4 == 0]
    more: Row = {} if not values else {"values": values}
    labels = {"labelFontSize": 11, "labelColor": palette.MUTED.light, "labelPadding": 5}
    lines = {"domain": False, "ticks": False, "grid": True, "gridColor": palette.GRID.light}
    form = ",d" if top < 100_000 else ".3~s"
    return {"title": None, "format": form, "tickCount": 4, **labels, **lines, **more}


def _points(line: Trace, canvas: Canvas) -> list[Row]:
    """Begins of the steps, and the end of each run of them; the unknown parts one run from the next."""
    ends = [*line.time_us[1:].tolist(), line.until_us]
    following = [*line.values[1:].tolist(), math.nan]
    rows: list[Row] = []
    run = 0
    for time_us, value, end_us, after in zip(line.time_us.tolist(), line.values.tolist(), ends, following, strict=True):
        if math.isnan(value):
            continue
        rows.append({"x": canvas.px(time_us), "value": value, "run": run})
        if math.isnan(after):
            rows.append({"x": canvas.px(end_us), "value": value, "run": run})
            run += 1
    return rows


def _grounds(report: Report, family: Family, canvas: Canvas, height: int) -> Layer:
    fills: dict[PhaseName, str] = {"offline": palette.OFFLINE_GROUND.light, "blind": palette.PHASE_FILLS["blind"]}
    rows = []
    for phase in facts.phases_of(report, family, "offline", "blind"):
        left, right = canvas.band(phase.span)
        rows.append(box(left, 0, right - left, height, fills[phase.phase]))
    return rects(rows, canvas, height)


def _edges(report: Report, family: Family, canvas: Canvas, height: int) -> Layer:
    """Upright lines where outages began and ended."""
    times = [
        time_us
        for outage in report.outages
        if outage.family == family
        for time_us in (outage.start_us, outage.end_us)
        if time_us is not None
    ]
    rows = [{"x": canvas.px(time_us), "y": 0, "y2": height, "stroke": palette.EDGE.light} for time_us in times]
    return rules(rows, canvas, height, dash=(2, 2))


def gap_lane(spans: Sequence[TimeSpan], canvas: Canvas) -> Lane:
    """Where data of any collector are missing, hatched."""
    rows = []
    for span in spans:
        left, right = canvas.band(span)
        rows.append(box(left, 1, right - left, 10, palette.PHASE_FILLS["blind"]))
    frame = [box(0, 1, canvas.width_px, 10, palette.PAPER.light)]
    return stack(
        canvas,
        14,
        rects(frame, canvas, 14, stroke=palette.GRID.light),
        rects(rows, canvas, 14, stroke=palette.FRAME.light),
    )


def clock_lane(name: str, canvas: Canvas, zone: tzinfo) -> Lane:
    """Marks of a clock, and whose it is."""
    height, width = 34, canvas.width_px
    known = [(canvas.px(tick.time_us), tick.label) for tick in canvas.ticks(zone)]
    room = [(x, text) for x, text in known if EDGE_PX <= x <= canvas.width_px - EDGE_PX or x in (0, canvas.width_px)]
    lines = [{"x": x, "y": 0, "y2": 5, "stroke": palette.FRAME.light} for x, _ in known]
    frame = [box(0, 0, canvas.width_px, 0.8, palette.FRAME.light)]
    layers = [rects(frame, canvas, height), rules(lines, canvas, height)]
    sides: list[tuple[Align, float, float]] = [("left", 0, 0), ("center", 1, width - 1), ("right", width, width)]
    for align, low, high in sides:
        here: list[Row] = [{"x": x, "y": 12, "text": text} for x, text in room if low <= x <= high]
        days = [row for row in here if ":" not in row["text"]]
        hours = [row for row in here if ":" in row["text"]]
        layers.append(texts(days, canvas, height, palette.TEXT.light, bold=True, align=align))
        layers.append(texts(hours, canvas, height, palette.MUTED.light, align=align))
    layers.append(texts([{"x": 0, "y": 26, "text": name}], canvas, height, palette.MUTED.light, align="left"))
    return stack(canvas, height, *layers)


def legend_lane(report: Report, canvas: Canvas) -> Lane:
    """What the bands and lines stand for: only what occurs."""
    present = {phase.phase for phase in report.phases}
    entries: list[tuple[str, str]] = [(name, palette.PHASE_FILLS[name]) for name in _PHASE_ORDER if name in present]
    if report.coverage.gaps and "blind" not in present:
        entries.append(("data missing", palette.PHASE_FILLS["blind"]))
    if facts.families(report):
        entries.append(("usual level", ""))
    boxes, lines, words, x, y = [], [], [], 0.0, 4.0
    for name, fill in entries:
        width = 22 + len(name) * LETTER_PX + 14
        if x + width > canvas.width_px:
            x, y = 0.0, y + 18
        if fill:
            boxes.append(box(x, y, 16, 11, fill))
        else:
            lines.append({"x": x, "x2": x + 16, "y": y + 5.5})
        words.append({"x": x + 21, "y": y + 6, "text": name})
        x += width
    height = y + 18
    return stack(
        canvas,
        height,
        rects(boxes, canvas, height, stroke=palette.FRAME.light),
        dashes(lines, canvas, height),
        texts(words, canvas, height, palette.TEXT.light, align="left"),
    )


def words_lane(lines: Sequence[str], canvas: Canvas, *, size: int, colour: str = palette.TEXT.light) -> Lane:
    """Lines of words below each other; large ones are bold."""
    step = round(size * 1.35)
    height = len(lines) * step + 6
    rows = [{"x": 0, "y": step * (at + 0.5), "text": line} for at, line in enumerate(lines)]
    return stack(canvas, height, texts(rows, canvas, height, colour, bold=size > 14, align="left", size=size))

"""A small chart in text: the fewest networks visible in each part of the window, and the phases below.

Begin with :func:`bars`. Readable without colour; an observed nothing (``_``) and the unknown (``?``) look different.
"""

from itertools import pairwise

import numpy as np

from gonedark.model.prefix import Family
from gonedark.model.report import PhaseName, Report
from gonedark.model.time import TimeSpan
from gonedark.publish import facts
from gonedark.publish.ticks import ticks
from gonedark.publish.trace import lowest, series_of, trace
from gonedark.publish.words import FAMILY_NAMES, duration

_BLOCKS = "▁▂▃▄▅▆▇█"
_MARKS: dict[PhaseName, str] = {"offline": "x", "degraded": "-", "blind": "?", "unstable": "~", "normal": "."}
_TICK_ROOM = 9


def bars(report: Report, family: Family, width: int) -> list[str]:
    """Lines of at most ``width`` characters; none where the report carries no series of the family."""
    series = series_of(report, family)
    if series is None or not report.window.duration_us:
        return []
    columns = width - 10
    line = trace(series, "prefixes_visible", report.window)
    lows = lowest(line, columns)
    known = line.values[~np.isnan(line.values)]
    most = int(known.max()) if len(known) else 0
    part = duration(max(1, report.window.duration_us // columns // 1_000_000) * 1_000_000)
    spans = _columns(report.window, columns)
    marks = "".join(_mark(report, family, span) for span in spans)
    told = [f"{mark} {name}" for name, mark in _MARKS.items() if mark in marks]
    return [
        f"{FAMILY_NAMES[family]} networks visible; fewest in each {part}",
        f"{most:>8,}  " + "".join(_bar(low, most) for low in lows),
        " " * 10 + marks,
        " " * 10 + _axis(report.window, columns),
        " " * 10 + "   ".join([*told, "UTC"]),
    ]


def _columns(window: TimeSpan, columns: int) -> list[TimeSpan]:
    edges = [window.from_us + window.duration_us * at // columns for at in range(columns + 1)]
    return [TimeSpan(start, until) for start, until in pairwise(edges)]


def _bar(low: float, most: int) -> str:
    if np.isnan(low):
        return "?"
    if low <= 0 or not most:
        return "_"
    # The whole block is for all of them alone.
    return _BLOCKS[-1] if low >= most else _BLOCKS[int(np.ceil(low / most * (len(_BLOCKS) - 1))) - 1]


def _mark(report: Report, family: Family, span: TimeSpan) -> str:
    """The gravest phase that touches the part."""
    touching = {phase.phase for phase in facts.phases_of(report, family) if phase.span.overlap(span)}
    return next((mark for name, mark in _MARKS.items() if name in touching), " ")


def _axis(window: TimeSpan, columns: int) -> str:
    letters = [" "] * columns
    for tick in ticks(window, columns // _TICK_ROOM):
        at = (tick.time_us - window.from_us) * columns // window.duration_us
        if at + len(tick.label) + 1 <= columns:
            letters[at : at + len(tick.label) + 1] = f"|{tick.label}"
    return "".join(letters).rstrip()

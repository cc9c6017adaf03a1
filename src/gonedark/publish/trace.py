"""A family's series cut to the window and thinned for the eye, without losing a single extreme.

Begin with :func:`trace`, then :func:`thinned` (for lines) or :func:`lowest` (for bars). Not for export, which keeps
every step: see ``series``.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gonedark.model.prefix import Family
from gonedark.model.report import Report, Series
from gonedark.model.time import TimeSpan


@dataclass(frozen=True, eq=False, slots=True)
class Trace:
    """Columns of equal length: ``values[i]`` holds from ``time_us[i]`` until the next time, or ``until_us``.

    ``values`` are float64, NaN while blind. The first time is the window's begin. Empty where the series is.
    """

    time_us: NDArray[np.int64]
    values: NDArray[np.float64]
    until_us: int


def series_of(report: Report, family: Family) -> Series | None:
    """The report's series of a family, where it carries one."""
    return next((item for item in report.series if item.family == family), None)


def window_rows(series: Series, window: TimeSpan) -> slice:
    """Rows that hold at some time of the window; the first may have begun before it."""
    times = np.asarray(series.time_us, dtype=np.int64)
    first = int(np.searchsorted(times, window.from_us, side="right")) - 1
    last = int(np.searchsorted(times, window.until_us, side="left"))
    return slice(max(0, first), max(0, first, last))


def trace(series: Series, column: str, window: TimeSpan) -> Trace:
    """One column of a series over the window; unknown (blind or negative) as NaN. Repeated values are left out."""
    rows = window_rows(series, window)
    times = np.maximum(np.asarray(series.time_us, dtype=np.int64)[rows], window.from_us)
    values = np.asarray(getattr(series, column)[rows], dtype=np.float64)
    values = np.where(np.asarray(series.blind[rows], dtype=bool) | (values < 0), np.nan, values)
    same = (values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1]))
    kept = np.concatenate([np.ones(min(1, len(values)), dtype=bool), ~same])
    return Trace(times[kept], values[kept], window.until_us)


def thinned(line: Trace, columns: int) -> Trace:
    """At most four steps a column: first, last, lowest and highest (M4, Jugel et al. 2014), and every edge of an
    unknown stretch. Drawn with one pixel a column, it looks the same as the whole.
    """
    if len(line.time_us) <= 4 * columns:
        return line
    begin = int(line.time_us[0])
    bucket = (line.time_us - begin) // _width(begin, line.until_us, columns)
    firsts = np.flatnonzero(np.diff(bucket, prepend=-1))
    lasts = np.append(firsts[1:], len(bucket)) - 1
    order = np.lexsort((line.values, bucket))  # NaN sorts last within its bucket
    unknown = np.isnan(line.values)
    known = np.add.reduceat(~unknown, firsts)
    highest = order[np.maximum(firsts, firsts + known - 1)]
    edges = np.flatnonzero(np.diff(unknown, prepend=unknown[:1]))
    kept = np.unique(np.concatenate([firsts, lasts, order[firsts], highest, edges, np.maximum(edges - 1, 0)]))
    return Trace(line.time_us[kept], line.values[kept], line.until_us)


def calmed(line: Trace, least: float) -> Trace:
    """Without moves smaller than ``least`` (half a pixel, say), except those from and to nothing or the unknown."""
    kept, last = [], math.inf
    for at, value in enumerate(line.values.tolist()):
        is_other_kind = math.isnan(value) != math.isnan(last) or (value == 0) != (last == 0)
        if is_other_kind or abs(value - last) >= least:
            kept.append(at)
            last = value
    return Trace(line.time_us[kept], line.values[kept], line.until_us)


def lowest(line: Trace, columns: int) -> NDArray[np.float64]:
    """The lowest value that held in each of so many equal parts of the window; NaN where none of it is known."""
    if not len(line.time_us):
        return np.full(columns, np.nan)
    begin = int(line.time_us[0])
    edges = begin + _width(begin, line.until_us, columns) * np.arange(columns + 1, dtype=np.int64)
    first = np.maximum(np.searchsorted(line.time_us, edges[:-1], side="right") - 1, 0)
    last = np.maximum(np.searchsorted(line.time_us, edges[1:], side="left"), first + 1)
    filled = np.append(np.where(np.isnan(line.values), np.inf, line.values), np.inf)
    pairs = np.stack([first, last], axis=1).ravel()
    lows = np.minimum.reduceat(filled, pairs)[::2]
    return np.where(np.isinf(lows), np.nan, lows)


def _width(from_us: int, until_us: int, columns: int) -> int:
    return max(1, -((from_us - until_us) // columns))

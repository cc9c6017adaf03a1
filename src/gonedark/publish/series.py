"""The series of a report as CSV and Parquet: a row for each step, or for each bin of equal length.

Begin with :func:`render_csv`, :func:`render_parquet`, or :func:`table` for an Arrow table. The columns are documented
in ``docs/series.md``. Unknown is empty (CSV) or null (Parquet) and never zero. Not for drawing: see ``chart``.
"""

import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from gonedark.model.place import Place
from gonedark.model.report import Report, Series
from gonedark.model.time import SECOND_US, TimeSpan, format_time
from gonedark.publish.trace import window_rows

SERIES_SCHEMA = "gonedark.series/1"
BIN_US = 300 * SECOND_US
"""Five minutes, as IODA's series have them: a usual choice for ``bin_us``."""
_MOST_BINS = 20_000_000
_VALUES = ("prefixes_visible", "addresses_visible", "addresses")
_COUNTS = ("voters", "expected_voters")
_Column = NDArray[np.int64]

_LABELS = [
    pa.field("country", pa.string(), nullable=False),
    pa.field("kind", pa.string(), nullable=False),
    pa.field("family", pa.string(), nullable=False),
    pa.field("time", pa.timestamp("us", "UTC"), nullable=False),
]
_STEP_FIELDS = pa.schema(
    [
        *_LABELS,
        pa.field("blind", pa.bool_(), nullable=False),
        *(pa.field(name, pa.int64()) for name in (*_VALUES, "baseline_addresses", *_COUNTS, "domestic_prefixes")),
    ]
)
_BIN_FIELDS = pa.schema(
    [
        *_LABELS,
        pa.field("blind_seconds", pa.float64(), nullable=False),
        *(pa.field(f"{name}_{end}", pa.int64()) for name in _VALUES for end in ("min", "max")),
        *(pa.field(f"{name}_min", pa.int64()) for name in ("baseline_addresses", *_COUNTS)),
    ]
)


def render_csv(report: Report, place: Place | None = None, *, bin_us: int | None = None) -> bytes:
    """UTF-8 CSV with a head line; times in RFC 3339. ``place`` is not used. Raises as :func:`table` does."""
    rows = table(report, bin_us)
    rows = rows.set_column(3, "time", pa.array(_time_texts(rows.column("time"))))
    lines = io.BytesIO((",".join(rows.column_names) + "\n").encode())
    lines.seek(0, io.SEEK_END)
    pyarrow.csv.write_csv(rows, lines, pyarrow.csv.WriteOptions(include_header=False, quoting_style="none"))
    return lines.getvalue()


def render_parquet(report: Report, place: Place | None = None, *, bin_us: int | None = None) -> bytes:
    """A Parquet file, compressed with Zstandard, that says in its metadata what it is. Raises as :func:`table` does."""
    rows = table(report, bin_us)
    meta = {
        "gonedark.schema": SERIES_SCHEMA,
        "gonedark.kind": report.kind,
        "gonedark.country": report.country.code,
        "gonedark.from": format_time(report.window.from_us),
        "gonedark.until": format_time(report.window.until_us),
        "gonedark.bin_seconds": f"{bin_us / SECOND_US:g}" if bin_us else "",
        "gonedark.version": report.software.version.encode("utf-8", "replace").decode(),
    }
    whole = io.BytesIO()
    pyarrow.parquet.write_table(rows.replace_schema_metadata(meta), whole, compression="zstd", version="2.6")
    return whole.getvalue()


def table(report: Report, bin_us: int | None = None) -> pa.Table:
    """All families' rows inside the window, IPv4 first, in order of time.

    With ``bin_us``, rows are bins that begin at whole multiples of it since 1970. Raises ValueError where it is not
    positive or makes too many rows.
    """
    if bin_us is not None and (bin_us <= 0 or report.window.duration_us // bin_us > _MOST_BINS):
        raise ValueError(f"bins of {bin_us / SECOND_US:g} s do not suit a window of this length; choose longer ones")
    fields = _STEP_FIELDS if bin_us is None else _BIN_FIELDS
    parts = [
        _labelled(report, item, _steps(item, report.window) if bin_us is None else _bins(item, report.window, bin_us))
        for item in sorted(report.series, key=lambda item: item.family)
        if len(item.time_us) and report.window.duration_us
    ]
    return pa.concat_tables([fields.empty_table(), *(pa.table(part, schema=fields) for part in parts)]).combine_chunks()


def _labelled(report: Report, series: Series, columns: dict[str, Any]) -> dict[str, Any]:
    rows = len(columns["time"])
    return {
        "country": [report.country.code] * rows,
        "kind": [report.kind] * rows,
        "family": [series.family] * rows,
        **columns,
    }


def _steps(series: Series, window: TimeSpan) -> dict[str, Any]:
    rows = window_rows(series, window)
    blind = np.asarray(series.blind[rows], dtype=bool)
    known = {name: _column(series, name, rows) for name in ("baseline_addresses", *_COUNTS, "domestic_prefixes")}
    hidden = {name: _column(series, name, rows) for name in _VALUES}
    return {
        "time": _times(np.maximum(_column(series, "time_us", rows), window.from_us)),
        "blind": blind,
        **{name: pa.array(column, mask=blind | (column < 0)) for name, column in hidden.items()},
        **{name: pa.array(column, mask=column < 0) for name, column in known.items()},
    }


def _bins(series: Series, window: TimeSpan, bin_us: int) -> dict[str, Any]:
    rows = window_rows(series, window)
    times = np.maximum(_column(series, "time_us", rows), window.from_us)
    starts = np.arange(window.from_us // bin_us * bin_us, window.until_us, bin_us, dtype=np.int64)
    first = np.maximum(np.searchsorted(times, starts, side="right") - 1, 0)
    last = np.maximum(np.searchsorted(times, starts + bin_us, side="left"), first + 1)
    blind = np.asarray(series.blind[rows], dtype=bool)
    columns: dict[str, Any] = {
        "time": _times(starts),
        "blind_seconds": _blind_seconds(times, blind, np.clip(np.append(starts, starts[-1] + bin_us), *_ends(window))),
    }
    for name in _VALUES:
        column = _column(series, name, rows)
        unknown = blind | (column < 0)
        columns[f"{name}_min"] = _lowest(column, unknown, first, last)
        columns[f"{name}_max"] = _highest(column, unknown, first, last)
    for name in ("baseline_addresses", *_COUNTS):
        column = _column(series, name, rows)
        columns[f"{name}_min"] = _lowest(column, column < 0, first, last)
    return columns


def _ends(window: TimeSpan) -> tuple[int, int]:
    return window.from_us, window.until_us


def _blind_seconds(times: _Column, blind: NDArray[np.bool_], edges: _Column) -> NDArray[np.float64]:
    """Seconds of blindness between neighbouring edges, from the running total at each edge."""
    lengths = np.diff(times, append=max(int(edges[-1]), int(times[-1]))) * blind
    total = np.concatenate([[0], np.cumsum(lengths)])
    at = np.maximum(np.searchsorted(times, edges, side="right") - 1, 0)
    running = total[at] + np.maximum(edges - times[at], 0) * blind[at]
    seconds: NDArray[np.float64] = np.diff(running) / SECOND_US
    return seconds


def _lowest(column: _Column, unknown: NDArray[np.bool_], first: _Column, last: _Column) -> pa.Array:
    top = np.iinfo(np.int64).max
    filled = np.append(np.where(unknown, top, column), top)
    found = np.minimum.reduceat(filled, np.stack([first, last], axis=1).ravel())[::2]
    return pa.array(found, mask=found == top)


def _highest(column: _Column, unknown: NDArray[np.bool_], first: _Column, last: _Column) -> pa.Array:
    filled = np.append(np.where(unknown, -1, column), -1)
    found = np.maximum.reduceat(filled, np.stack([first, last], axis=1).ravel())[::2]
    return pa.array(found, mask=found < 0)


def _column(series: Series, name: str, rows: slice) -> _Column:
    return np.asarray(getattr(series, name)[rows], dtype=np.int64)


def _times(time_us: _Column) -> pa.Array:
    return pa.array(time_us).cast(pa.timestamp("us", "UTC"))


def _time_texts(column: pa.ChunkedArray) -> NDArray[np.str_]:
    """RFC 3339 with Z; microseconds only where there are any."""
    moments = column.cast(pa.int64()).to_numpy()
    exact = moments.astype("datetime64[us]")
    texts = np.where(
        moments % SECOND_US == 0,
        np.datetime_as_string(exact, unit="s"),
        np.datetime_as_string(exact, unit="us"),
    )
    return np.strings.add(texts, "Z")

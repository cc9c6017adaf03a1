"""Series of many countries and days as Parquet segments, partitioned by day and country, for queries over all of them.

Begin with :func:`write_segments`. The layout is Hive's: ``day=2014-12-22/country=KP/WINDOW.parquet``, so that DuckDB,
Polars and others read the folder in one line. Columns are those of the series. Not for single reports.
"""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gonedark.model.report import Report
from gonedark.model.time import DAY_US, to_datetime
from gonedark.publish.series import table


def write_segments(report: Report, folder: Path) -> list[Path]:
    """Write the report's series, a file a day; one of the same window is replaced. Returns the files. Raises OSError.

    A day's first row repeats what held at its begin, so that each segment can be read alone.
    """
    rows = table(report)
    window = report.window
    name = f"{to_datetime(window.from_us):%Y%m%dT%H%M%SZ}-{to_datetime(window.until_us):%Y%m%dT%H%M%SZ}.parquet"
    written = []
    for day_us in range(window.from_us // DAY_US * DAY_US, window.until_us, DAY_US):
        mine = _day(rows, max(day_us, window.from_us), min(day_us + DAY_US, window.until_us))
        if not mine.num_rows:
            continue
        path = folder / f"day={to_datetime(day_us):%Y-%m-%d}" / f"country={report.country.code}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{name}.{os.getpid()}")
        pq.write_table(mine, draft, compression="zstd")
        draft.replace(path)
        written.append(path)
    return written


def _day(rows: pa.Table, from_us: int, until_us: int) -> pa.Table:
    """Rows of [from, until), each family's first one dated at the begin."""
    times = rows.column("time").cast(pa.int64())
    parts = []
    for family in pc.unique(rows.column("family")).to_pylist():
        mine = pc.equal(rows.column("family"), family)
        before = pc.and_(mine, pc.less_equal(times, from_us))
        held = rows.filter(before)
        if held.num_rows:
            at = rows.schema.get_field_index("time")
            begin = pa.array([from_us], pa.int64()).cast(rows.schema.field(at).type)
            parts.append(held.slice(held.num_rows - 1).set_column(at, rows.schema.field(at), begin))
        inside = pc.and_(pc.greater(times, from_us), pc.less(times, until_us))
        parts.append(rows.filter(pc.and_(mine, inside)))
    return pa.concat_tables(parts) if parts else rows.slice(0, 0)

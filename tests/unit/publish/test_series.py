import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reports
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US, TimeSpan, format_time
from gonedark.publish.series import BIN_US, render_csv, render_parquet, table

ROOT = Path(__file__).parents[3]


def rows(report: Report, bin_us: int | None = None) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_csv(report, bin_us=bin_us).decode())))


def test_a_row_for_each_step_dated_to_the_message() -> None:
    found = {row["time"]: row for row in rows(reports.kp_2014())}
    gone = found["2014-12-22T16:15:03Z"]
    assert (gone["country"], gone["kind"], gone["family"], gone["blind"]) == ("KP", "reconstruction", "ipv4", "false")
    assert (gone["prefixes_visible"], gone["addresses"], gone["baseline_addresses"]) == ("0", "0", "1024")
    assert (gone["voters"], gone["expected_voters"], gone["domestic_prefixes"]) == ("30", "30", "")


def test_unknown_is_empty_and_null_never_zero() -> None:
    blind = rows(reports.blind_tail())[-1]
    assert blind["blind"] == "true"
    assert blind["prefixes_visible"] == blind["addresses_visible"] == blind["addresses"] == ""
    assert blind["voters"] == "2"
    last = pyarrow.parquet.read_table(io.BytesIO(render_parquet(reports.blind_tail()))).to_pylist()[-1]
    assert last["prefixes_visible"] is last["addresses"] is last["domestic_prefixes"] is None


def test_rows_are_cut_to_the_window_and_the_first_stands_at_its_begin() -> None:
    report = replace(reports.kp_2014(), window=reports.span("2014-12-22T20:00Z", "2014-12-23T02:00Z"))
    found = rows(report)
    assert found[0]["time"] == "2014-12-22T20:00:00Z"
    assert found[0]["prefixes_visible"] == "0"
    assert found[-1]["time"] < "2014-12-23T02:00:00Z"


def test_both_families_stand_one_after_the_other() -> None:
    families = [row["family"] for row in rows(reports.ipv6_only())]
    assert families == sorted(families)
    assert set(families) == {"ipv4", "ipv6"}


def test_parquet_says_what_it_is_and_equals_the_csv() -> None:
    found = pyarrow.parquet.read_table(io.BytesIO(render_parquet(reports.kp_2014())))
    meta = {key.decode(): value.decode() for key, value in found.schema.metadata.items()}
    assert meta["gonedark.schema"] == "gonedark.series/1"
    assert meta["gonedark.kind"] == "reconstruction"
    assert meta["gonedark.from"] == "2014-12-20T00:00:00Z"
    assert str(found.schema.field("time").type) == "timestamp[us, tz=UTC]"
    texts = [row["time"] for row in rows(reports.kp_2014())]
    assert [format_time(value) for value in found.column("time").cast("int64").to_pylist()] == texts


@pytest.mark.parametrize("render", [render_csv, render_parquet])
def test_the_same_report_gives_the_same_bytes(render: object) -> None:
    assert render(reports.egypt_2011()) == render(reports.egypt_2011())  # type: ignore[operator]


def test_microseconds_are_kept() -> None:
    report = reports.few_partial()
    times = report.series[0].time_us.copy()
    times[1] += 250
    exact = replace(report, series=(replace(report.series[0], time_us=times),))
    assert rows(exact)[1]["time"] == "2014-12-22T16:15:03.000250Z"


def test_no_series_gives_the_head_line_only() -> None:
    assert rows(replace(reports.quiet(), series=())) == []


def test_bins_keep_the_extremes() -> None:
    found = {row["time"]: row for row in rows(reports.kp_2014(), BIN_US)}
    fall = found["2014-12-22T16:15:00Z"]
    assert (fall["prefixes_visible_min"], fall["prefixes_visible_max"]) == ("0", "4")
    assert len(found) == 4 * 288


def test_blind_bins_are_empty_and_partly_blind_ones_tell_how_long() -> None:
    report = reports.blind_inside()
    found = {row["time"]: row for row in rows(report, HOUR_US)}
    assert found["2014-12-22T20:00:00Z"]["prefixes_visible_min"] == ""
    assert float(found["2014-12-22T20:00:00Z"]["blind_seconds"]) == 3600
    wide = rows(report, 4 * HOUR_US)
    assert [float(row["blind_seconds"]) for row in wide] == [0, 0, 7200, 0, 0]
    assert wide[2]["prefixes_visible_max"] == "0"


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 90))
def test_bins_agree_with_a_plain_walk_over_the_steps(seed: int, steps: int, minutes: int) -> None:
    random = np.random.default_rng(seed)
    window = TimeSpan(1_000_000 * SECOND_US, 1_000_000 * SECOND_US + 5 * HOUR_US)
    times = np.unique(random.integers(window.from_us, window.until_us, steps))
    points = [(window.from_us - 1, 3, 7)] + [(int(time), int(random.integers(0, 9)), 7) for time in times]
    edge = int(times[0])
    data = reports.series("ipv4", points, 9, blind=[TimeSpan(edge, edge + int(random.integers(1, HOUR_US)))])
    report = replace(reports.few_partial(), window=window, series=(data,))
    bin_us = minutes * MINUTE_US
    for row in table(report, bin_us).to_pylist():
        start = int(row["time"].timestamp()) * SECOND_US
        begin, end = max(start, window.from_us), min(start + bin_us, window.until_us)
        held = [
            int(value)
            for time, until, value, blind in zip(
                data.time_us, [*data.time_us[1:], window.until_us], data.prefixes_visible, data.blind, strict=True
            )
            if max(time, begin) < min(until, end) and not blind
        ]
        assert row["prefixes_visible_min"] == min(held, default=None)
        assert row["prefixes_visible_max"] == max(held, default=None)
    assert sum(table(report, bin_us).column("blind_seconds").to_pylist()) == pytest.approx(
        sum(table(report, MINUTE_US).column("blind_seconds").to_pylist())
    )


@pytest.mark.parametrize("bin_us", [0, -5, 1])
def test_bins_that_do_not_suit_are_refused(bin_us: int) -> None:
    with pytest.raises(ValueError, match="do not suit"):
        table(reports.kp_2014(), bin_us)


def test_every_column_is_documented() -> None:
    documented = (ROOT / "docs" / "series.md").read_text("utf-8")
    names = {*table(reports.kp_2014()).column_names, *table(reports.kp_2014(), BIN_US).column_names}
    assert [name for name in sorted(names) if f"`{name}`" not in documented] == []

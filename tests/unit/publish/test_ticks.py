from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonedark.model.time import DAY_US, MINUTE_US, TimeSpan, parse_time, to_datetime
from gonedark.publish.labels import LETTER_PX, placed
from gonedark.publish.ticks import ticks

ZONES = st.sampled_from(["UTC", "Asia/Pyongyang", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns"]).map(ZoneInfo)


def test_round_times_of_the_clock() -> None:
    window = TimeSpan(parse_time("2014-12-22T12:00Z"), parse_time("2014-12-23T06:00Z"))
    labels = ",".join(tick.label for tick in ticks(window, 12, UTC))
    assert labels == "12:00,14:00,16:00,18:00,20:00,22:00,23 Dec,02:00,04:00,06:00"
    local = ticks(window, 4, ZoneInfo("Asia/Pyongyang"))
    assert [(tick.label, to_datetime(tick.time_us).hour) for tick in local] == [
        ("23 Dec", 15),
        ("06:00", 21),
        ("12:00", 3),
    ]


@pytest.mark.parametrize(("most", "label_after"), [(5, "12:00"), (90, "01:30")])
def test_a_day_whose_midnight_the_clock_skips_is_marked_at_its_first_moment(most: int, label_after: str) -> None:
    window = TimeSpan(parse_time("2014-05-15T10:00Z"), parse_time("2014-05-16T20:00Z"))
    found = ticks(window, most, ZoneInfo("Africa/Cairo"))
    at = [tick.label for tick in found].index("16 May")
    assert found[at].time_us == parse_time("2014-05-15T22:00Z")
    assert found[at + 1].label == label_after
    assert len({tick.time_us for tick in found}) == len(found)


def test_a_day_that_never_was_has_no_mark() -> None:
    window = TimeSpan(parse_time("2011-12-29"), parse_time("2012-01-01"))
    days = [tick.label for tick in ticks(window, 10, ZoneInfo("Pacific/Apia")) if ":" not in tick.label]
    assert days == ["29 Dec", "31 Dec", "1 Jan"]


def test_years_are_named_where_marks_are_months_apart() -> None:
    window = TimeSpan(parse_time("2014-01-01"), parse_time("2018-01-01"))
    assert all(tick.label[-4:].isdigit() for tick in ticks(window, 8, UTC))


@given(st.integers(0, 4 * 10**15), st.integers(1, 900 * DAY_US), st.integers(2, 30), ZONES)
def test_never_more_marks_than_there_is_room_for(start: int, length: int, most: int, zone: ZoneInfo) -> None:
    window = TimeSpan(start, start + length)
    found = ticks(window, most, zone)
    assert len(found) <= most + 2  # a clock that is put back shows an hour twice
    assert all(window.from_us <= tick.time_us <= window.until_us for tick in found)
    assert [tick.time_us for tick in found] == sorted(tick.time_us for tick in found)
    assert all(to_datetime(tick.time_us).astimezone(zone).second == 0 for tick in found)


def test_a_window_shorter_than_a_minute_may_have_no_mark() -> None:
    assert ticks(TimeSpan(1, MINUTE_US // 2), 5, UTC) == []


@given(st.lists(st.tuples(st.floats(0, 800), st.text("abc 123", min_size=1, max_size=40)), max_size=15))
def test_labels_never_cover_each_other_nor_each_others_leaders(wanted: list[tuple[float, str]]) -> None:
    labels = placed(wanted, 800, 4)
    assert bool(labels) == bool(wanted)
    for one in labels:
        for other in labels:
            if one is not other and one.row == other.row:
                assert abs(one.middle_px - other.middle_px) >= one.half_px + other.half_px
            if one.row > other.row:
                assert abs(one.mark_px - other.middle_px) >= other.half_px
    assert {label.text for label in labels} <= {text for _, text in wanted}


def test_the_most_important_label_is_always_there() -> None:
    wanted = [(400.0, "x" * 60), *((400.0 + at, "y" * 60) for at in range(10))]
    assert wanted[0][1] in [label.text for label in placed(wanted, 60 * LETTER_PX, 2)]

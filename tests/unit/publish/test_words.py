import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonedark.model.place import Place
from gonedark.model.time import DAY_US, HOUR_US, MINUTE_US, SECOND_US, TimeSpan, parse_time
from gonedark.publish.words import Clock, clean, clock_duration, clock_total, count, dates, duration, listed, percent

PYONGYANG = Clock(Place("Pyongyang", "Asia/Pyongyang"))


@pytest.mark.parametrize(
    ("length_us", "words"),
    [
        (0, "0 s"),
        (200_000, "under 1 s"),
        (12 * SECOND_US, "12 s"),
        (5 * MINUTE_US, "5 min"),
        (5 * MINUTE_US + 20 * SECOND_US, "5 min 20 s"),
        (31 * MINUTE_US + 59 * SECOND_US, "31 min"),
        (HOUR_US, "1 h"),
        (9 * HOUR_US + 31 * MINUTE_US, "9 h 31 min"),
        (37 * HOUR_US, "37 h"),
        (2 * DAY_US, "2 days"),
        (2 * DAY_US + 5 * MINUTE_US, "2 days 0 h 5 min"),
        (5 * DAY_US + 11 * HOUR_US + 17 * MINUTE_US, "5 days 11 h 17 min"),
    ],
)
def test_durations_read_as_people_say_them(length_us: int, words: str) -> None:
    assert duration(length_us) == words


@given(st.integers(0, 400 * DAY_US))
def test_a_duration_never_says_more_than_it_was(length_us: int) -> None:
    units = {"days": DAY_US, "h": HOUR_US, "min": MINUTE_US, "s": SECOND_US}
    words = duration(length_us).replace("under 1 s", "0 s")
    told = sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+) (days|h|min|s)", words))
    assert 0 <= length_us - told < (MINUTE_US if length_us >= 10 * MINUTE_US else SECOND_US)


@given(st.integers(0, 10**15), st.integers(10 * MINUTE_US, 50 * DAY_US))
def test_a_duration_is_what_readers_find_by_subtracting_the_times_shown(start_us: int, length_us: int) -> None:
    span = TimeSpan(start_us, start_us + length_us)
    shown = [time_us - time_us % MINUTE_US for time_us in (span.from_us, span.until_us)]
    assert clock_duration(span) == duration(shown[1] - shown[0])


def test_several_spans_are_added() -> None:
    assert clock_total([TimeSpan(0, HOUR_US), TimeSpan(2 * HOUR_US, 3 * HOUR_US)]) == "2 h"


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0%"), (1, "100%"), (0.5, "50%"), (0.985, "98.5%"), (0.9999, "more than 99.9%"), (0.0004, "less than 0.1%")],
)
def test_a_part_is_never_called_all_or_nothing(share: float, words: str) -> None:
    assert percent(share) == words


@given(st.floats(min_value=0.0000001, max_value=0.9999999))
def test_no_share_between_reads_as_all_or_nothing(share: float) -> None:
    assert percent(share) not in ("0%", "0.0%", "100%", "100.0%")


def test_numbers_have_thousands_separators_and_fitting_nouns() -> None:
    assert [count(1, "network"), count(1024, "address"), count(0, "/48 block")] == [
        "1 network",
        "1,024 addresses",
        "0 /48 blocks",
    ]
    assert [listed([]), listed(["a"]), listed("ab"), listed("abc")] == ["", "a", "a and b", "a, b and c"]
    assert listed("abcdef", most=3) == "a, b and 4 more"


def test_moments_in_utc_and_on_the_clock_of_the_capital() -> None:
    start, end = parse_time("2014-12-22T16:15:03Z"), parse_time("2014-12-23T01:46:07Z")
    assert PYONGYANG.utc(start) == "2014-12-22 16:15 UTC"
    assert PYONGYANG.local_words(start) == "01:15 on 23 December in Pyongyang"
    assert PYONGYANG.utc_after(end, start) == "01:46 UTC the next day"
    assert PYONGYANG.utc_after(end, end) == "01:46 UTC"
    assert PYONGYANG.utc_after(end + 2 * DAY_US, start) == "2014-12-25 01:46 UTC"
    assert PYONGYANG.utc_after(start - DAY_US, start) == "2014-12-21 16:15 UTC"
    assert PYONGYANG.local_cell(start) == "2014-12-23 01:15:03"
    assert PYONGYANG.utc_cell(None) == "unknown"


def test_the_zone_is_that_of_the_date() -> None:
    later = TimeSpan(parse_time("2016-12-22"), parse_time("2016-12-23"))
    assert PYONGYANG.offset(later) == "UTC+8:30"
    berlin = Clock(Place("Berlin", "Europe/Berlin"))
    assert berlin.offset(TimeSpan(parse_time("2024-03-30"), parse_time("2024-04-01"))) == "UTC+1, then UTC+2"
    assert Clock(Place("Accra", "Africa/Accra")).offset(later) == "UTC"
    assert Clock(Place("Caracas", "America/Caracas")).offset(later) == "UTC-4"


@pytest.mark.parametrize(
    ("zone", "since", "until", "words"),
    [
        ("Africa/Casablanca", "2014-06-20", "2014-08-15", "UTC+1, then UTC, then UTC+1"),
        ("Europe/Berlin", "2023-01-01", "2024-01-01", "UTC+1, then UTC+2, then UTC+1"),
        ("Europe/Berlin", "2020-01-01", "2024-01-01", "UTC+1 or UTC+2, by the date"),
        ("Asia/Kathmandu", "1975-01-01", "9999-12-31", "UTC+5:30, then UTC+5:45"),
    ],
)
def test_every_change_of_the_clock_within_a_window_is_told(zone: str, since: str, until: str, words: str) -> None:
    assert Clock(Place("X", zone)).offset(TimeSpan(parse_time(since), parse_time(until))) == words


def test_an_hour_that_a_clock_shows_twice_is_told_with_its_offset() -> None:
    before, after = parse_time("2015-08-14T14:45Z"), parse_time("2015-08-14T15:15Z")
    assert PYONGYANG.local_words(before) == "23:45 on 14 August in Pyongyang, UTC+9"
    assert PYONGYANG.local_words(after) == "23:45 on 14 August in Pyongyang, UTC+8:30"
    assert PYONGYANG.local_cell(after) == "2015-08-14 23:45:00 (UTC+8:30)"
    assert PYONGYANG.local_cell(after + HOUR_US) == "2015-08-15 00:45:00"


def test_dates_of_a_window_leave_out_the_midnight_that_ends_it() -> None:
    window = TimeSpan(parse_time("2014-12-31"), parse_time("2015-01-02"))
    assert dates(window, ZoneInfo("UTC")) == "31 Dec 2014 to 1 Jan 2015"
    assert dates(TimeSpan(window.from_us, window.from_us + DAY_US), ZoneInfo("UTC")) == "31 Dec 2014"


@pytest.mark.parametrize("zone", ["Asia/Atlantis", "../../etc/passwd", "", "\0"])
def test_an_unknown_zone_is_named(zone: str) -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        Clock(Place("X", zone))


@given(st.text())
def test_text_from_outside_becomes_one_harmless_line(text: str) -> None:
    shown = clean(text, 50)
    assert len(shown) <= 50
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown)
    shown.encode()

"""What people write for a time, and what that is."""

import pytest

from gonedark.model.time import format_time, parse_time


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2014-12-22", "2014-12-22T00:00:00Z"),
        ("20141222", "2014-12-22T00:00:00Z"),
        ("2014-12-22T16:15", "2014-12-22T16:15:00Z"),
        ("2014-12-22 16:15:03.5Z", "2014-12-22T16:15:03.500000Z"),
        ("2014-12-22T16:15-05:00", "2014-12-22T21:15:00Z"),
        ("1419264903", "2014-12-22T16:15:03Z"),
        ("1419264903.25", "2014-12-22T16:15:03.250000Z"),
        ("951782400", "2000-02-29T00:00:00Z"),
    ],
)
def test_times(text: str, moment: str) -> None:
    assert format_time(parse_time(text)) == moment


@pytest.mark.parametrize("text", ["1999", "2014", "0", "-1", "22.12.2014", "yesterday", "", "2014-12-22T25:00", "1e9"])
def test_what_is_no_time_is_told(text: str) -> None:
    """Four digits are a year to whoever writes them, and were 1970 in seconds."""
    with pytest.raises(ValueError, match="is not a time"):
        parse_time(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1969-12-31", "-100000000", "99999999999999", "300000000000"])
def test_what_no_record_can_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a time|lies outside"):
        parse_time(text)

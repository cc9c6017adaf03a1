"""Index pages are hostile; folders and constructed names take their place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive_server import index_page
from gonedark.feeds.archives import DEFAULT_ARCHIVES, Archive
from gonedark.feeds.listing import FILES_MAX, NoIndexError, list_span, months, parse_index
from gonedark.model.time import TimeSpan, format_time, parse_time

RIS, ROUTEVIEWS = DEFAULT_ARCHIVES
SPAN = TimeSpan(parse_time("2014-11-30T23:00Z"), parse_time("2014-12-01T01:00Z"))


def test_sizes_are_read_as_apache_rounds_them() -> None:
    sizes = {"00": 900, "05": 12_345, "10": 7_600_000}
    files = {f"rrc00/2014.12/updates.20141201.00{minute}.gz": bytes(size) for minute, size in sizes.items()}
    page = index_page("rrc00/2014.12/", files).decode()
    found = parse_index(page, RIS, "updates")
    assert [item.name[-7:-3] for item in found] == ["0000", "0005", "0010"]
    for item, size in zip(found, sizes.values(), strict=True):
        assert item.bytes is not None
        assert abs(item.bytes - size) <= 0.06 * size


def test_a_plain_preformatted_index_is_read_too() -> None:
    page = (
        "<html><head><title>Index of /rrc00/2014.12</title></head><body><pre><a href='../'>../</a>\n"
        "<a href='bview.20141222.0800.gz'>bview.20141222.0800.gz</a>    22-Dec-2014 08:11   10485760\n"
        "</pre></body></html>"
    )
    (found,) = parse_index(page, RIS, "table")
    assert (format_time(found.time_us), found.bytes) == ("2014-12-22T08:00:00Z", 10_485_760)


def test_names_that_lead_elsewhere_are_passed_over() -> None:
    page = "".join(
        f'<a href="{name}">x</a>\n'
        for name in (
            *("../../etc/passwd", "http://evil.example/updates.20141222.1615.gz", "/updates.20141222.1615.gz"),
            *("updates.20141222.1615.gz?x", "%2e%2e/updates.20141222.1615.gz", "updates.99999999.9999.gz"),
        )
    )
    assert parse_index(page, RIS, "updates") == []


def test_a_page_without_links_is_no_index() -> None:
    with pytest.raises(NoIndexError):
        parse_index("<html><body>Welcome</body></html>", RIS, "updates")


def test_a_flood_of_names_is_bounded() -> None:
    line = '<a href="updates.2014{:02}{:02}.{:02}{:02}{:02}.gz">x</a>\n'
    page = "".join(
        line.format(month, day, hour, minute, second)
        for month in range(1, 4)
        for day in range(1, 29)
        for hour in range(24)
        for minute in range(0, 60, 2)
        for second in (0, 30)
    )
    assert len(parse_index(page, RIS, "updates")) == FILES_MAX


@given(st.text(max_size=2000))
def test_any_page_is_read_without_trouble(text: str) -> None:
    try:
        found = parse_index('<a href="x">' + text, RIS, "updates")
    except NoIndexError:
        return
    assert all(RIS.time_of("updates", item.name) == item.time_us for item in found)


def test_hostile_pages_take_no_time() -> None:
    for page in ("<a " * 500_000, '<a href="' * 300_000, "<a href=x>" + " 1" * 500_000, "<" * 2_000_000):
        try:
            assert parse_index(page, RIS, "updates") == []
        except NoIndexError:
            continue


def test_months_across_a_year() -> None:
    span = TimeSpan(parse_time("2014-11-30"), parse_time("2015-01-01T00:01Z"))
    assert [format_time(at)[:7] for at in months(span)] == ["2014-11", "2014-12", "2015-01"]


def test_without_an_index_names_are_constructed() -> None:
    def refuse(url: str) -> str:
        raise NoIndexError(url)

    found, indexed = list_span(ROUTEVIEWS, "route-views2", "updates", SPAN, refuse)
    assert not indexed
    assert [item.name[8:21] for item in found] == [
        *("20141130.2300", "20141130.2315", "20141130.2330", "20141130.2345"),
        *("20141201.0000", "20141201.0015", "20141201.0030", "20141201.0045"),
    ]


def test_a_mirrors_folder_is_listed_without_network(tmp_path: Path) -> None:
    folder = tmp_path / "rrc00" / "2014.12"
    folder.mkdir(parents=True)
    for name in ("updates.20141201.0000.gz", "updates.20141201.0100.gz", "bview.20141201.0000.gz", "notes.txt"):
        (folder / name).write_bytes(b"123")

    def refuse(url: str) -> str:
        raise AssertionError(f"asked {url}")

    found, indexed = list_span(Archive("ris", "ris", str(tmp_path)), "rrc00", "updates", SPAN, refuse)
    assert indexed
    assert [(item.name, item.bytes) for item in found] == [("updates.20141201.0000.gz", 3)]

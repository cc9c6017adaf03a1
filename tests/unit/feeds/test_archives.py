"""Layouts: the URLs of chosen collectors and dates, as the projects document them, and periods by date."""

import pytest

from gonedark.feeds.archives import (
    DEFAULT_ARCHIVES,
    RIS_COLLECTORS,
    ROUTEVIEWS_COLLECTORS,
    Archive,
    Archives,
    Kind,
)
from gonedark.feeds.files import FeedError
from gonedark.model.time import HOUR_US, MINUTE_US, TimeSpan, format_time, parse_time

RIS, ROUTEVIEWS = DEFAULT_ARCHIVES


@pytest.mark.parametrize(
    ("collector", "kind", "at", "url"),
    [
        (
            *("rrc00", "table", "2014-12-22T08:00Z"),
            "https://data.ris.ripe.net/rrc00/2014.12/bview.20141222.0800.gz",
        ),
        (
            *("rrc06", "updates", "2014-12-22T16:15Z"),
            "https://data.ris.ripe.net/rrc06/2014.12/updates.20141222.1615.gz",
        ),
        (
            *("route-views2", "table", "2014-12-22T16:00Z"),
            "http://archive.routeviews.org/bgpdata/2014.12/RIBS/rib.20141222.1600.bz2",
        ),
        (
            *("route-views2", "updates", "2011-01-27T22:30Z"),
            "http://archive.routeviews.org/bgpdata/2011.01/UPDATES/updates.20110127.2230.bz2",
        ),
        (
            *("route-views.jinx", "updates", "2014-05-30T23:45Z"),
            "http://archive.routeviews.org/route-views.jinx/bgpdata/2014.05/UPDATES/updates.20140530.2345.bz2",
        ),
        (
            *("route-views6", "table", "2015-11-01T06:00Z"),
            "http://archive.routeviews.org/route-views6/bgpdata/2015.11/RIBS/rib.20151101.0600.bz2",
        ),
        (
            *("route-views2.saopaulo", "table", "2024-02-29T22:00Z"),
            "http://archive.routeviews.org/route-views2.saopaulo/bgpdata/2024.02/RIBS/rib.20240229.2200.bz2",
        ),
    ],
)
def test_urls_are_those_that_the_projects_document(collector: str, kind: Kind, at: str, url: str) -> None:
    time_us = parse_time(at)
    archive = Archives().of(collector)
    assert archive.url(collector, kind, time_us) == url
    assert archive.time_of(kind, url.rpartition("/")[2]) == time_us


def test_every_collector_has_an_archive() -> None:
    assert len(RIS_COLLECTORS) == 26
    assert "rrc17" not in RIS_COLLECTORS
    assert all(Archives().of(name) is RIS for name in RIS_COLLECTORS)
    assert all(Archives().of(name) is ROUTEVIEWS for name in ROUTEVIEWS_COLLECTORS)
    assert len(set(ROUTEVIEWS_COLLECTORS)) == len(ROUTEVIEWS_COLLECTORS)


@pytest.mark.parametrize("name", ["../etc", "RRC00", "", "a/b", "rrc00 ", "a..b", "x" * 80, "-x"])
def test_odd_collector_names_never_become_paths(name: str) -> None:
    with pytest.raises(FeedError, match="not the name of a collector"):
        Archives().of(name)


def test_periods_follow_the_date() -> None:
    assert RIS.period_us("updates", parse_time("2003-01-01")) == 15 * MINUTE_US
    assert RIS.period_us("updates", parse_time("2003-08-01")) == 5 * MINUTE_US
    assert RIS.period_us("table", parse_time("2014-12-22")) == 8 * HOUR_US
    assert ROUTEVIEWS.period_us("updates", parse_time("2014-12-22")) == 15 * MINUTE_US
    assert ROUTEVIEWS.period_us("table", parse_time("2014-12-22")) == 2 * HOUR_US


def test_construction_lies_on_the_grid() -> None:
    span = TimeSpan(parse_time("2014-12-22T07:59Z"), parse_time("2014-12-23T00:00Z"))
    assert [format_time(at) for at in RIS.constructed("table", span)] == [
        "2014-12-22T08:00:00Z",
        "2014-12-22T16:00:00Z",
    ]
    assert len(list(ROUTEVIEWS.constructed("updates", span))) == 64


def test_no_construction_before_names_were_regular() -> None:
    with pytest.raises(FeedError, match="index page is needed"):
        list(RIS.constructed("updates", TimeSpan(parse_time("2000-01-01"), parse_time("2000-01-02"))))


@pytest.mark.parametrize(
    "name",
    [
        *(
            "updates.20141222.1615.bz2",
            "updates.20141322.1615.gz",
            "updates.20141222.2561.gz",
            "bview.20141222.0800.gz",
        ),
        *("updates.20141222.1615.gz.part", "../updates.20141222.1615.gz", "updates.20141222.1615.gz\n", ""),
    ],
)
def test_other_names_are_not_its_update_files(name: str) -> None:
    assert RIS.time_of("updates", name) is None


def test_bases_are_configuration() -> None:
    archives = Archives().at(["ris=http://mirror.example/ris/", "routeviews=/srv/routeviews"])
    at_us = parse_time("2014-12-22T16:00Z")
    assert archives.of("rrc00").url("rrc00", "table", at_us) == (
        "http://mirror.example/ris/rrc00/2014.12/bview.20141222.1600.gz"
    )
    assert archives.of("rrc00").is_remote
    assert not archives.of("route-views2").is_remote


@pytest.mark.parametrize("text", ["http://x", "nobody=http://x", "ris=", "ris=ftp://x/"])
def test_bases_that_say_nothing_are_refused(text: str) -> None:
    with pytest.raises(FeedError):
        Archives().at([text])


def test_an_archive_of_ones_own_goes_before_the_public_ones() -> None:
    own = Archive("lab", "routeviews", "/srv/lab", ("rrc77", "lab1"))
    archives = Archives((*DEFAULT_ARCHIVES, own))
    assert archives.of("rrc77") is own
    assert archives.of("lab1") is own
    assert archives.of("rrc00") is RIS

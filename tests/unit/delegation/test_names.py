"""Countries as people type them, and the clocks of their capitals."""

from importlib import resources
from zoneinfo import ZoneInfo

import pytest

from gonedark.delegation.capitals import CAPITALS
from gonedark.delegation.names import (
    CODES,
    UnknownCountryError,
    country_name,
    country_names,
    find_country,
    local_time,
    place_of,
)
from gonedark.model.place import Place
from gonedark.model.time import parse_time


def iana_table(name: str) -> list[list[str]]:
    text = resources.files("tzdata.zoneinfo").joinpath(name).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def test_every_code_in_force_has_a_capital_a_zone_and_a_name() -> None:
    assert {row[0] for row in iana_table("iso3166.tab")} == CODES
    assert len(CODES) == 249
    assert set(country_names()) >= CODES
    assert all(place.capital for place in CAPITALS.values())


def test_zones_are_those_iana_lists_for_the_country() -> None:
    listed: dict[str, set[str]] = {}
    for row in iana_table("zone.tab"):
        listed.setdefault(row[0], set()).add(row[2])
    own = {code for code in CODES if code in listed}
    assert CODES - own == {"BV", "HM"}
    assert [code for code in sorted(own) if CAPITALS[code].zone not in listed[code]] == []
    for place in CAPITALS.values():
        ZoneInfo(place.zone)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("KP", "KP"),
        (" kp ", "KP"),
        ("North Korea", "KP"),
        ("north  korea", "KP"),
        ("DPRK", "KP"),
        ("Syrian Arab Republic", "SY"),
        ("cote d'ivoire", "CI"),
        ("The Gambia", "GM"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Saint Lucia", "LC"),
        ("Trinidad and Tobago", "TT"),
        ("uk", "GB"),
        ("Hong Kong SAR China", "HK"),
        ("Burma", "MM"),
        ("Guinea", "GN"),
    ],
)
def test_a_country_is_found_by_code_or_usual_name(typed: str, code: str) -> None:
    assert find_country(typed).code == code


def test_every_name_finds_its_own_country() -> None:
    assert {find_country(country_name(code)).code for code in CODES} == CODES
    assert all(find_country(country_name(code)).code == code for code in CODES)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("KX", "KP (North Korea)"),
        ("Korea", "KP (North Korea)"),
        ("Nort Korea", "KP (North Korea)"),
        ("Congo", "CD (DR Congo)"),
        ("Egpyt", "EG (Egypt)"),
        ("EU", "UA (Ukraine)"),
    ],
)
def test_an_unknown_country_is_refused_with_suggestions(typed: str, meant: str) -> None:
    with pytest.raises(UnknownCountryError, match="unknown country") as caught:
        find_country(typed)
    assert (meant in str(caught.value)) == (typed != "EU")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("typed", ["", "  ", "Atlantis", "QQQ", "X" * 100_000, "\x00\ud800", "AN", "ZZ", "AP"])
def test_nonsense_is_refused_shortly(typed: str) -> None:
    with pytest.raises(UnknownCountryError) as caught:
        find_country(typed)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("KP", "North Korea"),
        ("HK", "Hong Kong"),
        ("PS", "Palestine"),
        ("TW", "Taiwan"),
        ("MM", "Myanmar"),
        ("QX", "QX"),
    ],
)
def test_names_are_everyday_ones(code: str, name: str) -> None:
    assert country_name(code) == name


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        ("2014-12-22T16:15Z", "2014-12-23T01:15:00+09:00"),
        ("2015-08-14T14:59:59Z", "2015-08-14T23:59:59+09:00"),
        ("2015-08-14T15:00Z", "2015-08-14T23:30:00+08:30"),
        ("2018-05-04T14:59:59Z", "2018-05-04T23:29:59+08:30"),
        ("2018-05-04T15:00Z", "2018-05-05T00:00:00+09:00"),
    ],
)
def test_north_koreas_clocks_are_those_of_the_date(utc: str, local: str) -> None:
    assert local_time(parse_time(utc), "KP").isoformat() == local


def test_microseconds_stay() -> None:
    assert local_time(1_400_000_000_123_457, "EG").microsecond == 123_457


def test_a_country_of_many_zones_has_its_capitals() -> None:
    assert place_of("US") == Place("Washington", "America/New_York")
    assert place_of("RU") == Place("Moscow", "Europe/Moscow")
    assert place_of("AU") == Place("Canberra", "Australia/Sydney")


def test_a_code_without_a_place() -> None:
    assert place_of("AN") is None
    with pytest.raises(UnknownCountryError):
        local_time(0, "AN")

import re
from dataclasses import replace

import pytest

import reports
from gonedark.model.report import Report
from gonedark.publish.headline import Headline, headline
from gonedark.publish.story import limits
from reports import CASES


def head(name: str) -> Headline:
    make, place = CASES[name]
    return headline(make(), place)


def test_the_sentence_of_december_2014() -> None:
    assert head("kp_2014").sentence == (
        "Reconstruction: North Korea was off the Internet for 9 h 31 min: all 4 of its networks (1,024 addresses) were "
        "unreachable from 2014-12-22 16:15 UTC (01:15 on 23 December in Pyongyang) until 01:46 UTC the next day."
    )


def test_what_follows_tells_the_other_outages_the_lead_up_and_the_provider() -> None:
    text = " ".join(head("kp_2014").more)
    assert "gravest of 3 outages" in text
    assert "unstable for 27 h 8 min: 58 swings down or up, and growing worse" in text
    assert "same provider as before, AS4837" in text


TITLES = {
    "kp_2014": "North Korea was off the Internet for 9 h 31 min",
    "egypt_2011": "Egypt lost up to 88% of its Internet addresses for 5 days 11 h 17 min",
    "quiet": "No Internet outage was seen in Germany",
    "blind_tail": "No Internet outage was seen in North Korea while it could be watched",
    "all_blind": "Nothing can be said about North Korea in this window",
    "ongoing": "North Korea was off the Internet for at least 5 h 45 min",
    "ongoing_blind": "North Korea was off the Internet for at least 3 h 45 min",
    "began_before": "North Korea was off the Internet for at least 5 h 46 min",
    "blind_inside": "North Korea was off the Internet for at least 7 h 31 min",
    "ended_in_blind": "North Korea was off the Internet for 5 h 45 min to 9 h 46 min",
    "few_partial": "North Korea lost 3 of its 4 networks for 1 h 45 min",
    "nothing_announced": "Nothing can be said about North Korea in this window",
    "ipv6_only": "Iran was almost entirely off the IPv6 Internet for at least 12 h 11 min",
}


@pytest.mark.parametrize("name", TITLES)
def test_each_case_has_its_title(name: str) -> None:
    assert head(name).title == TITLES[name]


PARTS = {
    "egypt_2011": [
        "until 2011-02-02 09:29 UTC; at the worst moment only 337 of its 2,903 networks and",
        "of its 5,612,288 addresses were still visible",
        "The loss grew from a tenth to nine tenths within 12 min",
        "first AS8452",
    ],
    "quiet": ["At least 12,453 of its 12,480 networks and at least 3,895 of its 3,922 IPv6 networks stayed visible"],
    "blind_tail": [
        "until 2014-05-30 22:00 UTC; for 2 h of the window nothing can be said",
        "only 1 of 6 expected peers",
    ],
    "all_blind": ["Only 1 of 6 expected peers could be heard (from 2014-05-30 22:00 UTC until 2014-05-31 00:00 UTC)"],
    "ongoing": ["no return was seen before the window ended at 22:00 UTC"],
    "ongoing_blind": ["no return was seen before watching ended at 20:00 UTC"],
    "began_before": ["when the window began at 2014-12-22 20:00 UTC", "when it began is not known"],
    "blind_inside": ["though for 2 h of that time nothing can be said"],
    "ended_in_blind": ["until some time between 22:00 UTC and 02:00 UTC the next day"],
    "few_partial": ["only 1 of its 4 networks and 256 of its 1,024 addresses were still visible"],
    "nothing_announced": ["Nothing announced when the data begin; 1,024 addresses are delegated"],
    "ipv6_only": ["31 of its 611 IPv6 networks", "737,000 of its 48,120,000 /48 blocks", "In IPv4 no outage was seen."],
}


@pytest.mark.parametrize("name", PARTS)
def test_each_case_tells_what_it_must(name: str) -> None:
    told = head(name)
    text = " ".join([told.detail, *told.more])
    for part in PARTS[name]:
        assert part in text


@pytest.mark.parametrize("name", ["all_blind", "nothing_announced", "blind_tail", "quiet"])
def test_nobody_is_called_cut_off_where_nobody_was_seen_to_be(name: str) -> None:
    told = head(name)
    text = " ".join([told.title, told.sentence, *told.more])
    assert not re.search(r"offline|off the Internet|unreachable|cut off|lost", text)


@pytest.mark.parametrize("name", CASES)
def test_no_actor_no_motive(name: str) -> None:
    make, place = CASES[name]
    told = headline(make(), place)
    text = " ".join([told.sentence, *told.more, *limits(make())]).lower()
    assert not re.search(r"attack|government|sabotag|hack|regime|censor|shutdown|blackout|deliberate", text)


def test_without_a_place_there_is_no_local_time() -> None:
    assert "Pyongyang" not in headline(reports.kp_2014(), None).sentence


def test_ipv4_alone_is_not_the_internet_where_ipv6_stayed() -> None:
    report = reports.kp_2014()
    both = replace(report, baseline=replace(report.baseline, prefixes_v6=2, slash48s_v6=70_000))
    assert headline(both, None).title == "North Korea was off the IPv4 Internet for 9 h 31 min"
    six = tuple(replace(item, family="ipv6", id=f"{item.id}-6") for item in report.outages)
    dark = replace(both, outages=(*report.outages, *six))
    assert headline(dark, None).title == "North Korea was off the Internet for 9 h 31 min"
    assert any(sentence.startswith("In IPv6 it lost all of its addresses") for sentence in headline(dark, None).more)


def test_a_network_on_its_own_is_singular() -> None:
    report = reports.ongoing()
    one = replace(report, baseline=replace(report.baseline, prefixes_v4=1, addresses_v4=256))
    assert "its only network (256 addresses) was unreachable" in headline(one, None).sentence


def test_dark_for_a_part_of_an_outage() -> None:
    report = reports.ongoing()
    dark = reports.span("2014-12-22T17:00Z", "2014-12-22T19:00Z")
    event = replace(reports.outage("KP-1", "ipv4", "2014-12-22T16:15:03Z", "2014-12-22T21:00Z", [dark]))
    sentence = headline(replace(report, outages=(event,)), None).sentence
    assert sentence.startswith("North Korea was off the Internet for 2 h: all 4 of its networks")
    assert "for part of an outage that lasted 4 h 45 min" in sentence


def syria() -> Report:
    """Nearly all goes at once, the rest half a day later: gone for 13 hours, of which nothing is visible for six."""
    report = reports.ongoing()
    dark, nothing = (reports.span(f"2014-12-22T{begin}Z", "2014-12-23T06:00Z") for begin in ("16:15:03", "23:45"))
    event = reports.outage("X", "ipv4", "2014-12-22T16:15:03Z", "2014-12-23T06:00Z", [dark], none_visible=(nothing,))
    usual = replace(report.baseline, prefixes_v4=89, addresses_v4=78_080)
    return replace(report, window=reports.span("2014-12-22", "2014-12-24"), baseline=usual, outages=(event,))


def test_nobody_is_wholly_off_while_some_networks_remain() -> None:
    told = headline(syria(), None)
    assert told.title == "North Korea was almost entirely off the Internet for 13 h 45 min"
    assert told.detail == (
        "From 2014-12-22 16:15 UTC until 06:00 UTC the next day; for 6 h 15 min of that time, between 2014-12-22 23:45 "
        "UTC and 06:00 UTC the next day, all 89 of its networks (78,080 addresses) were unreachable."
    )


def test_some_network_visible_all_the_time_is_not_off_the_internet() -> None:
    """All usual networks are gone, and another one of the country is there."""
    report = syria()
    event = replace(report.outages[0], complete=False, none_visible=())
    told = headline(replace(report, outages=(event,)), None)
    assert told.title == "North Korea was almost entirely off the Internet for 13 h 45 min"
    assert "at the worst moment all 89 of its usual networks (78,080 addresses) were unreachable" in told.sentence


def test_an_open_end_may_have_seen_a_part_return() -> None:
    report = syria()
    event = replace(report.outages[0], end_us=None)
    assert "and no full return was seen before" in headline(replace(report, outages=(event,)), None).sentence


def test_a_short_outage_is_told_with_seconds() -> None:
    dark = reports.span("2014-12-22T16:15:03Z", "2014-12-22T16:21:10Z")
    event = reports.outage("KP-1", "ipv4", "2014-12-22T16:15:03Z", "2014-12-22T16:21:10Z", [dark])
    sentence = headline(replace(reports.ongoing(), outages=(event,)), None).sentence
    assert "for 6 min 7 s" in sentence
    assert "from 2014-12-22 16:15:03 UTC until 16:21:10 UTC" in sentence


def test_the_single_provider_is_a_limit_only_where_it_was_single() -> None:
    assert any("only outside connection" in item for item in limits(reports.kp_2014()))
    assert not any("only outside connection" in item for item in limits(reports.egypt_2011()))
    assert any("blind" in item for item in limits(reports.blind_tail()))

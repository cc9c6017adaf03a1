import re
from collections import Counter
from dataclasses import replace

import pytest

import reports
from gonedark.model.report import Evidence, Outage
from gonedark.model.time import format_time
from gonedark.publish.text import WIDTH, render
from reports import CASES


def text(name: str) -> str:
    make, place = CASES[name]
    return render(make(), place).decode()


@pytest.mark.parametrize("name", CASES)
def test_plain_narrow_and_without_control_codes(name: str) -> None:
    shown = text(name)
    assert max(map(len, shown.splitlines())) <= WIDTH
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    assert shown == text(name)


@pytest.mark.parametrize("name", CASES)
def test_on_a_narrow_terminal_nothing_sticks_out_and_nothing_is_lost(name: str) -> None:
    make, place = CASES[name]
    report = make()
    outages = tuple(_to_the_microsecond(outage) for outage in report.outages)
    report = replace(report, outages=outages)
    narrow, wide = (render(report, place, width).decode() for width in (80, WIDTH))
    assert max(map(len, narrow.splitlines())) <= 80
    words = Counter(re.findall(r"[\w:.-]+", wide))
    broken = words - Counter(re.findall(r"[\w:.-]+", narrow))
    # Ids break behind their hyphen and hostile names anywhere; the chart and its legend have fewer columns.
    kept = [word for word in broken if re.fullmatch(r"\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|all|\d+%", word)]
    assert kept == []
    assert all(outage.id.rsplit("-", 1)[1] in narrow for outage in outages)


def test_ids_with_microseconds_stay_whole_in_a_file() -> None:
    report = reports.kp_2014()
    outages = tuple(_to_the_microsecond(outage) for outage in report.outages)
    shown = render(replace(report, outages=outages), reports.PYONGYANG).decode()
    table = shown[shown.index("OUTAGES") : shown.index("OUTAGE KP")]
    assert all(f"  {outage.id}  " in table for outage in outages)
    assert "2014-12-22 16:15:03  2014-12-23 01:46:07  9 h 31 min" in table


def _to_the_microsecond(outage: Outage) -> Outage:
    start_us = None if outage.start_us is None else outage.start_us + 123_456
    stamp = "before" if start_us is None else format_time(start_us).replace("-", "").replace(":", "")
    return replace(outage, start_us=start_us, id=f"KP-{outage.family}-{stamp}")


def test_a_reconstruction_says_so_first_and_a_measurement_does_not() -> None:
    assert text("kp_2014").startswith("*** RECONSTRUCTION")
    assert "RECONSTRUCTION" not in text("egypt_2011")


def test_outages_phases_and_proof_are_all_there() -> None:
    shown = text("kp_2014")
    assert "16:15:03 UTC (01:15:03 on 23 December in Pyongyang); between 16:14:43 UTC and" in " ".join(shown.split())
    for part in (
        "KP-1    2014-12-22 16:15:03  2014-12-23 01:46:07  9 h 31 min   all",
        "9 h 31 min (34,264 s)",
        "before AS4837; after AS4837 (the same)",
        "rrc05      2014-12-21 02:00:00  2014-12-21 03:05:00  no file for this slot",
        "5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f  rib.20141219.2200.bz2",
        "visible share 0.5",
    ):
        assert part in shown
    assert re.search(r"unstable +2014-12-21 13:07:11 +2014-12-22 16:15:03 +27 h 8 min +0 to 4 +0 to 1,024", shown)


def test_the_little_chart_tells_nothing_from_unknown() -> None:
    dark, blind = text("ongoing"), text("blind_tail")
    assert re.search(r"^ +4  █+_+$", dark, re.M)
    assert re.search(r"^ +\.+x+$", dark, re.M)
    assert re.search(r"^ +4  █+\?+$", blind, re.M)
    assert re.search(r"^ +\.+\?+$", blind, re.M)


@pytest.mark.parametrize("name", ["all_blind", "nothing_announced", "blind_tail", "quiet"])
def test_offline_is_said_only_where_it_was_seen(name: str) -> None:
    assert "offline" not in text(name)


def test_blind_has_its_reason_and_unknown_is_no_number() -> None:
    shown = text("blind_tail")
    assert "blind: only 1 of 6 expected peers could be heard" in shown
    assert re.search(r"blind .* 2 h +unknown +unknown", shown)
    assert "Warning: Only 1 voter" in shown


def test_what_is_usual_is_not_dated_to_when_nobody_watched() -> None:
    report = reports.blind_tail()
    told = render(replace(report, baseline=replace(report.baseline, at_us=report.window.until_us))).decode()
    assert "4 IPv4 networks (1,024 addresses), as of 2014-05-30 22:00 UTC" in told


def test_a_report_without_series_is_told_without_chart() -> None:
    shown = render(replace(reports.kp_2014(), series=())).decode()
    assert "█" not in shown
    assert "9 h 31 min" in shown


def test_evidence_is_told_in_words_not_in_code() -> None:
    """Nested values had been printed as Python writes them."""
    value = {
        "best": {"kind": "adjacency", "asns": (4837, 131279), "lost_share": 1.0},
        "alike": [[131279], [4837]],
        "gap": False,
        "asns": (24516,),
        "nobody": [],
    }
    rows = (
        Evidence("where", "Every lost route ended here.", value, "routes"),
        Evidence("swings", "Moves", [{"time": "2014-12-21T13:05:06Z", "direction": "down"}], "series"),
    )
    shown = " ".join(render(replace(reports.kp_2014(), evidence=rows)).decode().partition("EVIDENCE")[2].split())
    assert not re.search(r"[{}']|False|None", shown.partition("INPUTS")[0])
    assert (
        "- Every lost route ended here. (routes) [where: best (kind adjacency, asns (4837 and 131279), lost share 1), "
        "alike (131279 and 4837), gap no, asns 24516, nobody none]"
    ) in shown
    assert "- Moves: (time 2014-12-21T13:05:06Z, direction down) (series) [swings]" in shown

import re
from dataclasses import replace

import pytest

import reports
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


def test_a_reconstruction_says_so_first_and_a_measurement_does_not() -> None:
    assert text("kp_2014").startswith("*** RECONSTRUCTION")
    assert "RECONSTRUCTION" not in text("egypt_2011")


def test_outages_phases_and_proof_are_all_there() -> None:
    shown = text("kp_2014")
    assert "16:15:03 UTC (01:15:03 on 23 December in Pyongyang); between 16:14:43 UTC and" in " ".join(shown.split())
    for part in (
        "KP-1    2014-12-22 16:15:03  2014-12-23 01:46:07  9 h 31 min            all",
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


def test_a_report_without_series_is_told_without_chart() -> None:
    shown = render(replace(reports.kp_2014(), series=())).decode()
    assert "█" not in shown
    assert "9 h 31 min" in shown

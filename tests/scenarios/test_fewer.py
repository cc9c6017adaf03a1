"""What a quarter of the voters or more lost and most did not is no outage, and is told."""

from pathlib import Path
from typing import Any

from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US
from gonedark.publish.headline import headline
from worlds import BACKGROUND, COLLECTORS, NATIONAL, START_US, Scene, ask, phases

AT_US, BACK_US = START_US + 3 * HOUR_US, START_US + 5 * HOUR_US


def lost(folder: Path, voters: int, back_us: int = BACK_US) -> Report:
    scene = Scene(every_us=5 * MINUTE_US)
    scene.lose(AT_US, back_us, scene.vantages[:voters])
    return ask(scene.files(), folder, scene.window).report


def told(report: Report) -> list[Any]:
    return [item.value for item in report.evidence if item.id.endswith("/seen-by-fewer")]


def test_a_country_that_five_of_twelve_lost_is_told_and_is_no_outage(tmp_path: Path) -> None:
    report = lost(tmp_path, 5)
    assert phases(report) == ["normal"]
    (one,) = told(report)
    assert one["addresses"] == 1024
    said = headline(report, None)
    assert said.title == "No Internet outage was seen in North Korea"
    (words,) = [text for text in said.more if "a part of the Internet" in text]
    assert words.startswith(
        "From 2014-12-22 03:00 UTC until 05:00 UTC more than 25% of the networks that watched did not"
    )
    assert "up to 1,024 of its 1,024 addresses, which most went on seeing" in words


def test_what_three_lost_or_for_minutes_or_in_an_outage_is_not_told(tmp_path: Path) -> None:
    assert told(lost(tmp_path / "few", 3)) == []
    assert told(lost(tmp_path / "brief", 5, AT_US + 4 * MINUTE_US)) == []
    report = lost(tmp_path / "outage", 12)
    assert len(report.outages) == 1
    assert told(report) == []


def test_peers_that_never_saw_the_country_come_and_go_without_a_word(tmp_path: Path) -> None:
    scene = Scene(every_us=5 * MINUTE_US)
    for index in range(6):
        asn = 9000 + index
        vantage = scene.world.session(COLLECTORS[index % 3], asn, f"192.0.2.{100 + index}", up=False)
        scene.world.up(AT_US, vantage)
        scene.world.announce(AT_US + SECOND_US, vantage, BACKGROUND, (asn, 64500))
        scene.world.down(BACK_US, vantage)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert report.coverage.voters == 12 + 6
    assert len(NATIONAL) == report.baseline.prefixes_v4
    assert told(report) == []

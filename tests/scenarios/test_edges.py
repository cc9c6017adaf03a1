"""Where the window ends inside a loss or a return that nobody can weigh yet, the report says so, and claims neither."""

from pathlib import Path

from gonedark.delegation.names import place_of
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US
from gonedark.publish.headline import headline
from gonedark.publish.json import document
from gonedark.publish.statement import statement
from gonedark.publish.text import render
from worlds import START_US, Scene, ask, phases

END_US = START_US + 8 * HOUR_US


def lost(folder: Path, at_us: int, back_us: int | None) -> Report:
    scene = Scene(every_us=5 * MINUTE_US)
    scene.lose(at_us, back_us)
    return ask(scene.files(), folder, scene.window).report


def test_a_loss_in_the_last_minutes_is_told_and_is_no_outage_yet(tmp_path: Path) -> None:
    report = lost(tmp_path, END_US - 3 * MINUTE_US, None)
    assert report.outages == ()
    told = headline(report, None)
    assert told.title == "No lasting Internet outage was seen in North Korea"
    words = (
        "hen the window ended at 2014-12-22 08:00 UTC none of its 4 networks was visible, since 2014-12-22 07:57:07 "
        "UTC; whether that lasts for as long as an outage takes is not known"
    )
    assert told.detail == f"W{words}."
    said = statement(document(report))
    assert said is not None
    assert f"W{words}." in said.text
    (item,) = [item for item in report.evidence if item.id == "ipv4/lately-lost"]
    assert (item.value["prefixes"], item.value["addresses"]) == (0, 0)


def test_a_return_in_the_last_minutes_is_told_and_ends_no_outage_yet(tmp_path: Path) -> None:
    report = lost(tmp_path, START_US + 5 * HOUR_US, END_US - 2 * MINUTE_US)
    assert phases(report) == ["normal", "offline", "degraded"]
    (outage,) = report.outages
    assert outage.end_us is None
    told = headline(report, place_of("KP"))
    assert told.title == "North Korea was off the Internet for at least 2 h 58 min"
    assert told.detail.endswith(
        "until 07:58 UTC; as much as usual was visible then, too shortly before the window ended to tell whether it "
        "lasts."
    )
    text = " ".join(render(report, None).decode().split())
    assert "End not sure: back since 2014-12-22 07:58:0" in text
    assert "no return was seen" not in text


def test_what_lasts_to_the_end_or_was_over_before_is_told_as_it_was(tmp_path: Path) -> None:
    report = lost(tmp_path / "open", END_US - 20 * MINUTE_US, None)
    assert "no return was seen before the window ended" in headline(report, None).sentence
    brief = lost(tmp_path / "brief", END_US - 20 * MINUTE_US, END_US - 17 * MINUTE_US)
    assert "not for as long as an outage takes" in headline(brief, None).sentence
    for one in (report, brief):
        assert not [item for item in one.evidence if "lately" in item.id]

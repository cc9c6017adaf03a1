"""What the quotable sentences say of worlds in which a careless reader could be misled."""

from pathlib import Path

from gonedark.delegation.names import place_of
from gonedark.model.prefix import Prefix
from gonedark.model.report import Report
from gonedark.model.time import DAY_US, HOUR_US, MINUTE_US, SECOND_US, TimeSpan
from gonedark.publish.headline import Headline, headline
from gonedark.publish.json import render as json_report
from gonedark.publish.reading import parse as parse_report
from gonedark.publish.text import render as text_report
from worlds import NATIONAL, START_US, Scene, ask

AT_US = START_US + 4 * HOUR_US


def told(scene: Scene, folder: Path, window: TimeSpan | None = None) -> tuple[Report, Headline]:
    report = ask(scene.files(), folder, window or scene.window).report
    return report, headline(report, place_of("KP"))


def test_a_country_that_is_not_there_when_the_data_begin_is_not_called_without_outage(tmp_path: Path) -> None:
    scene = Scene(every_us=5 * MINUTE_US)
    for index, vantage in enumerate(scene.vantages):
        scene.world.withdraw(START_US - HOUR_US, vantage, NATIONAL)
        scene.world.announce(AT_US + index * SECOND_US, vantage, NATIONAL, (vantage.peer.asn, 4837, 131279))
    report, said = told(scene, tmp_path)
    assert [phase.phase for phase in report.phases] == ["blind", "normal"]
    assert said.title == "Nothing of North Korea was on the Internet when the data begin"
    assert "nothing of it was announced from 2014-12-22 01:00 UTC until 04:00 UTC" in said.sentence
    assert "whether anything had been before is not known" in said.sentence
    assert "all 4 of its networks (1,024 addresses) stayed visible from 2014-12-22 04:00 UTC" in said.sentence
    assert "othing can be said" not in said.sentence + " ".join(said.more)


def test_who_lost_the_country_first_is_among_those_who_lost_it_before_half_of_the_voters_had(tmp_path: Path) -> None:
    scene = Scene()
    scene.lose(AT_US, AT_US + HOUR_US, scene.vantages[:9])
    report, _ = told(scene, tmp_path)
    values = {item.id.rpartition("/")[2]: item.value for item in report.evidence if item.id.startswith("KP-ipv4-")}
    assert values["first-peer"]["peer_asn"] == 3333
    assert values["last-peer"]["peer_asn"] == 6762
    # The first to lose it were the first to have it back, a few seconds before the end: they did not keep it.
    assert values["sessions-kept"] == 3


def test_a_dip_too_short_for_an_outage_is_told(tmp_path: Path) -> None:
    scene = Scene(every_us=5 * MINUTE_US)
    scene.lose(AT_US, AT_US + 4 * MINUTE_US)
    report, said = told(scene, tmp_path)
    assert report.outages == ()
    assert said.title == "No lasting Internet outage was seen in North Korea"
    assert "at the worst moment none of its 4 networks was visible" in said.sentence
    assert "stayed visible" not in said.sentence


def test_a_start_that_earlier_data_show_is_told(tmp_path: Path) -> None:
    scene = Scene(every_us=5 * MINUTE_US)
    scene.lose(AT_US, AT_US + 2 * HOUR_US)
    report, said = told(scene, tmp_path, TimeSpan(AT_US + HOUR_US, scene.until_us))
    assert report.outages[0].start_us is None
    assert "when the window began at 2014-12-22 05:00 UTC" in said.sentence
    assert "it had begun before, at 2014-12-22 04:00 UTC" in said.sentence
    assert "not known" not in said.sentence
    scene = Scene(every_us=5 * MINUTE_US)
    scene.lose(AT_US, None)
    _, said = told(scene, tmp_path / "open", TimeSpan(AT_US + HOUR_US, scene.until_us))
    assert "it had begun before, at 2014-12-22 04:00 UTC, and its end was not seen" in said.sentence


def test_lengths_add_up_as_the_clock_shows_them(tmp_path: Path) -> None:
    scene = Scene(hours=60, every_us=10 * MINUTE_US)
    for day in range(2):
        for index, vantage in enumerate(scene.vantages):
            start_us = AT_US + day * DAY_US
            scene.world.withdraw(start_us + 2 * index * SECOND_US, vantage, NATIONAL)
            path = (vantage.peer.asn, 4837, 131279)
            scene.world.announce(start_us + 3 * HOUR_US + index * SECOND_US, vantage, NATIONAL, path)
    report, said = told(scene, tmp_path)
    assert [outage.duration_seconds for outage in report.outages] == [10_793, 10_793]
    assert said.title.endswith("for 3 h")
    assert "together they lasted 6 h" in said.more[0]


def test_what_is_announced_from_abroad_is_not_said_to_hang_on_the_only_provider(tmp_path: Path) -> None:
    scene = Scene(hours=3, every_us=5 * MINUTE_US)
    for vantage in scene.vantages:
        path = (vantage.peer.asn, 3491, 17430)
        scene.world.announce(START_US + 10 * MINUTE_US, vantage, NATIONAL[2:], path)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert report.exposure is not None
    assert report.exposure["headline"].startswith(
        "North Korea: 4 networks with 1,024 addresses, 512 of them announced from abroad, "
        "the rest all reached through one foreign network, AS4837"
    )


def test_nights_that_keep_a_timetable_are_told_by_the_clock(tmp_path: Path) -> None:
    scene = Scene(hours=76, every_us=10 * MINUTE_US)
    for night in range(3):
        begin = START_US + (18 + 24 * night) * HOUR_US + 30 * MINUTE_US
        scene.lose(begin + night * SECOND_US, begin + 8 * HOUR_US)
    _, said = told(scene, tmp_path)
    assert "gravest of 3 outages" in " ".join(said.more)
    assert "3 outages of different days began at 18:30 UTC, and ended at 02:30 UTC." in said.more


def test_outages_without_a_timetable_have_none_told(tmp_path: Path) -> None:
    scene = Scene(hours=40, every_us=10 * MINUTE_US)
    for hour in (5, 30):
        scene.lose(START_US + hour * HOUR_US, START_US + (hour + 2) * HOUR_US)
    _, said = told(scene, tmp_path)
    assert not any("of different days" in text for text in said.more)


def test_the_network_that_went_first_leads_the_order_of_loss_however_small(tmp_path: Path) -> None:
    small = tuple(Prefix.parse(f"175.45.{176 + part // 8}.{part % 8 * 32}/27") for part in range(32))
    scene = Scene(every_us=5 * MINUTE_US)
    for index, vantage in enumerate(scene.vantages):
        scene.world.withdraw(START_US - HOUR_US, vantage, NATIONAL)
        for number in range(16):
            mine = small[2 * number : 2 * number + 2]
            scene.world.hold(vantage, mine, (vantage.peer.asn, 4837, 131279 + number))
            scene.world.withdraw(AT_US + number * 90 * SECOND_US + index * SECOND_US, vantage, mine)
    report = ask(scene.files(), tmp_path, scene.window).report
    (outage,) = report.outages
    # Two of 32 networks are less than a tenth: the outage begins with the second AS, the loss with the first.
    assert outage.start_us is not None
    assert outage.start_us > AT_US + MINUTE_US
    assert [loss.asn for loss in outage.order] == [131279 + number for number in range(16)]
    assert abs(outage.order[0].lost_at_us - AT_US) < 12 * SECOND_US
    (told_order,) = [item for item in report.evidence if item.id == "cause.order"]
    assert "16 of 16" in told_order.statement


def test_other_outages_of_a_window_are_weighed_too(tmp_path: Path) -> None:
    scene = Scene(hours=60, every_us=10 * MINUTE_US)
    scene.lose(START_US + 10 * HOUR_US, START_US + 11 * HOUR_US)
    for flap in range(6):
        at_us = START_US + 40 * HOUR_US + flap * 30 * MINUTE_US
        scene.lose(at_us, at_us + 10 * MINUTE_US)
    scene.lose(START_US + 44 * HOUR_US, START_US + 52 * HOUR_US)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert report.cause is not None
    first, last = report.outages
    assert report.cause.outage == last.id
    (other,) = report.cause.others
    assert other.outage == first.id
    # The second one was unstable for hours before, the first came out of calm: other causes fit it.
    assert report.cause.hypothesis("cable-cut").stance == "less-likely"
    assert other.stances["cable-cut"] == "consistent"
    assert other.stances["attack-or-overload"] == "less-likely"
    text = " ".join(text_report(report, place_of("KP")).decode().split())
    assert "It was the gravest of 2 outages in this window, and" in text
    assert "Other outage Fits Verdict" in text
    read = parse_report(json_report(report)).cause
    assert read is not None
    assert read.others == report.cause.others

"""The headline claims no more than was seen: how long nothing was left, and who went on seeing the country."""

from pathlib import Path

from gonedark.cause.claims.check import judged
from gonedark.delegation.names import place_of
from gonedark.model.claim import Claim
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US
from gonedark.publish.headline import headline
from worlds import NATIONAL, START_US, Scene, ask

AT_US = START_US + 4 * HOUR_US


def told(scene: Scene, folder: Path) -> tuple[Report, str]:
    report = ask(scene.files(), folder, scene.window).report
    return report, headline(report, place_of("KP")).sentence


def in_steps(back: bool) -> Scene:
    """Half of the country goes, three hours later the rest, which is back after two hours; the first half is not."""
    scene = Scene(hours=14, every_us=5 * MINUTE_US)
    for index, vantage in enumerate(scene.vantages):
        jitter_us, path = index * SECOND_US, (vantage.peer.asn, 4837, 131279)
        scene.world.withdraw(AT_US + jitter_us, vantage, NATIONAL[:2])
        scene.world.withdraw(AT_US + 3 * HOUR_US + jitter_us, vantage, NATIONAL[2:])
        scene.world.announce(AT_US + 5 * HOUR_US + jitter_us, vantage, NATIONAL[2:], path)
        if back:
            scene.world.announce(AT_US + 7 * HOUR_US + jitter_us, vantage, NATIONAL[:2], path)
    return scene


def test_gone_for_two_hours_of_an_open_outage_is_not_unreachable_to_its_end(tmp_path: Path) -> None:
    _, said = told(in_steps(back=False), tmp_path)
    assert said.startswith("North Korea was off the Internet for 2 h: all 4 of its networks (1,024 addresses) were ")
    assert (
        "unreachable between 2014-12-22 07:00 UTC and 09:00 UTC, for part of an outage that lasted at least 10 h, "
        in said
    )
    assert "and no full return was seen before the window ended" in said


def test_gone_for_a_part_of_a_closed_outage_tells_which(tmp_path: Path) -> None:
    _, said = told(in_steps(back=True), tmp_path)
    assert "unreachable between 2014-12-22 07:00 UTC and 09:00 UTC, for part of an outage that lasted 7 h, from" in said


def test_gone_last_and_open_is_at_least_so_long(tmp_path: Path) -> None:
    scene = Scene(hours=14, every_us=5 * MINUTE_US)
    for index, vantage in enumerate(scene.vantages):
        scene.world.withdraw(AT_US + index * SECOND_US, vantage, NATIONAL[:2])
        scene.world.withdraw(AT_US + HOUR_US + index * SECOND_US, vantage, NATIONAL[2:])
    _, said = told(scene, tmp_path)
    assert said.startswith("North Korea was off the Internet for at least 9 h")
    assert "unreachable between 2014-12-22 05:00 UTC and 14:00 UTC, for part of an outage" in said


def test_what_a_third_of_the_watchers_went_on_seeing_was_not_off_the_internet(tmp_path: Path) -> None:
    scene = Scene()
    scene.lose(AT_US, AT_US + HOUR_US, scene.vantages[:8])
    report, said = told(scene, tmp_path)
    assert report.outages[0].complete
    assert said.startswith("North Korea was cut off from most of the Internet for 1 h: all 4 of its networks")
    assert "were unreachable from most of the networks that watched, from 2014-12-22 04:00 UTC" in said
    assert "25% of the networks that watched, or more, went on seeing nearly all of it" in said
    assert "off the Internet" not in said
    claim = Claim("c1", "somebody", None, "a paper", "words", "extent", {"extent": "complete"}, False)
    claims = judged(report, [claim], place=place_of("KP"), country_of=lambda _: None).claims
    assert claims is not None
    assert claims[0].verdict == "unclear"


def test_a_single_table_without_the_country_is_told_as_the_moment_that_it_is(tmp_path: Path) -> None:
    scene = Scene(hours=33)
    for hour in (8, 16, 24, 32):
        for name in scene.collectors:
            scene.world.dump(START_US + hour * HOUR_US, name)
    scene.lose(START_US + 12 * HOUR_US, START_US + 20 * HOUR_US)
    tables = [(name, data) for name, data in scene.files() if "bview." in name or "rib." in name]
    report = ask(tables, tmp_path, scene.window).report
    assert report.outages == ()
    said = headline(report, place_of("KP"))
    assert said.title == "North Korea was missing from the routing tables of 2014-12-22 16:00 UTC"
    assert "at 2014-12-22 16:00 UTC none of its 4 networks was visible; for how long is not known" in said.sentence
    assert "as long as an outage takes" not in said.sentence
    assert "stayed visible" not in said.sentence

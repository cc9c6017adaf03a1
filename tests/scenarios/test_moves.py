"""A network's new addresses stand in for its own that are gone, and never for another network's; both are told."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gonedark.delegation.names import place_of
from gonedark.model.prefix import Prefix
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US, TimeSpan
from gonedark.publish.headline import headline
from worlds import NATIONAL, START_US, Scene, ask, phases

PARTS = tuple(Prefix.parse(f"175.45.{176 + part // 8}.{part % 8 * 32}/27") for part in range(32))
MINE, THEIRS, NEW = PARTS[:8], PARTS[8:16], PARTS[16:24]
STAR, OTHER, THIRD = 131279, 64600, 64601
NEW_US, AT_US, BACK_US = START_US + 3 * HOUR_US, START_US + 5 * HOUR_US, START_US + 7 * HOUR_US


def world(
    newcomer: int, lost: Sequence[Prefix], back_us: int | None, folder: Path, *, hours: int = 12, every_us: int = 0
) -> Report:
    """Two networks of a quarter each; a newcomer announces another quarter, two hours later some addresses go."""
    scene = Scene(hours=hours, every_us=every_us or 5 * MINUTE_US)
    for index, vantage in enumerate(scene.vantages):
        asn, jitter_us = vantage.peer.asn, index * SECOND_US
        scene.world.withdraw(START_US - HOUR_US, vantage, NATIONAL)
        scene.world.hold(vantage, MINE, (asn, 4837, STAR))
        scene.world.hold(vantage, THEIRS, (asn, 4837, OTHER))
        if newcomer:
            scene.world.announce(NEW_US + jitter_us, vantage, NEW, (asn, 4837, newcomer))
        scene.world.withdraw(AT_US + jitter_us, vantage, lost)
        if back_us is not None:
            for prefix in lost:
                origin = STAR if prefix in MINE else OTHER
                scene.world.announce(back_us + jitter_us, vantage, [prefix], (asn, 4837, origin))
    return ask(scene.files(), folder, TimeSpan(START_US + HOUR_US, scene.until_us)).report


def ids(report: Report) -> set[str]:
    return {item.id for item in report.evidence}


def test_new_addresses_of_another_network_hide_no_loss(tmp_path: Path) -> None:
    for newcomer in (THIRD, OTHER):
        report = world(newcomer, MINE, BACK_US, tmp_path / str(newcomer))
        (outage,) = report.outages
        assert phases(report) == ["normal", "degraded", "normal"]
        assert outage.depth == 0.5
        assert outage.duration_seconds == pytest.approx(7200, abs=12)
        assert [loss.asn for loss in outage.order] == [STAR]
        assert "ipv4/moved" not in ids(report)


def test_a_network_that_renumbers_is_not_missed_but_told(tmp_path: Path) -> None:
    report = world(STAR, MINE, None, tmp_path, hours=36, every_us=10 * MINUTE_US)
    assert report.outages == ()
    assert phases(report) == ["normal"]
    (told,) = [item.value for item in report.evidence if item.id == "ipv4/moved"]
    assert told["addresses"] == 256
    assert told["from"].startswith("2014-12-22T05:00:")
    assert any("up to 256 of 512 usual addresses were gone" in warning for warning in report.warnings)


def test_more_of_a_network_is_missed_than_it_announced_anew(tmp_path: Path) -> None:
    report = world(OTHER, (*MINE, *THEIRS[:4]), BACK_US, tmp_path)
    (outage,) = report.outages
    assert outage.depth == 0.5
    (told,) = [item.value for item in report.evidence if item.id == "ipv4/moved"]
    assert told["addresses"] == 128


def test_addresses_given_up_for_good_are_told_to_look_like_an_outage(tmp_path: Path) -> None:
    report = world(0, THEIRS, None, tmp_path, hours=60, every_us=10 * MINUTE_US)
    (outage,) = report.outages
    assert outage.end_us is None
    (still,) = [item.value for item in report.evidence if item.id == f"{outage.id}/settled"]
    assert still["addresses"] == 256
    words = " ".join(headline(report, place_of("KP")).more)
    assert "addresses that were given up for good would look the same" in words


def test_a_young_loss_is_not_told_to_be_for_good(tmp_path: Path) -> None:
    report = world(0, THEIRS, None, tmp_path)
    assert report.outages[0].end_us is None
    assert not any(name.endswith("/settled") for name in ids(report))


def test_another_way_in_for_an_hour_is_no_outage_but_told(tmp_path: Path) -> None:
    scene = Scene(every_us=5 * MINUTE_US)
    for index, vantage in enumerate(scene.vantages):
        asn, jitter_us = vantage.peer.asn, index * SECOND_US
        scene.world.announce(NEW_US + jitter_us, vantage, NATIONAL, (asn, 20485, STAR))
        scene.world.announce(AT_US + jitter_us, vantage, NATIONAL, (asn, 4837, STAR))
    report = ask(scene.files(), tmp_path, scene.window).report
    assert phases(report) == ["normal"]
    (told,) = [item.value for item in report.evidence if item.id == "ipv4/detour/AS20485"]
    assert (told["asn"], told["share"]) == (20485, 1.0)
    assert told["from"].startswith("2014-12-22T03:00:0")
    assert told["until"].startswith("2014-12-22T05:00:0")
    words = " ".join(headline(report, place_of("KP")).more)
    assert "up to 100% of its IPv4 routes led over AS20485" in words


def test_few_routes_over_another_way_are_not_told(tmp_path: Path) -> None:
    scene = Scene(every_us=5 * MINUTE_US)
    for vantage in scene.vantages[:5]:
        asn = vantage.peer.asn
        for flap in range(6):
            at_us = NEW_US + flap * 10 * MINUTE_US
            scene.world.announce(at_us, vantage, NATIONAL, (asn, 20485, STAR))
            scene.world.announce(at_us + MINUTE_US, vantage, NATIONAL, (asn, 4837, STAR))
    report = ask(scene.files(), tmp_path, scene.window).report
    assert not any("/detour/" in item.id for item in report.evidence)

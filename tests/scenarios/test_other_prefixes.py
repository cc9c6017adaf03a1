"""Networks that cut their prefixes up or join them are still there, and are still missed when they go."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from gonedark.model.prefix import Prefix
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US
from worlds import NATIONAL, START_US, Scene, ask, phases

WHOLE = (Prefix.parse("175.45.176.0/22"),)
HALVES = tuple(Prefix.parse(text) for text in ("175.45.176.0/23", "175.45.178.0/23"))
QUARTERS = NATIONAL
CHANGE_US, AT_US, BACK_US = START_US + 3 * HOUR_US, START_US + 8 * HOUR_US, START_US + 10 * HOUR_US


def announced(before: Sequence[Prefix], after: Sequence[Prefix], lost: Sequence[Prefix], folder: Path) -> Report:
    """Some prefixes take the place of others at the third hour; from the eighth to the tenth hour some are lost."""
    scene = Scene(hours=14)
    world = scene.world
    for index, vantage in enumerate(scene.vantages):
        path, jitter_us = (vantage.peer.asn, 4837, 131279), index * SECOND_US
        world.withdraw(START_US + jitter_us, vantage, [prefix for prefix in NATIONAL if prefix not in before])
        world.announce(START_US + jitter_us, vantage, [prefix for prefix in before if prefix not in NATIONAL], path)
        world.announce(CHANGE_US + jitter_us, vantage, [prefix for prefix in after if prefix not in before], path)
        gone = [prefix for prefix in before if prefix not in after]
        world.withdraw(CHANGE_US + MINUTE_US + jitter_us, vantage, gone)
        world.withdraw(AT_US + jitter_us, vantage, lost)
        world.announce(BACK_US + jitter_us, vantage, lost, path)
    return ask(scene.files(), folder, scene.window).report


@pytest.mark.parametrize(("before", "after"), [(WHOLE, QUARTERS), (QUARTERS, WHOLE), (QUARTERS, HALVES)])
def test_prefixes_cut_up_or_joined_are_still_the_same_addresses(
    before: Sequence[Prefix], after: Sequence[Prefix], tmp_path: Path
) -> None:
    report = announced(before, after, (), tmp_path)
    assert phases(report) == ["normal"]
    assert report.baseline.addresses_v4 == 1024


def test_a_half_that_was_cut_up_before_is_missed_when_it_goes(tmp_path: Path) -> None:
    after = (*QUARTERS[:2], HALVES[1])
    report = announced(HALVES, after, QUARTERS[:2], tmp_path)
    assert phases(report) == ["normal", "degraded", "normal"]
    (outage,) = report.outages
    assert (report.baseline.prefixes_v4, report.baseline.addresses_v4) == (3, 1024)
    assert outage.depth == 0.5
    assert outage.duration_seconds == pytest.approx(7200, abs=16)
    assert [loss.asn for loss in outage.order] == [131279]


def test_all_that_was_joined_before_is_missed_when_it_goes(tmp_path: Path) -> None:
    report = announced(QUARTERS, WHOLE, WHOLE, tmp_path)
    assert phases(report) == ["normal", "offline", "normal"]
    assert report.baseline.addresses_v4 == 1024


def test_a_network_that_moves_to_other_addresses_is_not_missed_until_it_goes(tmp_path: Path) -> None:
    scene = Scene(hours=14)
    for index, vantage in enumerate(scene.vantages):
        path, jitter_us = (vantage.peer.asn, 4837, 131279), index * SECOND_US
        scene.world.withdraw(START_US - HOUR_US, vantage, NATIONAL[2:])
        scene.world.announce(CHANGE_US + jitter_us, vantage, NATIONAL[2:], path)
        scene.world.withdraw(CHANGE_US + MINUTE_US + jitter_us, vantage, NATIONAL[:2])
        scene.world.withdraw(AT_US + jitter_us, vantage, NATIONAL[2:])
        scene.world.announce(BACK_US + jitter_us, vantage, NATIONAL[2:], path)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert phases(report) == ["normal", "offline", "normal"]
    (outage,) = report.outages
    assert outage.start_us == pytest.approx(AT_US, abs=12 * SECOND_US)
    assert outage.end_us == pytest.approx(BACK_US, abs=12 * SECOND_US)
    assert outage.complete


def test_a_network_that_comes_back_with_other_addresses_is_back(tmp_path: Path) -> None:
    scene = Scene(hours=14)
    for index, vantage in enumerate(scene.vantages):
        path, jitter_us = (vantage.peer.asn, 4837, 131279), index * SECOND_US
        scene.world.withdraw(START_US - HOUR_US, vantage, NATIONAL[2:])
        scene.world.withdraw(AT_US + jitter_us, vantage, NATIONAL[:2])
        scene.world.announce(BACK_US + jitter_us, vantage, NATIONAL[2:], path)
    report = ask(scene.files(), tmp_path, scene.window).report
    (outage,) = report.outages
    assert outage.end_us == pytest.approx(BACK_US, abs=12 * SECOND_US)
    assert phases(report) == ["normal", "offline", "normal"]


def test_more_specifics_beside_their_aggregate_are_no_more_of_a_country(tmp_path: Path) -> None:
    report = announced(HALVES, (*HALVES, *QUARTERS), QUARTERS, tmp_path)
    assert phases(report) == ["normal"]
    assert (report.baseline.prefixes_v4, report.baseline.addresses_v4) == (2, 1024)


def test_what_goes_little_by_little_is_missed_in_the_end(tmp_path: Path) -> None:
    small = tuple(Prefix.parse(f"175.45.{176 + part // 8}.{part % 8 * 32}/27") for part in range(32))
    scene = Scene(hours=72, every_us=10 * MINUTE_US)
    for vantage in scene.vantages:
        scene.world.withdraw(START_US - HOUR_US, vantage, NATIONAL)
        scene.world.hold(vantage, small, (vantage.peer.asn, 4837, 131279))
        for number, prefix in enumerate(small[:20]):
            scene.world.withdraw(START_US + (12 + 3 * number) * HOUR_US, vantage, [prefix])
    report = ask(scene.files(), tmp_path, scene.window).report
    (outage,) = report.outages
    # Of 32 networks a tenth may leave the yardstick within a day, then a tenth of the rest is missed.
    assert report.baseline.prefixes_v4 is not None
    assert report.baseline.prefixes_v4 >= 0.9 * 32
    assert outage.start_us is not None
    assert outage.start_us <= START_US + (12 + 3 * 6) * HOUR_US
    assert outage.depth > 0.5

"""Providers that carry a little more or less than the naming share are the same providers; one that is gone is not."""

from pathlib import Path

import pytest

from gonedark.model.prefix import Prefix
from gonedark.model.report import Report
from gonedark.model.time import DAY_US, HOUR_US, SECOND_US
from gonedark.scenario.world import Vantage
from worlds import NATIONAL, START_US, Scene, ask

SMALL = tuple(Prefix.parse(f"175.45.{176 + part // 16}.{part % 16 * 16}/28") for part in range(64))
AT_US, BACK_US = START_US + 3 * HOUR_US, START_US + 5 * HOUR_US


def announce(scene: Scene, at_us: int, vantage: Vantage, few: int) -> None:
    """``few`` of the 64 networks are reached over Intelsat (AS22351), all others over China Unicom."""
    for prefixes, provider in ((SMALL[:few], 22351), (SMALL[few:], 4837)):
        scene.world.announce(at_us, vantage, prefixes, (vantage.peer.asn, provider, 131279))


def moved(before: int, after: int, folder: Path, *, outage: bool) -> Report:
    """The second way carries ``before`` of the 64 networks until the fifth hour and ``after`` from then on."""
    scene = Scene(every_us=5 * 60 * SECOND_US)
    for index, vantage in enumerate(scene.vantages):
        jitter_us = index * SECOND_US
        scene.world.withdraw(START_US - DAY_US, vantage, NATIONAL)
        announce(scene, START_US - HOUR_US, vantage, before)
        announce(scene, BACK_US + jitter_us, vantage, after)
        if outage:
            scene.world.withdraw(AT_US + jitter_us, vantage, SMALL)
    return ask(scene.files(), folder, scene.window).report


@pytest.mark.parametrize(("before", "after"), [(4, 3), (3, 4), (5, 1)])
def test_providers_around_the_naming_share_are_the_same(before: int, after: int, tmp_path: Path) -> None:
    report = moved(before, after, tmp_path / "outage", outage=True)
    (outage,) = report.outages
    assert outage.restoration is not None
    assert outage.restoration.same_providers is True
    assert outage.restoration.providers_before == outage.restoration.providers_after == (4837, 22351)
    quiet = moved(before, after, tmp_path / "quiet", outage=False)
    assert quiet.cause is not None
    assert "provider-change" not in quiet.cause.patterns


@pytest.mark.parametrize(("before", "after"), [(4, 0), (0, 4)])
def test_a_provider_that_joined_or_left_is_told(before: int, after: int, tmp_path: Path) -> None:
    report = moved(before, after, tmp_path / "outage", outage=True)
    (outage,) = report.outages
    assert outage.restoration is not None
    assert outage.restoration.same_providers is False
    quiet = moved(before, after, tmp_path / "quiet", outage=False)
    assert quiet.cause is not None
    assert "provider-change" in quiet.cause.patterns


def test_a_network_that_comes_to_carry_a_large_part_is_told_where_none_had_one_before(tmp_path: Path) -> None:
    scene = Scene(every_us=5 * 60 * SECOND_US)
    for index, vantage in enumerate(scene.vantages):
        asn, jitter_us = vantage.peer.asn, index * SECOND_US
        scene.world.withdraw(START_US - DAY_US, vantage, NATIONAL)
        for number, prefix in enumerate(SMALL):
            scene.world.hold(vantage, [prefix], (asn, 20_000 + number // 3, 131279))
        scene.world.announce(BACK_US + jitter_us, vantage, SMALL[:9], (asn, 201776, 131279))
    report = ask(scene.files(), tmp_path, scene.window).report
    assert report.outages == ()
    assert report.cause is not None
    assert "provider-change" in report.cause.patterns
    (told,) = [item for item in report.evidence if item.id == "cause.provider-change"]
    assert told.value["after"] == (201776,)
    assert "AS201776 came to carry a large part of the country" in told.statement

"""A loss whose networks come back in turns while others are still away: what is back was not held all along."""

from pathlib import Path

from gonedark.model.prefix import Prefix
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US
from worlds import NATIONAL, START_US, Scene, ask

PARTS = tuple(Prefix.parse(f"175.45.{176 + part // 8}.{part % 8 * 32}/27") for part in range(32))
AT_US = START_US + 8 * HOUR_US


def test_networks_that_come_back_in_turns_were_not_held_by_filtering_peers(tmp_path: Path) -> None:
    scene = Scene(hours=34, every_us=5 * MINUTE_US)
    for index, vantage in enumerate(scene.vantages):
        scene.world.withdraw(START_US - HOUR_US, vantage, NATIONAL)
        for number, prefix in enumerate(PARTS):
            path, jitter_us = (vantage.peer.asn, 4837, 131279 + number // 2), index * SECOND_US
            scene.world.hold(vantage, [prefix], path)
            if number % 8 == 0:
                continue
            # Batteries end within two and a half hours; the lights go on again district by district, for a day.
            gone_us = AT_US + (number * 11 % 32) * 5 * MINUTE_US + jitter_us
            scene.world.withdraw(gone_us, vantage, [prefix])
            scene.world.announce(
                AT_US + 3 * HOUR_US + number * 7 % 32 * 36 * MINUTE_US + jitter_us, vantage, [prefix], path
            )
    report = ask(scene.files(), tmp_path, scene.window).report
    assert report.cause is not None
    stances = {item.id: item.stance for item in report.cause.hypotheses}
    assert stances["power"] == "consistent"
    assert stances["rpki-or-filter"] == "less-likely"
    assert report.cause.verdict == "unknown"
    assert "part-of-peers" not in report.cause.patterns
    (held,) = [item for item in report.evidence if item.id == "cause.holders"]
    assert held.value["share"] == 0

"""A leak further out, or of a part of the routes, is told as another way; what peers do by themselves is not."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gonedark.delegation.names import place_of
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US
from gonedark.publish.headline import headline
from gonedark.scenario.world import Vantage
from worlds import BACKGROUND, COLLECTORS, NATIONAL, START_US, Scene, ask, phases

FROM_US, BACK_US = START_US + 3 * HOUR_US, START_US + 5 * HOUR_US
HOME, PROVIDER, LEAKER = 131279, 4837, 4788


def led(scene: Scene, at_us: int, who: Sequence[Vantage], way: tuple[int, ...]) -> None:
    for index, vantage in enumerate(who):
        scene.world.announce(at_us + index * SECOND_US, vantage, NATIONAL, (vantage.peer.asn, *way, PROVIDER, HOME))


def leaked(folder: Path, voters: int, back_us: int | None = BACK_US) -> Report:
    """Some voters reach the country's only provider over a network that was never on the way."""
    scene = Scene(every_us=5 * MINUTE_US)
    led(scene, FROM_US, scene.vantages[:voters], (LEAKER,))
    if back_us is not None:
        led(scene, back_us, scene.vantages[:voters], ())
    return ask(scene.files(), folder, scene.window).report


def detours(report: Report) -> list[Any]:
    return [item.value for item in report.evidence if "/detour/" in item.id]


def test_a_leak_beyond_the_provider_is_told(tmp_path: Path) -> None:
    report = leaked(tmp_path, 12)
    assert phases(report) == ["normal"]
    (told,) = detours(report)
    assert (told["asn"], told["share"], told["provider"]) == (LEAKER, 1.0, False)
    assert told["from"].startswith("2014-12-22T03:00:0")
    assert told["until"].startswith("2014-12-22T05:00:0")
    said = headline(report, place_of("KP"))
    assert said.title == "No Internet outage was seen in North Korea"
    assert f"up to 100% of its IPv4 routes led over AS{LEAKER}" in " ".join(said.more)


def test_a_leak_that_a_third_of_the_voters_follow_is_told(tmp_path: Path) -> None:
    (told,) = detours(leaked(tmp_path, 4))
    assert told["asn"] == LEAKER
    assert abs(told["share"] - 1 / 3) < 1e-9


def test_a_leak_that_few_follow_or_that_is_brief_or_stays_is_not_told(tmp_path: Path) -> None:
    assert detours(leaked(tmp_path / "few", 2)) == []
    assert detours(leaked(tmp_path / "brief", 12, FROM_US + 4 * MINUTE_US)) == []
    assert detours(leaked(tmp_path / "stays", 12, None)) == []


def test_peers_that_come_and_go_take_no_detour(tmp_path: Path) -> None:
    """Four peers behind a network of their own are there for two hours; nobody's routes changed."""
    scene = Scene(every_us=5 * MINUTE_US)
    for index in range(4):
        asn = 9000 + index
        vantage = scene.world.session(COLLECTORS[index % 3], asn, f"192.0.2.{100 + index}", up=False)
        scene.world.up(FROM_US, vantage)
        scene.world.announce(FROM_US + SECOND_US, vantage, NATIONAL, (asn, LEAKER, PROVIDER, HOME))
        scene.world.announce(FROM_US + SECOND_US, vantage, BACKGROUND, (asn, LEAKER, 64500))
        scene.world.down(BACK_US, vantage)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert report.coverage.voters == 16
    assert detours(report) == []


def test_search_for_a_way_in_an_outage_is_no_detour(tmp_path: Path) -> None:
    scene = Scene(every_us=5 * MINUTE_US)
    led(scene, FROM_US - 2 * MINUTE_US, scene.vantages, (LEAKER,))
    scene.lose(FROM_US, BACK_US)
    report = ask(scene.files(), tmp_path, scene.window).report
    assert len(report.outages) == 1
    assert detours(report) == []

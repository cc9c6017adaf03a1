"""A country whose addresses somebody else announces stays visible, and the report says who does."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gonedark.model.prefix import Prefix
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, MINUTE_US, SECOND_US, format_time
from gonedark.publish.headline import headline
from gonedark.publish.text import render
from worlds import NATIONAL, START_US, Scene, ask, phases

AT_US = START_US + 3 * HOUR_US
STRANGER, PROVIDER, HOME = 64501, 4837, 131279


def announced(
    scene: Scene, folder: Path, prefixes: Sequence[Prefix], origin: int, back_us: int | None = None, peers: int = 12
) -> Report:
    for index, vantage in enumerate(scene.vantages[:peers]):
        watcher, jitter_us = vantage.peer.asn, index * SECOND_US
        scene.world.announce(AT_US + jitter_us, vantage, prefixes, (watcher, PROVIDER, origin))
        if back_us is not None:
            scene.world.announce(back_us + jitter_us, vantage, prefixes, (watcher, PROVIDER, HOME))
    return ask(scene.files(), folder, scene.window).report


def changes(report: Report) -> list[Any]:
    return [item.value for item in report.evidence if "/origin-change/" in item.id]


def test_all_of_it_announced_by_a_stranger_is_no_outage_but_a_warning(tmp_path: Path) -> None:
    report = announced(Scene(), tmp_path, NATIONAL, STRANGER, AT_US + 2 * HOUR_US)
    assert phases(report) == ["normal"]
    assert changes(report) == [
        {
            "asn": STRANGER,
            "domestic": False,
            "since": format_time(AT_US + 5 * SECOND_US),
            "addresses": 1024,
            "before": (HOME,),
            "lasting": False,
        }
    ]
    text = " ".join(render(report, None).decode().split())
    assert "AS64501, not registered in the country, announced 1,024 of its 1,024 usual addresses" in text
    assert "but not in the end. Whether traffic still arrived is not known." in text


def test_a_longer_prefix_inside_is_announced_by_a_stranger(tmp_path: Path) -> None:
    halves = [Prefix.parse("175.45.177.0/25"), Prefix.parse("175.45.177.128/25")]
    (change,) = changes(announced(Scene(), tmp_path, halves, STRANGER))
    assert (change["asn"], change["addresses"], change["before"], change["lasting"]) == (STRANGER, 256, (HOME,), True)


def test_another_way_to_the_same_origin_is_no_change(tmp_path: Path) -> None:
    report = announced(Scene(), tmp_path, NATIONAL, HOME)
    assert changes(report) == []
    assert not any("announced" in text for text in report.warnings)


def test_what_few_heard_or_lasted_seconds_is_no_change(tmp_path: Path) -> None:
    assert changes(announced(Scene(), tmp_path / "few", NATIONAL, STRANGER, peers=5)) == []
    back_us = AT_US + 40 * SECOND_US
    assert changes(announced(Scene(), tmp_path / "brief", NATIONAL, STRANGER, back_us)) == []


def taken_while_gone(folder: Path, prefixes: Sequence[Prefix]) -> Report:
    """The country goes, and two hours later a stranger announces these prefixes of it, to the end."""
    scene = Scene(every_us=5 * MINUTE_US)
    scene.lose(AT_US, None)
    for index, vantage in enumerate(scene.vantages):
        path = (vantage.peer.asn, PROVIDER, STRANGER)
        scene.world.announce(AT_US + 2 * HOUR_US + index * SECOND_US, vantage, prefixes, path)
    return ask(scene.files(), folder, scene.window).report


def test_a_stranger_who_announces_a_dark_country_is_not_told_as_its_return(tmp_path: Path) -> None:
    around = [Prefix.parse("175.45.176.0/22")]
    for name, prefixes in (("same", NATIONAL), ("shorter", around)):
        report = taken_while_gone(tmp_path / name, prefixes)
        (change,) = changes(report)
        assert (change["asn"], change["addresses"], change["before"]) == (STRANGER, 1024, (HOME,))
        words = " ".join(headline(report, None).more)
        assert "came to announce 1,024 of its 1,024 usual addresses" in words
        assert "that outage's end need not be the country's own return" in words
        (seen,) = [item.value for item in report.evidence if item.id == "cause.origins"]
        assert seen == (STRANGER,)

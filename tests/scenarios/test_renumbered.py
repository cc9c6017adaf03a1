"""Whoever announced a country right before it went is named, not whoever had when the yardstick was taken."""

from pathlib import Path

from gonedark.model.report import Report
from gonedark.model.time import HOUR_US, SECOND_US, TimeSpan
from gonedark.publish.html import render as render_page
from gonedark.publish.json import document
from gonedark.publish.statement import statement
from gonedark.publish.text import render
from worlds import NATIONAL, START_US, Scene, ask

PROVIDER, HOME, NEW = 4837, 131279, 64501
MOVED_US, GONE_US, BACK_US = (START_US + hours * HOUR_US for hours in (3, 5, 6))


def announce(scene: Scene, at_us: int, origin: int) -> None:
    for index, vantage in enumerate(scene.vantages):
        path = (vantage.peer.asn, PROVIDER, origin)
        scene.world.announce(at_us + index * SECOND_US, vantage, NATIONAL, path)


def renumbered(folder: Path, *, window_from_us: int = START_US + HOUR_US, gone: bool = True) -> Report:
    """The networks move to another origin AS, and go two hours later; they come back from that one."""
    scene = Scene()
    announce(scene, MOVED_US, NEW)
    if gone:
        scene.lose(GONE_US, None)
        announce(scene, BACK_US, NEW)
    return ask(scene.files(), folder, TimeSpan(window_from_us, scene.until_us)).report


def words(data: bytes) -> str:
    return " ".join(data.decode().split())


def test_the_origin_right_before_the_outage_is_named_and_its_change_told(tmp_path: Path) -> None:
    report = renumbered(tmp_path)
    (outage,) = report.outages
    assert [loss.asn for loss in outage.order] == [NEW]
    assert report.baseline.origins == (NEW,)
    told = f"since 2014-12-22 03:00 UTC AS{NEW} 1,024 of its 1,024 usual addresses, before that AS{HOME}"
    assert f"Announced by AS{NEW}; {told}" in words(render(report))
    assert told in words(render_page(report))
    said = statement(document(report))
    assert said is not None
    assert f"1,024 addresses, announced by AS{NEW}. AS{NEW} came to announce 1,024 addresses of it" in said.text


def test_a_change_before_the_window_is_none_within_it(tmp_path: Path) -> None:
    report = renumbered(tmp_path, window_from_us=START_US + 4 * HOUR_US)
    assert report.baseline.origins == (NEW,)
    assert not [item for item in report.evidence if "/origin-change/" in item.id]
    assert "need not be the country's own return" not in words(render(report))


def test_where_nothing_was_lost_the_usual_origin_is_named_and_the_change_told(tmp_path: Path) -> None:
    report = renumbered(tmp_path, gone=False)
    assert report.outages == ()
    assert report.baseline.origins == (HOME,)
    assert f"Announced by AS{HOME}; since 2014-12-22 03:00 UTC AS{NEW} 1,024 of" in words(render(report))

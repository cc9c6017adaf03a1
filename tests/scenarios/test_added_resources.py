"""Prefixes and origins that a user adds to a country count as its own."""

from pathlib import Path

from gonedark.delegation.names import find_country
from gonedark.investigate import Question, investigate
from gonedark.model.report import Report
from gonedark.model.time import HOUR_US
from worlds import BACKGROUND, NATIONAL, START_US, Scene

AT_US = START_US + 4 * HOUR_US


def report(folder: Path, additions: str) -> Report:
    scene = Scene()
    for vantage in scene.vantages:
        scene.world.withdraw(AT_US, vantage, BACKGROUND[:10])
    for name, data in scene.files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    listed = folder.parent / "additions.csv"
    listed.write_text(additions)
    question = Question(find_country("KP"), scene.window, (str(folder),), attribute=(listed,))
    return investigate(question).report


def test_an_added_prefix_counts(tmp_path: Path) -> None:
    told = report(tmp_path / "archive", f"KP,{BACKGROUND[0]},satellite\n")
    assert (told.baseline.prefixes_v4, told.baseline.addresses_v4) == (5, 1280)
    (outage,) = told.outages
    assert not outage.complete
    assert outage.depth == 0.2


def test_an_added_origin_counts_with_all_its_prefixes(tmp_path: Path) -> None:
    told = report(tmp_path / "archive", "KP,AS64500\n")
    assert told.baseline.prefixes_v4 == len(BACKGROUND) + len(NATIONAL)
    assert told.baseline.origins == (64500, 131279)
    (outage,) = told.outages
    assert [loss.asn for loss in outage.order] == []
    assert abs(outage.depth - 10 / 84) < 1e-9

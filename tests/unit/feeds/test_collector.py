"""Which collector a file comes from, as far as its path tells."""

from pathlib import Path

import pytest

from gonedark.feeds.collector import by_collector
from gonedark.feeds.files import MrtFile
from gonedark.mrt.probe import probe
from worlds import Scene


@pytest.mark.parametrize(
    ("folder", "collector"),
    [
        ("rrc05/2014.12", "rrc05"),
        ("route-views.jinx/bgpdata/2014.12/RIBS", "route-views.jinx"),
        ("route-views.jinx", "route-views.jinx"),
        ("route-views2.saopaulo/2014", "route-views2.saopaulo"),
        ("route-views6", "route-views6"),
        ("bgpdata/2014.12/RIBS", "route-views2"),
        ("route-views", "route-views.linx"),
    ],
)
def test_a_folder_named_after_a_collector_names_it(folder: str, collector: str) -> None:
    name, data = next(item for item in Scene(hours=1).files() if "route-views.linx" in item[0] and "rib." in item[0])
    file = MrtFile(Path("archive") / folder / Path(name).name, None, "0" * 64, len(data), probe(data))
    assert list(by_collector([file])) == [collector]

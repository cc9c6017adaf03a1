"""Providers are read from paths that were made fit for it, as the rest of what a country hangs on is."""

from pathlib import Path

import pytest

from gonedark.country.transit import providers
from gonedark.model.thresholds import Thresholds
from gonedark.table.snapshot import snapshot
from worlds import BACKGROUND, COLLECTORS, NATIONAL, PEERS, Scene, ask


@pytest.mark.parametrize(
    "tail",
    [
        (4837, 131279),
        (4837, 131279, 131279, 131279),
        (4837, 6777, 131279),
        (4837, 64512, 131279),
        (4837, 23456, 131279),
        (4837, 131279, 701, 131279),
        (4837, 4837, 9929, 4837, 131279),
    ],
    ids=["plain", "prepended", "route-server", "private", "as-trans", "poisoned", "loop"],
)
def test_the_provider_is_that_of_the_clean_path(tmp_path: Path, tail: tuple[int, ...]) -> None:
    scene = Scene(hours=2, peers=())
    for index, asn in enumerate(PEERS):
        vantage = scene.world.session(COLLECTORS[index % 3], asn, f"192.0.2.{index + 1}")
        scene.world.hold(vantage, BACKGROUND, (asn, 64500))
        scene.world.hold(vantage, NATIONAL, (asn, *tail))
    found = ask(scene.files(), tmp_path, scene.window).studies[0]
    table = snapshot(found.timeline, scene.until_us)
    assert providers(found.timeline, table, found.attribution, Thresholds()) == {4837: 1.0}

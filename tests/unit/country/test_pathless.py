"""Tables with routes that have no AS path, such as those that a router originates itself."""

from pathlib import Path

import numpy as np
import pytest

from gonedark.delegation.registry import load_registry
from gonedark.exposure import Tables, all_exposures, country_exposure, read_tables
from gonedark.model.thresholds import Thresholds
from shared_data import shared

BIRD = "mrt/formats/bird-mrtdump_rib.a82b37c"
ADD_PATH = "mrt/formats/bview.ipv4_unicast_add_path.gz"


def read(*paths: Path) -> Tables:
    return read_tables([f"rrc{at:02}={path}" for at, path in enumerate(paths)], None, Thresholds())


@pytest.mark.parametrize("names", [(BIRD,), (ADD_PATH,), (BIRD, ADD_PATH), (ADD_PATH, BIRD)], ids=len)
def test_a_route_without_a_path_has_no_origin(names: tuple[str, ...]) -> None:
    tables = read(*map(shared, names))
    (view,) = tables.views.values()
    assert view.path.min() >= 0
    assert view.path.max() < len(view.paths.origin)
    own = np.flatnonzero(np.array([session.asn for session in view.sessions])[view.session] == 0)
    assert len(own)
    assert set(view.paths.origin[view.path[own]].tolist()) == {-1}
    registry = load_registry(None, tables.at_us)
    assert country_exposure(tables, "US", registry).exposures[0].census.prefixes == 0
    assert list(all_exposures(tables, registry)) == []

"""Where the routes died, on small hand-made tables."""

from gonedark.cause.limits import Limits
from gonedark.cause.where import Weights, _add, places, single_transit, where


def weights(*routes: tuple[tuple[int, ...], float, float]) -> Weights:
    """Routes as (path from the peer to the origin, weight carried, weight lost)."""
    found = Weights()
    for path, carried, lost in routes:
        _add(found, places(tuple((asn,) for asn in path)), carried, lost)
    return found


def test_prepends_count_once_and_sets_break_adjacencies() -> None:
    assert [place for place, _ in places(((1,), (2,), (2,), (3,), (3,)))] == [(3,), (2, 3), (2,), (1, 2)]
    assert [place for place, _ in places(((1,), (2, 9), (3,)))] == [(3,)]
    assert [place for place, _ in places(((3,),))] == [(3,)]


def test_a_single_homed_network_dies_at_its_only_adjacency() -> None:
    found = where(weights(((1, 5, 4837, 131279), 10, 10), ((2, 6, 4837, 131279), 10, 10)), Limits())
    assert found is not None
    assert found.best is not None
    assert found.best.asns == (4837, 131279)
    assert [item.asns for item in found.alike] == [(131279,), (4837,)]
    assert "AS131279, AS4837" in found.statement


def test_a_transit_whose_whole_cone_died_is_told_from_its_customers() -> None:
    found = weights(((1, 30, 20, 10), 5, 5), ((1, 30, 20, 11), 5, 5), ((1, 30, 21, 12), 5, 0))
    place = where(found, Limits())
    assert place is not None
    assert place.best is not None
    assert place.best.asns == (30, 20)
    assert (20,) in {item.asns for item in place.alike}
    assert single_transit(found) == (20, 1.0)


def test_many_networks_over_many_ways_died_at_no_single_place() -> None:
    place = where(weights(((1, 30, 10), 5, 5), ((1, 31, 11), 5, 5), ((1, 32, 12), 5, 5)), Limits())
    assert place is not None
    assert place.best is None
    assert place.statement == "No single network or connection explains the loss."


def test_nothing_lost_has_no_place() -> None:
    assert where(weights(((1, 30, 10), 5, 0)), Limits()) is None
    assert single_transit(weights(((1, 30, 10), 5, 0))) is None

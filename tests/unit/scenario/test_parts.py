"""The parts a scenario is made of: paths, prefixes cut from blocks, flaps, pieces."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonedark.model.prefix import ADDRESS_BITS, Prefix
from gonedark.model.time import SECOND_US
from gonedark.scenario import facts, parse
from gonedark.scenario.allotment import cut
from gonedark.scenario.routing import Topology
from gonedark.scenario.story import flaps
from gonedark.scenario.wave import pieces

WORLD = Topology([10, 20, 30], {100: (10, 20), 200: (100,), 300: (300,)}, salt=1)


def test_paths_go_up_and_down_and_turn_where_they_meet() -> None:
    assert WORLD.paths(1, (10,), 2, (100,))[0] == (1, 10, 100, 2)
    assert WORLD.paths(1, (30,), 2, (200,))[0][:2] == (1, 30)
    assert WORLD.paths(1, (200,), 2, (100,))[0] == (1, 200, 100, 2)
    assert WORLD.paths(10, (), 20, ())[0] == (10, 20)
    assert WORLD.paths(100, (10,), 2, (100,))[0] == (100, 2)


def test_no_path_is_an_error_for_people() -> None:
    with pytest.raises(ValueError, match="AS1 has no path to AS2"):
        WORLD.paths(1, (10,), 2, (300,))


@given(
    st.lists(st.integers(0, 255), min_size=1, max_size=5, unique=True),
    st.sampled_from(["ipv4", "ipv6"]),
    st.integers(0, 100),
    st.integers(),
)
def test_cut_prefixes_lie_in_their_blocks_and_do_not_overlap(
    places: list[int], family: str, count: int, seed: int
) -> None:
    length = 17 if family == "ipv4" else 36
    bits = ADDRESS_BITS[family]
    blocks = [Prefix(family, place << (bits - length), length) for place in places]
    found = cut(blocks, count, Random(seed))
    assert len(found) == count
    spans = sorted((one.address, one.address + (1 << (bits - one.length))) for one in found)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    for start, end in spans:
        assert any(b.address <= start and end <= b.address + (1 << (bits - b.length)) for b in blocks)


def test_a_full_block_holds_exactly_its_longest_prefixes() -> None:
    block = [Prefix.parse("10.0.0.0/20")]
    assert len(cut(block, 16, Random(0))) == 16
    with pytest.raises(ValueError, match="17 prefixes do not fit into"):
        cut(block, 17, Random(0))


def flapping(**changes: object) -> facts.Flapping:
    text = """
title = "t"
kind = "reconstruction"
country = "KP"
summary = "s"
[window]
from = 2014-12-20T00:00:00Z
until = 2014-12-24T00:00:00Z
invented = "a test"
[[network]]
asn = 131279
prefixes = ["175.45.176.0/24"]
invented = "a test"
[[event]]
kind = "flapping"
from = 2014-12-21T00:00:00Z
until = 2014-12-22T00:00:00Z
networks = [131279]
invented = "a test"
"""
    values = {"times": 20, "shortest_seconds": 120, "longest_seconds": 900, **changes}
    event = parse(text + "\n".join(f"{key} = {value}" for key, value in values.items())).event[0]
    assert isinstance(event, facts.Flapping)
    return event


def test_flaps_grow_and_leave_time_between_them() -> None:
    found = flaps(flapping(), Random(3))
    lengths = [(up - down) // SECOND_US for down, up in found]
    assert len(found) == 20
    assert lengths == sorted(lengths)
    assert (lengths[0], lengths[-1]) == (120, 900)
    assert min(down - up for (_, up), (down, _) in pairwise(found)) >= 360 * SECOND_US


def test_flaps_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit into their time"):
        flaps(flapping(times=200), Random(3))


def test_pieces_cover_all_prefixes_and_end_with_the_time() -> None:
    prefixes = [Prefix("ipv4", number << 8, 24) for number in range(97)]
    found = list(pieces(prefixes, 1800))
    assert [prefix for _, piece in found for prefix in piece] == prefixes
    assert (found[0][0], found[-1][0]) == (0, 1800 * SECOND_US)
    assert list(pieces(prefixes, 0)) == [(0, prefixes)]

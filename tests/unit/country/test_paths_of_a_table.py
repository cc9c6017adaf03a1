"""Paths cleaned in the memory where a reader keeps them are those that are cleaned from columns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from decoding import attribute, bgp4mp, update
from gonedark.country.paths import PathColumns, Paths, clean, joined_paths, taken
from gonedark.mrt.dictionaries import Dictionaries
from gonedark.mrt.reader import MrtReader

Segments = list[tuple[int, list[int]]]
ASNS = st.integers(0, 40) | st.sampled_from([6695, 23456, 64512, 196608, 4200000000])
SEGMENTS = st.lists(st.tuples(st.integers(1, 4), st.lists(ASNS, min_size=1, max_size=5)), max_size=4)
"""Sets, sequences, and those of confederations."""


def announcement(number: int, segments: Segments) -> bytes:
    path = b"".join(bytes([kind, len(asns)]) + b"".join(asn.to_bytes(4) for asn in asns) for kind, asns in segments)
    attributes = attribute(1, b"\x00") + attribute(2, path) + attribute(3, bytes([192, 0, 2, 1]))
    return bgp4mp(update(attributes=attributes, routes=bytes([24, 20, *number.to_bytes(2)])))


def read(paths: list[Segments]) -> Dictionaries:
    data = b"".join(announcement(number, segments) for number, segments in enumerate(paths))
    dictionaries = Dictionaries()
    for _ in MrtReader(data, dictionaries=dictionaries):
        pass
    return dictionaries


def columns(paths: Paths) -> list[list[int]]:
    return [column.tolist() for column in (paths.start, paths.hop, paths.asns, paths.origin, paths.nameless)]


@given(st.lists(SEGMENTS, min_size=1, max_size=20), st.sampled_from([1, 2, 1 << 16]))
def test_where_they_are_kept_and_from_columns(paths, worth_a_thread):
    dictionaries = read(paths)
    expected = columns(clean(PathColumns(*dictionaries.path_columns())))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gonedark.country.paths.WORTH_A_THREAD", worth_a_thread)
        assert columns(clean(PathColumns(*dictionaries.path_columns()))) == expected
        assert columns(taken(dictionaries)) == expected
    assert dictionaries.path_count == 0


def test_more_as_numbers_than_there_was_room_for():
    paths = [[(2, list(range(first, first + 200)))] for first in range(200_000, 220_000, 200)]
    dictionaries = read(paths)
    expected = columns(clean(PathColumns(*dictionaries.path_columns())))
    found = taken(dictionaries)
    assert len(found.asns) == 20_000
    assert [found.of(path) for path in range(len(paths))] == [tuple(path[0][1]) for path in paths]
    assert columns(found) == expected


@given(st.lists(st.lists(SEGMENTS, min_size=1, max_size=6), min_size=1, max_size=3))
def test_several_tables(tables):
    parts = [taken(read(paths)) for paths in tables]
    found = joined_paths(parts)
    assert [found.of(path) for path in range(len(found.origin))] == [
        part.of(path) for part in parts for path in range(len(part.origin))
    ]
    last = [hops[-1] if hops else -1 for hops in map(found.of, range(len(found.origin)))]
    assert [int(found.asns[at]) if at >= 0 else -1 for at in found.origin.tolist()] == last
    assert (np.diff(found.asns) > 0).all()

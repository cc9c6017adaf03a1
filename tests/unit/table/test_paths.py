"""AS paths as columns say what tuples said, and in the same order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gonedark.country.paths import cleaned
from gonedark.country.transit import first_foreign
from gonedark.table.paths import NO_ASN, AsPath, AsPaths, some_paths, unite

HOPS = st.lists(st.integers(0, 4), min_size=1, max_size=3).map(tuple)
PATHS = st.lists(st.lists(HOPS, max_size=4).map(tuple), max_size=12)


def origin(path: AsPath) -> int:
    """The origin AS of a tuple."""
    return path[-1][0] if path and len(path[-1]) == 1 else NO_ASN


@given(PATHS)
def test_columns_give_the_tuples_back_in_order(paths):
    columns = AsPaths.from_tuples(paths)
    assert list(columns) == sorted(set(paths))
    assert columns.origins().tolist() == [origin(path) for path in columns]
    members = [len(hop) > 1 for path in columns for hop in path for _ in hop]
    assert columns.in_sets().tolist() == members


@given(st.lists(PATHS, min_size=1, max_size=4))
def test_united_collections_have_every_path_once_and_tell_where_each_went(collections):
    parts = [AsPaths.from_tuples(paths) for paths in collections]
    whole, numbers = unite(parts)
    assert list(whole) == sorted({path for paths in collections for path in paths})
    for part, number in zip(parts, numbers, strict=True):
        assert [whole.of(at) for at in number.tolist()] == list(part)


@given(PATHS, st.sets(st.integers(0, 4)))
def test_the_first_foreign_network_is_the_nearest_to_a_domestic_origin(paths, home):
    clean = cleaned(AsPaths.from_tuples(paths))
    found = first_foreign(clean, np.isin(clean.asns, sorted(home)))
    named = [int(clean.asns[at]) if at >= 0 else NO_ASN for at in found.tolist()]
    outwards = [clean.of(path)[::-1] for path in range(len(found))]
    begun = [path if path and path[0] in home else () for path in outwards]
    assert named == [next((asn for asn in path if asn not in home), NO_ASN) for path in begun]


@given(st.lists(PATHS, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_some_of_many_paths_in_disorder_come_in_order_and_once(collections, random):
    many = [path for paths in collections for path in paths] or [()]
    random.shuffle(many)
    flat = [(asn * 70_001, at + 1 < len(hop)) for path in many for hop in path for at, asn in enumerate(hop)]
    table = np.array(flat, dtype=np.int64).reshape(-1, 2)
    start = np.cumsum([0, *(sum(len(hop) for hop in path) for path in many)], dtype=np.int64)
    columns = AsPaths(start, table[:, 0].astype(np.uint32), table[:, 1].astype(bool))
    asked = np.array([random.randrange(len(many)) for _ in range(random.randrange(2 * len(many)))] + [-1], np.int32)
    found, number = some_paths(columns, [asked], len(asked))
    wanted = [columns.of(at) for at in asked[:-1].tolist()]
    assert list(found) == sorted(set(wanted))
    assert [found.of(at) for at in number(asked)[:-1].tolist()] == wanted
    assert number(asked)[-1] == -1


def test_some_paths_taken_are_the_same_paths():
    columns = AsPaths.from_tuples([((1,), (2, 3)), ((4,),), ((5,), (6,))])
    assert list(columns.take(np.array([0, 2]))) == [((1,), (2, 3)), ((5,), (6,))]

"""Whose a prefix is, for all countries at once: as each country's attribution says, and halves belong to both."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gonedark.model.attribution import Ranges, Registry
from gonedark.model.prefix import FAMILIES, Family
from gonedark.mrt.batch import Peer
from gonedark.table.changes import RouteColumns
from gonedark.table.division import Division, World, owners_of

CODES = ("AA", "BB", "CC")
STEP: dict[Family, int] = {"ipv4": 1 << 8, "ipv6": 1 << 16}
BASE: dict[Family, int] = {"ipv4": 10 << 24, "ipv6": 0x2001_0DB8 << 32}
LONGEST: dict[Family, int] = {"ipv4": 24, "ipv6": 48}


def registry(owners: list[int]) -> Registry:
    """Sixteen neighbouring blocks (/24, /48) of these countries; -1: nobody's."""
    tables = {}
    for family in FAMILIES:
        mine = [(BASE[family] + at * STEP[family], owner) for at, owner in enumerate(owners) if owner >= 0]
        first = np.array([address for address, _ in mine], dtype=np.uint64)
        last = first + np.uint64(STEP[family] - 1)
        tables[family] = Ranges(first, last, np.array([owner for _, owner in mine], dtype=np.int16))
    none = np.zeros(0, dtype=np.uint64)
    return Registry(CODES, tables, Ranges(none, none, np.zeros(0, dtype=np.int16)), "", "test")


def blocks(family: Family) -> tuple[np.ndarray, np.ndarray]:
    """Every prefix within the sixteen blocks, down to a quarter of one."""
    found = []
    for longer in range(-4, 3):
        size = STEP[family] << -longer if longer < 0 else STEP[family] >> longer
        found += [(BASE[family] + at, LONGEST[family] + longer) for at in range(0, 16 * STEP[family], size)]
    return np.array([at for at, _ in found], np.uint64), np.array([length for _, length in found], np.uint8)


@given(st.lists(st.integers(-1, 2), min_size=16, max_size=16), st.sampled_from(FAMILIES))
def test_owners_are_those_that_each_country_claims(owners: list[int], family: Family) -> None:
    known = registry(owners)
    addresses, lengths = blocks(family)
    prefix, country = owners_of(World.of(known))(family, addresses, lengths)
    assert (np.diff(prefix) >= 0).all()
    for number, code in enumerate(CODES):
        claimed = np.flatnonzero(known.attribution(code).national_mask(family, addresses, lengths))
        assert prefix[country == number].tolist() == claimed.tolist()


class Known:
    """Dictionaries of two prefixes: 10.0.0.0/23, half of AA and half of BB, and 10.0.1.0/24 of BB."""

    peers: tuple[Peer, ...] = ()

    def prefix_addresses(self) -> np.ndarray:
        return np.array([[0, 10 << 24], [0, (10 << 24) + 256]], dtype=np.uint64)

    def prefix_lengths(self) -> np.ndarray:
        return np.array([23, 24], dtype=np.uint8)

    def prefix_families(self) -> np.ndarray:
        return np.zeros(2, dtype=np.uint8)


def test_rows_of_a_shared_prefix_come_in_both_countries_in_their_order() -> None:
    division = Division(Known(), owners_of(World.of(registry([0, 1] + [-1] * 14))), 3)  # type: ignore[arg-type]
    time_us = np.arange(5, dtype=np.int64)
    ids = np.array([0, 1, 0, 1, 0], dtype=np.int32)
    rows = RouteColumns(time_us, ids, ids, ids, ids, ids > 0)
    found, start = division.sorted(rows, np.array([0, 1]))
    assert start.tolist() == [0, 3, 8, 8]
    assert found.time_us.tolist() == [0, 2, 4, 0, 1, 2, 3, 4]
    prefixes, begin = division.members()
    assert begin.tolist() == [0, 1, 3, 3]
    aa, bb = prefixes[:1], prefixes[1:3]
    assert aa[found.prefix[:3]].tolist() == [0, 0, 0]
    assert bb[found.prefix[3:]].tolist() == [0, 1, 0, 1, 0]

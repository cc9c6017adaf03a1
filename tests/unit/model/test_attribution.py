"""Attribution and Registry against a plain oracle that counts addresses one by one, in a small corner of the space."""

import ipaddress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonedark.model.attribution import Attribution, Ranges, Registry, spans
from gonedark.model.prefix import Family, Prefix

CODES = ("AA", "BB", "CC")
BASE: dict[Family, int] = {"ipv4": 10 << 24, "ipv6": 0x20010DB800000000}
ROOM = 64


@st.composite
def owners(draw: st.DrawFn) -> dict[int, int]:
    """Offset in the corner to country index: runs of addresses, some of them nobody's."""
    runs = draw(st.lists(st.tuples(st.integers(1, 20), st.sampled_from([None, 0, 1, 2])), max_size=12))
    held: dict[int, int] = {}
    at = 0
    for size, country in runs:
        for offset in range(at, min(at + size, ROOM)):
            if country is not None:
                held[offset] = country
        at += size
    return held


def registry_of(family: Family, held: dict[int, int]) -> Registry:
    """Ranges as they are, each address of its own or joined to its neighbour."""
    rows: list[list[int]] = []
    for offset, country in sorted(held.items()):
        if rows and rows[-1][1] == offset - 1 and rows[-1][2] == country:
            rows[-1][1] = offset
        else:
            rows.append([offset, offset, country])
    base = BASE[family]
    ranges = Ranges(
        np.array([base + row[0] for row in rows], np.uint64),
        np.array([base + row[1] for row in rows], np.uint64),
        np.array([row[2] for row in rows], np.int16),
    )
    none = Ranges(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.int16))
    both: dict[Family, Ranges] = {"ipv4": none, "ipv6": none, family: ranges}
    return Registry(CODES, both, none, "", "test")


def shares(prefix: Prefix, family: Family, held: dict[int, int]) -> list[float]:
    """Each country's share of a prefix that lies in the corner or around it."""
    bits = 32 if family == "ipv4" else 64
    first = prefix.address >> (0 if family == "ipv4" else 64)
    size = 1 << max(0, bits - prefix.length)
    inside = [
        held[offset] for offset in range(ROOM) if offset in held and first <= BASE[family] + offset < first + size
    ]
    return [inside.count(country) / size for country in range(len(CODES))]


def prefix_at(family: Family, offset: int, length: int) -> Prefix:
    if family == "ipv4":
        return Prefix.parse(f"{ipaddress.IPv4Address(BASE[family] + offset)}/{length}")
    return Prefix.parse(f"{ipaddress.IPv6Address((BASE[family] + offset) << 64)}/{length}")


FAMILY = st.sampled_from(["ipv4", "ipv6"])


@st.composite
def prefixes(draw: st.DrawFn, family: Family) -> Prefix:
    lengths = st.integers(0, 32) if family == "ipv4" else st.integers(0, 128)
    near = st.integers(24, 32) if family == "ipv4" else st.integers(56, 66)
    return prefix_at(family, draw(st.integers(0, ROOM + 10)), draw(lengths | near))


@given(st.data(), FAMILY, owners())
def test_share_and_national_are_what_counting_gives(data: st.DataObject, family: Family, held: dict[int, int]) -> None:
    registry = registry_of(family, held)
    prefix = data.draw(prefixes(family))
    expected = shares(prefix, family, held)
    for index, code in enumerate(CODES):
        cut = registry.attribution(code)
        assert cut.share(prefix) == pytest.approx(expected[index], abs=0)
        long_enough = prefix.length >= (8 if family == "ipv4" else 16)
        assert cut.is_national(prefix) == (long_enough and expected[index] >= 0.5)


@given(st.data(), FAMILY, owners())
def test_columns_give_what_single_prefixes_give(data: st.DataObject, family: Family, held: dict[int, int]) -> None:
    registry = registry_of(family, held)
    asked = data.draw(st.lists(prefixes(family), max_size=12))
    shift = 0 if family == "ipv4" else 64
    addresses = np.array([prefix.address >> shift for prefix in asked], np.uint64)
    lengths = np.array([prefix.length for prefix in asked], np.uint8)
    masks = {code: registry.attribution(code).national_mask(family, addresses, lengths) for code in CODES}
    countries = registry.country_of_prefixes(family, addresses, lengths)
    for at, prefix in enumerate(asked):
        national = [code for code in CODES if registry.attribution(code).is_national(prefix)]
        assert [code for code in CODES if masks[code][at]] == national
        assert (CODES[countries[at]] in national) if national else countries[at] == -1


@given(FAMILY, owners())
def test_addresses_are_counted_once(family: Family, held: dict[int, int]) -> None:
    registry = registry_of(family, held)
    for index, code in enumerate(CODES):
        mine = [offset for offset, country in held.items() if country == index]
        units = set(mine) if family == "ipv4" else {(BASE[family] + offset) >> 16 for offset in mine}
        assert registry.attribution(code).addresses(family) == len(units)


def test_of_two_halves_the_lower_decides_for_all_countries_at_once() -> None:
    registry = registry_of("ipv4", {offset: 1 if offset < 32 else 0 for offset in range(64)})
    addresses, lengths = np.array([BASE["ipv4"]], np.uint64), np.array([26], np.uint8)
    assert registry.country_of_prefixes("ipv4", addresses, lengths).tolist() == [1]
    assert all(registry.attribution(code).national_mask("ipv4", addresses, lengths).all() for code in ("AA", "BB"))


def test_a_prefix_asked_many_times_gets_the_same_answer() -> None:
    registry = registry_of("ipv4", {offset: offset % 3 // 2 for offset in range(64)})
    addresses = np.full(1000, BASE["ipv4"], np.uint64)
    assert set(registry.country_of_prefixes("ipv4", addresses, np.full(1000, 26, np.uint8)).tolist()) == {0}


def test_ranges_at_both_ends_of_the_space() -> None:
    top = 2**64 - 1
    table = np.array([[0, 9], [top - 9, top]], np.uint64)
    none = np.zeros((0, 2), np.uint64)
    cut = Attribution("AA", "", {"ipv4": none, "ipv6": table}, np.zeros((0, 2), np.int64))
    assert cut.share(Prefix.parse("::/63")) == 1.0
    assert cut.share(Prefix("ipv6", (2**128 - 1) ^ (2**64 - 1), 64)) == 1.0
    assert cut.share(Prefix.parse("::/0")) == 20 / 2**64
    assert not cut.is_national(Prefix.parse("0.0.0.0/8"))


def test_spans_clear_host_bits_and_stop_at_64_bits() -> None:
    first, last = spans("ipv6", np.array([7, 7, 7], np.uint64), np.array([0, 61, 128], np.uint8))
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == [(0, 2**64 - 1), (0, 7), (7, 7)]


def test_domestic_ases_are_delegated_or_added() -> None:
    none: dict[Family, np.ndarray] = {"ipv4": np.zeros((0, 2), np.uint64), "ipv6": np.zeros((0, 2), np.uint64)}
    cut = Attribution("AA", "", none, np.array([[10, 19], [30, 30]], np.int64), origins=frozenset({5}))
    assert [asn for asn in range(40) if cut.is_domestic(asn)] == [5, *range(10, 20), 30]
    assert not Attribution("AA", "", none, np.zeros((0, 2), np.int64)).is_domestic(1)


def test_a_country_without_anything_is_empty_not_an_error() -> None:
    registry = registry_of("ipv4", {0: 0})
    cut = registry.attribution("QQ")
    assert (cut.addresses("ipv4"), cut.addresses("ipv6"), cut.is_domestic(1)) == (0, 0, False)
    assert not cut.national_mask("ipv4", np.array([BASE["ipv4"]], np.uint64), np.array([32], np.uint8)).any()
    assert registry.country_of_asn(1) is None
    assert registry.name_of_asn(1) is None


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("AS7 E-Plus Mobilfunk", "E-Plus Mobilfunk"),
        ("AS7-RTI - Rogers", "RTI - Rogers"),
        ("AS77 Net", "AS77 Net"),
        ("AS7", "AS7"),
        ("AS7 -", "AS7 -"),
        ("STAR-KP", "STAR-KP"),
    ],
)
def test_a_name_does_not_tell_the_number_again(told: str, name: str) -> None:
    assert replace(registry_of("ipv4", {0: 0}), asn_names={7: told}).name_of_asn(7) == name

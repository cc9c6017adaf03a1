"""Which file and row wins: the rule of overlay against an oracle that asks for every address singly."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gonedark.delegation.overlay import days, in_order, overlay, to_ranges
from gonedark.delegation.rir import KINDS, NO_COUNTRY, Claims, Delegations, pack_code

ROOM = 40
CODES = ["KP", "SE", "SY", "EU"]
Row = tuple[int, int, str, int]


def file_of(registry: str, date: int, rows: list[Row], promised: int | None = None) -> Delegations:
    claims = Claims(
        np.array([row[0] for row in rows], np.uint64),
        np.array([row[1] for row in rows], np.uint64),
        np.array([pack_code(row[2]) for row in rows], np.int16),
        np.array([row[3] for row in rows], np.int32),
    )
    none = Claims(*(column[:0] for column in (claims.first, claims.last, claims.country, claims.date)))
    return Delegations(
        f"{registry}-{date}",
        registry,
        date,
        {"ipv4": claims, "asn": none, "ipv6": none},
        {"ipv4": len(rows), "asn": 0, "ipv6": 0},
        {} if promised is None else {"ipv4": promised},
    )


@st.composite
def rows(draw: st.DrawFn) -> Row:
    first = draw(st.integers(0, ROOM - 1))
    return (
        first,
        draw(st.integers(first, ROOM - 1)),
        draw(st.sampled_from(CODES)),
        draw(st.sampled_from([0, 20100101, 20120101])),
    )


FILES = st.lists(
    st.builds(
        file_of,
        st.sampled_from(["apnic", "arin", "ripencc"]),
        st.sampled_from([20130812, 20140804, 20141008]),
        st.lists(rows(), max_size=8),
    ),
    max_size=4,
)


def answer(files: list[Delegations], wanted: int | None) -> dict[int, int]:
    first, last, country = overlay(in_order(files, wanted), "ipv4")
    assert np.all(first <= last)
    assert np.all(first[1:] > last[:-1])
    joined = (first[1:] == last[:-1] + np.uint64(1)) & (country[1:] == country[:-1])
    assert not joined.any(), "neighbours of one country are one range"
    return {
        address: int(code)
        for low, high, code in zip(first.tolist(), last.tolist(), country.tolist(), strict=True)
        for address in range(low, high + 1)
    }


def oracle(files: list[Delegations], wanted: int | None) -> dict[int, int]:
    held: dict[int, tuple[tuple[int, int, int, int, str, int], int]] = {}
    for file in files:
        table = file.claims["ipv4"]
        far = 0 if wanted is None else abs(days(file.date) - days(wanted))
        columns = (table.first, table.last, table.country, table.date)
        for first, last, country, date in zip(*(column.tolist() for column in columns), strict=True):
            key = (far, -file.date, -date, last - first, file.registry, country)
            for address in range(first, last + 1):
                if address not in held or key < held[address][0]:
                    held[address] = key, country
    return {address: country for address, (_, country) in held.items() if country != NO_COUNTRY}


@given(FILES, st.sampled_from([None, 20110101, 20131231, 20200101]))
def test_every_address_goes_to_the_row_the_rule_names(files: list[Delegations], wanted: int | None) -> None:
    assert answer(files, wanted) == oracle(files, wanted)


@given(FILES, st.randoms(use_true_random=False), st.sampled_from([None, 20131231]))
def test_the_order_of_files_does_not_matter(files: list[Delegations], random: object, wanted: int | None) -> None:
    shuffled = list(files)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert answer(shuffled, wanted) == answer(files, wanted)


def test_a_complete_newer_file_replaces_the_older_one_of_its_registry() -> None:
    old = file_of("arin", 20130812, [(0, 9, "KP", 0), (20, 29, "KP", 0)], promised=2)
    new = file_of("arin", 20140804, [(0, 4, "SE", 0)], promised=1)
    assert set(answer([old, new], None)) == set(range(5))


def test_a_newer_file_that_lacks_rows_is_laid_over_the_older_one() -> None:
    old = file_of("arin", 20130812, [(0, 9, "KP", 0), (20, 29, "KP", 0)], promised=2)
    new = file_of("arin", 20140804, [(0, 4, "SE", 0), (5, 9, "EU", 0)], promised=9)
    got = answer([old, new], None)
    assert {address for address, code in got.items() if code == pack_code("SE")} == set(range(5))
    assert {address for address, code in got.items() if code == pack_code("KP")} == set(range(20, 30))


def test_a_wanted_date_prefers_the_nearer_file() -> None:
    old = file_of("arin", 20130812, [(0, 9, "KP", 0)], promised=1)
    new = file_of("arin", 20140804, [(0, 9, "SE", 0)], promised=1)
    assert set(answer([old, new], 20130901).values()) == {pack_code("KP")}
    assert set(answer([old, new], 20201231).values()) == {pack_code("SE")}


def test_ranges_at_the_top_of_the_space_do_not_wrap() -> None:
    top = 2**64 - 1
    file = file_of("iana", 20140101, [(top - 9, top, "KP", 0), (top - 5, top - 3, "SE", 0), (0, 3, "SY", 0)])
    first, last, _ = overlay([file], "ipv4")
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == [
        (0, 3),
        (top - 9, top - 6),
        (top - 5, top - 3),
        (top - 2, top),
    ]


def test_nothing_gives_empty_ranges() -> None:
    codes, ranges = to_ranges({kind: overlay([], kind) for kind in KINDS})
    assert codes == ()
    assert [len(ranges[kind]) for kind in KINDS] == [0, 0, 0]
